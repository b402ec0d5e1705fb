"""The recipient guard: a staging system reaches only listed numbers, or sends everything to one number of your own.

Every request of a client passes `RecipientGuard.apply` in the executor, after validation and before the first byte. The
numbers are read from the body itself, so no operation gets around it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast, final

from jsms_api.operations import Effect, OperationInfo

from ._calls import strict_json
from ._calls.failures import LOGGER
from ._calls.request import PreparedRequest, RefusedRequest
from ._calls.responses import ParsedResponse
from ._privacy import mask_phone
from ._validation.fields import InvalidArgument, canonical_phone, is_canonical
from .errors import ConfigurationError, WithheldError

R = TypeVar("R")
OnWithheld: TypeAlias = Literal["raise", "return"]

ARGUMENT: Final = "recipients"
"""What a rule is called that the program passed."""
_PREFIX: Final = re.compile(r"1[3-9][0-9]{1,5}\*")
"""Up to the seven digits that the carriers assign: a longer one would be most of a number, and is shown."""
_SEPARATOR: Final = re.compile(r"[,\uff0c\r\n]")
_MOST_REDIRECTED: Final = 10
"""Of one batch. To one number, the service itself lets three marketing messages through in ten minutes."""


@final
@dataclass(frozen=True, slots=True, init=False, repr=False)
class OnlyTo:
    """Messages go to these numbers only; all others are withheld. The variable JSMS_ONLY_TO says the same.

    Args:
        *recipients: mobile numbers, in any spelling that the client takes, and prefixes of 3 to 7 digits: `139*`.

    Raises:
        ConfigurationError: if there is none, or one is neither a number nor a prefix.
    """

    numbers: frozenset[str]
    prefixes: tuple[str, ...]

    def __init__(self, *recipients: str | int) -> None:
        read = _read_list(ARGUMENT, recipients)
        del recipients  # a traceback with local variables must not show them
        listed = () if isinstance(read, ConfigurationError) else read
        object.__setattr__(self, "numbers", frozenset(one for one in listed if not one.endswith("*")))
        object.__setattr__(self, "prefixes", tuple(sorted(one[:-1] for one in listed if one.endswith("*"))))
        if isinstance(read, ConfigurationError):
            raise read

    def route(self, phone: str) -> str | None:
        """Return the number that a message for this one goes to; None if it is withheld."""
        return phone if phone in self.numbers or phone.startswith(self.prefixes) else None

    def __str__(self) -> str:
        shown = [*sorted(map(mask_phone, self.numbers)), *(f"{prefix}*" for prefix in self.prefixes)]
        return f"{', '.join(shown[:3])}{f', ... ({len(shown)} in all)' if len(shown) > 3 else ''}"

    def __repr__(self) -> str:
        return f"OnlyTo({self})"


@final
@dataclass(frozen=True, slots=True, init=False, repr=False)
class RedirectTo:
    """Every message goes to one number of your own, with its template and values as they are. The variable
    JSMS_REDIRECT_TO says the same.

    It is for the few messages of a test: a batch of more than 10 is withheld, and campaigns do not run.

    Args:
        phone: a mobile number.

    Raises:
        ConfigurationError: if it is none.
    """

    phone: str

    def __init__(self, phone: str | int) -> None:
        read = _read_number(ARGUMENT, phone)
        del phone
        object.__setattr__(self, "phone", "" if isinstance(read, ConfigurationError) else read)
        if isinstance(read, ConfigurationError):
            raise read

    def route(self, phone: str) -> str | None:
        """Return the number that a message for this one goes to."""
        return self.phone

    def __str__(self) -> str:
        return mask_phone(self.phone)

    def __repr__(self) -> str:
        return f"RedirectTo({self})"


RecipientRule: TypeAlias = OnlyTo | RedirectTo


def read_rule(kind: type[RecipientRule], setting: str, text: str) -> RecipientRule | ConfigurationError:
    """Read a rule out of a setting; a list is separated by commas or line breaks. Return the error, which names the
    setting, instead of raising it.
    """
    if kind is RedirectTo:
        number = _read_number(setting, text)
        return number if isinstance(number, ConfigurationError) else RedirectTo(number)
    listed = _read_list(setting, [one for one in _SEPARATOR.split(text) if one.strip()])
    return listed if isinstance(listed, ConfigurationError) else OnlyTo(*listed)


def _read_list(setting: str, recipients: Iterable[object]) -> list[str] | ConfigurationError:
    read: list[str] = []
    for place, recipient in enumerate(recipients, 1):
        text = recipient.strip() if isinstance(recipient, str) else ""
        if text.endswith("*"):
            if not _PREFIX.fullmatch(text):
                return _malformed(setting, f"entry {place}: a prefix has 3 to 7 digits, such as 139*.")
            read.append(text)
            continue
        number = _read_number(setting, recipient, f"entry {place}: ")
        if isinstance(number, ConfigurationError):
            return number
        read.append(number)
    return read or _malformed(setting, "it names no recipient, so no message could be sent.")


def _read_number(setting: str, phone: object, place: str = "") -> str | ConfigurationError:
    try:
        return canonical_phone(cast("str", phone))
    except InvalidArgument as refused:
        return _malformed(setting, f"{place}{refused.message}")


def _malformed(setting: str, problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"{setting}: {problem}",
        field=ARGUMENT,
        remedy="Name mobile numbers, and prefixes such as 139* (for a redirect, one number); or unset it.",
    )


@final
class RecipientGuard:
    """Which numbers a client may reach: its rules, each with the setting that it comes from.

    A message goes out if every rule lets it, and where the last redirect says.
    """

    __slots__ = ("_on_withheld", "rules")

    def __init__(self, rules: Sequence[tuple[str, RecipientRule]], on_withheld: OnWithheld) -> None:
        self.rules: Final = tuple(rules)
        self._on_withheld: Final = on_withheld

    def __repr__(self) -> str:
        return ", ".join(f"{setting}={rule!r}" for setting, rule in self.rules)

    @property
    def redirects(self) -> bool:
        """Whether messages go to another number than they are for."""
        return any(isinstance(rule, RedirectTo) for _, rule in self.rules)

    def route(self, phone: str) -> str | None:
        """Return the number that a message for this one goes to; None if it is withheld."""
        return self._route(phone)[0]

    def _route(self, phone: object) -> tuple[str | None, str]:
        """Return also the setting that decided; empty if the message goes where it was meant to go."""
        # A generated operation puts anything on the wire.
        if not isinstance(phone, str) or not is_canonical(phone):
            return None, self.rules[0][0]
        number, decided = phone, ""
        for setting, rule in self.rules:
            found = rule.route(number)
            if found is None:
                return None, setting
            if found != number:
                number, decided = found, setting
        return number, decided

    def refusal(self, phone: str) -> WithheldError | None:
        """Return the error of sending to this very number, for requests that are not made by a client's methods."""
        number, setting = self._route(phone)
        if number == phone:
            return None
        return _error(None, f"{mask_phone(phone)} must not be reached while {setting} is set.", setting)

    def apply(self, request: PreparedRequest[R]) -> PreparedRequest[R] | RefusedRequest:
        """Return the request that may go out, or the refusal of one that may not. Raises nothing: its frames hold
        numbers.
        """
        body: object = json.loads(request.body) if request.content_type == "application/json" else None
        document = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
        entries = document.get("recipients")
        if "mobile" in document and entries is None:
            return self._apply_to_one(request, document)
        if "mobile" not in document and isinstance(entries, list):
            return self._apply_to_batch(request, document, cast("list[object]", entries))
        if request.info.effect is Effect.SEND or document.keys() & {"mobile", "recipients"}:
            setting = self.rules[0][0]
            _log(request.info, setting, withheld=1, redirected=0)
            reason = f"the request was withheld: it cannot be told whom it would reach, and {setting} is set."
            return RefusedRequest(_error(request.info, reason, setting))
        return request

    def _apply_to_one(
        self, request: PreparedRequest[R], document: dict[str, Any]
    ) -> PreparedRequest[R] | RefusedRequest:
        phone = document["mobile"]
        number, setting = self._route(phone)
        if number is None:
            reason = f"{mask_phone(phone)} is not on the list of {setting}, so the message was withheld."
            return self._withhold(request, reason, setting, None)
        if not setting:
            return request
        _log(request.info, setting, withheld=0, redirected=1)
        body = strict_json.encode({**document, "mobile": number})
        return replace(request, body=body, parse=_marked(request, request.parse, redirected_to=number))

    def _apply_to_batch(
        self, request: PreparedRequest[R], document: dict[str, Any], entries: list[object]
    ) -> PreparedRequest[R] | RefusedRequest:
        listed = [cast("dict[str, Any]", entry) if isinstance(entry, dict) else {} for entry in entries]
        asked = [str(entry.get("mobile")) for entry in listed]
        routes = [self._route(phone) for phone in asked]
        setting = next((name for _, name in routes if name), "")
        if not setting:
            return request
        kept = [
            {**entry, "mobile": number} for entry, (number, _) in zip(listed, routes, strict=True) if number is not None
        ]
        withheld = [phone for phone, (number, _) in zip(asked, routes, strict=True) if number is None]
        redirected = sum(bool(number and name) for number, name in routes)
        most = _MOST_REDIRECTED
        if redirected > most:
            reason = f"the batch was withheld: {setting} sends {most} messages to one number at most, not {redirected}."
            return self._withhold(request, reason, setting, asked)
        if not kept or (withheld and request.parse_for is None):
            count, first = f"{len(withheld)} of {len(asked)}", mask_phone(withheld[0])
            reason = f"the batch was withheld: {count} recipients are not on the list of {setting}, {first} first."
            return self._withhold(request, reason, setting, asked)
        _log(request.info, setting, withheld=len(withheld), redirected=redirected)
        parse = request.parse
        if request.parse_for is not None:
            parse = request.parse_for([entry["mobile"] for entry in kept])
        to = next(number for number, name in routes if number and name) if redirected else None
        body = strict_json.encode({**document, "recipients": kept})
        parse = _marked(request, parse, withheld=tuple(withheld), redirected_to=to)
        return replace(request, body=body, parse=parse)

    def _withhold(
        self, request: PreparedRequest[R], reason: str, setting: str, asked: list[str] | None
    ) -> PreparedRequest[R] | RefusedRequest:
        """Withhold one message, or a batch as a whole."""
        _log(request.info, setting, withheld=1 if asked is None else len(asked), redirected=0)
        error = _error(request.info, reason, setting)
        if self._on_withheld == "raise" or request.nothing_sent is None:
            return RefusedRequest(error)
        told = error if asked is None else tuple(asked)
        return replace(request, result=replace(cast("Any", request.nothing_sent), withheld=told))


def _error(info: OperationInfo | None, reason: str, setting: str) -> WithheldError:
    remedy = f"Add the number to {setting}, or unset it where everyone is to be reached."
    return WithheldError(reason, operation=info and info.operation_id, field=setting, remedy=remedy)


def _marked(
    request: PreparedRequest[R], parse: Callable[[ParsedResponse], R], **told: object
) -> Callable[[ParsedResponse], R]:
    """Say in the result what the guard has done. The results of generated operations have no place for it."""
    if request.nothing_sent is None:
        return parse
    return lambda response: replace(cast("Any", parse(response)), **told)


def _log(info: OperationInfo, setting: str, *, withheld: int, redirected: int) -> None:
    level = logging.WARNING if withheld else logging.INFO
    LOGGER.log(level, "%s withheld=%d redirected=%d by=%s", info.operation_id, withheld, redirected, setting)
