"""Read and write the figures in experiments/figures, with commit, Python and time."""

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


def read(name: str) -> dict[str, Any]:
    """Return a file of figures."""
    figures: dict[str, Any] = json.loads((FIGURES / f"{name}.json").read_text("utf-8"))
    return figures


def write(name: str, figures: dict[str, Any], *, entry: str = "", keep: bool = True, show: bool = True) -> None:
    """Write a file of figures, or one entry of a file that several runs share, and print them.

    keep: false for a run of another size than that whose figures are published: it is only printed.
    """
    stamped = figures | stamp()
    if keep:
        whole = dict(sorted((read(name) | {entry: stamped}).items())) if entry else stamped
        (FIGURES / f"{name}.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if show:
        print(json.dumps({entry: stamped} if entry else stamped, ensure_ascii=False, indent=1))
