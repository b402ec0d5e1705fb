"""What the callback tests share: a clock at the time of the documented samples, and a verifier on it."""

from __future__ import annotations

import pytest
from jsmskit.callbacks import CallbackVerifier

from tests.callbacks.signing import APP_KEY, MASTER_SECRET, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(clock: Clock) -> CallbackVerifier:
    return CallbackVerifier(APP_KEY, MASTER_SECRET, clock=clock)
