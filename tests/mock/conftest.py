"""What the tests of the mock share: a frozen mock whose every answer is judged by a second validator."""

from __future__ import annotations

import pytest
from jsmskit.mock.model.settings import Settings

from tests.mock.bench import Bench, Judge


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
