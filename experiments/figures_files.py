"""Write figures to experiments/figures, with commit, Python and time."""

from __future__ import annotations

import json
import platform
import subprocess
import time
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
FIGURES: Final = ROOT / "experiments" / "figures"


def stamp() -> dict[str, str]:
    """Return when, on which commit, with which Python."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def write(name: str, figures: dict[str, Any]) -> None:
    """Write a file of figures, and print it."""
    text = json.dumps(figures | stamp(), ensure_ascii=False, indent=1)
    (FIGURES / f"{name}.json").write_text(text + "\n", "utf-8")
    print(text)
