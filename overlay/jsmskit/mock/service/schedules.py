"""Timed tasks: made, changed, read, deleted, sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from jsms_api.error_table import ReportStatus

from ..model import magic_numbers
from ..model.clock import read_send_time
from ..model.message_text import measure
from ..model.records import MessageKind, Schedule, ScheduledMessage, ScheduleState, TemplateType, TimerKind
from ..model.settings import Reading
from ..state.messages import Accepted, Origin
from .context import CallContext, Components, Refusal
from .sending import Charge, Sending, kind_of, raise_if_requested, refused_entry, store

#: Seconds between an instant in China Standard Time and the one of the same words in UTC.
_UTC_LATER: Final = 8 * 3600


def create_schedule(call: CallContext) -> dict[str, Any]:
    """Make a timed task for one number, or change one that is waiting."""
    sending, phone = Sending(call), str(call.body["mobile"])
    sending.check_number(phone)
    at, changed = _judge_task(call, sending)
    params = call.body.get("temp_para")
    accepted = sending.accept(phone, params)
    if not sending.charge().reserve(accepted.units):
        raise Refusal("balance.empty")
    return {"schedule_id": _store(call, sending, at, changed, [(accepted, params)])}


def create_schedule_batch(call: CallContext) -> dict[str, Any]:
    """Make a timed task for many numbers, or change one; bad entries are refused one by one."""
    sending = Sending(call)
    at, changed = _judge_task(call, sending)
    outcomes = sending.judge_batch(sending.charge())
    accepted = [
        (outcome, entry.get("temp_para"))
        for outcome, entry in zip(outcomes, call.body["recipients"], strict=True)
        if isinstance(outcome, Accepted)
    ]
    refused = [
        refused_entry(call, position, outcome)
        for position, outcome in enumerate(outcomes)
        if isinstance(outcome, Refusal)
    ]
    return {
        "schedule_id": _store(call, sending, at, changed, accepted),
        "success_count": len(accepted),
        "failure_count": len(refused),
        "failure_recipients": refused,
    }


def get_schedule(call: CallContext) -> dict[str, Any]:
    """Read a task, single or batch, in one shape."""
    schedule = _find(call)
    if schedule.state is ScheduleState.DELETED and not call.reads(Reading.DELETED_TASK_READABLE):
        raise Refusal("schedule.deleted")
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
    if schedule.state is not ScheduleState.WAITING:
        raise Refusal("schedule.not-waiting")
    state = call.components.state
    with state.database:
        state.schedules.put(replace(schedule, state=ScheduleState.DELETED))
        state.tell("schedule", schedule.schedule_id)


def _find(call: CallContext) -> Schedule:
    raise_if_requested(call, call.path_id)
    schedule = call.components.state.schedules.get(call.path_id)
    if schedule is None or schedule.app_key != call.owner_key:
        raise Refusal("schedule.unknown")
    return schedule


def _judge_task(call: CallContext, sending: Sending) -> tuple[float, Schedule | None]:
    """Judge what concerns the task as a whole (steps 6 and 7); return its instant, and the task that is changed."""
    try:
        at = read_send_time(call.body["send_time"])
    except ValueError:
        raise Refusal("send-time.past") from None
    if call.reads(Reading.SEND_TIME_IS_UTC):
        at += _UTC_LATER
    if at <= call.now:
        raise Refusal("send-time.past")
    sending.find_template_and_sign(MessageKind.SCHEDULE)
    if not call.path_id:
        return at, None
    schedule = _find(call)
    if schedule.batch is not ("recipients" in call.body) and not call.reads(Reading.ONE_KIND_OF_TASK):
        raise Refusal("schedule.other-kind")
    if schedule.state is not ScheduleState.WAITING:
        raise Refusal("schedule.not-waiting")
    return at, schedule


def _store(
    call: CallContext,
    sending: Sending,
    at: float,
    changed: Schedule | None,
    recipients: Sequence[tuple[Accepted, dict[str, str] | None]],
) -> str:
    """Store a task, or its new form, and note when it is due (step 11).

    Args:
        call: that makes or changes it.
        sending: with template and sign found.
        at: when it is due.
        changed: the task before; None: a new one.
        recipients: what is sent to each, and the values as they were sent.
    """
    state, source, body = call.components.state, call.components.random_ids, call.body
    schedule = Schedule(
        app_key=call.owner_key,
        schedule_id=source.schedule_id() if changed is None else changed.schedule_id,
        batch="recipients" in body,
        send_time=body["send_time"],
        at=at,
        temp_id=sending.template.temp_id,
        type=sending.template.type,
        sign_id=sending.sign.sign_id,
        # The batch change has no tag of its own (C22): the one of the task stays.
        tag=body.get("tag") if changed is None else changed.tag,
        state=ScheduleState.WAITING,
        recipients=tuple(
            ScheduledMessage(source.message_id(), accepted.phone, params, accepted.text)
            for accepted, params in recipients
        ),
    )
    with state.database:
        state.schedules.put(schedule)
        state.timers.schedule(at, TimerKind.SCHEDULE, schedule.schedule_id)
        state.tell("schedule", schedule.schedule_id)
    return schedule.schedule_id


def send_scheduled(components: Components, schedule_id: str, at: float) -> None:
    """Send a task that has fallen due, unless it was deleted. Inside a transaction only."""
    state = components.state
    schedule = state.schedules.get(schedule_id)
    if schedule is None or schedule.state is not ScheduleState.WAITING:
        return
    state.schedules.put(replace(schedule, state=ScheduleState.SENT))
    state.tell("schedule", schedule_id)
    app = state.applications.get(schedule.app_key)
    if app is None:
        return
    charge = Charge(state, app, kind_of(schedule.type))
    is_marketing = schedule.type == TemplateType.MARKETING
    unsubscribed = state.lists_of(schedule.app_key).unsubscribed if is_marketing else ()
    messages = [(each.msg_id, _paid(each, charge)) for each in schedule.recipients if each.phone not in unsubscribed]
    charge.commit()
    kind = MessageKind.SCHEDULE
    origin = Origin(schedule.app_key, kind, schedule.type, schedule.temp_id, schedule.sign_id, schedule.tag)
    if messages:
        store(components, origin, messages, at)


def _paid(recipient: ScheduledMessage, charge: Charge) -> Accepted:
    _, price = measure(recipient.text)
    paid = charge.reserve(price)
    status = magic_numbers.status_for(recipient.phone) if paid else ReportStatus.NO_BALANCE
    return Accepted(recipient.phone, recipient.text, price if paid else 0, status)
