# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset
from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.batch_recipient import BatchRecipient


T = TypeVar("T", bound="ScheduleBatchRequest")


@_attrs_define(repr=False)
class ScheduleBatchRequest:
    """One template for many recipients, and the moment at which the messages go out."""

    send_time: str
    """ When to send, `yyyy-MM-dd HH:mm:ss`, 24 hours, no zone and no fraction, in the future. Read as China
    Standard Time, UTC+8; the documentation does not name the zone (G7). """
    temp_id: int
    """ Id of an approved template of this application, the same for all recipients. """
    recipients: list[BatchRecipient]
    """ 1 to 1000 recipients. An entry with a bad number or with missing values fails alone. A second entry with the
    same number and the same text is filtered out with 50034. """
    sign_id: int | Unset = UNSET
    """ Sign to put before the text. Left out, the application's default sign is used. Which code an unknown sign
    gives in a sending call is not documented; 50102 is inferred (G2). """
    tag: str | Unset = UNSET
    """ A label ("alias") of this sending for your own use, at most 10 characters, never shown in the message. Which
    code a longer one gives is not documented; 50007 is inferred (C22, G8). An empty text counts as none. """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        send_time = self.send_time

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
                "send_time": send_time,
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
        send_time = d.pop("send_time")

        temp_id = d.pop("temp_id")

        recipients = []
        _recipients = d.pop("recipients")
        for recipients_item_data in _recipients:
            recipients_item = BatchRecipient.from_dict(recipients_item_data)

            recipients.append(recipients_item)

        sign_id = d.pop("sign_id", UNSET)

        tag = d.pop("tag", UNSET)

        _parsed = cls(
            send_time=send_time,
            temp_id=temp_id,
            recipients=recipients,
            sign_id=sign_id,
            tag=tag,
        )

        return _parsed
