"""Timed tasks: made, changed, read, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from jsms_api.error_table import ErrorCode, ReportStatus

from ...model import magic_numbers
from ...model.clock import read_send_time
from ...model.message_text import measure
from ...model.records import MessageKind, Schedule, ScheduledMessage, ScheduleState, TemplateType
from ...model.rule_catalog import Confidence, declare
from ...model.settings import Reading
from ...state.messages import NOTHING_SENT, NewMessage, Origin
from ...state.timers import TimerKind
from ..context import CallContext, Components, RecipientContext
from ..rules import Refusal, enforce
from ..rules.fields import SEND_TIME
from ..rules.recipients import NO_MONEY
from ..rules.resources import CHANGEABLE_SCHEDULE, DELETABLE_SCHEDULE, READABLE_SCHEDULE
from .messages import AcceptedEntry, Batch, as_sent, echoed_params
from .sending import (
    EMPTY,
    Charge,
    SendingRules,
    find_template_and_sign,
    judge_content,
    kind_of,
    paying_balances,
    raise_if_requested,
    refused_entry,
    sending_rules,
    store,
)

#: Seconds between an instant in China Standard Time and the one of the same words in UTC.
_UTC_LATER: Final = 8 * 3600

declare(
    "schedule.text",
    "Text, template and sign are those of the moment when the task was made or changed; what becomes of them "
    "later does not matter.",
    Confidence.ASSUMED,
    "the mock's own",
)
declare(
    "schedule.replaced",
    "A change replaces the whole task; its messages get new ids.",
    Confidence.ASSUMED,
    "schedule page",
)


def create_schedule(call: CallContext) -> dict[str, Any]:
    """Make a timed task for one number, or change one that is waiting."""
    recipient = _decide_single(call)
    return {"schedule_id": _store(call, [(recipient.phone, call.body.get("temp_para"), recipient.text)])}


def create_schedule_batch(call: CallContext) -> dict[str, Any]:
    """Make a timed task for many numbers, or change one; bad entries are refused one by one."""
    batch = Batch(call, _decide_task(call))
    batch.decide(_charge(call))
    entries = call.body["recipients"]
    accepted = [
        (outcome.phone, entries[position].get("temp_para"), outcome.text)
        for position, outcome in enumerate(batch.outcomes)
        if isinstance(outcome, AcceptedEntry)
    ]
    schedule_id = _store(call, accepted)
    refused = [
        refused_entry(outcome, as_sent(call.sent["recipients"][position]), echoed_params(call, position))
        for position, outcome in enumerate(batch.outcomes)
        if not isinstance(outcome, AcceptedEntry)
    ]
    return {
        "schedule_id": schedule_id,
        "success_count": len(accepted),
        "failure_count": len(refused),
        "failure_recipients": refused,
    }


def get_schedule(call: CallContext) -> dict[str, Any]:
    """Read a task, single or batch, in one shape."""
    schedule = _find(call)
    enforce(READABLE_SCHEDULE, call)
    assert schedule is not None  # for the type checkers: judged above
    return {
        "schedule_id": schedule.schedule_id,
        "send_time": schedule.send_time,
        "temp_id": schedule.temp_id,
        "recipients": [
            {"msg_id": str(each.msg_id), "mobile": each.phone}
            | ({} if each.params is None else {"temp_para": each.params})
            for each in schedule.recipients
        ],
    }


def delete_schedule(call: CallContext) -> None:
    """Cancel a task that is waiting."""
    schedule = _find(call)
    enforce(DELETABLE_SCHEDULE, call)
    assert schedule is not None  # for the type checkers: judged above
    state = call.components.state
    with state.database:
        state.schedules.set_state(schedule.schedule_id, ScheduleState.DELETED)
        state.tell("schedule", schedule.schedule_id)
    return EMPTY


def _find(call: CallContext) -> Schedule | None:
    raise_if_requested(call, call.path_id)
    call.schedule = call.components.state.schedules.get(call.owner_key, call.path_id)
    return call.schedule


def _decide_task(call: CallContext) -> SendingRules:
    """Judge what concerns the task as a whole (steps 6 and 7); return the rules for its recipients."""
    try:
        call.send_at = read_send_time(call.body["send_time"])
        if call.reads(Reading.SEND_TIME_IS_UTC):
            call.send_at += _UTC_LATER
    except ValueError:
        call.send_at = None
    enforce(SEND_TIME, call)
    rules = find_template_and_sign(call, sending_rules(call.info.operation_id))
    if call.path_id:
        _find(call)
        enforce(CHANGEABLE_SCHEDULE, call)
    return rules


def _decide_single(call: CallContext) -> RecipientContext:
    """Judge the task and its only recipient (steps 6 to 10)."""
    phone: str = call.body["mobile"]
    raise_if_requested(call, phone)
    recipient = RecipientContext(call, phone, call.body.get("temp_para"))
    enforce(sending_rules(call.info.operation_id).number, recipient)
    rules = _decide_task(call)
    rule = judge_content(recipient, rules)
    if rule is not None:
        raise Refusal(rule.code, rule.info.id)
    recipient.counts = NOTHING_SENT
    enforce(rules.recipient, recipient)
    if not _charge(call).reserve(recipient.units):
        raise Refusal(ErrorCode.NO_MONEY, NO_MONEY.id)
    return recipient


def _charge(call: CallContext) -> Charge:
    assert call.template is not None  # for the type checkers: judged before
    return Charge(call.components, paying_balances(call.owner_key, call.app.dev_key, kind_of(call.template.type)))


def _store(call: CallContext, recipients: Sequence[tuple[str, dict[str, str] | None, str]]) -> str:
    """Store a task, or its new form, and note when it is due (step 11).

    Args:
        call: with template and sign found.
        recipients: number, values as they were sent, and text.
    """
    state, source, body = call.components.state, call.components.random_ids, call.body
    template, sign = call.template, call.sign
    assert template is not None  # for the type checkers: judged before
    assert call.send_at is not None
    schedule = Schedule(
        app_key=call.owner_key,
        schedule_id=call.path_id or source.schedule_id(),
        batch="recipients" in body,
        send_time=body["send_time"],
        at=call.send_at,
        temp_id=template.temp_id,
        type=template.type,
        sign_id=None if sign is None else sign.sign_id,
        tag=body.get("tag"),
        state=ScheduleState.WAITING,
        recipients=tuple(
            ScheduledMessage(source.message_id(), phone, params, text) for phone, params, text in recipients
        ),
    )
    if call.path_id and call.schedule is not None:
        # The batch change has no tag of its own (C22): the one of the task stays.
        schedule = replace(schedule, schedule_id=call.schedule.schedule_id, tag=call.schedule.tag)
    with state.database:
        version = state.schedules.put(schedule)
        state.timers.schedule(schedule.at, TimerKind.SCHEDULE, f"{schedule.schedule_id} {version}")
        state.tell("schedule", schedule.schedule_id)
    return schedule.schedule_id


UNSUBSCRIBED_MEANWHILE: Final = declare(
    "schedule.unsubscribed",
    "Marketing to a number that has unsubscribed by the time of sending is not sent, and not reported.",
    Confidence.ASSUMED,
    "send-state page",
)


def send_scheduled(components: Components, ref: str, at: float) -> None:
    """Send a task, unless it was changed or deleted since its time was noted. Inside a transaction only.

    Args:
        service: the mock's parts.
        ref: id and version of the task.
        at: the instant for which it was noted.
    """
    state = components.state
    schedule_id, _, version = ref.partition(" ")
    schedule = state.schedules.get(None, schedule_id)
    if (
        schedule is None
        or schedule.state is not ScheduleState.WAITING
        or state.schedules.round(schedule_id) != int(version)
    ):
        return
    state.schedules.set_state(schedule_id, ScheduleState.SENT)
    state.tell("schedule", schedule_id)
    app = state.accounts.application(schedule.app_key)
    if app is None:
        return
    charge = Charge(components, paying_balances(app.app_key, app.dev_key, kind_of(schedule.type)))
    unsubscribed = state.accounts.lists(schedule.app_key).unsubscribed
    is_marketing = schedule.type == TemplateType.MARKETING
    messages = [
        _message(recipient, charge)
        for recipient in schedule.recipients
        if not (is_marketing and recipient.phone in unsubscribed)
    ]
    charge.commit()
    kind = MessageKind.SCHEDULE
    origin = Origin(schedule.app_key, kind, schedule.type, schedule.temp_id, schedule.sign_id, schedule.tag)
    if messages:
        store(components, origin, messages, at)


def _message(recipient: ScheduledMessage, charge: Charge) -> NewMessage:
    _, price = measure(recipient.text)
    paid = charge.reserve(price)
    status = magic_numbers.status_for(recipient.phone) if paid else ReportStatus.NO_BALANCE
    return NewMessage(recipient.msg_id, recipient.phone, recipient.text, price if paid else 0, status)
