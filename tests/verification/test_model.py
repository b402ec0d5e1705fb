"""Any sequence of starts, checks, clock steps and failures, judged by a model that counts in the plainest way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import integers, sampled_from
from jsmskit import ErrorCode, JsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, Clock, Fault, FaultKind, JsmsMock
from jsmskit.verification import (
    CheckReason,
    Limit,
    MemoryStore,
    PhoneVerification,
    Policy,
    RedisStore,
    Started,
    StartReason,
    TooManyRequestsError,
)
from redis_server import RedisServer
from verification_scene import PEPPER

PHONES = ("13800138000", "13900139000", "13700137000")
SPELLINGS = ("{}", "+86 {}", "0086{}", " {} ")
ADDRESSES = (None, "192.0.2.1", "192.0.2.2")
PURPOSES = ("login", "pay")
HOUR, DAY = 3600, 86_400
POLICY = Policy(
    per_number_hour=3,
    per_number_day=5,
    per_address_hour=4,
    per_address_day=6,
    per_purpose_hour=6,
    budget_hour=8,
    budget_day=12,
    max_attempts=3,
)


@dataclass
class Code:
    """One that is on its way, as the model knows it."""

    text: str
    expires: float
    attempts: int = 0
    used: bool = False


@dataclass(frozen=True)
class Text:
    """One that was counted."""

    at: float
    phone: str
    purpose: str
    channel: str
    address: str | None


@dataclass
class Model:
    """What should be: lists, and nothing clever."""

    texts: list[Text] = field(default_factory=list)
    codes: dict[tuple[str, str], Code] = field(default_factory=dict)

    def waits(self, now: float, new: Text) -> dict[Limit, float]:
        """The limits that are reached, and how long each keeps the user waiting."""
        same_way = [each.at for each in self.texts if (each.phone, each.channel) == (new.phone, new.channel)]
        phone = [each.at for each in self.texts if each.phone == new.phone]
        address = [each.at for each in self.texts if each.address == new.address is not None]
        purpose = [each.at for each in self.texts if each.purpose == new.purpose]
        every = [each.at for each in self.texts]
        first = (Limit.RESEND, 60) if new.channel == "text" else (Limit.VOICE_INTERVAL, 20)
        rows: list[tuple[Limit, list[float], int, Any]] = [
            (first[0], same_way, first[1], 1),
            (Limit.NUMBER_HOUR, phone, HOUR, POLICY.per_number_hour),
            (Limit.NUMBER_DAY, phone, DAY, POLICY.per_number_day),
            (Limit.PURPOSE_HOUR, purpose, HOUR, POLICY.per_purpose_hour),
            (Limit.BUDGET_HOUR, every, HOUR, POLICY.budget_hour),
            (Limit.BUDGET_DAY, every, DAY, POLICY.budget_day),
        ]
        if new.address is not None:
            rows.append((Limit.ADDRESS_HOUR, address, HOUR, POLICY.per_address_hour))
            rows.append((Limit.ADDRESS_DAY, address, DAY, POLICY.per_address_day))
        found: dict[Limit, float] = {}
        for limit, instants, window, most in rows:
            inside = sorted(at for at in instants if at > now - window)
            if len(inside) >= most:
                found[limit] = inside[len(inside) - most] + window - now
        return found

    def reason(self, now: float, phone: str, purpose: str, typed: str) -> CheckReason | None:
        """What a check should say; counts the attempt."""
        code = self.codes.get((phone, purpose))
        if code is None or now >= code.expires + HOUR:
            return CheckReason.NOT_STARTED
        if code.used:
            return CheckReason.USED
        if now >= code.expires:
            return CheckReason.EXPIRED
        if code.attempts >= POLICY.max_attempts:
            return CheckReason.TOO_MANY_ATTEMPTS
        code.attempts += 1
        if typed != code.text:
            return CheckReason.WRONG
        code.used = True
        return None


class Verifications(RuleBasedStateMachine):
    """Does to the real thing and to the model the same."""

    make_store: ClassVar[Any]

    @initialize()
    def begin(self) -> None:
        self.mock = JsmsMock(clock=Clock(frozen_at=1_780_000_000.0))
        client = JsmsClient(APP_KEY, MASTER_SECRET, transport=self.mock.transport, sleep=lambda seconds: None)
        self.store = type(self).make_store()
        self.verification = PhoneVerification(client, store=self.store, policy=POLICY, clock=self.mock.clock.now)
        self.model = Model()

    @rule(
        phone=sampled_from(PHONES),
        spelling=sampled_from(SPELLINGS),
        purpose=sampled_from(PURPOSES),
        address=sampled_from(ADDRESSES),
        channel=sampled_from(("text", "text", "text", "voice")),
        failure=sampled_from((None, None, None, None, "refuse", "drop", "reject")),
    )
    def start(
        self, phone: str, spelling: str, purpose: str, address: str | None, channel: Any, failure: str | None
    ) -> None:
        now, before = self.mock.clock.now(), len(self.mock.messages())
        new = Text(now, phone, purpose, channel, address)
        waits = self.model.waits(now, new)
        operation = "sendCode" if channel == "text" else "sendVoiceCode"
        if failure == "reject":
            self.mock.fail_next(ErrorCode.NO_MONEY, operation=operation)
        elif failure is not None:
            self.mock.faults.add(Fault(FaultKind(failure), operation=operation))
        refused: TooManyRequestsError | None = None
        result: Started | None = None
        try:
            result = self.verification.start(spelling.format(phone), purpose=purpose, ip=address, channel=channel)
        except TooManyRequestsError as error:
            refused = error
        self.mock.faults.clear()
        if refused is not None:
            assert waits, f"{refused.limit} is not reached"
            assert waits[refused.limit] == max(waits.values())
            assert refused.retry_after == math.ceil(waits[refused.limit])
            assert len(self.mock.messages()) == before
            return
        assert result is not None
        assert not waits, f"sent beyond {sorted(waits)}"
        went_out = failure in (None, "drop")
        assert len(self.mock.messages()) == before + went_out
        if failure == "refuse":
            assert result.reason is StartReason.NOT_SENT
            return
        self.model.texts.append(new)
        self.model.codes.pop((phone, purpose), None)
        if failure is None:
            assert result.ok
            code = self.mock.messages(phone)[-1].code or ""
            self.model.codes[phone, purpose] = Code(code, now + POLICY.code_ttl)
        else:
            assert result.reason is {"drop": StartReason.UNKNOWN, "reject": StartReason.REJECTED}[failure]

    @precondition(lambda self: self.mock.messages())
    @rule(
        phone=sampled_from(PHONES),
        spelling=sampled_from(SPELLINGS),
        purpose=sampled_from(PURPOSES),
        back=integers(0, 3),
        own=sampled_from((True, True, False)),
    )
    def check(self, phone: str, spelling: str, purpose: str, back: int, own: bool) -> None:
        """With one of the last codes, of this number or of any."""
        known = self.mock.messages(phone if own else None)
        typed = known[-1 - back].code if back < len(known) else "000000"
        expected = self.model.reason(self.mock.clock.now(), phone, purpose, typed or "")
        result = self.verification.check(spelling.format(phone), typed or "", purpose=purpose)
        assert result.reason is expected

    @rule(seconds=sampled_from((1, 19, 20, 60, 240, 299, 300, 1800, 3599, 3600, 40_000, 86_400)))
    def wait(self, seconds: int) -> None:
        self.mock.advance_without_callbacks(seconds)

    def teardown(self) -> None:
        if hasattr(self, "mock"):
            self.mock.close()
            if isinstance(self.store, RedisStore):
                self.store.close()


def test_in_memory() -> None:
    machine = type("OverMemory", (Verifications,), {"make_store": staticmethod(MemoryStore)})
    run_state_machine_as_test(machine, settings=settings(max_examples=15, stateful_step_count=50))


@pytest.mark.xdist_group("redis")
def test_in_redis(redis_server: RedisServer) -> None:
    def make_store() -> RedisStore:
        redis_server.empty()
        return RedisStore(redis_server.url, pepper=PEPPER, timeout=30)

    machine = type("OverRedis", (Verifications,), {"make_store": staticmethod(make_store)})
    run_state_machine_as_test(machine, settings=settings(max_examples=4, stateful_step_count=50))
