"""Writes figures of the long campaign runs into experiments/figures/campaigns.json, one entry a tool.

No number is copied by hand: what the documentation says comes from this file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from experiments.figures_files import stamp

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "experiments/figures/campaigns.json"


def known(name: str) -> dict[str, Any]:
    """An entry as it stands; empty if there is none."""
    entries: dict[str, Any] = json.loads(TARGET.read_text()) if TARGET.exists() else {}
    found: dict[str, Any] = entries.get(name, {})
    return found


def record(name: str, figures: dict[str, Any]) -> None:
    """Put one entry in place of the older one of this name."""
    TARGET.parent.mkdir(exist_ok=True)
    entries: dict[str, Any] = json.loads(TARGET.read_text()) if TARGET.exists() else {}
    entries[name] = figures | stamp()
    TARGET.write_text(json.dumps(entries, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    print(json.dumps({name: entries[name]}, indent=2, ensure_ascii=False))


def record_piece(name: str, figures: dict[str, Any], *, counted: str, wanted: int) -> dict[str, Any]:
    """Add a piece of a long run to what stands there, until `counted` has come to `wanted`; then begin again.

    Sums numbers, ands truths; each piece is listed with its seed, its commit and its count. Gives the total.
    """
    before = known(name)
    if not before.get("pieces") or before[counted] >= wanted:
        before = {"pieces": []}
    piece = {"seed": figures.pop("seed"), counted: figures[counted], **stamp()}
    total: dict[str, Any] = {"wanted": wanted, "pieces": [*before["pieces"], piece]}
    for key, value in figures.items():
        old = before.get(key)
        if isinstance(value, bool):
            total[key] = value and old is not False
        elif key in ("command", "recipients_each", "concurrency", "workers", "chunks_each") or old is None:
            total[key] = value
        else:
            total[key] = round(old + value, 1)
    record(name, total)
    return total
