"""The same faults with the fallback, which leaves the bytes to httpx: its word is true as well, if less precise."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from jsmskit import _evidence_httpx

from tests.client.faults.matrix import BY_NAME, EXTRA, SENDS, SIZES, Cell, Certificates, run_cell, run_fairly


def turns() -> list[Cell]:
    """Each fault once; colours, TLS, sizes and operations take turns."""
    colours, sizes = itertools.cycle(("sync", "async", "async", "sync")), itertools.cycle(SIZES)
    operations, tls = itertools.cycle(SENDS), itertools.cycle((False, True))
    return [
        Cell(
            fault,
            next(tls) or fault.startswith("tls_"),
            next(sizes),
            next(colours),
            next(operations),
            "httpx",
        )
        for fault in (*BY_NAME, *EXTRA)
    ]


@pytest.mark.parametrize("cell", turns(), ids=str)
def test_the_word_of_the_client_is_true_over_httpx(cell: Cell, certificates: Certificates) -> None:
    """Never "not sent" for what the server had, no second try after that, no stray exception, no overtime."""
    assert run_fairly(cell, certificates).violations == ()


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_without_the_trace_the_matrix_turns_red(
    colour: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: a request that has left unnoticed is called not sent, and is sent again."""

    def note(self: Any, event: str, info: Any) -> None: ...

    monkeypatch.setattr(_evidence_httpx.Progress, "note", note)
    cell = Cell("after_close", False, "small", colour, "sendMessage", "httpx")
    violations = run_cell(cell, certificates).violations
    assert "not sent, but the server had it whole" in violations
    assert run_fairly(replace(cell, over=None), certificates).violations == ()
