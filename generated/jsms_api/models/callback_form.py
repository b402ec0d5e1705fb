# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

T = TypeVar("T", bound="CallbackForm")


@_attrs_define(repr=False)
class CallbackForm:
    """The form fields of every callback. `data` is JSON inside a form field; its shape depends on `type`. Receivers should
    ignore fields that they do not know.

    """

    nonce: str
    """ A random 64-bit integer in decimal, possibly negative. Keep it as text: the signature is made of the text as
    received, and a JavaScript number would round it. Remember it, to notice an event that is played back. """
    timestamp: int
    """ When the event was sent, in milliseconds since 1970-01-01T00:00:00Z. Refuse events that are too old. """
    signature: str
    """ SHA-1, in 40 lower-case hexadecimal digits, of
    `appKey={appKey}&appMasterSecret={masterSecret}&nonce={nonce}&timestamp={timestamp}`. It covers neither `type`
    nor `data` (C27, C28). """
    type_: str
    """ What `data` holds: `SMS_REPORT`, `SMS_REPLY`, `SMS_TEMPLATE` or `SMS_SIGN`. An open text, since the table of
    the vendor lists the first two and its samples show all four. A draft of 2017 wrote `SMS_STATE` for reports
    (C26). """
    data: str
    """ The event as JSON text, one object: a `DeliveryReportEvent` for `SMS_REPORT`, a `ReplyEvent` for
    `SMS_REPLY`, a `TemplateReviewEvent` for `SMS_TEMPLATE`, a `SignReviewEvent` for `SMS_SIGN`. The upper bound of
    its length is a guess of this description. The curl samples of the vendor leave it unescaped inside the form;
    real events are percent-encoded. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        nonce = self.nonce

        timestamp = self.timestamp

        signature = self.signature

        type_ = self.type_

        data = self.data

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "nonce": nonce,
                "timestamp": timestamp,
                "signature": signature,
                "type": type_,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        nonce = d.pop("nonce")

        timestamp = d.pop("timestamp")

        signature = d.pop("signature")

        type_ = d.pop("type")

        data = d.pop("data")

        _parsed = cls(
            nonce=nonce,
            timestamp=timestamp,
            signature=signature,
            type_=type_,
            data=data,
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
