"""generated/ is what spec/ makes: the committed tree is the one that regeneration would write now."""

from __future__ import annotations

import time

import pytest

from tools.regenerate import main


def test_the_committed_tree_is_what_regeneration_makes(capsys: pytest.CaptureFixture[str]) -> None:
    """`scripts/regenerate --check` finds no difference, and is quick enough for every push."""
    started = time.process_time()
    exit_code = main(["--check"])
    captured = capsys.readouterr()
    assert exit_code == 0, captured.err
    assert time.process_time() - started < 5
    print(captured.out)
