"""What the tests of phone verification share: the mock, a clock that nobody waits for, both stores, sync and async."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsmskit.mock import Clock, JsmsMock
from jsmskit.verification import MemoryStore, RedisStore

sys.path.insert(0, str(Path(__file__).parent))
from redis_server import RedisServer, find_program
from verification_scene import PEPPER, Verifier

ON_REDIS = pytest.mark.xdist_group("redis")
"""One worker of the suite starts the server, and has all tests that need it."""


@pytest.fixture
def mock() -> Iterator[JsmsMock]:
    made = JsmsMock(clock=Clock(frozen_at=1_780_000_000.0))
    yield made
    made.close()


@pytest.fixture(scope="session")
def redis_program() -> str:
    """The program; on a build machine without it, it is installed first."""
    program = find_program()
    if program is None:
        assert not os.environ.get("CI"), "redis-server is missing, and could not be installed"
        pytest.skip("redis-server is not installed (apt-get install redis-server): the tests of RedisStore did not run")
    return program


@pytest.fixture(scope="session")
def redis_server(redis_program: str) -> Iterator[RedisServer]:
    server = RedisServer(redis_program)
    yield server
    server.close()


@pytest.fixture
def redis_store(redis_server: RedisServer) -> Iterator[RedisStore]:
    redis_server.empty()
    store = RedisStore(redis_server.url, pepper=PEPPER, timeout=30)
    yield store
    store.close()


@pytest.fixture(params=["memory", pytest.param("redis", marks=ON_REDIS)])
def store(request: pytest.FixtureRequest) -> Any:
    return MemoryStore() if request.param == "memory" else request.getfixturevalue("redis_store")


@pytest.fixture(params=["sync", "async"])
def verifier_over(request: pytest.FixtureRequest, mock: JsmsMock) -> Iterator[Any]:
    """Make a verifier of either kind over a given store."""
    made: list[Verifier] = []

    def make(store: Any, **options: Any) -> Verifier:
        made.append(Verifier(request.param, mock, store, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def verifier(verifier_over: Any, store: Any) -> Any:
    """Make a verifier; what a test says of one kind must hold for the other, over either store."""
    return lambda **options: verifier_over(store, **options)
