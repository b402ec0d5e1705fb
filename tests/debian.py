"""What a build machine lacks, from Debian."""

from __future__ import annotations

import os
import shutil
import subprocess


def install(package: str) -> None:
    """Install a package if this is a build machine (CI is set) with apt and its rights; otherwise do nothing."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0 or not os.environ.get("CI"):
        return
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", package]):
        subprocess.run([apt, *command], check=False, capture_output=True)
