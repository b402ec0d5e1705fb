"""Plans of the six operations on timed messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from jsms_api.api.schedules import create_schedule as _create_schedule
from jsms_api.api.schedules import create_schedule_batch as _create_schedule_batch
from jsms_api.api.schedules import delete_schedule as _delete_schedule
from jsms_api.api.schedules import get_schedule as _get_schedule
from jsms_api.api.schedules import update_schedule as _update_schedule
from jsms_api.api.schedules import update_schedule_batch as _update_schedule_batch
from jsms_api.models.batch_recipient import BatchRecipient
from jsms_api.models.schedule_batch_request import ScheduleBatchRequest
from jsms_api.models.schedule_batch_update_request import ScheduleBatchUpdateRequest
from jsms_api.models.schedule_request import ScheduleRequest
from jsms_api.types import UNSET

from .. import _checks
from .._drafts import Draft, draft, planned
from .._hidden import Hidden
from .._phones import normalise_phone
from .._readings.deletions import no_content
from .._readings.schedules import schedule, schedule_batch_result, schedule_receipt
from .._times import future_wire_time
from ..recipients import RecipientLike, wire_recipients
from ..results.schedules import Schedule, ScheduleBatchResult, ScheduleReceipt
from .messages import ReadyRecipient, template_parameters

__all__ = ["cancel", "create", "create_batch", "get", "update", "update_batch"]


def _single(
    phone: Hidden[str],
    template_id: int,
    send_at: datetime,
    params: Hidden[Mapping[str, str] | None],
    sign_id: int | None,
    now: datetime,
) -> ScheduleRequest:
    return ScheduleRequest(
        send_time=future_wire_time(send_at, now=now),
        mobile=normalise_phone(phone.value),
        temp_id=_checks.template_id(template_id),
        temp_para=template_parameters(params.value),
        sign_id=UNSET if sign_id is None else _checks.sign_id(sign_id),
    )


@planned("createSchedule")
def create(
    phone: Hidden[str],
    template_id: int,
    send_at: datetime,
    params: Hidden[Mapping[str, str] | None],
    sign_id: int | None,
    *,
    now: datetime,
) -> Draft[ScheduleReceipt]:
    """One timed message."""
    body = _single(phone, template_id, send_at, params, sign_id, now)
    return draft("createSchedule", _create_schedule.OPERATION.build(body=body), schedule_receipt)


@planned("updateSchedule")
def update(
    schedule_id: str,
    phone: Hidden[str],
    template_id: int,
    send_at: datetime,
    params: Hidden[Mapping[str, str] | None],
    sign_id: int | None,
    *,
    now: datetime,
) -> Draft[ScheduleReceipt]:
    """Another content for a timed message: everything again, not only what changes."""
    place = _checks.path_id(schedule_id, "schedule_id")
    body = _single(phone, template_id, send_at, params, sign_id, now)
    built = _update_schedule.OPERATION.build(place, body=body)
    return draft("updateSchedule", built, schedule_receipt)


@planned("createScheduleBatch")
def create_batch(
    template_id: int,
    recipients: Hidden[Iterable[RecipientLike]],
    send_at: datetime,
    sign_id: int | None,
    tag: str | None,
    *,
    now: datetime,
) -> Draft[ScheduleBatchResult]:
    """One timed message for up to a thousand recipients."""
    entries = wire_recipients(recipients.value)
    body = ScheduleBatchRequest(
        send_time=future_wire_time(send_at, now=now),
        temp_id=_checks.template_id(template_id),
        recipients=cast("list[BatchRecipient]", [ReadyRecipient(entry) for entry in entries]),
        sign_id=UNSET if sign_id is None else _checks.sign_id(sign_id),
        tag=UNSET if tag is None else _checks.tag(tag),
    )
    built = _create_schedule_batch.OPERATION.build(body=body)
    read = schedule_batch_result([entry["mobile"] for entry in entries])
    return draft("createScheduleBatch", built, read, batch=True, plain=True)


@planned("updateScheduleBatch")
def update_batch(
    schedule_id: str,
    template_id: int,
    recipients: Hidden[Iterable[RecipientLike]],
    send_at: datetime,
    sign_id: int | None,
    *,
    now: datetime,
) -> Draft[ScheduleBatchResult]:
    """Another content for a timed batch. The tag cannot be changed (doubt C22)."""
    place = _checks.path_id(schedule_id, "schedule_id")
    entries = wire_recipients(recipients.value)
    body = ScheduleBatchUpdateRequest(
        send_time=future_wire_time(send_at, now=now),
        temp_id=_checks.template_id(template_id),
        recipients=cast("list[BatchRecipient]", [ReadyRecipient(entry) for entry in entries]),
        sign_id=UNSET if sign_id is None else _checks.sign_id(sign_id),
    )
    built = _update_schedule_batch.OPERATION.build(place, body=body)
    read = schedule_batch_result([entry["mobile"] for entry in entries])
    return draft("updateScheduleBatch", built, read, batch=True, plain=True)


@planned("getSchedule")
def get(schedule_id: str) -> Draft[Schedule]:
    """What is set, of one recipient or many."""
    place = _checks.path_id(schedule_id, "schedule_id")
    return draft("getSchedule", _get_schedule.OPERATION.build(place), schedule)


@planned("deleteSchedule")
def cancel(schedule_id: str) -> Draft[None]:
    """Nothing is to be sent after all."""
    place = _checks.path_id(schedule_id, "schedule_id")
    built = _delete_schedule.OPERATION.build(place)
    return draft("deleteSchedule", built, no_content)
