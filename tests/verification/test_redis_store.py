"""What only Redis has: round trips, what lies there, restarts, peppers, the clock of the server."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
import redis
from jsmskit import AsyncJsmsClient, ConfigurationError
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.verification import (
    AsyncPhoneVerification,
    CheckReason,
    Limit,
    PhoneVerification,
    Policy,
    RedisStore,
    TooManyRequestsError,
    VerificationStoreError,
)
from redis_server import RedisServer
from verification_scene import PEPPER, sync_verification

pytestmark = pytest.mark.xdist_group("redis")

PHONE = "13800138000"


def code(mock: JsmsMock) -> str:
    return mock.messages(PHONE)[-1].code or ""


def limit_of(verification: PhoneVerification, phone: str = PHONE) -> Limit:
    with pytest.raises(TooManyRequestsError) as caught:
        verification.start(phone, purpose="login")
    return caught.value.limit


def test_a_start_and_a_check_cost_two_round_trips_each(
    mock: JsmsMock, redis_server: RedisServer, redis_store: RedisStore
) -> None:
    verification = sync_verification(mock, redis_store)
    verification.start("13900139000", purpose="login")  # loads the scripts
    verification.check("13900139000", "000000", purpose="login")
    counts = [redis_server.commands()]
    verification.start(PHONE, purpose="login", ip="192.0.2.1")
    counts.append(redis_server.commands())
    verification.check(PHONE, "000000", purpose="login")
    counts.append(redis_server.commands())
    verification.check(PHONE, code(mock), purpose="login")
    counts.append(redis_server.commands())
    assert limit_of(verification) is Limit.RESEND
    counts.append(redis_server.commands())
    assert [after - before for before, after in pairwise(counts)] == [2, 2, 2, 1]


def test_a_server_that_forgot_the_scripts_is_given_them_again(
    mock: JsmsMock, redis_server: RedisServer, redis_store: RedisStore
) -> None:
    verification = sync_verification(mock, redis_store)
    with redis.Redis(port=redis_server.port) as client:
        verification.start(PHONE, purpose="login")
        client.script_flush()
        assert verification.check(PHONE, code(mock), purpose="login")
        client.script_flush()
        later = AsyncPhoneVerification(
            AsyncJsmsClient(APP_KEY, MASTER_SECRET, transport=mock.async_transport),
            store=redis_store,
            clock=mock.clock.now,
        )

        async def check() -> CheckReason | None:
            checked = await later.check(PHONE, code(mock), purpose="login")
            await redis_store.aclose()
            return checked.reason

        assert asyncio.run(check()) is CheckReason.USED


def test_neither_numbers_nor_codes_nor_addresses_lie_there(
    mock: JsmsMock, redis_server: RedisServer, redis_store: RedisStore
) -> None:
    verification = sync_verification(mock, redis_store)
    verification.start(PHONE, purpose="login", ip="192.0.2.77")
    verification.check(PHONE, "135791", purpose="login")
    with redis.Redis(port=redis_server.port, decode_responses=True) as client:
        read: dict[str, Callable[[str], Any]] = {
            "string": client.get,
            "hash": client.hgetall,
            "zset": lambda name: client.zrange(name, 0, -1, withscores=True),
        }
        kept = repr([(name, read[client.type(name)](name)) for name in client.scan_iter()])
    assert "session:login" in kept
    for private in (PHONE, PHONE[3:], code(mock), "135791", "192.0.2", PEPPER):
        assert private not in kept


def test_everything_but_the_sequence_is_forgotten_in_time(
    mock: JsmsMock, redis_server: RedisServer, redis_store: RedisStore
) -> None:
    verification = sync_verification(mock, redis_store)
    verification.start(PHONE, purpose="login", ip="192.0.2.77")
    verification.check(PHONE, "135791", purpose="login")
    with redis.Redis(port=redis_server.port, decode_responses=True) as client:
        lives = {name: client.ttl(name) for name in client.scan_iter()}
    assert [name for name, life in lives.items() if life < 0] == ["jsms:{default}:sequence"]
    assert max(lives.values()) <= 8 * 86_400


def test_without_a_clock_the_server_has_the_only_one(mock: JsmsMock, redis_store: RedisStore) -> None:
    verification = sync_verification(mock, redis_store, clock=None)
    before = time.time()
    started = verification.start(PHONE, purpose="login")
    assert started.expires_at is not None
    assert before - 5 < started.expires_at.timestamp() - 300 < time.time() + 5
    assert verification.check(PHONE, code(mock), purpose="login")


def test_a_pepper_can_be_rotated_without_losing_a_limit_or_a_session(
    mock: JsmsMock, redis_server: RedisServer, redis_store: RedisStore
) -> None:
    old, new = PEPPER, "another pepper for tests"
    policy = Policy(per_number_hour=2)
    sync_verification(mock, redis_store, policy=policy).start(PHONE, purpose="login")
    steps = [RedisStore(redis_server.url, pepper=peppers) for peppers in ([old, new], [new, old], [new])]
    first, second, last = (sync_verification(mock, store, policy=policy) for store in steps)
    assert limit_of(second) is Limit.RESEND
    assert second.check(PHONE, code(mock), purpose="login")
    mock.advance(60)
    assert second.start(PHONE, purpose="login")
    assert limit_of(first) is Limit.NUMBER_HOUR
    assert first.check(PHONE, code(mock), purpose="login")
    assert first.check(PHONE, code(mock), purpose="login").reason is CheckReason.USED
    mock.advance(60)
    assert last.start(PHONE, purpose="login")  # the old hashes mean nothing without the old pepper
    for store in steps:
        store.close()


@pytest.fixture
def server_of_its_own(redis_program: str, request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    server = RedisServer(redis_program, appendonly=request.param)
    yield server
    server.close()


@pytest.mark.parametrize("server_of_its_own", [True], indirect=True)
def test_a_restart_with_appendonly_forgets_nothing(mock: JsmsMock, server_of_its_own: RedisServer) -> None:
    store = RedisStore(server_of_its_own.url, pepper=PEPPER)
    verification = sync_verification(mock, store, policy=Policy(budget_hour=3))
    for number in range(3):
        verification.start(f"1390013900{number}", purpose="login")
    assert limit_of(verification) is Limit.BUDGET_HOUR
    server_of_its_own.kill()
    with pytest.raises(VerificationStoreError):
        verification.start(PHONE, purpose="login")
    server_of_its_own.start()
    fresh = sync_verification(mock, RedisStore(server_of_its_own.url, pepper=PEPPER), policy=Policy(budget_hour=3))
    for each in (verification, fresh):
        assert limit_of(each) is Limit.BUDGET_HOUR
    last = mock.messages("13900139002")[-1].code or ""
    assert fresh.check("13900139002", last, purpose="login")
    assert len(mock.messages()) == 3
    assert store.stats().persistent is True


@pytest.mark.parametrize("server_of_its_own", [False], indirect=True)
def test_a_restart_without_appendonly_errs_on_the_side_of_not_sending(
    mock: JsmsMock, server_of_its_own: RedisServer
) -> None:
    policy = Policy(budget_hour=3, budget_day=5)
    store = RedisStore(server_of_its_own.url, pepper=PEPPER)
    verification = sync_verification(mock, store, policy=policy)
    verification.start("13900139000", purpose="login")
    verification.start("13900139001", purpose="login")
    server_of_its_own.kill()
    server_of_its_own.start()

    # One of three texts was left, and it is not known here how many other machines have sent: none for an hour.
    assert limit_of(verification) is Limit.BUDGET_HOUR
    other = sync_verification(mock, RedisStore(server_of_its_own.url, pepper=PEPPER), policy=policy)
    assert limit_of(other) is Limit.BUDGET_HOUR
    code_of_before = mock.messages("13900139001")[-1].code or ""
    assert verification.check("13900139001", code_of_before, purpose="login").reason is CheckReason.NOT_STARTED
    assert store.stats().memory_lost_at == mock.clock.now()
    mock.advance(3599)
    assert limit_of(other) is Limit.BUDGET_HOUR
    mock.advance(1)
    # The day goes on from the two that this process had seen.
    for number in range(3):
        assert other.start(f"1370013700{number}", purpose="login")
        mock.advance(3600)
    assert limit_of(verification) is Limit.BUDGET_DAY
    assert len(mock.messages()) == 5


@pytest.mark.parametrize("server_of_its_own", [True], indirect=True)
def test_a_restart_with_an_old_file_is_noticed_too(mock: JsmsMock, server_of_its_own: RedisServer) -> None:
    """A snapshot, or a replica that took over, remembers some texts and not the last ones."""
    store = RedisStore(server_of_its_own.url, pepper=PEPPER)
    verification = sync_verification(mock, store, policy=Policy(budget_hour=3))
    verification.start("13900139000", purpose="login")
    with redis.Redis(port=server_of_its_own.port) as client:
        old = client.dump("jsms:{default}:sequence")
        verification.start("13900139001", purpose="login")
        client.restore("jsms:{default}:sequence", 0, old, replace=True)
        client.delete("jsms:{default}:all")
    assert limit_of(verification) is Limit.BUDGET_HOUR


def test_stats_count_what_happened(mock: JsmsMock, redis_store: RedisStore) -> None:
    verification = sync_verification(mock, redis_store, clock=None)
    verification.start(PHONE, purpose="login")
    limit_of(verification)
    verification.check(PHONE, "000000", purpose="login")
    verification.check(PHONE, code(mock), purpose="login")
    verification.check(PHONE, code(mock), purpose="login")
    stats = redis_store.stats(hours=1)
    assert stats.counts == {
        "start:login:text:sent": 1,
        "start:login:text:resend": 1,
        "check:login:wrong": 1,
        "check:login:right": 1,
        "check:login:used": 1,
    }
    assert (stats.last_hour, stats.last_day, stats.memory_lost_at) == (1, 1, None)
    assert (stats.eviction, stats.persistent) == ("noeviction", False)
    assert redis_store.stats("another").counts == {}


def test_a_client_of_your_own(verifier_over: Any, redis_server: RedisServer, redis_store: RedisStore) -> None:
    for decode in (True, False):
        redis_server.empty()
        with redis.Redis(port=redis_server.port, decode_responses=decode) as client:
            store = RedisStore.over(client, pepper=PEPPER)
            one = verifier_over(store)
            assert one.start()
            assert verifier_over(redis_store).check(one.code())
            assert store.stats().last_day == 0  # the mock's clock is elsewhere


def test_a_connection_that_the_server_closed_is_made_again(
    verifier_over: Any, redis_server: RedisServer, redis_store: RedisStore
) -> None:
    one = verifier_over(redis_store)
    assert one.start()
    with redis.Redis(port=redis_server.port) as client:
        client.execute_command("CLIENT", "KILL", "SKIPME", "yes")
    assert one.check(one.code())


def test_steps_wait_for_a_connection_of_the_few_there_are(
    mock: JsmsMock, redis_server: RedisServer, redis_store: RedisStore
) -> None:
    few = RedisStore(redis_server.url, pepper=PEPPER, timeout=30, max_connections=2)
    verification = sync_verification(mock, few)
    with redis.Redis(port=redis_server.port) as client, ThreadPoolExecutor(8) as pool:
        before = client.info("stats")["total_connections_received"]
        phones = [f"139{number:08d}" for number in range(40)]
        assert all(pool.map(lambda phone: verification.start(phone, purpose="login"), phones))
        assert client.info("stats")["total_connections_received"] - before <= 2
    few.close()


def test_without_redis_the_store_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigurationError, match="not installed") as caught:
        RedisStore("redis://localhost", pepper=PEPPER)
    assert caught.value.remedy == "pip install redis"


def test_a_store_that_is_down_cannot_be_resumed() -> None:
    with pytest.raises(VerificationStoreError):
        RedisStore("redis://127.0.0.1:1", pepper=PEPPER).resume()
