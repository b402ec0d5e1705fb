"""Runs the client's suite on httpx2 and httpcore2, the maintained continuations of the HTTP libraries used here.

    python -m tools.successor_check            exit code of pytest
    python -m tools.successor_check -k matrix  with more arguments for pytest

They go to a temporary folder, since nothing else here needs them; the one line that switches is in
tests/client/on_successors.py. This check may lag behind their releases: it says that the switch is one line, not that
every release was tried.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUCCESSORS = ("httpx2==2.16.2", "httpcore2==2.16.2", "truststore>=0.10")
TESTS = (
    "tests/client",
    "tests/unit/test_outcomes.py",
    "tests/unit/test_settings.py",
    "tests/contract/test_public_surface.py",
    "tests/mock/test_jsms_mock.py",
    "tests/mock/test_transports.py",
)


def main(arguments: list[str]) -> int:
    """Install aside, run, pass the verdict on."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            folder,
            *SUCCESSORS,
        ]
        if subprocess.run(pip, cwd=ROOT, check=False).returncode:
            print(f"Cannot install {' '.join(SUCCESSORS)}; is a package index reachable?")
            return 1
        # At the end of the path, so that they bring their own names and replace nothing.
        path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH", ""), folder]))
        # Plugins of other people would import the predecessor before the switch.
        environment = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        plugins = ["-p", "tests.client.on_successors", "-p", "jsmskit.pytest_plugin"]
        run = [sys.executable, "-m", "pytest", *plugins, "-q", *TESTS, *arguments]
        return subprocess.run(run, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
