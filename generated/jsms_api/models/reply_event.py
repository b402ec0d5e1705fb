# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

T = TypeVar("T", bound="ReplyEvent")


@_attrs_define(repr=False)
class ReplyEvent:
    """`data` of an `SMS_REPLY` callback, decoded. A person sent a message back; nothing tells which message it answers."""

    phone: str
    """ The number of the person who answered. """
    reply_time: int
    """ When the reply reached the platform, in milliseconds since 1970-01-01T00:00:00Z. """
    content: str
    """ The text of the reply. `TD` or `T` asks to be unsubscribed from marketing. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        phone = self.phone

        reply_time = self.reply_time

        content = self.content

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "phone": phone,
                "replyTime": reply_time,
                "content": content,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        phone = d.pop("phone")

        reply_time = d.pop("replyTime")

        content = d.pop("content")

        _parsed = cls(
            phone=phone,
            reply_time=reply_time,
            content=content,
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
