# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import describe as _describe

T = TypeVar("T", bound="VerifyCodeRequest")


@_attrs_define(repr=False)
class VerifyCodeRequest:
    """Body of `verifyCode`."""

    code: str
    """ The code as the person typed it, as text. An empty one counts as missing (50015). The documentation gives
    neither a length nor an alphabet: real codes have from 4 to 8, and the bound is ours: at most 32 characters,
    wide on purpose (G3). Whatever is not the code is answered with 50010. """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        _parsed = cls(
            code=code,
        )

        return _parsed
