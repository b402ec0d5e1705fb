"""Runs the client's suite on httpcore2, the maintained continuation of the HTTP library that the transport stands on.

    python -m tools.successor_check            exit code of pytest
    python -m tools.successor_check -k matrix  with more arguments for pytest

The library goes to a temporary folder, since nothing else here needs it. This check may lag behind its releases: it
says that the switch is one line, not that every release was tried.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUCCESSOR = ("httpcore2==2.16.2", "truststore>=0.10")
TESTS = ("tests/client", "tests/unit/test_outcomes.py", "tests/unit/test_settings.py")


def main(arguments: list[str]) -> int:
    """Install aside, run, pass the verdict on."""
    with tempfile.TemporaryDirectory() as folder:
        install = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            folder,
            *SUCCESSOR,
        ]
        if subprocess.run(install, cwd=ROOT, check=False).returncode:
            print(f"Cannot install {' '.join(SUCCESSOR)}; is a package index reachable?")
            return 1
        # At the end of the path, so that it brings its own name and replaces nothing.
        path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH", ""), folder]))
        run = [sys.executable, "-m", "pytest", "-p", "tests.client.on_httpcore2", "-q", *TESTS, *arguments]
        return subprocess.run(run, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
