"""Reports and replies: how they come about, and how they are pulled."""

from __future__ import annotations

from typing import Any, Final

from jsms_api import limits

from ...model.clock import milliseconds
from ...model.records import CallbackType
from ...model.rule_catalog import Confidence, declare
from ...state.accounts import UNSUBSCRIBED
from ..context import CallContext, Components
from ..rules import enforce
from ..rules.request import PULL
from .reviews import UnknownSubjectError

_SECONDS_A_DAY: Final = 86_400
#: Replies that ask to be left alone by marketing, in upper case.
_UNSUBSCRIBING: Final = frozenset({"T", "TD", "退订"})

REPORTED: Final = declare(
    "report.delay",
    "Every message is reported once, 5 seconds after it was sent (a setting); delivered, unless its number "
    "carries another status or nothing was left to pay it.",
    Confidence.ASSUMED,
    "the mock's own",
)
KEPT: Final = declare(
    "pull.retention",
    f"Records wait to be pulled for 7 days (a setting; the pages say {limits.PULL_RETENTION_DAYS}); each is "
    "handed out once, the oldest first. Records that went to a callback are not pulled as well.",
    Confidence.INFERRED,
    "pull page, the Go SDK; C19",
)
LEAVING: Final = declare(
    "reply.unsubscribes",
    "A reply of T, TD or 退订 unsubscribes its number from the marketing of the application it answers.",
    Confidence.INFERRED,
    "console guide",
)


def pull_reports(call: CallContext) -> list[dict[str, Any]]:
    """Hand out delivery reports."""
    since = _start(call)
    state = call.components.state
    taken = state.inbox.take_reports(call.owner_key, since=since, limit=limits.PULL_PAGE_SIZE)
    return [
        {
            "msgId": str(report.msg_id),
            "phone": report.phone,
            "receiveTime": milliseconds(report.at),
            "status": report.status,
        }
        for report in taken
    ]


def pull_replies(call: CallContext) -> list[dict[str, Any]]:
    """Hand out replies."""
    since = _start(call)
    pulls = call.components.state.pulls
    return [
        {"phone": reply.phone, "replyTime": milliseconds(reply.at), "content": reply.content}
        for reply in pulls.take_replies(call.owner_key, since=since, limit=limits.PULL_PAGE_SIZE)
    ]


def _start(call: CallContext) -> float:
    enforce(PULL, call)
    call.components.state.accounts.note_call(call.owner_key, call.info.operation_id, call.now)
    return call.now - call.components.settings.report_retention_days * _SECONDS_A_DAY


def reports_due(components: Components, at: float) -> None:
    """Report the messages whose time has come. Inside a transaction only."""
    told: dict[str, bool] = {}

    def is_pulled(app_key: str) -> bool:
        told[app_key] = components.callbacks.address(app_key, CallbackType.REPORT) is not None
        return not told[app_key]

    reports = components.state.inbox.report(at, is_pulled)
    for report in reports:
        if told[report.app_key]:
            data = {
                "msgId": str(report.msg_id),
                "status": report.status,
                "receiveTime": milliseconds(at),
                "phone": report.phone,
            }
            components.callbacks.enqueue(report.app_key, CallbackType.REPORT, data, at)
    components.state.tell("report", *(report.id for report in reports))


def reply(components: Components, phone: str, content: str, *, app_key: str | None, at: float) -> str:
    """Let a person write back, to an application or else to the one that wrote to the number last.

    Returns the application's key.

    Raises:
        UnknownSubjectError: no such application, or nothing was sent to the number.
    """
    state = components.state
    with state.database:
        receiver = app_key if app_key is not None else state.inbox.last_sender(phone)
        if receiver is None:
            raise UnknownSubjectError(f"no application has sent anything to {phone}; name the application")
        if state.accounts.application(receiver) is None:
            raise UnknownSubjectError(f"there is no application {receiver}")
        if content.strip().upper() in _UNSUBSCRIBING:
            state.accounts.put_number(receiver, UNSUBSCRIBED, phone)
        state.pulls.note_spoken(receiver, phone, content, at)
        data = {"phone": phone, "replyTime": milliseconds(at), "content": content}
        if components.callbacks.enqueue(receiver, CallbackType.REPLY, data, at) is None:
            state.pulls.add_reply(receiver, phone, content, at)
        state.tell("reply", phone)
    return receiver
