"""How many codes may be asked for and tried: every limit is on, and each default has its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, TypeVar, cast, final

from jsms_api import limits

from jsmskit.errors import ConfigurationError
from jsmskit.phones import is_mobile_phone, normalize_phone


class Limit(StrEnum):
    """The limits of a policy, as logs, counters and `TooManyRequestsError` name them."""

    RESEND = "resend"
    VOICE_INTERVAL = "voice_interval"
    NUMBER_HOUR = "number_hour"
    NUMBER_DAY = "number_day"
    ADDRESS_HOUR = "address_hour"
    ADDRESS_DAY = "address_day"
    PURPOSE_HOUR = "purpose_hour"
    BUDGET_HOUR = "budget_hour"
    BUDGET_DAY = "budget_day"


@final
@dataclass(frozen=True, slots=True)
class BudgetAlarm:
    """Tells `Policy.on_alarm` that the budget is nearly, or entirely, spent.

    Attributes:
        application: whose budget.
        limit: `Limit.BUDGET_HOUR` or `Limit.BUDGET_DAY`.
        used: codes in this hour or day, this one included.
        allowed: the budget.
    """

    application: str
    limit: Limit
    used: int
    allowed: int

    @property
    def spent(self) -> bool:
        """Whether this was the last code of the budget."""
        return self.used >= self.allowed


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of a `PhoneVerification`. Windows slide: "per hour" means within the last 3600 seconds.

    A limit that is None is off. A text and a call count alike, except for the two intervals.

    Args:
        resend_after: seconds between two texts to one number. 60: a text takes some seconds to arrive, and users who
            wait for one press the button again.
        voice_interval: seconds between two calls to one number. 20: the service refuses earlier ones (frequency page).
        per_number_hour: codes to one number. 5: a user who got five codes needs other help than a sixth.
        per_number_day: codes to one number. 10: enough for several logins, and what an angry stranger can send to
            somebody's phone in a day.
        per_address_hour: codes from one address (IPv6: from one /64, which is what a household gets). 20: an office
            behind one address passes, a robot that walks through numbers does not.
        per_address_day: codes from one address. 100, for the same reason.
        per_purpose_hour: codes for one purpose. 500: half of the budget, so that robots at the sign-up page leave
            something for the login.
        budget_hour: codes of the whole application. 1000: set it to what your busiest hour needs.
        budget_day: codes of the whole application. 5000: the most that a day of robots can cost you.
        alarm_at: share of a budget at which `on_alarm` is called, and again when it is spent. 0.8.
        on_alarm: called in the thread or task of the `start` that crossed the line; must return quickly. What it
            raises is logged.
        max_attempts: codes that may be tried for one that was sent. 5 of a million: 1 in 200,000 to guess it. The
            service counts none (open question G3 of the spec).
        code_ttl: seconds that a code lives. 300: that of the ready-made template 1; set it to the `ttl` of yours. Calls
            are made with it.
        voice_after: texts to one number within an hour after which a voice call is offered. 2. None offers none.
        allowed_numbers: numbers without hourly and daily limits (test phones); `138*` means all that begin so.
        blocked_numbers: numbers that get nothing; same form.
        allowed_addresses: addresses or networks (`10.0.0.0/8`) without limits per address: your own proxies, an office.
        blocked_addresses: addresses or networks that get nothing.

    Raises:
        ConfigurationError: if a value cannot be right; `field` names it.
    """

    resend_after: float | None = 60
    voice_interval: float | None = limits.VOICE_CODE_INTERVAL_SECONDS
    per_number_hour: int | None = 5
    per_number_day: int | None = 10
    per_address_hour: int | None = 20
    per_address_day: int | None = 100
    per_purpose_hour: int | None = 500
    budget_hour: int | None = 1000
    budget_day: int | None = 5000
    alarm_at: float = 0.8
    on_alarm: Callable[[BudgetAlarm], object] | None = None
    max_attempts: int = 5
    code_ttl: int = 300
    voice_after: int | None = 2
    allowed_numbers: Iterable[str] = ()
    blocked_numbers: Iterable[str] = ()
    allowed_addresses: Iterable[str] = ()
    blocked_addresses: Iterable[str] = ()

    def __post_init__(self) -> None:
        for name in ("resend_after", "voice_interval"):
            value = getattr(self, name)
            allowed = value is None or (_is_number(value) and 1 <= value <= _LONGEST)
            _require(allowed, name, f"is not from 1 to {_LONGEST} seconds")
        for name in _COUNTS:
            value = getattr(self, name)
            allowed = value is None and name not in ("max_attempts", "code_ttl")
            _require(allowed or (type(value) is int and value >= 1), name, "is not a whole number of at least 1")
        for shorter, longer in _WINDOWS:
            fewer, more = getattr(self, shorter), getattr(self, longer)
            allowed = fewer is None or more is None or more >= fewer
            _require(allowed, longer, f"is less than {shorter}, which it could never reach")
        allowed = self.voice_interval is not None and self.voice_interval >= limits.VOICE_CODE_INTERVAL_SECONDS
        rule = f"is less than {limits.VOICE_CODE_INTERVAL_SECONDS}: the service refuses earlier calls"
        _require(allowed, "voice_interval", rule)
        lowest, highest = (limits.SEND_VOICE_CODE_REQUEST_TTL_MINIMUM, limits.SEND_VOICE_CODE_REQUEST_TTL_MAXIMUM)
        _require(lowest <= self.code_ttl <= highest, "code_ttl", f"is not from {lowest} to {highest} seconds")
        _require(_is_number(self.alarm_at) and 0 < self.alarm_at <= 1, "alarm_at", "is not above 0 and at most 1")
        _require(self.on_alarm is None or callable(self.on_alarm), "on_alarm", "cannot be called")
        for name in ("allowed_numbers", "blocked_numbers"):
            rule = "is neither a mobile number nor the beginning of one and *"
            object.__setattr__(self, name, _read_each(name, getattr(self, name), _number_pattern, rule))
        for name in ("allowed_addresses", "blocked_addresses"):
            object.__setattr__(self, name, tuple(str(each) for each in _networks(name, getattr(self, name))))

    @property
    def allowed_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """`allowed_addresses`, read."""
        return _networks("allowed_addresses", self.allowed_addresses)

    @property
    def blocked_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """`blocked_addresses`, read."""
        return _networks("blocked_addresses", self.blocked_addresses)

    def __repr__(self) -> str:
        # Lists hold whole numbers and addresses.
        shown = (
            (each.name, getattr(self, each.name))
            for each in fields(self)
            if not each.name.endswith(("_numbers", "_addresses")) and each.name != "on_alarm"
        )
        return f"Policy({', '.join(f'{name}={value!r}' for name, value in shown)})"


_COUNTS: Final = (
    "per_number_hour", "per_number_day", "per_address_hour", "per_address_day", "per_purpose_hour", "budget_hour",
    "budget_day", "voice_after", "max_attempts", "code_ttl",
)  # fmt: skip
_WINDOWS: Final = (
    ("per_number_hour", "per_number_day"),
    ("per_address_hour", "per_address_day"),
    ("budget_hour", "budget_day"),
)
_BEGINNING: Final = re.compile(r"1[0-9]{0,9}\*")
#: Seconds of a day: no interval may be longer than the longest window, or the store would forget too early.
_LONGEST: Final = 86_400
Read = TypeVar("Read")


def _require(allowed: bool, name: str, rule: str) -> None:
    if not allowed:
        raise ConfigurationError(f"{name} of the policy {rule}.", field=name)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _read_each(name: str, values: object, read: Callable[[str], Read | None], rule: str) -> tuple[Read, ...]:
    found = list(cast("Iterable[object]", values)) if isinstance(values, Iterable) else [values]
    are_texts = not isinstance(values, str) and all(isinstance(each, str) for each in found)
    _require(are_texts, name, "is not a list of texts")
    entries: list[Read] = []
    for place, each in enumerate(cast("list[str]", found)):
        entry = read(each)
        _require(entry is not None, f"{name}[{place}]", rule)
        entries += [entry] if entry is not None else []
    return tuple(entries)


def _networks(name: str, values: object) -> tuple[IPv4Network | IPv6Network, ...]:
    return _read_each(name, values, _network, "is neither an address nor a network")


def _number_pattern(text: str) -> str | None:
    if _BEGINNING.fullmatch(text):
        return text
    return normalize_phone(text) if is_mobile_phone(text) else None


@lru_cache(maxsize=4096)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text)
    except ValueError:
        return None
