"""What comes back from people and phones flows into the ledger: by callback, or by pulling; and who wants no more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from operator import add
from typing import Final

from jsmskit.callbacks import CallbackEvent, DeliveryReport, Reply, UnknownEvent

from .ledger.ledger import Ledger

OPT_OUT_WORDS: Final = frozenset(
    {
        # What the hints of marketing messages ask for: "回T退订", "回复TD退订", "拒收请回复R".
        *("t", "td", "r", "n", "qx", "0000", "00000"),
        *("退订", "退定", "退阅", "退订阅", "取消", "取消订阅", "取消关注", "拒收", "拒绝接收", "不再接收", "不接收"),
        *("别发了", "别再发", "别再发了", "不要发了", "不要再发", "不要再发了", "请勿打扰", "勿扰", "不要打扰"),
        *("stop", "stopall", "unsubscribe", "unsub", "opt out", "opt-out", "optout", "cancel", "quit", "end", "remove"),
    }
)
"""In small letters and simplified characters; texts are compared in that form."""

_BESIDE: Final = frozenset(
    {
        *("请", "我要", "我想", "帮我", "麻烦", "回", "回复", "谢谢", "谢", "多谢", "感谢", "好", "好的"),
        *("你好", "您好", "吧", "了", "啊", "呀", "哦", "短信", "信息", "消息", "推送", "广告"),
        *("给我", "我", "你们", "此", "所有", "全部"),
        *("please", "pls", "thanks", "thank", "you", "thx", "me", "sms", "messages", "message", "all", "now"),
    }
)
"""What may stand beside such a word without changing what it means."""
_SIMPLIFIED: Final = str.maketrans("訂閱關絕發別請擾謝復複訊簡廣給", "订阅关绝发别请扰谢复复讯简广给")
_LONGEST_TEXT: Final = 100
"""A longer reply is a letter, and is read by a person."""
_LONGEST_PHONE: Final = 32
"""A number that is none of mainland China comes as the service wrote it."""


def is_opt_out(content: str, words: Iterable[str] = OPT_OUT_WORDS) -> bool:
    """Return whether a reply asks for no more messages: one of the words, alone or beside words of courtesy.

    Full-width letters, traditional characters, marks and emoji make no difference: `ＴＤ`, `退訂！`, `T,谢谢`,
    `TD退订`. A word that only contains one is none: `TDK`, `T恤`, `取消订单`.

    Args:
        content: the text of the reply.
        words: what counts as asking; add your own with `OPT_OUT_WORDS | {"adios"}`.
    """
    text = _plain_words(content)
    if len(text) > _LONGEST_TEXT:
        return False
    asking = {_plain_words(word) for word in words}
    # A word of Latin letters or digits ends where these end.
    known = [
        re.escape(word) + ("(?![a-z0-9])" if word[-1].isascii() else "")
        for word in sorted(asking | _BESIDE, key=len, reverse=True)
        if word
    ]
    pattern = re.compile("|".join(known))
    if any(mark.isalnum() for mark in pattern.sub("", text)):
        return False
    return not asking.isdisjoint(pattern.findall(text))


def _plain_words(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLIFIED).strip()


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
        return IngestSummary(*map(add, astuple(self), astuple(other)))


def ingest_reports(ledger: Ledger, reports: Iterable[DeliveryReport]) -> IngestSummary:
    """Write delivery reports into the ledger. A report that comes twice does nothing the second time."""
    noted = [
        (report.msg_id, report.phone[:_LONGEST_PHONE], int(report.status), report.received_at.timestamp())
        for report in reports
    ]
    matched, proved = ledger.feedback.record_reports(noted)
    return IngestSummary(reports=len(noted), matched=matched, proved_chunks=proved)


def ingest_replies(
    ledger: Ledger, replies: Iterable[Reply], *, opt_out_words: Iterable[str] = OPT_OUT_WORDS
) -> IngestSummary:
    """Read replies: a number that asks for no more messages is put on the opt-out list, for all later marketing."""
    words = frozenset(opt_out_words)
    heard = list(replies)
    opt_outs = [reply.phone[:_LONGEST_PHONE] for reply in heard if is_opt_out(reply.content, words)]
    if opt_outs:
        ledger.feedback.opt_out(opt_outs, "asked for it in a reply")
    return IngestSummary(replies=len(heard), opted_out=len(opt_outs))


def ingest_event(
    ledger: Ledger, event: CallbackEvent, *, opt_out_words: Iterable[str] = OPT_OUT_WORDS
) -> IngestSummary:
    """Write one verified callback event into the ledger; durable when it returns, so that 200 may be
    answered.

    Use it as (or in) the handler of a `CallbackEndpoint`. It is first kept as it came, then read. Events that
    do not concern campaigns (reviews) do nothing.
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
