# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

T = TypeVar("T", bound="DeliveryReportEvent")


@_attrs_define(repr=False)
class DeliveryReportEvent:
    """`data` of an `SMS_REPORT` callback, decoded. The same fields as in the pull call. May arrive more than once;
    (`msgId`, `status`) tells repeats apart.

    """

    msg_id: str
    """ The `msg_id` that the sending call returned. """
    status: int
    """ 4001 is delivered, everything else documented is a failure. An open number, explained in `x-report-
    statuses`. """
    receive_time: int
    """ When the message was delivered or given up, in milliseconds since 1970-01-01T00:00:00Z. """
    phone: str
    """ The number that the message was sent to. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        msg_id = self.msg_id

        status = self.status

        receive_time = self.receive_time

        phone = self.phone

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "msgId": msg_id,
                "status": status,
                "receiveTime": receive_time,
                "phone": phone,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        msg_id = d.pop("msgId")

        status = d.pop("status")

        receive_time = d.pop("receiveTime")

        phone = d.pop("phone")

        _parsed = cls(
            msg_id=msg_id,
            status=status,
            receive_time=receive_time,
            phone=phone,
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
