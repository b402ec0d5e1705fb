"""Keep phone numbers and credentials out of sight: masks, a holder for secrets, a filter for logs.

A phone number is here what looks like one in free text; what a valid one is stands in `_validation.fields`.
"""

from __future__ import annotations

import logging
import re
from typing import Final, NoReturn, Self, cast, final

__all__ = ["MaskPhones", "Secret", "mask_phone", "mask_phones", "mask_phones_in"]

_HIDDEN: Final = "****"

# People group digits with blanks and dashes, and phones wrap copied numbers in invisible direction marks.
_MARKS: Final = r"\s\-\u2010-\u2015\u2212\uff0d\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_SEPARATOR: Final = rf"[{_MARKS}]?"
# Eleven digits with no digit beside them, so that a msg_id (12 digits) and a time in milliseconds (13) stay
# readable; the first group has at least three digits, so that a list of small numbers does too.
_PHONE: Final = re.compile(
    rf"(?<![0-9])(?:\+{_SEPARATOR}86{_SEPARATOR}|(?:00)?86{_SEPARATOR})?"
    rf"(1[3-9][0-9](?:\.[0-9]{{4}}\.[0-9]{{4}}|(?:{_SEPARATOR}[0-9]){{8}}))(?![0-9])"
    # Any other number in its international form: a plus, a country code, 8 to 15 digits in all (ITU E.164). The
    # plus follows no letter or digit, so that `UTC+8 2026-11-22` and `C++17 2026` stay readable.
    rf"|(?<![A-Za-z0-9_+])(\+{_SEPARATOR}[1-9](?:[{_MARKS}().\uff08\uff09]{{0,2}}[0-9]){{7,14}})(?![0-9])"
)
# What every number has. Most lines of a log do not, and are through after one quick look.
_ENOUGH_DIGITS: Final = re.compile(r"[0-9](?:[^0-9]{0,2}[0-9]){7}")
_DIGIT: Final = re.compile(r"\d")
_COUNTRY_CODE: Final = re.compile(r"^(?:00)?86(?=1[0-9]{10}$)")


def mask_phone(phone: object) -> str:
    """Mask one number: `13800138000` becomes `138****8000`.

    Country code, blanks and dashes are left out, so that one number has one mask. What is too short for a
    number keeps its first three digits at most, and what has fewer than seven digits keeps none: a mistyped
    number is as private as a right one.
    """
    digits = "".join(str(int(digit)) for digit in _DIGIT.findall(str(phone)))
    digits = _COUNTRY_CODE.sub("", digits)
    if len(digits) >= 11:
        return digits[:3] + _HIDDEN + digits[-4:]
    if len(digits) >= 7:
        return digits[:3] + _HIDDEN
    return _HIDDEN


def mask_phones_in(text: str) -> str:
    """Mask every phone number in free text: mainland mobile numbers, written with `+86`, `0086` or `86` or
    without, and numbers of any country that begin with a plus and the country code. Blanks, dashes and, in
    the latter, brackets and dots may stand between the digits, and the digits may be full-width ones.

    The country code 86 goes together with the number, another one counts as its first digits. Runs of twelve
    and more digits without a plus are left alone: they are message ids and times. An eleven-digit id that
    begins like a number is masked; the mistake is on the safe side.
    """
    # One character stays one character, so the places found in the plain copy are right for the text itself.
    plain = text
    if not text.isascii():
        plain = _DIGIT.sub(lambda digit: str(int(digit[0])), text).replace("\uff0b", "+")
    if _ENOUGH_DIGITS.search(plain) is None:
        return text
    masked: list[str] = []
    end = 0
    for found in _PHONE.finditer(plain):
        masked += (text[end : found.start()], mask_phone(found[1] or found[2]))
        end = found.end()
    return "".join(masked) + text[end:] if masked else text


class Hidden:
    """Base of what travels through frames that an interruption may show: its `repr` shows nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(hidden)"


@final
class Secret(Hidden):
    """A text that is never shown: not by `repr`, `str` or `format`, not in a log or a traceback with locals; `json` and
    `pickle` refuse it. `reveal()` is the only way to the value, so every use of one can be found by searching.

    Equality takes the same time for every pair of texts of one length. The value is in memory in the clear.
    """

    __slots__ = ("__value",)
    __value: str

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"a secret is a str, not {type(value).__name__}")
        object.__setattr__(self, "_Secret__value", value)

    def reveal(self) -> str:
        """Give the text itself. Pass it on at once: a variable could be shown by a traceback tool."""
        return self.__value

    def __str__(self) -> str:
        return _HIDDEN

    def __format__(self, format_spec: str) -> str:
        return format(_HIDDEN, format_spec)

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest  # seldom asked for, and loads a library for it

        return compare_digest(_octets(self.__value), _octets(other.__value))

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Secret cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Secret cannot be changed")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    # Since Python 3.11 every object has a __getstate__, which would hand out the slot.
    def __getstate__(self) -> NoReturn:
        raise TypeError("a Secret is not written anywhere: pickle refused")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is not written anywhere: pickle refused")


def _octets(text: str) -> bytes:
    # compare_digest takes text in ASCII only; a value read from a damaged file may even hold lone surrogates.
    return text.encode("utf-8", "surrogatepass")


class MaskPhones(logging.Filter):
    """Mask phone numbers in the log records of an application and of its other libraries.

    Put it on a handler, so that it sees the records of every logger: `handler.addFilter(MaskPhones())`. It never drops
    a record, and never raises. A record with a number in it is changed in place, for every handler after this one:
    message, arguments, `extra` fields (as `mask_phones` does), traceback and stack text. A traceback with a number in
    it is kept as text only (`exc_text`), since another handler would write it out again from `exc_info`. Records
    without a number keep their arguments and `exc_info` as they are.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the record; always true, since nothing is dropped."""
        self._mask_message(record)
        self._mask_trace(record)
        for name, value in record.__dict__.items():
            if name not in _OWN_FIELDS:
                # The name is there already, so the dict keeps its size under the loop.
                record.__dict__[name] = _masked_or_hidden(value)
        return True

    def _mask_message(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  # a wrong format string is reported by the handler, not by a filter before it
            record.msg = _masked_or_hidden(record.msg)
            record.args = _masked_or_hidden(record.args)  # type: ignore[assignment]
            return
        masked = mask_phones_in(message)
        if masked != message:
            record.msg, record.args = masked, ()

    def _mask_trace(self, record: logging.LogRecord) -> None:
        trace = record.exc_text or (_TRACES.formatException(record.exc_info) if record.exc_info else "")
        masked = mask_phones_in(trace)
        if masked != trace:
            record.exc_text, record.exc_info = masked, None
        if record.stack_info:
            record.stack_info = mask_phones_in(record.stack_info)


_TRACES: Final = logging.Formatter()
_OWN_FIELDS: Final = frozenset(vars(logging.makeLogRecord({})))


# How many containers in one another are looked into.
_DEPTH: Final = 4
# No number has more digits, and the length of an int's text is limited by the interpreter.
_ABOVE_ALL_PHONES: Final = 10**14


def mask_phones(value: object) -> object:
    """Mask every phone number in a value: in a text, in bytes, in a whole number, and in dicts (keys too),
    lists, tuples and sets, four levels deep.

    What holds no number is returned as it is, the same object. What holds one becomes plain: a named tuple
    a tuple, bytes a text. Nothing is changed in place. Objects of other classes are not looked into: a log
    holds their text, and texts are masked.

    For what has no `logging` handler to put `MaskPhones` on: a processor of structlog, a hook of an error tracker.
    """
    return _masked(value, _DEPTH)


def _masked_or_hidden(value: object) -> object:
    # A container may be of a class that raises when it is looked into, or be changed by another thread meanwhile.
    try:
        return _masked(value, _DEPTH)
    except Exception:  # noqa: BLE001  # a filter that raised would raise in the middle of the application
        return _HIDDEN


def _masked(value: object, depth: int) -> object:
    if isinstance(value, str):
        return mask_phones_in(value)
    if isinstance(value, int):
        if not 0 < value < _ABOVE_ALL_PHONES:
            return value
        masked = mask_phones_in(str(int(value)))
        return value if masked.isdigit() else masked
    if isinstance(value, (bytes, bytearray)):
        text = value.decode("latin-1")
        masked = mask_phones_in(text)
        return value if masked is text else masked
    if depth == 0:
        return value
    depth -= 1
    if isinstance(value, dict):
        items = list(cast("dict[object, object]", value).items())
        pairs = [(_masked(key, depth), _masked(item, depth)) for key, item in items]
        same = all(old[0] is new[0] and old[1] is new[1] for old, new in zip(items, pairs, strict=True))
        return cast("object", value) if same else dict(pairs)
    if isinstance(value, (list, tuple, set, frozenset)):
        several = list(cast("list[object]", value))
        copies = [_masked(item, depth) for item in several]
        if all(old is new for old, new in zip(several, copies, strict=True)):
            return cast("object", value)
        return copies if isinstance(value, list) else tuple(copies) if isinstance(value, tuple) else set(copies)
    return value
