"""Both type checkers infer every public call to the last field, and see every planted mistake."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("type checkers")]


@pytest.mark.parametrize("checker", [("mypy", "--strict"), ("pyright",)], ids=["mypy", "pyright"])
def test_the_file_of_expected_types_is_clean(root: Path, checker: tuple[str, ...]) -> None:
    """`assert_type` on every public call; a mistake that is no longer seen makes its comment unneeded, and fails."""
    done = subprocess.run(
        [sys.executable, "-m", *checker, "tests/typing/api.py"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout.strip())
