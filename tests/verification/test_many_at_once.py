"""Many starts and checks at once, over both stores: limits and attempts are exact."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jsmskit import AsyncJsmsClient, CodeReceipt, Verification, VerificationReason
from jsmskit.mock import APP_KEY, MASTER_SECRET, Fault, FaultKind, JsmsMock
from jsmskit.verification import (
    AsyncPhoneVerification,
    Checked,
    CheckReason,
    MemoryStore,
    PhoneVerification,
    Policy,
    RedisStore,
    TooManyRequestsError,
)
from jsmskit.verification.store import Conclude
from verification_scene import Between, sync_verification

PHONE = "13800138000"


def threads(count: int, call: Callable[[int], Any]) -> list[Any]:
    """Call from as many threads, as nearly at once as can be."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def started(verification: PhoneVerification, phone: str = PHONE, **options: Any) -> bool:
    try:
        return bool(verification.start(phone, purpose="login", **options))
    except TooManyRequestsError:
        return False


def test_64_threads_that_start_send_one_text(mock: JsmsMock, store: Any) -> None:
    verification = sync_verification(mock, store)
    assert sum(threads(64, lambda _: started(verification))) == 1
    assert len(mock.messages()) == 1


def test_64_tasks_that_start_send_one_text(mock: JsmsMock, store: Any) -> None:
    async def start(verification: AsyncPhoneVerification) -> bool:
        try:
            return bool(await verification.start(PHONE, purpose="login"))
        except TooManyRequestsError:
            return False

    async def run() -> int:
        client = AsyncJsmsClient(APP_KEY, MASTER_SECRET, transport=mock.async_transport)
        verification = AsyncPhoneVerification(client, store=store, clock=mock.clock.now)
        sent = sum(await asyncio.gather(*(start(verification) for _ in range(64))))
        if isinstance(store, RedisStore):
            await store.aclose()
        return sent

    assert asyncio.run(run()) == 1
    assert len(mock.messages()) == 1


def test_200_checks_at_once_use_five_attempts(mock: JsmsMock, store: Any) -> None:
    verification = sync_verification(mock, store, policy=Policy(max_attempts=5))
    verification.start(PHONE, purpose="login")
    asked = len(mock.requests.listed(limit=1000))

    results = threads(200, lambda number: verification.check(PHONE, f"{number:06d}", purpose="login"))

    assert len(mock.requests.listed(limit=1000)) - asked == 5
    reasons = Counter(result.reason for result in results)
    assert reasons == {CheckReason.WRONG: 5, CheckReason.TOO_MANY_ATTEMPTS: 195}
    assert sorted(result.attempts_left for result in results if result.reason is CheckReason.WRONG) == [0, 1, 2, 3, 4]


class Generous:
    """A client whose service calls every code right, as often as it is asked."""

    def __init__(self) -> None:
        self.codes = self

    def send(self, phone: str, **options: Any) -> CodeReceipt:
        return CodeReceipt("288193860302")

    def verify(self, msg_id: str, code: str) -> Verification:
        return Verification(True)


def test_a_code_is_accepted_once_even_if_the_service_says_yes_twice(store: Any) -> None:
    verification = PhoneVerification(Generous(), store=store)  # type: ignore[arg-type]
    verification.start(PHONE, purpose="login")

    results = threads(20, lambda _: verification.check(PHONE, "371513", purpose="login"))

    assert sum(map(bool, results)) == 1
    assert {result.reason for result in results} <= {None, CheckReason.USED, CheckReason.TOO_MANY_ATTEMPTS}


def test_a_right_code_is_accepted_although_another_check_was_told_used_first(store: Any) -> None:
    """A user presses the button twice; the second verdict is noted before the first."""

    class Overtaken(Generous):
        asked = 0

        def verify(self, msg_id: str, code: str) -> Verification:
            self.asked += 1
            if self.asked > 1:
                return Verification(False, VerificationReason.USED)
            second.append(verification.check(PHONE, "371513", purpose="login"))
            return Verification(True)

    second: list[Checked] = []
    verification = PhoneVerification(Overtaken(), store=store)  # type: ignore[arg-type]
    verification.start(PHONE, purpose="login")
    assert verification.check(PHONE, "371513", purpose="login")
    assert second[0].reason is CheckReason.USED
    assert verification.check(PHONE, "371513", purpose="login").reason is CheckReason.USED


def test_a_code_that_was_right_for_an_older_session_is_not_accepted(
    verifier_over: Any, mock: JsmsMock, store: Any
) -> None:
    """The new code takes the place of the old one while the service is asked about the old one."""

    def start_again(step: object) -> None:
        if isinstance(step, Conclude):
            mock.advance(60)
            assert started(sync_verification(mock, store))

    one = verifier_over(Between(store, start_again))
    one.start(PHONE)
    assert one.check(one.code(PHONE), PHONE).reason is CheckReason.EXPIRED


def test_the_later_start_wins_whichever_is_settled_last(store: Any) -> None:
    """A text under way takes longer than the call that was asked for meanwhile."""
    sent: list[str] = []

    class Crossing(Generous):
        def send(self, phone: str, **options: Any) -> CodeReceipt:
            assert verification.start(PHONE, purpose="login", channel="voice")
            return CodeReceipt("1111")

        def send_voice(self, phone: str, **options: Any) -> CodeReceipt:
            return CodeReceipt("2222")

        def verify(self, msg_id: str, code: str) -> Verification:
            sent.append(msg_id)
            return Verification(True)

    verification = PhoneVerification(Crossing(), store=store)  # type: ignore[arg-type]
    verification.start(PHONE, purpose="login")
    assert verification.check(PHONE, "371513", purpose="login")
    assert sent == ["2222"]


def test_a_step_that_arrives_twice_has_the_effect_of_one(mock: JsmsMock, store: Any) -> None:
    """A client of Redis sends a command again if it lost the response."""

    verification = sync_verification(mock, Between(store, store.run), policy=Policy(max_attempts=2, budget_hour=1))
    assert verification.start(PHONE, purpose="login")
    mock.faults.add(Fault(FaultKind.REFUSE, operation="verifyCode"))
    assert verification.check(PHONE, "000000", purpose="login").attempts_left == 2
    mock.faults.clear()
    assert verification.check(PHONE, "000000", purpose="login").attempts_left == 1
    assert verification.check(PHONE, mock.messages(PHONE)[-1].code or "", purpose="login")
    assert not started(verification, "13900139000")


def test_memory_is_not_filled_by_what_is_over(mock: JsmsMock) -> None:
    store = MemoryStore()
    open_policy = Policy(budget_hour=None, budget_day=None, per_purpose_hour=None)
    verification = sync_verification(mock, store, policy=open_policy)
    for number in range(256):
        if number == 200:
            mock.advance(10 * 86_400)
        verification.start(f"139{number:08d}", purpose="login")
    assert len(store._logs) == 2 * 56 + 2
    assert repr(store) == "MemoryStore(56 sessions)"
    stats = store.stats(now=mock.clock.now())
    assert (stats.counts, stats.last_day) == ({"start:login:text:sent": 56}, 56)
    assert store.stats("another").counts == {}


def test_the_budget_is_exact_from_many_threads(mock: JsmsMock, store: Any) -> None:
    verification = sync_verification(mock, store, policy=Policy(budget_hour=10))
    sent = threads(40, lambda number: started(verification, f"139{number:08d}", ip=f"192.0.2.{number}"))
    assert sum(sent) == 10
    assert len(mock.messages()) == 10
