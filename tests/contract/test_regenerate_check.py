"""The same spec makes the same bytes; `--check` finds every difference, says which input moved, and changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.regenerate import ROOT, main, read_files, replace_tree


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the committed tree, fresh at the start."""
    shutil.copytree(ROOT / "generated", tmp_path / "generated", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "generated"


def check(tree: Path, spec: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run --check; return the exit code and what it said; see to it that the tree is as before."""
    before = read_files(tree)
    exit_code = main(["--check", "--spec", str(spec), "--output", str(tree)])
    assert read_files(tree) == before
    captured = capsys.readouterr()
    return exit_code, captured.out + captured.err


def test_edits_by_hand_are_named_one_by_one(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One wrong byte, one extra and one missing file are found; no input moved, so a hand was at work."""
    table = copied / "jsms_api" / "error_table.py"
    table.write_bytes(table.read_bytes().replace(b"out of freq", b"out of Freq", 1))
    (copied / "jsms_api" / "models" / "stray.py").write_bytes(b"")
    (copied / "jsms_api" / "py.typed").unlink()
    exit_code, said = check(copied, ROOT / "spec", capsys)
    assert exit_code == 1
    assert "no input moved" in said
    assert said.splitlines()[1:] == [
        "  missing: jsms_api/py.typed",
        "  extra: jsms_api/models/stray.py",
        "  changed: jsms_api/error_table.py",
    ]


def test_the_moved_input_is_named(copied: Path, spec_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Even a comment in the spec moves its hash, and only the spec is blamed."""
    with (spec_folder / "openapi.yaml").open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    exit_code, said = check(copied, spec_folder, capsys)
    assert exit_code == 1
    assert "these inputs moved: spec/openapi.yaml (" in said
    assert "spec/generator.yaml" not in said
    assert "  changed: STAMP\n" in said
    assert "  changed: jsms_api/operations.py" in said


def test_a_missing_tree_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A long list is cut short, with the number of what was left out."""
    exit_code, said = check(tmp_path / "nothing", ROOT / "spec", capsys)
    assert exit_code == 1
    assert said.count("  missing: ") == 11
    assert "more\n" in said
    assert "no readable STAMP" in said
    assert not (tmp_path / "nothing").exists()


def test_a_tree_that_is_fresh_is_left_alone(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Making the same again moves no file, so nothing that watches the folder wakes up."""
    before = (copied / "STAMP").stat()
    assert main(["--output", str(copied)]) == 0
    assert "is fresh" in capsys.readouterr().out
    assert (copied / "STAMP").stat().st_ino == before.st_ino


def test_the_old_tree_comes_back_if_the_new_one_cannot_be_moved(tmp_path: Path, old_tree: Path) -> None:
    workshop = tmp_path / "workshop"
    workshop.mkdir()
    before = read_files(old_tree)
    with pytest.raises(OSError, match="missing"):
        replace_tree(tmp_path / "missing", old_tree, workshop)
    assert read_files(old_tree) == before


def test_another_folder_and_another_hash_seed_give_identical_bytes(tmp_path: Path) -> None:
    """Sets are ordered by the seed, and ruff looks for settings in parent folders; neither may show.

    generated/ itself was made elsewhere, and scripts/check makes it again with the seed of that process.
    """
    folder = tmp_path / "somewhere" / "else" / "deeper"
    folder.parent.mkdir(parents=True)
    (tmp_path / "somewhere" / "ruff.toml").write_text("line-length = 40\n", encoding="utf-8")
    command = [sys.executable, "-m", "tools.regenerate", "--output", str(folder)]
    environment = {**os.environ, "PYTHONHASHSEED": "20261"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    assert read_files(folder) == read_files(ROOT / "generated")
