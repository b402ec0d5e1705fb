"""The same spec makes the same bytes, wherever and whenever it is made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.regenerate import ROOT
from tools.regeneration.tree import hash_files


def test_two_folders_and_two_hash_seeds_give_identical_bytes(tmp_path: Path) -> None:
    """Sets are ordered by the seed, and ruff looks for settings in parent folders; neither may show."""
    folders = [tmp_path / "here", tmp_path / "somewhere" / "else" / "deeper"]
    folders[1].parent.mkdir(parents=True)
    (tmp_path / "somewhere" / "ruff.toml").write_text("line-length = 40\n", encoding="utf-8")
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "tools.regenerate", "--output", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for folder, seed in zip(folders, ("1", "20261"), strict=True)
    ]
    for run in runs:
        said, _ = run.communicate(timeout=60)
        assert run.returncode == 0, said.decode()
    first, second = (hash_files(folder) for folder in folders)
    # Two empty folders are identical as well.
    assert len(first) > 60
    assert first == second
    print(f"{len(first)} files, twice the same bytes")
