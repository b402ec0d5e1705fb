"""The examples of a client in frameworks: their own tests, run as their readers run them.

Each in a process of its own: Django's settings are made once for a process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("fastapi_login", 12),
        ("fastapi_dependency", 7),
        ("django_setting", 5),
        ("flask_sms_login", 8),
        ("django_sms_login", 10),
    ],
)
def test_the_tests_of_an_example_pass(root: Path, name: str, count: int) -> None:
    """Every one of them, with warnings as errors; one line asks for our plugin, and those of this suite stay out."""
    example = root / "docs" / "examples" / name
    asked = 'pytest_plugins = ["jsmskit.pytest_plugin"]'
    assert asked in (example / "conftest.py").read_text(encoding="utf-8")
    options = ["-q", "-p", "anyio", "-p", "no:cacheprovider", "--rootdir", str(example), "-c", "/dev/null"]
    command = [sys.executable, "-m", "pytest", *options, "-W", "error", str(example)]

    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=example, env=alone, timeout=120)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} passed" in done.stdout
