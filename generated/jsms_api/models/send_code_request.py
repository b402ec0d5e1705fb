# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset
from ..types import describe as _describe

T = TypeVar("T", bound="SendCodeRequest")


@_attrs_define(repr=False)
class SendCodeRequest:
    """Body of `sendCode`. The service makes the code; its life is the `ttl` of the template."""

    mobile: str
    """ Mobile number in mainland China, 11 digits without country prefix. An empty one counts as missing. All
    samples look like this; whether `+86` would be understood is not documented (C33). """
    temp_id: int
    """ Id of an approved template of type 1 (verification). 1 is the ready-made template of every application. The
    upper bound is ours: the largest integer that every JSON reader keeps exact. """
    sign_id: int | Unset = UNSET
    """ Id of the sign (the 【...】 in front of the text) to use. Left out, the default sign of the application is
    used. Which code an unknown id gives on a sending call is not documented; 50102 is assumed (G2). """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        mobile = self.mobile

        temp_id = self.temp_id

        sign_id = self.sign_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "mobile": mobile,
                "temp_id": temp_id,
            }
        )
        if sign_id is not UNSET:
            field_dict["sign_id"] = sign_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        mobile = d.pop("mobile")

        temp_id = d.pop("temp_id")

        sign_id = d.pop("sign_id", UNSET)

        _parsed = cls(
            mobile=mobile,
            temp_id=temp_id,
            sign_id=sign_id,
        )

        return _parsed
