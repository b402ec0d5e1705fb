"""The same spec makes the same bytes, wherever and whenever it is made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.regenerate import ROOT
from tools.regeneration.tree import hash_files


def test_another_folder_and_another_hash_seed_give_identical_bytes(tmp_path: Path) -> None:
    """Sets are ordered by the seed, and ruff looks for settings in parent folders; neither may show.

    generated/ itself was made elsewhere, and scripts/check makes it again with the seed of that process.
    """
    folder = tmp_path / "somewhere" / "else" / "deeper"
    folder.parent.mkdir(parents=True)
    (tmp_path / "somewhere" / "ruff.toml").write_text("line-length = 40\n", encoding="utf-8")
    command = [sys.executable, "-m", "tools.regenerate", "--output", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "20261"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert hash_files(folder) == hash_files(ROOT / "generated")
