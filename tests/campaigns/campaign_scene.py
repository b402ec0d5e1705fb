"""Templates, a morning, and a clock that nobody waits for: what the tests of campaigns share."""

from __future__ import annotations

from jsmskit.campaigns import TemplateFacts, TemplateKind, _sheets
from jsmskit.campaigns.ledger import Ledger

NOTICE = TemplateFacts(7, "您好 {{name}}，请查收。", TemplateKind.NOTICE, sign="测试")
PLAIN = TemplateFacts(8, "请查收。", TemplateKind.NOTICE)
MARKETING = TemplateFacts(9, "大减价。", TemplateKind.MARKETING)
#: 2026-03-02 10:00 in the service's zone, a Monday.
MORNING = 1772416800.0


def give_rows(ledger: Ledger, campaign_id: int = 1) -> None:
    """A row for everybody, for tests that look at rows or change them."""
    with ledger.database.transaction() as tx:
        for (chunk,) in tx.all("SELECT chunk FROM sheet WHERE campaign_id=?", (campaign_id,)):
            _sheets.take_off(tx, campaign_id, chunk)


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self, now: float = MORNING) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
