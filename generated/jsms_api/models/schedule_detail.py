# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.scheduled_recipient import ScheduledRecipient


T = TypeVar("T", bound="ScheduleDetail")


@_attrs_define(repr=False)
class ScheduleDetail:
    """A scheduled task, single or batch, in one shape. State, sign and tag are not told."""

    schedule_id: str
    """ Id of the task, the one in the path. """
    send_time: str
    """ When the messages go out, `yyyy-MM-dd HH:mm:ss`, in the zone in which it was given (UTC+8, G7). """
    temp_id: int
    """ Template of the messages. """
    recipients: list[ScheduledRecipient]
    """ The recipients of the task; one entry for a single task. Refused entries are not among them. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        schedule_id = self.schedule_id

        send_time = self.send_time

        temp_id = self.temp_id

        recipients = []
        for recipients_item_data in self.recipients:
            recipients_item = recipients_item_data.to_dict()
            recipients.append(recipients_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "schedule_id": schedule_id,
                "send_time": send_time,
                "temp_id": temp_id,
                "recipients": recipients,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.scheduled_recipient import ScheduledRecipient  # noqa: PLC0415

        d = dict(src_dict)
        schedule_id = d.pop("schedule_id")

        send_time = d.pop("send_time")

        temp_id = d.pop("temp_id")

        recipients = []
        _recipients = d.pop("recipients")
        for recipients_item_data in _recipients:
            recipients_item = ScheduledRecipient.from_dict(recipients_item_data)

            recipients.append(recipients_item)

        _parsed = cls(
            schedule_id=schedule_id,
            send_time=send_time,
            temp_id=temp_id,
            recipients=recipients,
        )

        _parsed.additional_properties = d
        return _parsed

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
