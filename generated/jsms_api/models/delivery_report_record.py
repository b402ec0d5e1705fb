# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

T = TypeVar("T", bound="DeliveryReportRecord")


@_attrs_define(repr=False)
class DeliveryReportRecord:
    """What became of one message to one number, as the pull call tells it."""

    msg_id: str
    """ The `msg_id` that the sending call returned; note the other spelling. Digits, more than 32 bits. """
    phone: str
    """ The number that the message was sent to. """
    receive_time: int
    """ When the carrier reported, in milliseconds since 1970-01-01T00:00:00Z. One third-party SDK is prepared for
    texts here; the pages show numbers only. """
    status: int
    """ 4001 is delivered, everything else documented is a failure. An open number: see `KnownReportStatus` and
    `x-report-statuses`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        msg_id = self.msg_id

        phone = self.phone

        receive_time = self.receive_time

        status = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "msgId": msg_id,
                "phone": phone,
                "receiveTime": receive_time,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        msg_id = d.pop("msgId")

        phone = d.pop("phone")

        receive_time = d.pop("receiveTime")

        status = d.pop("status")

        _parsed = cls(
            msg_id=msg_id,
            phone=phone,
            receive_time=receive_time,
            status=status,
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
