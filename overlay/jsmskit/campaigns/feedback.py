"""What comes back from people and phones flows into the ledger: by callback, or by pulling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jsmskit._validation.invalid_argument import InvalidArgument
from jsmskit._validation.phones import canonical_phone
from jsmskit.callbacks import CallbackEvent, DeliveryReport, Reply, UnknownEvent

from .ledger.ledger import Ledger
from .opt_out import OPT_OUT_WORDS, is_opt_out


class _Report(Protocol):
    @property
    def msg_id(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...


class _Reply(Protocol):
    @property
    def phone(self) -> str: ...
    @property
    def content(self) -> str: ...


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What a batch of events did: reports that found their recipient, unknown chunks they proved, new
    opt-outs.
    """

    reports: int = 0
    matched: int = 0
    proved_chunks: int = 0
    replies: int = 0
    opted_out: int = 0

    def __add__(self, other: IngestSummary) -> IngestSummary:
        return IngestSummary(
            self.reports + other.reports,
            self.matched + other.matched,
            self.proved_chunks + other.proved_chunks,
            self.replies + other.replies,
            self.opted_out + other.opted_out,
        )


def ingest_reports(ledger: Ledger, reports: Iterable[_Report]) -> IngestSummary:
    """Write delivery reports into the ledger. A report that comes twice does nothing the second time."""
    noted = [
        (report.msg_id, _plain(report.phone), int(report.status), report.received_at.timestamp())
        for report in reports
    ]
    matched, proved = ledger.feedback.record_reports(noted)
    return IngestSummary(reports=len(noted), matched=matched, proved_chunks=proved)


def ingest_replies(
    ledger: Ledger, replies: Iterable[_Reply], *, opt_out_words: Iterable[str] = OPT_OUT_WORDS
) -> IngestSummary:
    """Read replies: a number that asks for no more messages is put on the opt-out list, for all later marketing."""
    words = frozenset(opt_out_words)
    heard = list(replies)
    opt_outs = [_plain(reply.phone) for reply in heard if is_opt_out(reply.content, words)]
    if opt_outs:
        ledger.feedback.opt_out(opt_outs, "asked for it in a reply")
    return IngestSummary(replies=len(heard), opted_out=len(opt_outs))


def ingest_event(
    ledger: Ledger, event: CallbackEvent, *, opt_out_words: Iterable[str] = OPT_OUT_WORDS
) -> IngestSummary:
    """Write one verified callback event into the ledger; durable when it returns, so that 200 may be
    answered.

    Use it as (or in) the handler of a `CallbackEndpoint`. It is first kept as it came, then read. Events that
    do not concern campaigns (audits) do nothing.
    """
    if isinstance(event, DeliveryReport):
        ledger.feedback.store_raw("SMS_REPORT", event.raw)
        return ingest_reports(ledger, [event])
    if isinstance(event, Reply):
        ledger.feedback.store_raw("SMS_REPLY", event.raw)
        return ingest_replies(ledger, [event], opt_out_words=opt_out_words)
    if isinstance(event, UnknownEvent):
        ledger.feedback.store_raw("UNKNOWN", event.raw)
    return IngestSummary()


def _plain(phone: str) -> str:
    """The number as the ledger has it; as it came if it is none of ours."""
    try:
        return canonical_phone(phone)
    except InvalidArgument:
        return phone[:32]
