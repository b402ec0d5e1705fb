"""What campaigns ask of the service beside sending: the template, delivery reports, replies. For asyncio."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from jsms_api import limits
from jsms_api.models.template_type import TemplateType

from jsmskit import AsyncJsmsClient, RateLimitError

from ...errors import PlanError, TargetChangedError
from ...feedback import OPT_OUT_WORDS, IngestSummary, ingest_replies, ingest_reports
from ...ledger.ledger import Ledger
from ...settings import Target, TemplateFacts
from ...states import TemplateKind
from ..workers_asyncio import Sleep, sleep

_KINDS: Final[dict[int, TemplateKind]] = {
    TemplateType.VERIFICATION: TemplateKind.CODE,
    TemplateType.NOTICE: TemplateKind.NOTICE,
    TemplateType.MARKETING: TemplateKind.MARKETING,
}


async def read_template(
    client: AsyncJsmsClient, template_id: int, *, sign_id: int | None = None, hint: str = ""
) -> TemplateFacts:
    """Ask the service for a template (and a sign): text, kind, whether it may be used.

    hint: what the platform adds to your marketing messages; it counts for the length, and nothing tells it.

    Raises:
        PlanError: it is not approved.
        JsmsError: it does not exist, or the service could not be asked.
    """
    template = await client.templates.get(template_id)
    if not template.approved:
        raise PlanError(
            f"template {template_id} is not approved (status {int(template.status)}).",
            "Wait for its review, or choose another one.",
            hint=f"template {template_id}",
        )
    sign = ""
    if sign_id is not None:
        found = await client.signs.get(sign_id)
        if not found.approved:
            raise PlanError(
                f"sign {sign_id} is not approved.",
                "Wait for its review, or choose another one.",
                hint=f"sign {sign_id}",
            )
        sign = found.sign
    kind = _KINDS.get(template.type, TemplateKind.UNKNOWN)
    return TemplateFacts(template_id, template.template, kind, sign, hint, target_of(client))


def target_of(client: AsyncJsmsClient) -> Target:
    """Where this client sends: what a campaign is bound to."""
    return Target(client.base_url, client.application)


def _check_target(ledger: Ledger, target: Target) -> None:
    planned = {one.target for one in ledger.queries.campaigns()}
    if planned and target not in planned and None not in planned:
        others = "; ".join(sorted(map(str, planned)))
        raise TargetChangedError(
            f"the ledger has no campaign for {target}; its campaigns were planned for {others}.",
            "Use the address and the keys that they were planned for: each report is handed out once.",
        )


async def _fetch(fetch: Callable[[], Any], sleep: Sleep) -> Any:
    try:
        return await fetch()
    except RateLimitError:
        # Somebody has pulled a moment ago, an earlier run of this program most likely. Nothing is lost by it.
        await sleep(limits.PULL_INTERVAL_SECONDS)
    return await fetch()


async def pull_reports(
    client: AsyncJsmsClient,
    ledger: Ledger,
    *,
    replies: bool = True,
    pages: int = 1000,
    opt_out_words: Iterable[str] = OPT_OUT_WORDS,
    sleep: Sleep = sleep,
) -> IngestSummary:
    """Pull delivery reports (and replies) until none is left, and write them into the ledger.

    Each page is kept in the ledger as it came before it is read: the service hands it out once. The service serves
    100 reports a second at most, and none at all while callbacks are on: for large campaigns use callbacks.

    If somebody else has pulled less than five seconds ago, it waits as long and tries once more.

    Raises:
        TargetChangedError: no campaign of the ledger was planned for the address and application of this client.
        JsmsError: a pull failed; `records_at_risk` says how many records its lost answer may have held. That
            gap is noted in the ledger before.
    """
    _check_target(ledger, target_of(client))
    sources: list[tuple[str, Any, Callable[[Any], IngestSummary]]] = [
        ("reports", client.reports.fetch, partial(ingest_reports, ledger))
    ]
    if replies:
        words = frozenset(opt_out_words)
        sources.append(("replies", client.replies.fetch, partial(ingest_replies, ledger, opt_out_words=words)))
    taken = IngestSummary()
    for kind, fetch, ingest in sources:
        for page in range(pages):
            if page:
                await sleep(limits.PULL_INTERVAL_SECONDS)
            found = await _fetch(fetch, sleep)
            ledger.feedback.store_raw(kind, json.dumps(list(found.raw), ensure_ascii=False))
            taken += ingest(found.records)
            if not found.raw:
                break
    return taken
