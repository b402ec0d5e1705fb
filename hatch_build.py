"""Keep files that git does not track out of the sdist and the wheel, whatever lies in the checkout."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TrackedFilesOnly(BuildHookInterface):
    """Add every untracked path to the excludes of the build. An unpacked sdist has no git, and nothing to exclude."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files."""
        if not (Path(self.root) / ".git").exists():
            return
        command = ("git", "ls-files", "--others", "--directory", "-z")
        listed = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True).stdout
        target = self.build_config.target_config
        target["exclude"] = [*target.get("exclude", []), *map(_as_pattern, filter(None, listed.split("\0")))]


def _as_pattern(path: str) -> str:
    return "/" + re.sub(r"([\\*?\[\]!# ])", r"\\\1", path)
