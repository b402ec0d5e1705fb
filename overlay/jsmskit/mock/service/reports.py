"""What applications read of their messages and money: reports, replies, balances."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Final

from jsms_api import limits

from ..model.clock import milliseconds
from ..model.records import Account, Application, Balances, CallbackType, LastCall, Message, Reply
from .context import CallContext, Components, Refusal
from .reviews import UnknownSubjectError

_SECONDS_A_DAY: Final = 86_400
#: Replies that ask to be left alone by marketing, in upper case.
_UNSUBSCRIBING: Final = frozenset({"T", "TD", "退订"})


def pull_reports(call: CallContext) -> list[dict[str, Any]]:
    """Hand out delivery reports."""
    since = _start_pull(call, CallbackType.REPORT)
    taken = call.components.state.messages.take_reports(call.owner_key, since=since, limit=limits.PULL_PAGE_SIZE)
    return [_report(message, message.reported_at or 0) for message in taken]


def _report(message: Message, at: float) -> dict[str, Any]:
    return {
        "msgId": message.msg_id,
        "status": message.planned_status,
        "receiveTime": milliseconds(at),
        "phone": message.phone,
    }


def pull_replies(call: CallContext) -> list[dict[str, Any]]:
    """Hand out replies."""
    since = _start_pull(call, CallbackType.REPLY)
    state = call.components.state
    with state.database:
        waiting = state.replies.find("app_key = ? AND waiting ORDER BY id", call.owner_key)
        taken = [reply for reply in waiting if reply.at >= since][: limits.PULL_PAGE_SIZE]
        for reply in (*(reply for reply in waiting if reply.at < since), *taken):
            state.replies.put(replace(reply, waiting=False))
    return [{"phone": reply.phone, "replyTime": milliseconds(reply.at), "content": reply.content} for reply in taken]


def _start_pull(call: CallContext, kind: CallbackType) -> float:
    components = call.components
    if components.callbacks.address(call.owner_key, kind) is not None:
        raise Refusal("pull.callback-set")
    _judge_interval(call, limits.PULL_INTERVAL_SECONDS if components.settings.limits else 0, "pull.too-soon")
    _note_call(call)
    return call.now - components.settings.report_retention_days * _SECONDS_A_DAY


def _judge_interval(call: CallContext, seconds: float, rule_id: str) -> None:
    if seconds > 0:
        last = call.components.state.last_calls.get(call.owner_key, call.info.operation_id)
        if last is not None and 0 <= call.now - last.at < seconds:
            raise Refusal(rule_id)


def _note_call(call: CallContext) -> None:
    call.components.state.last_calls.put(LastCall(call.owner_key, call.info.operation_id, call.now))


def get_account_balance(call: CallContext) -> dict[str, int | None]:
    """Tell what the account holds and has not assigned to one application."""
    return _balance(call, "dev", call.components.state.accounts.get(call.owner_key))


def get_app_balance(call: CallContext) -> dict[str, int | None]:
    """Tell what was assigned to the application and is left."""
    return _balance(call, "app", call.app)


def _balance(call: CallContext, prefix: str, owner: Account | Application | None) -> dict[str, int | None]:
    interval = call.components.settings.balance_interval_seconds
    _judge_interval(call, interval, "balance.too-soon")
    balances = Balances() if owner is None else owner.balances
    if prefix == "app" and balances == Balances():
        raise Refusal("balance.not-assigned")
    if interval > 0:
        _note_call(call)
    return {f"{prefix}_{kind}": left for kind, left in asdict(balances).items()}


def reports_due(components: Components, at: float) -> None:
    """Report the messages whose time has come. Inside a transaction only."""
    told: dict[str, bool] = {}

    def is_pulled(app_key: str) -> bool:
        told[app_key] = components.callbacks.address(app_key, CallbackType.REPORT) is not None
        return not told[app_key]

    messages = components.state.messages.report(at, is_pulled)
    for message in messages:
        if told[message.app_key]:
            components.callbacks.enqueue(message.app_key, CallbackType.REPORT, _report(message, at), at)
    components.state.tell("report", *(message.id for message in messages))


def reply(components: Components, phone: str, content: str, *, app_key: str | None, at: float) -> str:
    """Let a person write back, to an application or else to the one that wrote to the number last.

    Returns the application's key.

    Raises:
        UnknownSubjectError: no such application, or nothing was sent to the number.
    """
    state = components.state
    with state.database:
        receiver = app_key if app_key is not None else state.messages.last_sender(phone)
        if receiver is None:
            raise UnknownSubjectError(f"no application has sent anything to {phone}; name the application")
        if state.applications.get(receiver) is None:
            raise UnknownSubjectError(f"there is no application {receiver}")
        if content.strip().upper() in _UNSUBSCRIBING:
            lists = state.lists_of(receiver)
            state.lists.put(replace(lists, unsubscribed=lists.unsubscribed | {phone}))
        data = {"phone": phone, "replyTime": milliseconds(at), "content": content}
        waits = components.callbacks.enqueue(receiver, CallbackType.REPLY, data, at) is None
        state.replies.put(Reply(state.replies.next_id(), receiver, phone, content, at, waits))
        state.tell("reply", phone)
    return receiver
