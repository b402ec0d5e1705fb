# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

T = TypeVar("T", bound="SignDetail")


@_attrs_define(repr=False)
class SignDetail:
    """A sign as the service keeps it."""

    sign_id: int
    """ Id of the sign, the one in the path. """
    sign: str
    """ The sign without its brackets. """
    status: int
    """ 1 approved, 2 refused; 0 in review is known from other sources only (C18). New numbers may appear. """
    is_default: int
    """ 1 for the sign that is used when a message names none. 0 otherwise (inferred; the sample shows only 1). That
    at most one sign has 1 is inferred too (G9). """
    use_status: int
    """ 1 in use, 0 not in use. How it relates to `is_default` is not explained. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        sign_id = self.sign_id

        sign = self.sign

        status = self.status

        is_default = self.is_default

        use_status = self.use_status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sign_id": sign_id,
                "sign": sign,
                "status": status,
                "is_default": is_default,
                "use_status": use_status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sign_id = d.pop("sign_id")

        sign = d.pop("sign")

        status = d.pop("status")

        is_default = d.pop("is_default")

        use_status = d.pop("use_status")

        _parsed = cls(
            sign_id=sign_id,
            sign=sign,
            status=status,
            is_default=is_default,
            use_status=use_status,
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
