# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset
from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.batch_recipient import BatchRecipient


T = TypeVar("T", bound="SendMessageBatchRequest")


@_attrs_define(repr=False)
class SendMessageBatchRequest:
    """Body of `sendMessageBatch`."""

    temp_id: int
    """ Id of an approved template, the same for all recipients. """
    recipients: list[BatchRecipient]
    """ 1 to 1000 recipients. None gives 50030, more than 1000 gives 50031. The same number may appear more than
    once as long as the texts differ; equal text to an equal number is filtered out as 50034. """
    sign_id: int | Unset = UNSET
    """ Id of the sign (the 【...】 in front of the text) to use. Left out, the default sign of the application is
    used. Which code an unknown id gives on a sending call is not documented; 50102 is assumed (G2). """
    tag: str | Unset = UNSET
    """ A label for this sending, at most 10 characters (characters, not bytes). It is never shown in the message.
    Meaning and limit are stated on the schedule page only (C22), and the code for a longer one is inferred (G8).
    """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        temp_id = self.temp_id

        recipients = []
        for recipients_item_data in self.recipients:
            recipients_item = recipients_item_data.to_dict()
            recipients.append(recipients_item)

        sign_id = self.sign_id

        tag = self.tag

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "temp_id": temp_id,
                "recipients": recipients,
            }
        )
        if sign_id is not UNSET:
            field_dict["sign_id"] = sign_id
        if tag is not UNSET:
            field_dict["tag"] = tag

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.batch_recipient import BatchRecipient  # noqa: PLC0415

        d = dict(src_dict)
        temp_id = d.pop("temp_id")

        recipients = []
        _recipients = d.pop("recipients")
        for recipients_item_data in _recipients:
            recipients_item = BatchRecipient.from_dict(recipients_item_data)

            recipients.append(recipients_item)

        sign_id = d.pop("sign_id", UNSET)

        tag = d.pop("tag", UNSET)

        _parsed = cls(
            temp_id=temp_id,
            recipients=recipients,
            sign_id=sign_id,
            tag=tag,
        )

        return _parsed
