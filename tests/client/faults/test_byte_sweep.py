"""The connection broken after every single byte of a request, and of an answer, sync and async.

Here one client_kind is closed and the other one reset at every byte of a request, and the other way round at every byte
of an answer; `experiments/fault_matrix.py` does all of it.
"""

from __future__ import annotations

import pytest

from tests.client.faults.sweep import ANSWER, Sweep


@pytest.mark.parametrize(("client_kind", "end"), [("sync", "close"), ("async", "reset")])
def test_after_every_byte_of_the_request(client_kind: str, end: str) -> None:
    """Each is classified; where the server had it all, the client never says "not sent"."""
    swept = Sweep(client_kind, end).request()
    print(f"{swept.positions} positions: {dict(swept.endings)}")
    assert swept.violations == []
    assert swept.positions > 300
    assert set(swept.endings) <= {"not_sent", "unknown"}


@pytest.mark.parametrize(("client_kind", "end"), [("sync", "reset"), ("async", "close")])
def test_after_every_byte_of_the_answer(client_kind: str, end: str) -> None:
    """The server had the request each time: the outcome is unknown, and leans to accepted once the head is there."""
    swept = Sweep(client_kind, end).answer()
    print(f"{swept.positions} positions: {dict(swept.endings)}")
    assert swept.violations == []
    assert swept.positions == len(ANSWER) + 1
    assert set(swept.endings) == {"unknown", "unknown accepted"}
