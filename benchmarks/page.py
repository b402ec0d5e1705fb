"""Makes the tables of docs/performance.md and docs/performance-tables.md from benchmarks/results.json.

    python -m benchmarks.page            write them
    python -m benchmarks.page --check    write nothing; exit 1 if a page is not what the figures make

What stands between `<!-- figures: NAME -->` and `<!-- end -->` is made here; the rest of the pages is written by hand.
NAME is a suite, or `goals` for everything that has a goal.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.made_files import DOCS, ROOT, write_or_check

RESULTS = ROOT / "benchmarks" / "results.json"
_BLOCK = re.compile(r"(<!-- figures: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def made() -> dict[Path, str]:
    """The pages as the figures make them."""
    results: dict[str, Any] = json.loads(RESULTS.read_text())
    places: set[str] = set()

    def block(found: re.Match[str]) -> str:
        places.add(found[2])
        lines = goals(results) if found[2] == "goals" else tables(results[found[2]])
        return found[1] + "\n" + "\n".join(lines) + "\n\n" + found[3]

    paths = (DOCS / "performance.md", DOCS / "performance-tables.md")
    pages = {path: _BLOCK.sub(block, path.read_text()) for path in paths}
    if set(results) - places:
        raise SystemExit(f"page: no page has a place for the figures of: {', '.join(sorted(set(results) - places))}")
    return pages


def goals(results: Mapping[str, Any]) -> Iterator[str]:
    yield "| work | against | ratio | goal | |"
    yield "|---|---|--:|--:|---|"
    for name, suite in results.items():
        for row in suite["rows"]:
            if row["goal"] is None:
                continue
            sign, reached = ("<=", row["ratio"] <= row["goal"])
            if row["at_least"]:
                sign, reached = (">=", row["ratio"] >= row["goal"])
            yield (
                f"| {work_of(row)} | {row['against']} | **{row['ratio']:.3g}** | {sign} {row['goal']:.3g} |"
                f" {'' if reached else 'missed, '}`{name}` |"
            )


def tables(suite: Mapping[str, Any]) -> Iterator[str]:
    machine = suite["machine"]
    versions = ", ".join(f"{key} {value}" for key, value in suite["versions"].items() if key != "jsmskit")
    yield (
        f"`{suite['command']}`, {suite['when']}, commit {suite['commit']}; {machine['cores']} cores of"
        f" {machine['processor']}, load {machine['load']} at the start. {versions}."
    )
    if suite["rows"]:
        yield "\n| who and what | against | value | peer's | unit | ratio | quartiles | rounds |"
        yield "|---|---|--:|--:|---|--:|--:|--:|"
    for row in suite["rows"]:
        yield (
            f"| {work_of(row)} | {row['against']} | {row['subject_value']:,.4g} | {row['against_value']:,.4g} |"
            f" {row['unit']} | {row['ratio']:.3g} | {row['low']:.3g} to {row['high']:.3g} | {row['rounds']} |"
        )
    notes = dict.fromkeys(f"- {row['work']}: {row['note']}." for row in suite["rows"] if row["note"])
    if notes:
        yield "\n" + "\n".join(notes)
    for curve in suite["curves"]:
        lines = curve["lines"]
        yield f"\n{curve['title']}:\n"
        yield f"| {curve['x']} | " + " | ".join(f"{name}, {curve['y']}" for name in lines) + " |"
        yield "|--:|" + "--:|" * len(lines)
        for points in zip(*lines.values(), strict=True):
            yield f"| {points[0][0]:g} | " + " | ".join(f"{value:,.5g}" for _, value in points) + " |"
        if curve["note"]:
            yield f"\n{curve['note'][0].upper()}{curve['note'][1:]}."


def work_of(row: Mapping[str, Any]) -> str:
    return row["work"] if row["subject"] == "jsmskit" else f"{row['subject']}: {row['work']}"


if __name__ == "__main__":
    sys.exit(write_or_check(made(), "benchmarks.page"))
