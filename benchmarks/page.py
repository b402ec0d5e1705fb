"""Makes the tables and charts of docs/performance.md and docs/performance-tables.md from benchmarks/results.json.

    python -m benchmarks.page            write them
    python -m benchmarks.page --check    write nothing; exit 1 if a page or a chart is not what the figures make

What stands between `<!-- figures: NAME -->` and `<!-- end -->` is made here; the rest of the pages is written by hand.
NAME is a suite, or `goals` for everything that has a goal. Knows the pages' marks and how a chart is drawn.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks import drawing

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
PAGES = [ROOT / "docs" / name for name in ("performance.md", "performance-tables.md")]
IMAGES = ROOT / "docs" / "images"
_BLOCK = re.compile(r"(<!-- figures: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def made() -> dict[Path, str]:
    """The pages and their charts as the figures make them."""
    results: dict[str, Any] = json.loads(RESULTS.read_text())
    used: set[str] = set()

    def block(found: re.Match[str]) -> str:
        used.add(found[2])
        return found[1] + "\n" + _block(found[2], results) + "\n" + found[3]

    files = {page: _BLOCK.sub(block, page.read_text()) for page in PAGES}
    missing = set(results) - used
    if missing:
        raise SystemExit(f"page: no page has a place for the figures of: {', '.join(sorted(missing))}")
    for suite in results.values():
        for curve in suite["curves"]:
            files[IMAGES / f"performance-{curve['id']}.svg"] = drawing.lines(
                curve["title"], curve["x"], curve["y"], curve["lines"]
            )
    return files


def write() -> None:
    """Write what is stale."""
    for path, text in made().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def _goals(results: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, suite in results.items():
        for row in suite["rows"]:
            if row["goal"] is not None:
                yield name, row


def _block(name: str, results: Mapping[str, Any]) -> str:
    if name == "goals":
        lines = ["| work | against | ratio | goal | |", "|---|---|--:|--:|---|"]
        for suite, row in _goals(results):
            sign = ">=" if row["at_least"] else "<="
            met = row["ratio"] >= row["goal"] if row["at_least"] else row["ratio"] <= row["goal"]
            lines.append(
                f"| {_work(row)} | {row['against']} | **{row['ratio']:.3g}** | {sign} {row['goal']:.3g} |"
                f" {'' if met else 'missed, '}`{suite}` |"
            )
        return "\n".join(lines) + "\n"
    suite = results.get(name)
    if suite is None:
        return "Not measured yet.\n"
    machine = suite["machine"]
    versions = ", ".join(f"{key} {value}" for key, value in suite["versions"].items() if key != "jsmskit")
    circumstances = (
        f"`{suite['command']}`, {suite['when']}, commit {suite['commit']}; {machine['cores']} cores of"
        f" {machine['processor']}, load {machine['load']} at the start. {versions}."
    )
    lines = [circumstances, ""]
    if suite["rows"]:
        lines += ["| who and what | against | value | peer's | unit | ratio | quartiles | rounds |"]
        lines += ["|---|---|--:|--:|---|--:|--:|--:|"]
    for row in suite["rows"]:
        lines.append(
            f"| {_work(row)} | {row['against']} | {row['subject_value']:,.4g} | {row['against_value']:,.4g} |"
            f" {row['unit']} | {row['ratio']:.3g} | {row['low']:.3g} to {row['high']:.3g} | {row['rounds']} |"
        )
    notes = dict.fromkeys(f"{row['work']}: {row['note']}." for row in suite["rows"] if row["note"])
    if notes:
        lines += ["", *(f"- {note}" for note in notes)]
    for curve in suite["curves"]:
        lines += ["", f"![{curve['title']}](images/performance-{curve['id']}.svg)", ""]
        names = list(curve["lines"])
        lines += [f"| {curve['x']} | " + " | ".join(f"{name}, {curve['y']}" for name in names) + " |"]
        lines += ["|--:|" + "--:|" * len(names)]
        for place, (x, _) in enumerate(curve["lines"][names[0]]):
            values = [f"{curve['lines'][name][place][1]:,.5g}" for name in names]
            lines.append(f"| {x:g} | " + " | ".join(values) + " |")
        if curve["note"]:
            lines += ["", f"{curve['note'][0].upper()}{curve['note'][1:]}."]
    return "\n".join(lines) + "\n"


def _work(row: Mapping[str, Any]) -> str:
    return row["work"] if row["subject"] == "jsmskit" else f"{row['subject']}: {row['work']}"


def main() -> int:
    """Write, or compare."""
    if sys.argv[1:] not in ([], ["--check"]):
        print(__doc__)
        return 2
    if not sys.argv[1:]:
        write()
        return 0
    stale = [path for path, text in made().items() if not path.is_file() or path.read_text() != text]
    for path in stale:
        print(f"stale: {path.relative_to(ROOT)}; run: python -m benchmarks.page")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
