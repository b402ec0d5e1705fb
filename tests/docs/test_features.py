"""docs/features.md: whoever says "yes" of himself shows the test."""

from __future__ import annotations

import ast
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, its head first."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set("- ")]


HEAD, *FEATURES = table("The table")
PROOFS = dict(table("What proves ours")[1:])


def test_every_yes_of_ours_names_a_test() -> None:
    """The two tables have the same features, in the same order; nobody of ours is missing a proof."""
    assert HEAD[:2] == ["feature", "jsmskit"]
    ours = [feature for feature, word, *_ in FEATURES if word not in {"no", "–", "?"}]
    assert ours == list(PROOFS)
    assert len(ours) >= 15


@pytest.mark.parametrize("feature", PROOFS)
def test_the_test_that_is_named_exists(feature: str) -> None:
    """File, class and function are there, and pytest would collect them."""
    file, *names = PROOFS[feature].strip("`").split("::")
    assert Path(file).name.startswith("test_")
    place: ast.AST = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for name in names:
        found = [node for node in ast.iter_child_nodes(place) if getattr(node, "name", None) == name]
        assert found, f"{file} has no {name}"
        place = found[-1]
    assert isinstance(place, ast.FunctionDef | ast.AsyncFunctionDef)
    assert place.name.startswith("test_")


def test_every_row_says_something_of_everybody() -> None:
    notes = PAGE.partition("\n## Notes\n")[2]
    for row in FEATURES:
        assert len(row) == len(HEAD)
        assert all(row)
        for cell in row:
            if cell.endswith(")"):
                assert f"\n{cell[cell.index('(') + 1 : -1]}. " in notes, cell


def test_the_versions_that_are_installed_here_are_those_of_the_page() -> None:
    """The vendor's client is run beside ours; its row may not speak of another one."""
    assert f"| vendor | `jsms` | {version('jsms')} |" in PAGE
