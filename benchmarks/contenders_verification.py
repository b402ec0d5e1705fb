"""A login by SMS, with `jsmskit.verification` on Redis and with the bare client: each function gives back `run(calls)`.

The bare calls limit nothing and remember nothing: the difference is what a session and its limits cost.
Every call is for another number. Runs in the environment of the peers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from benchmarks.contenders_sync import KEY, SECRET, Run, Settings

CODE = "123456"


def _client(settings: Settings) -> Any:  # the peers' environment has no types of ours
    from jsmskit import JsmsClient

    return JsmsClient(KEY, SECRET, base_url=settings["base"] + "/v1")


def _verifications(settings: Settings) -> Any:
    from jsmskit.verification import PhoneVerification, Policy, RedisStore

    store = RedisStore(settings["redis"], pepper="a pepper of sixteen and more")
    policy = Policy(per_purpose_hour=None, budget_hour=10**8, budget_day=10**8)
    return PhoneVerification(_client(settings), store=store, policy=policy)


def _repeat(one: Callable[[str], bool], first: int) -> Run:
    numbers = itertools.count(first)

    def run(calls: int) -> None:
        for _ in range(calls):
            if not one(str(next(numbers))):
                raise SystemExit("a login was refused")

    return run


def start(settings: Settings) -> Run:
    """`PhoneVerification.start`."""
    verifications = _verifications(settings)
    return _repeat(lambda phone: bool(verifications.start(phone, purpose="login")), 13_100_000_000)


def send(settings: Settings) -> Run:
    """`client.codes.send`."""
    client = _client(settings)
    return _repeat(lambda phone: bool(client.codes.send(phone).msg_id), 13_200_000_000)


def send_and_two_trips(settings: Settings) -> Run:
    """`client.codes.send`, between two scripts in Redis that do nothing: what a start cannot go below."""
    import redis

    client, store = _client(settings), redis.Redis.from_url(settings["redis"])
    script, filler = store.script_load("return 1"), "x" * 500

    def send_between(phone: str) -> bool:
        store.evalsha(script, 1, "key", filler)
        sent = client.codes.send(phone)
        store.evalsha(script, 1, "key", filler)
        return bool(sent.msg_id)

    return _repeat(send_between, 13_500_000_000)


def start_and_check(settings: Settings) -> Run:
    """`PhoneVerification.start`, then `.check`."""
    verifications = _verifications(settings)

    def login(phone: str) -> bool:
        started = verifications.start(phone, purpose="login")
        return bool(started) and bool(verifications.check(phone, CODE, purpose="login"))

    return _repeat(login, 13_300_000_000)


def send_and_verify(settings: Settings) -> Run:
    """`client.codes.send`, then `.verify`."""
    client = _client(settings)
    return _repeat(lambda phone: bool(client.codes.verify(client.codes.send(phone).msg_id, CODE).ok), 13_400_000_000)
