"""The same spec makes the same bytes; `--check` finds every difference, says which input moved, and changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tools import regenerate
from tools.regenerate import ROOT, STAMP, main, read_files, replace_tree


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the committed tree, fresh at the start."""
    shutil.copytree(ROOT / "generated", tmp_path / "generated", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "generated"


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs --check; it sees to it that the tree is as before.

    What is made is the committed tree, with the stamp of the inputs: making it is tried below, once.
    """

    def make_tree(spec: object, config: object, made: Path, workshop: Path, inputs: Mapping[str, str]) -> None:
        shutil.copytree(ROOT / "generated", made, ignore=shutil.ignore_patterns("__pycache__"))
        stamp = "".join(f"{name}  {value}\n" for name, value in inputs.items())
        (made / STAMP).write_text(f"{regenerate.STAMP_HEAD}\n{stamp}", encoding="utf-8")

    monkeypatch.setattr(regenerate, "make_tree", make_tree)

    def run(tree: Path, spec: Path = ROOT / "spec") -> tuple[int, str]:
        before = read_files(tree)
        exit_code = main(["--check", "--spec", str(spec), "--output", str(tree)])
        assert read_files(tree) == before
        captured = capsys.readouterr()
        return exit_code, captured.out + captured.err

    return run


def test_edits_by_hand_are_named_one_by_one(copied: Path, check: Any) -> None:
    """One wrong byte, one extra and one missing file are found; no input moved, so a hand was at work."""
    assert check(copied) == (0, "generated/ is fresh\n")
    table = copied / "jsms_api" / "error_table.py"
    table.write_bytes(table.read_bytes().replace(b"out of freq", b"out of Freq", 1))
    (copied / "jsms_api" / "models" / "stray.py").write_bytes(b"")
    (copied / "jsms_api" / "py.typed").unlink()
    exit_code, said = check(copied)
    assert exit_code == 1
    assert "no input moved" in said
    assert said.splitlines()[1:] == [
        "  missing: jsms_api/py.typed",
        "  extra: jsms_api/models/stray.py",
        "  changed: jsms_api/error_table.py",
    ]


def test_the_moved_input_is_named(copied: Path, spec_folder: Path, check: Any) -> None:
    """Even a comment in the spec moves its hash, and only the spec is blamed."""
    with (spec_folder / "openapi.yaml").open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    exit_code, said = check(copied, spec_folder)
    assert exit_code == 1
    assert "these inputs moved: spec/openapi.yaml." in said
    assert "spec/generator.yaml" not in said
    assert "  changed: STAMP\n" in said


def test_a_missing_tree_is_stale(tmp_path: Path, check: Any) -> None:
    exit_code, said = check(tmp_path / "nothing")
    assert exit_code == 1
    assert "  missing: jsms_api/client.py\n" in said
    assert not (tmp_path / "nothing").exists()


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


def test_the_old_tree_comes_back_if_the_new_one_cannot_be_moved(tmp_path: Path, old_tree: Path) -> None:
    workshop = tmp_path / "workshop"
    workshop.mkdir()
    before = read_files(old_tree)
    with pytest.raises(OSError, match="missing"):
        replace_tree(tmp_path / "missing", old_tree, workshop)
    assert read_files(old_tree) == before
