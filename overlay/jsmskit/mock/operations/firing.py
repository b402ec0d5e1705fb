"""What happens when the time of a task has come: its messages go out.

Knows what can have changed since the task was made. Must not know how tasks are made.
"""

from __future__ import annotations

from typing import Final

from jsms_api.error_table import ReportStatus

from .. import magic
from ..records import MessageKind, ScheduledMessage, ScheduleState, TemplateType
from ..rules.table import Sureness, declare
from ..service import Service
from ..store.messages import NewMessage, Origin
from ..text import measure
from .payment import Charge, kind_of, paying_balances
from .sending import store

UNSUBSCRIBED_MEANWHILE: Final = declare(
    "schedule.unsubscribed",
    "Marketing to a number that has unsubscribed by the time of sending is not sent, and not reported.",
    Sureness.ASSUMED,
    "send-state page",
)


def fire(service: Service, ref: str, at: float) -> None:
    """Send a task, unless it was changed or deleted since its time was noted. Inside a transaction only.

    Args:
        service: the mock's parts.
        ref: id and version of the task.
        at: the instant for which it was noted.
    """
    state = service.state
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
    charge = Charge(service, paying_balances(app.app_key, app.dev_key, kind_of(schedule.type)))
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
        store(service, origin, messages, at)


def _message(recipient: ScheduledMessage, charge: Charge) -> NewMessage:
    _, price = measure(recipient.text)
    paid = charge.reserve(price)
    status = magic.planned_status(recipient.phone) if paid else ReportStatus.NO_BALANCE
    return NewMessage(recipient.msg_id, recipient.phone, recipient.text, price if paid else 0, status)
