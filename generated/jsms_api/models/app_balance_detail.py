# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

T = TypeVar("T", bound="AppBalanceDetail")


@_attrs_define(repr=False)
class AppBalanceDetail:
    """Response of `getAppBalance`: what was assigned to this application, in units of one message. `null` means that
    nothing was assigned of that kind; nothing at all may come as the refusal 50033 instead (C9). Until R2017-11-13
    there was only `app_balance`.

    """

    app_balance: int | None
    """ General balance, usable for every kind of message. """
    app_voice: int | None
    """ Balance for spoken codes. """
    app_industry: int | None
    """ Balance for industry messages, that is verification and notice (template types 1 and 2). """
    app_market: int | None
    """ Balance for marketing messages (template type 3). """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        app_balance: int | None
        app_balance = self.app_balance

        app_voice: int | None
        app_voice = self.app_voice

        app_industry: int | None
        app_industry = self.app_industry

        app_market: int | None
        app_market = self.app_market

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "app_balance": app_balance,
                "app_voice": app_voice,
                "app_industry": app_industry,
                "app_market": app_market,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_app_balance(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        app_balance = _parse_app_balance(d.pop("app_balance"))

        def _parse_app_voice(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        app_voice = _parse_app_voice(d.pop("app_voice"))

        def _parse_app_industry(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        app_industry = _parse_app_industry(d.pop("app_industry"))

        def _parse_app_market(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        app_market = _parse_app_market(d.pop("app_market"))

        _parsed = cls(
            app_balance=app_balance,
            app_voice=app_voice,
            app_industry=app_industry,
            app_market=app_market,
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
