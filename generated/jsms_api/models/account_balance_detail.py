# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

T = TypeVar("T", bound="AccountBalanceDetail")


@_attrs_define(repr=False)
class AccountBalanceDetail:
    """Response of `getAccountBalance`: what the account holds and has not assigned to one application, in units of one
    message. `null` means that nothing was assigned of that kind. Until R2017-11-13 there was only `dev_balance`.

    """

    dev_balance: int | None
    """ General balance, usable for every kind of message. """
    dev_voice: int | None
    """ Balance for spoken codes. """
    dev_industry: int | None
    """ Balance for industry messages, that is verification and notice (template types 1 and 2). """
    dev_market: int | None
    """ Balance for marketing messages (template type 3). """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        dev_balance: int | None
        dev_balance = self.dev_balance

        dev_voice: int | None
        dev_voice = self.dev_voice

        dev_industry: int | None
        dev_industry = self.dev_industry

        dev_market: int | None
        dev_market = self.dev_market

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "dev_balance": dev_balance,
                "dev_voice": dev_voice,
                "dev_industry": dev_industry,
                "dev_market": dev_market,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_dev_balance(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        dev_balance = _parse_dev_balance(d.pop("dev_balance"))

        def _parse_dev_voice(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        dev_voice = _parse_dev_voice(d.pop("dev_voice"))

        def _parse_dev_industry(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        dev_industry = _parse_dev_industry(d.pop("dev_industry"))

        def _parse_dev_market(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        dev_market = _parse_dev_market(d.pop("dev_market"))

        _parsed = cls(
            dev_balance=dev_balance,
            dev_voice=dev_voice,
            dev_industry=dev_industry,
            dev_market=dev_market,
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
