"""What happens when the time of a task has come: its messages go out."""

from __future__ import annotations

from typing import Final

from jsms_api.error_table import ReportStatus

from ...model import magic_numbers
from ...model.message_text import measure
from ...model.records import MessageKind, ScheduledMessage, ScheduleState, TemplateType
from ...model.rule_catalog import Confidence, declare
from ...state.store.messages import NewMessage, Origin
from ..components import Components
from .billing import Charge, kind_of, paying_balances
from .sending import store

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
