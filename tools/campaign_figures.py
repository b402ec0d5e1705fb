"""Writes figures of the long campaign runs into benchmarks/reliability-campaigns.json, one entry a tool.

Nobody copies a number by hand: what the documentation says comes from this file.
"""

from __future__ import annotations

import json
import platform
import subprocess
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "benchmarks" / "reliability-campaigns.json"


def record(name: str, figures: dict[str, Any]) -> None:
    """Put one entry in place of the older one of this name."""
    TARGET.parent.mkdir(exist_ok=True)
    known: dict[str, Any] = json.loads(TARGET.read_text()) if TARGET.exists() else {}
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    stamp = {
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    known[name] = figures | stamp
    TARGET.write_text(json.dumps(known, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    print(json.dumps({name: known[name]}, indent=2, ensure_ascii=False))
