"""Template messages that are sent at once: one, or a batch, whose recipients scheduled messages share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from jsms_api.api.messages import send_message, send_message_batch
from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode
from jsms_api.models.batch_recipient import BatchRecipient
from jsms_api.models.send_message_batch_request import SendMessageBatchRequest
from jsms_api.models.send_message_request import SendMessageRequest
from jsms_api.models.template_parameters import TemplateParameters
from jsms_api.types import UNSET, Unset

from .._calls import responses
from .._calls.request import PreparedRequest, prepare, refusals_as_values
from .._calls.responses import InvalidResponse, ParsedResponse, as_code, as_object
from .._validation import fields as valid
from .._validation.fields import canonical_phone
from .._validation.template_text import check_template_params
from ..recipients import PreparedRecipients, RecipientLike
from ..results.messages import AcceptedMessage, BatchResult, MessageReceipt, RejectedMessage

_receipt: Final = responses.receipt(MessageReceipt, "msg_id")


class _Entry:
    """Takes the place of a generated `BatchRecipient`, whose dict is made already.

    A batch of a thousand would otherwise make two thousand objects that nothing reads: ten times the cost of the rest.
    """

    __slots__ = ("_wire",)

    def __init__(self, wire: dict[str, Any]) -> None:
        self._wire = wire

    def to_dict(self) -> dict[str, Any]:
        return self._wire


def request_entries(entries: Iterable[dict[str, Any]]) -> list[BatchRecipient]:
    return cast("list[BatchRecipient]", [_Entry(entry) for entry in entries])


class MatchedEntries(NamedTuple):
    """What the entries of a response say of the recipients that were asked for."""

    accepted: list[AcceptedMessage]
    rejected: list[RejectedMessage]
    unknown: list[str]
    """With an entry that does not decide it."""
    unmentioned: list[str]
    """Without an entry."""
    warnings: list[str]
    """What is odd about the entries, in words."""


def match_entries(asked: Sequence[str], entries: Iterable[object], *, lists_accepted: bool) -> MatchedEntries:
    """Match the entries of a response with the recipients: by number, since their order is not promised.

    lists_accepted: entries without an error code are accepted, if they have an id.
    """
    waiting = Counter(asked)
    matched = MatchedEntries([], [], [], [], [])
    strangers = unreadable = 0
    for item in entries:
        entry = as_object(item)
        if entry is None:
            unreadable += 1
            continue
        number = entry.get("mobile")
        phone = number if isinstance(number, str) and number in waiting else _phone(number)  # as asked, most are
        if waiting[phone] <= 0:
            strangers += 1
            continue
        waiting[phone] -= 1
        code, msg_id = _error_code(entry), _msg_id(entry)
        if code is None and lists_accepted and msg_id is not None:
            matched.accepted.append(AcceptedMessage(phone, msg_id))
        elif code is None or _is_inconclusive(code):
            matched.unknown.append(phone)
            unreadable += not code
        else:
            matched.rejected.append(RejectedMessage(phone, code, msg_id, responses.params(entry.get("temp_para"))))
    matched.unmentioned.extend(waiting.elements())
    if strangers:
        matched.warnings.append(f"{strangers} entries are for numbers that were not asked for")
    if unreadable:
        matched.warnings.append(f"{unreadable} entries cannot be read")
    return matched


def _phone(number: object) -> str:
    try:
        return responses.phone(number)
    except InvalidResponse:
        return ""


def _error_code(entry: Mapping[str, Any]) -> int | None:
    """Return the code of an entry; None without one, 0 if it cannot be read."""
    if entry.get("error_code") is None:
        return None
    code = as_code(entry["error_code"])
    if code is None:
        return 0
    return None if code == ErrorCode.SUCCESS else code


def _is_inconclusive(code: int) -> bool:
    """Return whether a code leaves open what became of the message."""
    info = ERRORS.get(code)
    return code == 0 or (info is not None and info.category is ErrorCategory.SERVER)


def _msg_id(entry: Mapping[str, Any]) -> str | None:
    try:
        return responses.identifier(entry, "msg_id")
    except InvalidResponse:
        return None


def count_mismatch(data: Mapping[str, Any], succeeded: int, failed: int) -> list[str]:
    """Return where the counts of a response disagree with its entries, in words."""
    try:
        told = responses.integer(data, "success_count"), responses.integer(data, "failure_count")
    except InvalidResponse:
        return ["the counts are missing or cannot be read"]
    if told == (succeeded, failed):
        return []
    return [f"it counts {told[0]} accepted and {told[1]} failed, and lists {succeeded} and {failed}"]


def template_parameters(params: Mapping[str, str] | None) -> TemplateParameters | Unset:
    """Return the values of a template's variables as the generated model; unset if there are none."""
    if params is None:
        return UNSET
    made = TemplateParameters()
    made.additional_properties = check_template_params(params, field="params")
    return made


@refusals_as_values("sendMessage")
def send(
    phone: str, template_id: int, params: Mapping[str, str] | None, sign_id: int | None
) -> PreparedRequest[MessageReceipt]:
    body = SendMessageRequest(
        mobile=canonical_phone(phone),
        temp_id=valid.template_id(template_id),
        temp_para=template_parameters(params),
        sign_id=UNSET if sign_id is None else valid.sign_id(sign_id),
    )
    built = send_message.OPERATION.build(body=body)
    return prepare("sendMessage", built, _receipt, nothing_sent=MessageReceipt(""))


@refusals_as_values("sendMessageBatch")
def send_batch(
    template_id: int, recipients: Iterable[RecipientLike] | PreparedRecipients, sign_id: int | None, tag: str | None
) -> PreparedRequest[BatchResult]:
    prepared = PreparedRecipients.of(recipients)
    body = SendMessageBatchRequest(
        temp_id=valid.template_id(template_id),
        recipients=request_entries(prepared.entries),
        sign_id=UNSET if sign_id is None else valid.sign_id(sign_id),
        tag=UNSET if tag is None else valid.tag(tag),
    )
    built = send_message_batch.OPERATION.build(body=body)
    return prepare(
        "sendMessageBatch",
        built,
        _batch_result(prepared.phones),
        nothing_sent=BatchResult((), ()),
        parse_for=_batch_result,
    )


def _batch_result(asked: Sequence[str]) -> Callable[[ParsedResponse], BatchResult]:
    def parse(response: ParsedResponse) -> BatchResult:
        data = responses.body(response)
        entries = responses.items(data, "recipients")
        matched = match_entries(asked, entries, lists_accepted=True)
        accepted = len(matched.accepted)
        return BatchResult(
            tuple(matched.accepted),
            tuple(matched.rejected),
            (*matched.unknown, *matched.unmentioned),
            (*matched.warnings, *count_mismatch(data, accepted, len(entries) - accepted)),
            raw=data,
        )

    return parse
