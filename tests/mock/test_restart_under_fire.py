"""A mock with a file loses nothing that it answered for. The long run: experiments/mock/restart_under_fire.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.mock.restart_under_fire import play

pytestmark = pytest.mark.slow


def test_nothing_that_was_answered_is_lost_to_kill_9(tmp_path: Path) -> None:
    """Messages, verified codes, timed messages, templates, ids and callbacks survive kills in mid-flight."""
    ledger = play(tmp_path / "mock.db", kills=3, seed=7, shots_a_round=60)

    assert ledger.losses == []
    assert ledger.answered >= 30
    assert ledger.doubtful > 0


def test_a_file_that_loses_something_is_seen(tmp_path: Path) -> None:
    """The negative control: a harness that cannot fail proves nothing."""
    ledger = play(tmp_path / "mock.db", kills=2, seed=7, shots_a_round=60, defect="lose-wal")

    assert ledger.losses
