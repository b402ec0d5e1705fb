# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset
from ..types import describe as _describe

T = TypeVar("T", bound="TemplateDetail")


@_attrs_define(repr=False)
class TemplateDetail:
    """A template as the service keeps it."""

    temp_id: int
    """ Id of the template, the one in the path. """
    template: str
    """ The text with its variables, without the sign. """
    type_: int
    """ 1 verification code, 2 notice, 3 marketing. New numbers may appear. """
    status: int
    """ 0 in review (sending gives 50020), 1 approved, 2 refused (sending gives 50021; may be changed). New numbers
    may appear. """
    ttl: int | None | Unset = UNSET
    """ Life of a code in seconds. For types 2 and 3 not documented: may be missing, `null` or 0, or whatever was
    sent at creation (G10). """
    remark: None | str | Unset = UNSET
    """ The note for the review. May be missing, `null` or empty if none was given; that is not documented. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        temp_id = self.temp_id

        template = self.template

        type_ = self.type_

        status = self.status

        ttl: int | None | Unset
        if isinstance(self.ttl, Unset):
            ttl = UNSET
        else:
            ttl = self.ttl

        remark: None | str | Unset
        if isinstance(self.remark, Unset):
            remark = UNSET
        else:
            remark = self.remark

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "temp_id": temp_id,
                "template": template,
                "type": type_,
                "status": status,
            }
        )
        if ttl is not UNSET:
            field_dict["ttl"] = ttl
        if remark is not UNSET:
            field_dict["remark"] = remark

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        temp_id = d.pop("temp_id")

        template = d.pop("template")

        type_ = d.pop("type")

        status = d.pop("status")

        def _parse_ttl(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        ttl = _parse_ttl(d.pop("ttl", UNSET))

        def _parse_remark(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        remark = _parse_remark(d.pop("remark", UNSET))

        _parsed = cls(
            temp_id=temp_id,
            template=template,
            type_=type_,
            status=status,
            ttl=ttl,
            remark=remark,
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
