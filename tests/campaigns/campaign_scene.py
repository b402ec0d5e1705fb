"""Templates, a morning, and a clock that nobody waits for: what the tests of campaigns share."""

from __future__ import annotations

from typing import Any

from campaign_service import numbers
from jsmskit.campaigns import ChunkState, RunSettings, TemplateFacts, TemplateKind, plan
from jsmskit.campaigns.decisions import ChunkDecision
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import ChunkLease

NOTICE = TemplateFacts(7, "您好 {{name}}，请查收。", TemplateKind.NOTICE, sign="测试")
PLAIN = TemplateFacts(8, "请查收。", TemplateKind.NOTICE)
MARKETING = TemplateFacts(9, "大减价。", TemplateKind.MARKETING)
#: 2026-03-02 10:00 in the service's zone, a Monday.
MORNING = 1772416800.0


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


EASY = RunSettings(concurrency=8, canary=False, unknown_in_a_row=99, unknown_share=1.0)
"""No canary, and no breaker."""


def start(
    ledger: Ledger, count: int = 120, settings: RunSettings = EASY, facts: TemplateFacts = PLAIN, **options: Any
) -> str:
    """Plan campaign 1 to so many people and start it; gives the owner of the run."""
    plan(ledger, numbers(count), facts)
    owner = new_owner()
    ledger.start(1, owner, settings, resume=False, **options)
    return owner


def take(ledger: Ledger, owner: str, settings: RunSettings = EASY, **options: Any) -> ChunkLease:
    lease = ledger.claim(1, owner, settings, **options)
    assert isinstance(lease, ChunkLease), lease
    return lease


def accepted(lease: ChunkLease) -> ChunkDecision:
    ids = {one.position: f"{lease.chunk}-{one.position}" for one in lease.members}
    return ChunkDecision(ChunkState.ACCEPTED, accepted=ids, answered=True)


def states(ledger: Ledger, campaign_id: int = 1) -> dict[str, int]:
    return {str(state): count for state, count in ledger.queries.counts(campaign_id).recipients.items()}
