"""Templates, a morning, and a clock that nobody waits for: what the tests of campaigns share."""

from __future__ import annotations

from jsmskit.campaigns import TemplateFacts, TemplateKind

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
