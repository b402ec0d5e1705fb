"""What a start and a check ask the store and the service, and what comes of the replies. Pure: nothing here waits."""

from __future__ import annotations

import math
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from jsmskit import Secret
from jsmskit._privacy import mask_phone
from jsmskit.errors import ConfigurationError, JsmsError, Outcome, RateLimitError, RecipientError
from jsmskit.results.codes import CodeReceipt, Verification, VerificationReason

from .errors import TooManyRequestsError
from .events import sound_alarm
from .policy import BudgetAlarm, Limit, Policy
from .results import Advice, AdviceKind, Channel, Checked, CheckReason, Started, StartReason
from .store import HOUR, Attempt, AttemptReply, Conclude, LimitTable, Reserve, ReserveReply, Rule, Settle, Subject
from .subjects import ClientAddress, Peppers, matches_number

#: How long a session that ended is remembered, so that the user is told "expired" or "used" and not "not started".
_REMEMBER: Final = HOUR
_DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class ChallengeContext:
    """What a challenge hook knows before a text is paid for.

    Attributes:
        phone: the number, masked.
        address: address of the request; not shown by `repr`.
        used: for each limit that applies, the codes within its window, this one included, and how many are allowed.
    """

    application: str
    purpose: str
    channel: Channel
    phone: str
    address: str | None = field(repr=False)
    used: Mapping[Limit, tuple[int, int]]


Challenge = Callable[[ChallengeContext], bool]
"""Returns whether the user has to solve a challenge (a captcha) before a text is sent."""
AsyncChallenge = Callable[[ChallengeContext], Awaitable[bool]]
"""The same for `AsyncPhoneVerification`."""


_HourAndDay = tuple[int | None, int | None]


@lru_cache(maxsize=256)
def _limit_table(
    channel: Channel,
    interval: float | None,
    number: _HourAndDay,
    address: _HourAndDay | None,
    purpose: int | None,
    budget: _HourAndDay,
) -> LimitTable:
    """Return what a start is counted for. The few that an application needs are made once."""
    subjects: list[Subject] = []
    rules: list[Rule] = []

    def count(kind: str, keep: int, *limits: tuple[Limit, int, int | None]) -> None:
        rules.extend(Rule(name, len(subjects), window, most) for name, window, most in limits if most is not None)
        subjects.append(Subject(kind, keep))

    count("number", _DAY, (Limit.NUMBER_HOUR, HOUR, number[0]), (Limit.NUMBER_DAY, _DAY, number[1]))
    if interval is not None:
        window = round(interval * 1000)
        count(channel.value, window, (_INTERVAL_OF[channel], window, 1))
    if address is not None:
        count("address", _DAY, (Limit.ADDRESS_HOUR, HOUR, address[0]), (Limit.ADDRESS_DAY, _DAY, address[1]))
    count("purpose", HOUR, (Limit.PURPOSE_HOUR, HOUR, purpose))
    count("all", _DAY, (Limit.BUDGET_HOUR, HOUR, budget[0]), (Limit.BUDGET_DAY, _DAY, budget[1]))
    return LimitTable(tuple(subjects), tuple(rules))


_INTERVAL_OF: Final = {Channel.TEXT: Limit.RESEND, Channel.VOICE: Limit.VOICE_INTERVAL}


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A start that may go to the store. Its `repr` shows neither number nor address.

    Attributes:
        hashes: of the number, one for each pepper.
    """

    application: str
    purpose: str
    channel: Channel
    number: Secret
    masked: str
    hashes: tuple[str, ...]
    address: ClientAddress | None
    policy: Policy

    @property
    def tally(self) -> str:
        """Prefix of the operator's counters."""
        return f"start:{self.purpose}:{self.channel.value}"

    @property
    def interval(self) -> float | None:
        """Seconds between two codes to this number over this channel."""
        return self.policy.voice_interval if self.channel is Channel.VOICE else self.policy.resend_after

    def reserve_step(self, peppers: Peppers, now: int | None) -> Reserve:
        """Return the step that counts this code against all limits."""
        policy = self.policy
        allowed = matches_number(self.number, tuple(policy.allowed_numbers))
        names = {"number": self.hashes, self.channel.value: self.hashes, "purpose": (self.purpose,), "all": ("",)}
        address = None
        if self.address is not None and not self.address.is_in(policy.allowed_networks):
            address = (policy.per_address_hour, policy.per_address_day)
            names["address"] = peppers.hashes("address", self.address.group)
        limits = _limit_table(
            self.channel,
            self.interval,
            (None, None) if allowed else (policy.per_number_hour, policy.per_number_day),
            address,
            policy.per_purpose_hour,
            (policy.budget_hour, policy.budget_day),
        )
        keys = [
            tuple([f"{subject.kind}:{name}" if name else subject.kind for name in names[subject.kind]])
            for subject in limits.subjects
        ]
        return Reserve(self.application, self.tally, now, secrets.token_hex(8), limits, tuple(keys))


def mask_typed(typed: object) -> str:
    """Mask what was typed into the field of a number, whatever it is."""
    return mask_phone(typed[:64]) if isinstance(typed, str) else mask_phone(typed if isinstance(typed, int) else "")


def read_channel(channel: object) -> Channel:
    """Return the channel.

    Raises:
        ConfigurationError: if there is no such channel.
    """
    if channel in ("text", "voice"):
        return Channel(channel)
    raise ConfigurationError(
        'channel is neither "text" nor "voice".', field="channel", remedy='Pass "text" or "voice".'
    )


def refuse_start(
    number: Secret | None, masked: str, purpose: str, channel: Channel, address: ClientAddress | None, policy: Policy
) -> Started | None:
    """Return why this start goes nowhere, before anything is counted; None if it may go on."""
    if number is None:
        return Started(masked, purpose, channel, Advice(AdviceKind.CORRECT_NUMBER), reason=StartReason.INVALID_NUMBER)
    blocked = address is not None and address.is_in(policy.blocked_networks)
    if blocked or matches_number(number, tuple(policy.blocked_numbers)):
        return Started(masked, purpose, channel, Advice(AdviceKind.TRY_LATER), reason=StartReason.BLOCKED)
    return None


_GIVEN_BACK: Final = (StartReason.NOT_SENT, StartReason.CHALLENGE)


def reason_of(error: JsmsError | None) -> StartReason | None:
    """Return what an error of the client means for the start."""
    return None if error is None else StartReason(error.outcome.value)


@dataclass(frozen=True, slots=True)
class Reservation:
    """A start, the step that counts it, and the reply of the store."""

    request: StartRequest
    step: Reserve
    reply: ReserveReply

    @property
    def _used(self) -> Iterator[tuple[Rule, int]]:
        return zip(self.step.limits.rules, self.reply.used, strict=True)

    @property
    def _voice_offered(self) -> bool:
        texts = self.request.policy.voice_after
        return self.request.channel is Channel.TEXT and texts is not None and self.reply.watched >= texts

    def too_many_requests(self) -> TooManyRequestsError | None:
        """Return the error of a limit that is reached."""
        if self.reply.refused is None:
            return None
        seconds = max(1, math.ceil(self.reply.wait / 1000))
        limit = self.step.limits.rules[self.reply.refused].name
        return TooManyRequestsError(limit, seconds, Advice(AdviceKind.WAIT, seconds), voice_offered=self._voice_offered)

    def context(self) -> ChallengeContext:
        """Return what the challenge hook is told."""
        request = self.request
        used = {rule.name: (count, rule.limit) for rule, count in self._used}
        address = None if request.address is None else request.address.text
        return ChallengeContext(request.application, request.purpose, request.channel, request.masked, address, used)

    def sound_alarms(self) -> None:
        """Tell the operator of a budget that this code brought over its line, or to its end."""
        policy = self.request.policy
        for rule, used in self._used:
            if rule.is_budget and used in (math.ceil(rule.limit * policy.alarm_at), rule.limit):
                sound_alarm(policy.on_alarm, BudgetAlarm(self.request.application, rule.name, used, rule.limit))

    def settle_step(self, reason: StartReason | None, receipt: CodeReceipt | None) -> Settle:
        """Return the step that notes what became of the start."""
        request, life = self.request, self.request.policy.code_ttl * 1000
        return Settle(
            request.application,
            f"{request.tally}:{'sent' if reason is None else reason.value}",
            self.reply.now,
            self.step.reservation,
            self.reply.sequence,
            _session_names(request.purpose, request.hashes),
            msg_id=None if receipt is None else receipt.msg_id,
            expires=self.reply.now + life,
            keep=life + _REMEMBER,
            take_back=tuple(keys[0] for keys in self.step.keys) if reason in _GIVEN_BACK else (),
        )

    def result(self, reason: StartReason | None, error: JsmsError | None) -> Started:
        """Return what the application is told of the start."""
        request, now = self.request, self.reply.now
        interval = request.interval or 0
        return Started(
            request.masked,
            request.purpose,
            request.channel,
            _advice(reason, error, math.ceil(interval)),
            expires_at=None if reason is not None else _time(now + request.policy.code_ttl * 1000),
            resend_at=None if reason in _GIVEN_BACK or not interval else _time(now + round(interval * 1000)),
            voice_offered=self._voice_offered,
            reason=reason,
            error=error,
        )


def _advice(reason: StartReason | None, error: JsmsError | None, interval: int) -> Advice:
    if reason is None:
        return Advice(AdviceKind.ENTER_CODE)
    if reason is StartReason.CHALLENGE:
        return Advice(AdviceKind.SOLVE_CHALLENGE)
    if reason is StartReason.UNKNOWN:
        return Advice(AdviceKind.NEW_CODE, interval or None)
    if reason is StartReason.REJECTED and isinstance(error, RecipientError):
        return Advice(AdviceKind.CORRECT_NUMBER)
    if reason is StartReason.REJECTED and isinstance(error, RateLimitError):
        return Advice(AdviceKind.WAIT, max(1, interval, math.ceil(error.retry_after or 0)))
    return Advice(AdviceKind.TRY_LATER)


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A check that may go to the store. Its `repr` does not show the code; `hashes` are those of the number."""

    application: str
    purpose: str
    masked: str
    hashes: tuple[str, ...]
    code: Secret
    max_attempts: int

    @property
    def tally(self) -> str:
        """Prefix of the operator's counters."""
        return f"check:{self.purpose}"

    def attempt_step(self, now: int | None) -> Attempt:
        """Return the step that counts this attempt."""
        session = _session_names(self.purpose, self.hashes)
        return Attempt(self.application, self.tally, now, secrets.token_hex(8), session, self.max_attempts)


_OF_THE_SERVICE: Final = {
    VerificationReason.EXPIRED: CheckReason.EXPIRED,
    VerificationReason.UNKNOWN_MESSAGE: CheckReason.EXPIRED,
    VerificationReason.USED: CheckReason.USED,
}


def verdict(verification: Verification | None) -> CheckReason | None:
    """Return why a code is not right; None if it is."""
    if verification is None:
        return CheckReason.UNAVAILABLE
    if verification:
        return None
    return _OF_THE_SERVICE.get(verification.reason or VerificationReason.OTHER, CheckReason.WRONG)


def conclude_step(
    request: CheckRequest, step: Attempt, reply: AttemptReply, reason: CheckReason | None, error: JsmsError | None
) -> Conclude:
    """Return the step that notes the verdict."""
    return Conclude(
        request.application,
        f"{request.tally}:{'right' if reason is None else reason.value}",
        reply.now,
        step.attempt,
        reply.reservation,
        step.session,
        right=reason is None,
        undo=error is not None and error.outcome is Outcome.NOT_SENT,
        ended=reason if reason in (CheckReason.EXPIRED, CheckReason.USED) else None,
    )


_ADVICE_OF_CHECK: Final = {
    CheckReason.WRONG: AdviceKind.TRY_AGAIN,
    CheckReason.MISSING: AdviceKind.TRY_AGAIN,
    CheckReason.NOT_STARTED: AdviceKind.TRY_AGAIN,
    CheckReason.EXPIRED: AdviceKind.NEW_CODE,
    CheckReason.USED: AdviceKind.NEW_CODE,
    CheckReason.TOO_MANY_ATTEMPTS: AdviceKind.NEW_CODE,
    CheckReason.UNAVAILABLE: AdviceKind.TRY_LATER,
}


def check_result(
    masked: str,
    purpose: str,
    reason: CheckReason | None,
    *,
    attempts_left: int | None = None,
    error: JsmsError | None = None,
) -> Checked:
    """Return what the application is told of a check."""
    advice = None
    if reason is not None:
        none_left = reason is CheckReason.WRONG and attempts_left == 0
        advice = Advice(AdviceKind.NEW_CODE if none_left else _ADVICE_OF_CHECK[reason])
    return Checked(masked, purpose, reason, attempts_left, advice, error)


def _session_names(purpose: str, hashes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([f"session:{purpose}:{name}" for name in hashes])


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
