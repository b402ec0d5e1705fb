"""experiments/bugs: every row of the tables can still be planted, and names tests that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.planted_bugs import Bug, parts, table

ROWS = [pytest.param(bug, id=f"{part}: {bug.name}") for part in parts() for bug in table(part)]


def test_there_are_as_many_as_promised() -> None:
    """At least 40 over client, callbacks and campaigns, beside those of the transport."""
    assert parts() == ["callbacks", "campaigns", "client", "transport"]
    assert sum(len(table(part)) for part in ("callbacks", "campaigns", "client")) >= 40


@pytest.mark.parametrize("bug", ROWS)
def test_the_text_of_a_row_stands_there_once(bug: Bug, root: Path) -> None:
    """A row that the code has left behind would prove nothing."""
    assert (root / "overlay/jsmskit" / bug.file).read_text("utf-8").count(bug.old) == 1
    assert bug.old != bug.new
    assert all((root / test.partition("::")[0]).exists() for test in bug.tests)
