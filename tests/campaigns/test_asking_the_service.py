"""What a campaign asks of the service beside sending: template and sign, reports and replies. Sync and async."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from campaign_runners import SYNC_AND_ASYNC
from campaign_scene import PLAIN, Clock
from campaign_service import KEY, SECRET, Answer, AsyncService, Service, answer, numbers, refusal
from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsmskit import AsyncJsmsClient, JsmsClient, RateLimitError, TransportRequest
from jsmskit.campaigns import (
    PlanError,
    Target,
    TargetChangedError,
    TemplateKind,
    plan,
    pull_reports,
    pull_reports_async,
    read_template,
    read_template_async,
)
from jsmskit.campaigns.feedback import IngestSummary
from jsmskit.campaigns.ledger import Ledger

TEMPLATE = {"temp_id": 7, "template": "您好 {{name}}", "type": 2, "status": 1, "remark": ""}
SIGN = {"sign_id": 5, "sign": "北方书店", "status": 1, "is_default": 0, "use_status": 0}


class Shop(Service):
    """A service whose GETs are told beforehand: pages for each path, the last one again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, list[Any]] = {}

    def exchange(self, request: TransportRequest, **options: Any) -> Answer:
        pages = self.shown[request.url.partition("/v1/")[2]]
        page = pages.pop(0) if len(pages) > 1 else pages[0]
        return refusal(page, 403) if isinstance(page, ErrorCode) else answer(200, page)


class Asked:
    """The functions of one kind, behind plain calls."""

    def __init__(self, kind: str, service: Shop, clock: Clock) -> None:
        self._client_kind = kind
        self._service = service
        self._clock = clock

    def template(self, **options: Any) -> Any:
        return self._ask(read_template, read_template_async, 7, **options)

    def reports(self, ledger: Ledger, **options: Any) -> IngestSummary:
        taken: IngestSummary = self._ask(pull_reports, pull_reports_async, ledger, sleep=self._sleep(), **options)
        return taken

    def _sleep(self) -> Callable[[float], Any]:
        async def nap(seconds: float) -> None:
            self._clock.sleep(seconds)

        return self._clock.sleep if self._client_kind == "sync" else nap

    def _ask(
        self, plain: Callable[..., Any], awaited: Callable[..., Awaitable[Any]], *given: Any, **options: Any
    ) -> Any:
        async def main() -> Any:
            async with AsyncJsmsClient(KEY, SECRET, transport=AsyncService(self._service)) as client:
                return await awaited(client, *given, **options)

        if self._client_kind == "asyncio":
            return asyncio.run(main())
        with JsmsClient(KEY, SECRET, transport=self._service) as client:
            return plain(client, *given, **options)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture(params=SYNC_AND_ASYNC)
def asked(request: pytest.FixtureRequest, shop: Shop, clock: Clock) -> Asked:
    return Asked(request.param, shop, clock)


def test_template_and_sign_are_read_together(shop: Shop, asked: Asked) -> None:
    """Text, kind and sign are what a plan has to know; the hint is told by nobody but the caller."""
    shop.shown = {"templates/7": [TEMPLATE], "sign/5": [SIGN]}
    facts = asked.template(sign_id=5, hint="拒收请回复R")
    assert (facts.template_id, facts.text, facts.kind) == (7, "您好 {{name}}", TemplateKind.NOTICE)
    assert (facts.sign, facts.hint) == ("北方书店", "拒收请回复R")
    assert asked.template().sign == ""


@pytest.mark.parametrize(
    ("template", "sign", "what"),
    [
        (TEMPLATE | {"status": 0}, SIGN, "template 7 is not approved"),
        (TEMPLATE, SIGN | {"status": 2}, "sign 5 is not approved"),
    ],
)
def test_what_is_not_approved_cannot_be_planned_with(
    shop: Shop, asked: Asked, template: dict[str, Any], sign: dict[str, Any], what: str
) -> None:
    """Told before the plan is made, not by the refusal of the first request."""
    shop.shown = {"templates/7": [template], "sign/5": [sign]}
    with pytest.raises(PlanError, match=what) as caught:
        asked.template(sign_id=5)
    assert "Wait for its review" in caught.value.remedy


def report(number: int) -> dict[str, Any]:
    phone = numbers(1, number)[0]
    return {"msgId": f"8{number}", "phone": phone, "receiveTime": 1772416900000, "status": 4001}


def reply(number: int, content: str) -> dict[str, Any]:
    return {"phone": numbers(1, number)[0], "replyTime": 1772416900000, "content": content}


def test_reports_and_replies_are_pulled_until_none_is_left(
    shop: Shop, asked: Asked, ledger: Ledger, clock: Clock
) -> None:
    """At the pace that the service allows, every page kept as it came before it is read: it is handed out once."""
    shop.shown = {
        "report": [[report(1), report(2)], [report(3)], []],
        "reply": [[reply(1, "TD"), reply(2, "谢谢")], []],
    }
    plan(ledger, numbers(5), PLAIN)
    taken = asked.reports(ledger)
    assert (taken.reports, taken.matched, taken.replies, taken.opted_out) == (3, 0, 2, 1)
    assert clock.slept == [limits.PULL_INTERVAL_SECONDS] * 3
    with ledger.database.read() as tx:
        kept = [json.loads(row[0]) for row in tx.fetchall("SELECT body FROM inbox WHERE kind='reports'")]
    assert [report(1), report(2)] in kept


def test_a_pull_can_be_bounded_and_can_leave_replies_alone(shop: Shop, asked: Asked, ledger: Ledger) -> None:
    """After so many pages it ends, whatever is left; the next pull goes on."""
    shop.shown = {"report": [[report(1)], [report(2)], []], "reply": [[reply(1, "TD")], [reply(2, "TD")], []]}
    assert asked.reports(ledger, pages=1) == IngestSummary(reports=1, replies=1, opted_out=1)
    assert asked.reports(ledger, replies=False) == IngestSummary(reports=1)


def test_reports_of_another_application_are_not_pulled(shop: Shop, asked: Asked, ledger: Ledger) -> None:
    """They are handed out once, and would be lost for the ledger that waits for them. Here nothing is asked for: this
    service has no page to show.
    """
    plan(ledger, numbers(5), replace(PLAIN, target=Target("https://elsewhere.example/v1", "another application")))
    with pytest.raises(TargetChangedError, match="planned for https"):
        asked.reports(ledger)


def test_a_pull_that_comes_too_soon_after_another_waits_and_comes_again(
    shop: Shop, asked: Asked, ledger: Ledger, clock: Clock
) -> None:
    """Who runs `jsms campaign pull` twice gets no error for it; who is refused again does."""
    too_soon = ErrorCode.OUT_OF_FREQ
    shop.shown = {"report": [too_soon, [report(1)], []], "reply": [too_soon, []]}
    assert asked.reports(ledger).reports == 1
    assert clock.slept == [limits.PULL_INTERVAL_SECONDS] * 3
    shop.shown["report"] = [too_soon]
    with pytest.raises(RateLimitError):
        asked.reports(ledger)
