"""The example application of the plugin: its own tests, run as its readers run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_the_example_applications_tests_pass(root: Path, tmp_path: Path) -> None:
    """Twelve tests of a login, among them branches that no real account can show."""
    example = root / "docs" / "examples" / "fastapi_login"
    options = ["-q", "-p", "anyio", "-p", "no:cacheprovider", "--rootdir", str(example), "-c", "/dev/null"]
    command = [sys.executable, "-m", "pytest", *options, "-W", "error", str(example)]

    alone = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }  # the plugins of this suite take seconds to load
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=example, env=alone, timeout=120
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 passed" in done.stdout
