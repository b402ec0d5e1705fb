"""The client's word against the truth, over real sockets, wherever a connection can break.

Here every fault is met twice: by the sync client in plain and the async one over TLS, or the other way round;
operations and sizes take turns. All combinations, some thousands of cells, are run by `experiments/fault_matrix.py`.
"""

from __future__ import annotations

import itertools

import pytest
from jsmskit._calls.classification import AttemptStatus, Retry
from jsmskit._http import streams_asyncio as loops
from jsmskit._http import streams_threads as threads
from jsmskit._http._async import transport as async_http
from jsmskit._http._sync import transport as sync_http

from tests.client.faults.catalogue import Fault, drip_for
from tests.client.faults.matrix import BY_NAME, EXTRA, SENDS, SIZES, Cell, Certificates, cells, run_cell, run_fairly


def turns() -> list[Cell]:
    """Each fault sync and async, one in plain and one over TLS (both over TLS where a fault needs it)."""
    # Five of the one and six of the other, so that neither keeps step with sync, async and TLS.
    sizes, operations = itertools.cycle(("small", "batch", "large", "small", "batch")), itertools.cycle(SENDS)
    chosen = [
        Cell(fault, tls or fault.startswith("tls_"), next(sizes), client_kind, next(operations))
        for number, fault in enumerate((*BY_NAME, *EXTRA))
        for client_kind, tls in (("sync", number % 2 == 0), ("async", number % 2 == 1))
    ]
    assert set(chosen) <= set(cells())
    return chosen


def test_the_matrix_is_as_large_as_it_is_said_to_be() -> None:
    """At least 25 fault points, three sizes, every operation that sends: some thousands of cells in all."""
    assert len(BY_NAME) + len(EXTRA) >= 25
    assert len(SIZES) == 3
    assert len(list(cells())) >= 1800
    for part in ("fault", "tls", "size", "client_kind", "operation"):
        assert {getattr(cell, part) for cell in turns()} == {getattr(cell, part) for cell in cells()}, part
    assert {(cell.tls, cell.size, cell.client_kind) for cell in turns()} == {
        (cell.tls, cell.size, cell.client_kind) for cell in cells()
    }


@pytest.mark.parametrize("cell", turns(), ids=str)
def test_the_word_of_the_client_is_true(cell: Cell, certificates: Certificates) -> None:
    """Never "not sent" for what the server had, never a second try after that, no stray exception, no overtime."""
    assert run_fairly(cell, certificates).violations == ()


CLIENT_KINDS = pytest.mark.parametrize("client_kind", ["sync", "async"])


def cell_of(fault: str, client_kind: str) -> Cell:
    return Cell(fault, False, "small", client_kind, "sendMessage")


@CLIENT_KINDS
def test_without_the_rule_of_the_written_body_the_matrix_turns_red(
    client_kind: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: if it is not written down, a lost answer is called not sent, and is sent again."""

    for module in (async_http, sync_http):
        monkeypatch.setattr(module.ExchangeState, "mark_body_sent", lambda self: None)
    violations = run_cell(cell_of("after_close", client_kind), certificates).violations
    assert "not sent, but the server had it whole" in violations
    assert "repeated although the server had it whole" in violations


@CLIENT_KINDS
def test_with_repeats_on_a_read_timeout_the_matrix_turns_red(
    client_kind: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AttemptStatus.READ_TIMEOUT, "acting", Retry.ALWAYS)
    violations = run_cell(cell_of("after_stall", client_kind), certificates).violations
    assert "repeated although the server had it whole" in violations


@CLIENT_KINDS
def test_without_the_deadline_the_matrix_turns_red(
    client_kind: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: a server that drips satisfies every time-out of a single step."""
    for module in (threads, loops):
        monkeypatch.setattr(module.Stream, "_allowed", lambda self, timeout: timeout)
    monkeypatch.setitem(BY_NAME, "short_drip", Fault("short_drip", drip_for(1.2)))
    violations = run_cell(cell_of("short_drip", client_kind), certificates).violations
    assert any("lasted" in word for word in violations)
