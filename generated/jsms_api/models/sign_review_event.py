# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

T = TypeVar("T", bound="SignReviewEvent")


@_attrs_define(repr=False)
class SignReviewEvent:
    """`data` of an `SMS_SIGN` callback, decoded. The review of a sign has ended."""

    sign_id: int
    """ The `sign_id` of the sign; note the other spelling. """
    status: int
    """ 1 approved, 2 refused. An open number. """
    refuse_reason: None | str
    """ Why it was refused, mostly in Chinese; null when it was approved. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        sign_id = self.sign_id

        status = self.status

        refuse_reason: None | str
        refuse_reason = self.refuse_reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "signId": sign_id,
                "status": status,
                "refuseReason": refuse_reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sign_id = d.pop("signId")

        status = d.pop("status")

        def _parse_refuse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        refuse_reason = _parse_refuse_reason(d.pop("refuseReason"))

        _parsed = cls(
            sign_id=sign_id,
            status=status,
            refuse_reason=refuse_reason,
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
