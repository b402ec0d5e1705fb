"""What the tests of the mock share: a mock without transports, and one as users make it, whose clocks stand still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jsmskit.mock import Clock, JsmsMock
from jsmskit.mock.model.settings import Settings

from tests.mock.bench import Bench

#: When the mocks of these tests stand still.
START = 1_700_000_000.0


@pytest.fixture
def bench() -> Bench:
    """A mock with the default seed and settings, frozen at noon in China."""
    return Bench()


@pytest.fixture
def load_bench() -> Bench:
    return Bench(settings=Settings(limits=False))


@pytest.fixture
def mock() -> Iterator[JsmsMock]:
    """A mock as users make it, whose clock stands still."""
    with JsmsMock(clock=Clock(frozen_at=START)) as running:
        yield running
