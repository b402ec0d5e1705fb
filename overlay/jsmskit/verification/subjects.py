"""Who a request is about: the number, the address, the typed code; and the names under which a store keeps them."""

from __future__ import annotations

import hmac
import os
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, final

from jsmskit import Secret
from jsmskit.errors import ConfigurationError
from jsmskit.phones import is_mobile_phone, normalize_phone

PEPPER_VARIABLE: Final = "JSMS_VERIFICATION_PEPPER"
_LEAST_PEPPER: Final = 16
# Longer texts are no number and no code, however they are decorated.
_LONGEST_TYPED: Final = 64
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_HASH_DIGITS: Final = 32  # 128 bits
_HOW_TO_MAKE: Final = (
    'Make one with python -c "import secrets; print(secrets.token_urlsafe(32))", and keep it with your other secrets.'
)
_UNREADABLE: Final = "unreadable"
_DASHES: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d")

Address = IPv4Address | IPv6Address


def read_number(typed: object) -> Secret | None:
    """Return the number that was typed as eleven digits; None if it is no mobile number of mainland China."""
    if isinstance(typed, str) and len(typed) > _LONGEST_TYPED:
        return None
    return Secret(normalize_phone(typed)) if is_mobile_phone(typed) else None  # type: ignore[arg-type]


def read_code(typed: object) -> Secret | None:
    """Return the code that was typed, without the blanks and dashes that users add; None if nothing is left, or if it
    is no text.

    Digits of other widths and alphabets become plain ones, as input methods write them.
    """
    if not isinstance(typed, str) or len(typed) > _LONGEST_TYPED:
        return None
    kept = (
        str(unicodedata.digit(mark)) if mark.isdigit() else mark
        for mark in typed
        if not (mark.isspace() or mark in _DASHES or unicodedata.category(mark) in ("Cf", "Cs"))
    )
    code = "".join(kept)
    return Secret(code) if code else None


@final
class ClientAddress:
    """The address of a request. Its `repr` does not show it.

    Attributes:
        text: for the challenge hook.
        group: what shares the limits of one address: an IPv4 address, or the /64 of an IPv6 one.
    """

    __slots__ = ("_address", "group", "text")

    def __init__(self, address: Address | None) -> None:
        self._address = address
        self.text: Final = _UNREADABLE if address is None else str(address)
        self.group: Final = Secret(
            str(IPv6Network((int(address), 64), strict=False)) if isinstance(address, IPv6Address) else self.text
        )

    def is_in(self, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
        """Return whether it is in one of the networks."""
        address = self._address
        return address is not None and any(address.version == each.version and address in each for each in networks)

    def __repr__(self) -> str:
        return "ClientAddress(hidden)"


def read_address(typed: object) -> ClientAddress | None:
    """Return the address of a request; None if there is none. All texts that are no address share the limits of one.

    An IPv4 address inside of an IPv6 one is the IPv4 address.
    """
    if typed is None:
        return None
    address: Address | None = None
    if isinstance(typed, (IPv4Address, IPv6Address)):
        address = typed
    else:
        with suppress(ValueError):
            address = ip_address(typed.strip() if isinstance(typed, str) else "")
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return ClientAddress(address)


def matches_number(number: Secret, patterns: Sequence[str]) -> bool:
    """Return whether a number is in a list, or begins like one of its entries that end in `*`."""
    digits = number.reveal()
    return any(digits.startswith(each[:-1]) if each.endswith("*") else digits == each for each in patterns)


def require_name(field: str, value: object) -> str:
    """Return the name of an application or purpose.

    Raises:
        ConfigurationError: if it is not a letter and up to 63 letters, digits, dots, dashes and underscores.
    """
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ConfigurationError(
            f"{field} is not a letter and up to 63 letters, digits, dots, dashes or underscores.",
            field=field,
            remedy="Write it in your program, such as login; do not take it from a request.",
        )
    return str.__str__(value)  # of an enum of texts, its value


@final
class Peppers:
    """The keys of the hashes under which numbers and addresses are kept: the newest first, then older ones.

    Without the pepper, the hash of a number says nothing; with it, and eleven digits, all numbers can be tried. So it
    belongs where the other secrets are, not into the store.
    """

    __slots__ = ("_keys",)

    def __init__(self, peppers: Sequence[Secret]) -> None:
        for each in peppers:
            if len(each.reveal()) < _LEAST_PEPPER:
                raise ConfigurationError(
                    f"A pepper has fewer than {_LEAST_PEPPER} characters.", field="pepper", remedy=_HOW_TO_MAKE
                )
        self._keys = tuple(peppers)

    @classmethod
    def of(cls, pepper: str | Secret | Sequence[str | Secret] | None) -> Peppers:
        """Return the peppers that were given, or those of JSMS_VERIFICATION_PEPPER, separated by commas."""
        if pepper is None:
            pepper = [each.strip() for each in os.environ.get(PEPPER_VARIABLE, "").split(",") if each.strip()]
        given = [pepper] if isinstance(pepper, (str, Secret)) else list(pepper)
        del pepper
        secrets = [each if isinstance(each, Secret) else Secret(each) for each in given]
        del given
        if not secrets:
            raise ConfigurationError(
                f"No pepper is given, and {PEPPER_VARIABLE} is not set.", field="pepper", remedy=_HOW_TO_MAKE
            )
        return cls(secrets)

    def hashes(self, kind: str, value: Secret) -> tuple[str, ...]:
        """Return the names of a value, one for each pepper, the newest first."""
        named = f"{kind}\0{value.reveal()}".encode()
        digests = [hmac.digest(key.reveal().encode(), named, "sha256") for key in self._keys]
        return tuple([digest.hex()[:_HASH_DIGITS] for digest in digests])

    def __repr__(self) -> str:
        return f"Peppers({len(self._keys)} hidden)"
