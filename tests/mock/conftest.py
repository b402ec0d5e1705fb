"""What the tests of the mock share: a frozen mock whose every answer is judged by a second validator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jsmskit.mock import Clock, JsmsMock
from jsmskit.mock.model.settings import Settings

from tests.mock.bench import Bench, Judge

#: When the mocks of these tests stand still.
START = 1_700_000_000.0


@pytest.fixture(scope="session")
def judge() -> Judge:
    """The independent validator; made once, since reading the spec takes longer than any test."""
    return Judge()


@pytest.fixture
def bench(judge: Judge) -> Bench:
    """A mock with the default seed and settings, frozen at noon in China."""
    return Bench(judge)


@pytest.fixture
def load_bench(judge: Judge) -> Bench:
    """The same without sending limits."""
    return Bench(judge, settings=Settings(limits=False))


@pytest.fixture
def mock() -> Iterator[JsmsMock]:
    """A mock as users make it, whose clock stands still."""
    with JsmsMock(clock=Clock(frozen_at=START)) as running:
        yield running
