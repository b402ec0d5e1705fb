"""`schemathesis run spec/openapi.yaml`, as it is typed, with the settings at the root."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from jsmskit.mock import JsmsMock

#: A send, a send with every kind of field, and a read; all 23 take minutes.
OPERATIONS = ("sendMessage", "sendVoiceCode", "getTemplate")


def test_a_plain_run_against_the_mock_is_green(root: Path) -> None:
    """The checks that contradict the documented service are off, each with its reason."""
    chosen = [word for name in OPERATIONS for word in ("--include-operation-id", name)]
    phases = ("--phases", "examples,coverage")
    with JsmsMock() as mock, mock.serve() as server:
        command = [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            "spec/openapi.yaml",
            "--url",
            server.url,
        ]
        done = subprocess.run(
            [*command, *phases, *chosen], cwd=root, capture_output=True, text=True, check=False, timeout=300
        )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "No issues found" in done.stdout
