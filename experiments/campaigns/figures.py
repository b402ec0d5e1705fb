"""Writes figures of the long campaign runs into experiments/figures/campaigns.json, one entry a tool.

No number is copied by hand: what the documentation says comes from this file.
"""

from __future__ import annotations

import json
from typing import Any

from experiments.figures_files import FIGURES, stamp

TARGET = FIGURES / "campaigns.json"


def known(name: str) -> dict[str, Any]:
    """An entry as it stands; empty if there is none."""
    found: dict[str, Any] = json.loads(TARGET.read_text()).get(name, {})
    return found


def record(name: str, figures: dict[str, Any]) -> None:
    """Put one entry in place of the older one of this name."""
    entries: dict[str, Any] = json.loads(TARGET.read_text())
    entries[name] = figures | stamp()
    TARGET.write_text(json.dumps(entries, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    print(json.dumps({name: entries[name]}, indent=2, ensure_ascii=False))


def record_piece(name: str, figures: dict[str, Any], wanted: int) -> dict[str, Any]:
    """Add so many kills to those that stand there, until there are as many as wanted; then begin again.

    Sums numbers, ands truths; each piece is listed with its seed, its commit and its kills. Gives the total.
    """
    before = known(name)
    if not before.get("pieces") or before["kills"] >= wanted:
        before = {"pieces": []}
    piece = {"seed": figures.pop("seed"), "kills": figures["kills"], **stamp()}
    total: dict[str, Any] = {"wanted": wanted, "pieces": [*before["pieces"], piece]}
    for key, value in figures.items():
        old = before.get(key)
        if isinstance(value, bool):
            total[key] = value and old is not False
        elif key in ("command", "recipients_each", "concurrency") or old is None:
            total[key] = value
        else:
            total[key] = round(old + value, 1)
    record(name, total)
    return total
