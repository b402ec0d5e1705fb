"""Scheduled messages: one or a batch; set, changed, looked up, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from jsms_api.api.schedules import (
    create_schedule,
    create_schedule_batch,
    delete_schedule,
    get_schedule,
    update_schedule,
    update_schedule_batch,
)
from jsms_api.models.schedule_batch_request import ScheduleBatchRequest
from jsms_api.models.schedule_batch_update_request import ScheduleBatchUpdateRequest
from jsms_api.models.schedule_request import ScheduleRequest
from jsms_api.types import UNSET

from .._calls import responses
from .._calls.request import PreparedRequest, prepare, refusals_as_values
from .._calls.responses import InvalidResponse, ParsedResponse, as_object
from .._validation import fields as valid
from .._validation.fields import canonical_phone, from_wire_time, future_wire_time
from ..recipients import PreparedRecipients, RecipientLike
from ..results.messages import Schedule, ScheduleBatchResult, ScheduledMessage, ScheduleReceipt
from .messages import count_mismatch, match_entries, request_entries, template_parameters

_receipt: Final = responses.receipt(ScheduleReceipt, "schedule_id")


def _single(
    phone: str,
    template_id: int,
    send_at: datetime,
    params: Mapping[str, str] | None,
    sign_id: int | None,
    now: datetime,
) -> ScheduleRequest:
    return ScheduleRequest(
        send_time=future_wire_time(send_at, now=now),
        mobile=canonical_phone(phone),
        temp_id=valid.template_id(template_id),
        temp_para=template_parameters(params),
        sign_id=UNSET if sign_id is None else valid.sign_id(sign_id),
    )


@refusals_as_values("createSchedule")
def create(
    phone: str,
    template_id: int,
    send_at: datetime,
    params: Mapping[str, str] | None,
    sign_id: int | None,
    *,
    now: datetime,
) -> PreparedRequest[ScheduleReceipt]:
    body = _single(phone, template_id, send_at, params, sign_id, now)
    built = create_schedule.OPERATION.build(body=body)
    return prepare("createSchedule", built, _receipt, nothing_sent=ScheduleReceipt(""))


@refusals_as_values("updateSchedule")
def update(
    schedule_id: str,
    phone: str,
    template_id: int,
    send_at: datetime,
    params: Mapping[str, str] | None,
    sign_id: int | None,
    *,
    now: datetime,
) -> PreparedRequest[ScheduleReceipt]:
    """New content for a scheduled message: everything again, not only what changes."""
    place = valid.path_id(schedule_id, "schedule_id")
    body = _single(phone, template_id, send_at, params, sign_id, now)
    built = update_schedule.OPERATION.build(place, body=body)
    return prepare("updateSchedule", built, _receipt, nothing_sent=ScheduleReceipt(""))


@refusals_as_values("createScheduleBatch")
def create_batch(
    template_id: int,
    recipients: Iterable[RecipientLike] | PreparedRecipients,
    send_at: datetime,
    sign_id: int | None,
    tag: str | None,
    *,
    now: datetime,
) -> PreparedRequest[ScheduleBatchResult]:
    prepared = PreparedRecipients.of(recipients)
    body = ScheduleBatchRequest(
        send_time=future_wire_time(send_at, now=now),
        temp_id=valid.template_id(template_id),
        recipients=request_entries(prepared.entries),
        sign_id=UNSET if sign_id is None else valid.sign_id(sign_id),
        tag=UNSET if tag is None else valid.tag(tag),
    )
    built = create_schedule_batch.OPERATION.build(body=body)
    return _prepare_batch("createScheduleBatch", built, prepared)


@refusals_as_values("updateScheduleBatch")
def update_batch(
    schedule_id: str,
    template_id: int,
    recipients: Iterable[RecipientLike] | PreparedRecipients,
    send_at: datetime,
    sign_id: int | None,
    *,
    now: datetime,
) -> PreparedRequest[ScheduleBatchResult]:
    """New content for a scheduled batch. The tag cannot be changed (uncertainty C22)."""
    place = valid.path_id(schedule_id, "schedule_id")
    prepared = PreparedRecipients.of(recipients)
    body = ScheduleBatchUpdateRequest(
        send_time=future_wire_time(send_at, now=now),
        temp_id=valid.template_id(template_id),
        recipients=request_entries(prepared.entries),
        sign_id=UNSET if sign_id is None else valid.sign_id(sign_id),
    )
    built = update_schedule_batch.OPERATION.build(place, body=body)
    return _prepare_batch("updateScheduleBatch", built, prepared)


def _prepare_batch(
    operation_id: str, built: dict[str, Any], prepared: PreparedRecipients
) -> PreparedRequest[ScheduleBatchResult]:
    return prepare(
        operation_id,
        built,
        _batch_result(prepared.phones),
        nothing_sent=ScheduleBatchResult("", (), ()),
        parse_for=_batch_result,
    )


@refusals_as_values("getSchedule")
def get(schedule_id: str) -> PreparedRequest[Schedule]:
    place = valid.path_id(schedule_id, "schedule_id")
    return prepare("getSchedule", get_schedule.OPERATION.build(place), _schedule)


@refusals_as_values("deleteSchedule")
def cancel(schedule_id: str) -> PreparedRequest[None]:
    place = valid.path_id(schedule_id, "schedule_id")
    return prepare("deleteSchedule", delete_schedule.OPERATION.build(place), responses.no_content)


def _batch_result(asked: Sequence[str]) -> Callable[[ParsedResponse], ScheduleBatchResult]:
    """The response lists the refused entries only."""

    def parse(response: ParsedResponse) -> ScheduleBatchResult:
        data = responses.body(response)
        schedule_id = responses.identifier(data, "schedule_id")
        # Without failures the list may be empty or missing: no source says.
        entries = responses.optional(data, "failure_recipients", responses.items) or []
        matched = match_entries(asked, entries, lists_accepted=False)
        accepted, unknown = matched.unmentioned, matched.unknown
        mismatch = count_mismatch(data, len(asked) - len(entries), len(entries))
        if mismatch:
            # More may have failed than are listed, and it cannot be said which.
            accepted, unknown = [], unknown + accepted
        return ScheduleBatchResult(
            schedule_id,
            tuple(accepted),
            tuple(matched.rejected),
            tuple(unknown),
            (*matched.warnings, *mismatch),
            raw=data,
        )

    return parse


def _scheduled(item: object) -> ScheduledMessage:
    entry = as_object(item)
    if entry is None:
        raise InvalidResponse("recipients is not a list of objects.")
    return ScheduledMessage(
        responses.phone(entry.get("mobile")),
        responses.optional(entry, "msg_id", responses.identifier),
        responses.params(entry.get("temp_para")),
    )


def _schedule(response: ParsedResponse) -> Schedule:
    data = responses.body(response)
    recipients = tuple(_scheduled(entry) for entry in responses.items(data, "recipients"))
    return Schedule(
        responses.identifier(data, "schedule_id"),
        from_wire_time(responses.text(data, "send_time")),
        responses.integer(data, "temp_id"),
        recipients,
        raw=data,
    )
