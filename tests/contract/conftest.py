"""A spec to break and a tree to leave alone: what the tests of regeneration share."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.regenerate import ROOT, STAMP_HEAD, main, read_files
from tools.regeneration.document import read_source

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="session")
def spec_document() -> dict[str, Any]:
    """Return the spec; whoever changes it takes a copy."""
    return read_source(ROOT / "spec" / "openapi.yaml", "spec/openapi.yaml").document


@pytest.fixture
def spec_folder(tmp_path: Path) -> Path:
    """Return a copy of the two files of spec/ that regeneration reads."""
    folder = tmp_path / "spec"
    folder.mkdir()
    for name in ("openapi.yaml", "generator.yaml"):
        shutil.copy(ROOT / "spec" / name, folder / name)
    return folder


@pytest.fixture
def change_spec(spec_folder: Path, spec_document: dict[str, Any]) -> Callable[[Change], None]:
    """Return a function that changes the document in `spec_folder`. It writes JSON, which is YAML too."""

    def change(edit: Change) -> None:
        document = json.loads(json.dumps(spec_document))
        edit(document)
        (spec_folder / "openapi.yaml").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")

    return change


@pytest.fixture
def old_tree(tmp_path: Path) -> Path:
    """Return a tree that looks like one made earlier."""
    tree = tmp_path / "out" / "generated"
    (tree / "jsms_api").mkdir(parents=True)
    (tree / "STAMP").write_text(f"{STAMP_HEAD}\nruff  0.1.0\n", encoding="utf-8")
    (tree / "jsms_api" / "old.py").write_text("OLD = True\n", encoding="utf-8")
    return tree


@pytest.fixture
def refusal(spec_folder: Path, old_tree: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Return a function that runs the tool, expects it to refuse, and returns its one line.

    It also sees to it that the tree was not touched and that nothing else was left beside it.
    """

    def run() -> str:
        before = read_files(old_tree)
        exit_code = main(["--spec", str(spec_folder), "--output", str(old_tree)])
        captured = capsys.readouterr()
        lines = captured.err.splitlines()
        assert exit_code != 0
        assert len(lines) == 1, captured.err
        assert captured.out == ""
        assert read_files(old_tree) == before
        assert [path.name for path in old_tree.parent.iterdir()] == [old_tree.name]
        return lines[0]

    return run
