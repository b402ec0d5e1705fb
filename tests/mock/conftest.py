"""What the tests of the mock share: a mock without transports, and one as users make it, whose clocks stand still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jsmskit.mock import APP_KEY, MASTER_SECRET, Clock, JsmsMock
from jsmskit.mock.model.settings import Settings

from tests.mock.bench import PHONE, Bench

#: When the mocks of these tests stand still.
START = 1_700_000_000.0
PAIR = (APP_KEY, MASTER_SECRET)
#: A code, as the service is asked for it.
CODE = {"mobile": PHONE, "temp_id": 1}


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
