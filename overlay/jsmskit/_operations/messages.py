"""Template messages that are sent at once: one, or a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from jsms_api.api.messages import send_message as _send_message
from jsms_api.api.messages import send_message_batch as _send_message_batch
from jsms_api.models.send_message_batch_request import SendMessageBatchRequest
from jsms_api.models.send_message_request import SendMessageRequest
from jsms_api.models.template_parameters import TemplateParameters
from jsms_api.types import UNSET, Unset

from .._calls import fields
from .._calls.request import PreparedRequest, prepare, refusals_as_values
from .._calls.response import ParsedResponse
from .._validation import fields as valid
from .._validation.phones import canonical_phone
from .._validation.template_text import check_template_params
from ..recipients import PreparedRecipients, RecipientLike, prepare_recipients
from ..results.messages import BatchResult, MessageReceipt
from .batch import RecipientMatcher, count_mismatch, request_entries


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
    """One message."""
    body = SendMessageRequest(
        mobile=canonical_phone(phone),
        temp_id=valid.template_id(template_id),
        temp_para=template_parameters(params),
        sign_id=UNSET if sign_id is None else valid.sign_id(sign_id),
    )
    built = _send_message.OPERATION.build(body=body)
    return prepare("sendMessage", built, _receipt, nothing_sent=MessageReceipt(""))


@refusals_as_values("sendMessageBatch")
def send_batch(
    template_id: int,
    recipients: Iterable[RecipientLike] | PreparedRecipients,
    sign_id: int | None,
    tag: str | None,
) -> PreparedRequest[BatchResult]:
    """One template for up to a thousand recipients."""
    prepared = prepare_recipients(recipients)
    body = SendMessageBatchRequest(
        temp_id=valid.template_id(template_id),
        recipients=request_entries(prepared.entries),
        sign_id=UNSET if sign_id is None else valid.sign_id(sign_id),
        tag=UNSET if tag is None else valid.tag(tag),
    )
    built = _send_message_batch.OPERATION.build(body=body)
    return prepare(
        "sendMessageBatch",
        built,
        _batch_result(prepared.phones),
        nothing_sent=BatchResult((), ()),
        parse_for=_batch_result,
    )


def _receipt(response: ParsedResponse) -> MessageReceipt:
    data = fields.body(response)
    return MessageReceipt(fields.identifier(data, "msg_id"), raw=data)


def _batch_result(asked: Sequence[str]) -> Callable[[ParsedResponse], BatchResult]:
    def parse(response: ParsedResponse) -> BatchResult:
        data = fields.body(response)
        entries = fields.items(data, "recipients")
        matcher = RecipientMatcher(asked)
        matcher.match_all(entries, lists_accepted=True)
        accepted = tuple(matcher.accepted)
        return BatchResult(
            accepted,
            tuple(matcher.rejected),
            (*matcher.unknown, *matcher.unmatched()),
            (*matcher.warnings(), *count_mismatch(data, len(accepted), len(entries) - len(accepted))),
            raw=data,
        )

    return parse
