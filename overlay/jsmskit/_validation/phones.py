"""Phone numbers: the one documented correction of input, and what is valid."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NoReturn

from jsms_api import limits

from .._privacy import mask_phone
from .invalid_argument import InvalidArgument

_FIELD: Final = "phone"
_VALID: Final = re.compile(limits.SEND_CODE_REQUEST_MOBILE_PATTERN)
_BARE: Final = limits.SEND_CODE_REQUEST_MOBILE_PATTERN.removeprefix("^").removesuffix("$")
_ALL_VALID: Final = re.compile(f"{_BARE}(?:\n{_BARE})*")
_SHORTEST: Final = limits.SEND_CODE_REQUEST_MOBILE_MIN_LENGTH
_LONGEST: Final = limits.SEND_CODE_REQUEST_MOBILE_MAX_LENGTH
_DASHES: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d")
_FULL_WIDTH: Final = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0B: "+"}
# Above this an int is not even rendered: the interpreter limits the length of its text.
_NO_NUMBER: Final = 10**20
_CHECK: Final = "Check the number with its owner; the service serves mobile numbers of mainland China only."


def is_canonical(text: str) -> bool:
    """Whether a number is written already as the service wants it; a list may have a million of them."""
    return len(text) == _LONGEST and _VALID.fullmatch(text) is not None


def all_canonical(texts: Sequence[str]) -> bool:
    """The same of many at once, for a quarter of the cost. Not for none at all."""
    together = "\n".join(texts)
    # Of the right length are all if what stands between them stands in the right places, and nowhere else.
    between = together[_LONGEST :: _LONGEST + 1]
    return (
        len(together) == (_LONGEST + 1) * len(texts) - 1
        and between == "\n" * (len(texts) - 1)
        and _ALL_VALID.fullmatch(together) is not None
    )


def canonical_phone(phone: str | int) -> str:
    """Give the number as the service wants it: eleven plain digits, `13800138000`.

    Taken away: blanks of every kind, dashes, invisible marks that phones put around a copied number, and the
    country code as `+86`, `0086` or (in front of eleven digits) `86`. Full-width digits become plain ones. An
    `int` is taken as its digits. Nothing else is corrected.

    Raises `InvalidArgument` (keyword `missing`, `type`, `minLength`, `maxLength` or `pattern`) for
    everything else; its text shows the number masked. Source: the documentation's samples have eleven digits
    everywhere; what else the service takes is not documented (uncertainty C33).
    """
    if type(phone) is str and is_canonical(phone):
        return phone
    if isinstance(phone, bool) or not isinstance(phone, (str, int)):  # pyright: ignore[reportUnnecessaryIsInstance]
        _refuse(
            "type",
            f"a number is a str or an int, not {type(phone).__name__}.",
            "Pass the eleven digits as text.",
        )
    if isinstance(phone, int) and not 0 <= phone < _NO_NUMBER:
        _refuse("pattern", "the int is negative or far too large for a number.", _CHECK)
    text = str(phone)
    if len(text) == _LONGEST and _VALID.fullmatch(text):
        return text
    digits = _without_country_code(_without_decoration(text))
    if not digits:
        _refuse("missing", "the number is empty.", "Pass the eleven digits of a mobile number as text.")
    if not digits.isascii() or not digits.isdigit():
        _refuse("pattern", f"{mask_phone(text)} has characters that are no digits.", _CHECK)
    count = f"{mask_phone(digits)} has {len(digits)} digits,"
    if len(digits) < _SHORTEST:
        _refuse("minLength", f"{count} a mobile number has {_SHORTEST}.", _CHECK)
    if len(digits) > _LONGEST:
        _refuse("maxLength", f"{count} a mobile number has {_LONGEST}.", _CHECK)
    if not _VALID.fullmatch(digits):
        _refuse("pattern", f"{mask_phone(digits)} does not begin like a mobile number (13 to 19).", _CHECK)
    return digits


def _without_decoration(text: str) -> str:
    kept = (
        mark for mark in text if not (mark.isspace() or mark in _DASHES or unicodedata.category(mark) == "Cf")
    )
    return "".join(kept).translate(_FULL_WIDTH)


def _without_country_code(number: str) -> str:
    for prefix in ("+86", "0086"):
        if number.startswith(prefix):
            return number[len(prefix) :]
    # Two digits alone may be the beginning of a mistyped number, so here the length must bear it out.
    return number[2:] if number.startswith("86") and len(number) == 2 + _LONGEST else number


def _refuse(keyword: str, rule: str, remedy: str) -> NoReturn:
    raise InvalidArgument(_FIELD, keyword, rule, remedy)
