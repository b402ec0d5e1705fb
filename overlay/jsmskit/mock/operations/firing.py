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
from ..store.sendings import Origin, Row, Sending
from ..text import measure
from .payment import Till, kind_of, purses
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
    till = Till(service, purses(app.app_key, app.dev_key, kind_of(schedule.type)))
    unsubscribed = state.accounts.lists(schedule.app_key).unsubscribed
    is_marketing = schedule.type == TemplateType.MARKETING
    rows = [
        _row(recipient, till)
        for recipient in schedule.recipients
        if not (is_marketing and recipient.phone in unsubscribed)
    ]
    till.settle()
    kind = MessageKind.SCHEDULE.value
    origin = Origin(schedule.app_key, kind, schedule.type, schedule.temp_id, schedule.sign_id, schedule.tag)
    if rows:
        store(service, Sending(origin, at, service.report_time(at), rows))


def _row(recipient: ScheduledMessage, till: Till) -> Row:
    _, price = measure(recipient.text)
    paid = till.pay(price)
    planned = magic.planned_status(recipient.phone) if paid else ReportStatus.NO_BALANCE
    return recipient.msg_id, recipient.phone, recipient.text, price if paid else 0, int(planned)
