"""What a build machine lacks, from Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import NoReturn

import pytest


def install(package: str) -> None:
    """Install a package if this is a build machine (CI is set) with apt and its rights; otherwise do nothing."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0 or not os.environ.get("CI"):
        return
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", package]):
        subprocess.run([apt, *command], check=False, capture_output=True)


def leave_out(what: str, lacking: str) -> NoReturn:
    """Skip a test for want of something. On a build machine, which brings all of it, nothing is left out unseen."""
    said = f"{what} is left out, for want of {lacking}: run scripts/toolchains"
    pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
