"""Plans of the two operations that send template messages at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from jsms_api.api.messages import send_message as _send_message
from jsms_api.api.messages import send_message_batch as _send_message_batch
from jsms_api.models.batch_recipient import BatchRecipient
from jsms_api.models.send_message_batch_request import SendMessageBatchRequest
from jsms_api.models.send_message_request import SendMessageRequest
from jsms_api.models.template_parameters import TemplateParameters
from jsms_api.types import UNSET, Unset

from .. import _checks
from .._drafts import Draft, draft, planned
from .._hidden import Hidden
from .._phones import normalise_phone
from .._readings.messages import batch_result, message_receipt
from .._readings.skimming import skim
from .._texts import check_template_params
from ..recipients import PreparedRecipients, RecipientLike, check_count, wire_recipients
from ..results.messages import BatchResult, MessageReceipt

__all__ = ["ReadyRecipient", "send", "send_batch", "template_parameters"]


def template_parameters(params: Mapping[str, str] | None) -> TemplateParameters | Unset:
    """The values of a template's variables as the generated model; unset if there are none."""
    if params is None:
        return UNSET
    made = TemplateParameters()
    made.additional_properties = check_template_params(params, field="params")
    return made


class ReadyRecipient:
    """Stands for a generated `BatchRecipient` whose dict is made already.

    A batch of a thousand would otherwise make two thousand objects that nobody reads: ten times the cost of
    the rest.
    """

    __slots__ = ("_wire",)

    def __init__(self, wire: dict[str, Any]) -> None:
        self._wire = wire

    def to_dict(self) -> dict[str, Any]:
        """The entry as it goes on the wire."""
        return self._wire


@planned("sendMessage")
def send(
    phone: Hidden[str], template_id: int, params: Hidden[Mapping[str, str] | None], sign_id: int | None
) -> Draft[MessageReceipt]:
    """One message."""
    body = SendMessageRequest(
        mobile=normalise_phone(phone.value),
        temp_id=_checks.template_id(template_id),
        temp_para=template_parameters(params.value),
        sign_id=UNSET if sign_id is None else _checks.sign_id(sign_id),
    )
    return draft("sendMessage", _send_message.OPERATION.build(body=body), message_receipt)


@planned("sendMessageBatch")
def send_batch(
    template_id: int,
    recipients: Hidden[Iterable[RecipientLike] | PreparedRecipients],
    sign_id: int | None,
    tag: str | None,
) -> Draft[BatchResult]:
    """One template for up to a thousand recipients."""
    given = recipients.value
    prepared = given if isinstance(given, PreparedRecipients) else None
    if prepared is not None:
        check_count(len(prepared))
    entries = [] if isinstance(given, PreparedRecipients) else wire_recipients(given)
    body = SendMessageBatchRequest(
        temp_id=_checks.template_id(template_id),
        recipients=cast("list[BatchRecipient]", [ReadyRecipient(entry) for entry in entries]),
        sign_id=UNSET if sign_id is None else _checks.sign_id(sign_id),
        tag=UNSET if tag is None else _checks.tag(tag),
    )
    built = _send_message_batch.OPERATION.build(body=body)
    if prepared is not None:
        asked: Sequence[str] = prepared.phones
        read, find = batch_result(asked), skim(asked)
        return draft("sendMessageBatch", built, read, batch=True, skim=find, entries=prepared.entries)
    asked = [entry["mobile"] for entry in entries]
    return draft("sendMessageBatch", built, batch_result(asked), batch=True, skim=skim(asked), plain=True)
