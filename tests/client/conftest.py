"""Clients sync and async over scripted transports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsmskit.mock import JsmsMock

from tests.client.callers import CLIENT_KINDS, Caller, FakeClock, Script, Step
from tests.client.faults.matrix import Certificates


@pytest.fixture(params=CLIENT_KINDS)
def client_kind(request: pytest.FixtureRequest) -> str:
    """Sync and async: everything is true of both."""
    return str(request.param)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def calling(client_kind: str) -> Iterator[Callable[..., Caller]]:
    """Make clients over a script of answers and failures: `calling(answer(...), error, clock=clock)`."""
    made: list[Caller] = []

    def call(*steps: Step, **options: Any) -> Caller:
        caller = Caller(client_kind, script=Script(*steps), **options)
        made.append(caller)
        return caller

    yield call
    for caller in made:
        caller.close()


@pytest.fixture
def mock() -> Iterator[JsmsMock]:
    with JsmsMock(seed=5) as running:
        yield running


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority of our own and servers with its certificates; made once, since keys take a while."""
    return Certificates(tmp_path_factory.mktemp("certificates"))
