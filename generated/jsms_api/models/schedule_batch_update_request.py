# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset
from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.batch_recipient import BatchRecipient


T = TypeVar("T", bound="ScheduleBatchUpdateRequest")


@_attrs_define(repr=False)
class ScheduleBatchUpdateRequest:
    """Replacement for a waiting batch task. The fields are those of the creation except `tag`, which this call's table
    does not have (C22).

    """

    send_time: str
    """ When to send, `yyyy-MM-dd HH:mm:ss`, 24 hours, no zone and no fraction, in the future. Read as China
    Standard Time, UTC+8; the documentation does not name the zone (G7). """
    temp_id: int
    """ Id of an approved template of this application, the same for all recipients. """
    recipients: list[BatchRecipient]
    """ The whole new list, 1 to 1000 recipients. It takes the place of the old one; entries fail one by one. """
    sign_id: int | Unset = UNSET
    """ Sign to put before the text. Left out, the application's default sign is used. Which code an unknown sign
    gives in a sending call is not documented; 50102 is inferred (G2). """

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

        _parsed = cls(
            send_time=send_time,
            temp_id=temp_id,
            recipients=recipients,
            sign_id=sign_id,
        )

        return _parsed
