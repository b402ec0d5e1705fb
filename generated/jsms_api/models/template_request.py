# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.template_type import TemplateType
from ..types import UNSET, Unset
from ..types import describe as _describe

T = TypeVar("T", bound="TemplateRequest")


@_attrs_define(repr=False)
class TemplateRequest:
    """A template to be reviewed. With `type` 1 the field `ttl` is needed as well."""

    template: str
    """ The text, with variables as `{{name}}`, without the sign and without the brackets 【】. Text, sign (with its
    two brackets) and, for marketing, the hint how to unsubscribe together have at most 500 characters, so the real
    room is a little smaller than `maxLength`. Older pages say 350 (C10). Characters are counted, not bytes. Which
    names a variable may have depends on `type`, and the pages disagree (C11, C12); a bad one gives 50044. """
    type_: TemplateType
    """ What a template is for: 1 verification code, 2 notice, 3 marketing. Types 1 and 2 together are called
    "industry" in the balances. Personal accounts may not send marketing. """
    ttl: int | Unset = UNSET
    """ Life of a code in seconds, 1 to 86400 (one day). Required when `type` is 1, where its absence gives 50041;
    with the other types it has no use (G10). Write the same span into the text if the text names one; this is not
    checked. """
    remark: str | Unset = UNSET
    """ Purpose and audience, for the people who review it, at most 100 characters. The pages of 2017, and the
    description of 50045 still, say 500 (C13). If the text has the variable `url`, the link stands here, at the very
    beginning (50053). An empty text counts as none. """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        template = self.template

        type_ = self.type_.value

        ttl = self.ttl

        remark = self.remark

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "template": template,
                "type": type_,
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
        template = d.pop("template")

        type_ = TemplateType(d.pop("type"))

        ttl = d.pop("ttl", UNSET)

        remark = d.pop("remark", UNSET)

        _parsed = cls(
            template=template,
            type_=type_,
            ttl=ttl,
            remark=remark,
        )

        return _parsed
