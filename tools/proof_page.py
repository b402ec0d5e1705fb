"""Make docs/proofs.md from the figures that the long runs write into experiments/figures/.

    python -m tools.proof_page            write it
    python -m tools.proof_page --check    write nothing; exit 1 if the page is not what the figures make

The words are in templates/proofs.md.jinja.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from tools.made_files import DOCS, ROOT, render, write_or_check

Figures = Mapping[str, Any]


def read(name: str) -> Figures:
    """Return one file of figures."""
    figures: Figures = json.loads((ROOT / "experiments" / "figures" / f"{name}.json").read_text("utf-8"))
    return figures


def commits(figures: Figures) -> str:
    """Return on which code the figures were taken: of a run in parts each part's."""
    parts = figures.get("modules") or figures.get("parts")
    if parts is None:
        return f"`{figures['commit'][:7]}`"
    # The parts of the planted bugs name the commit of each bug.
    stamped = [one for part in parts.values() for one in part.get("verdicts", {"": part}).values()]
    return ", ".join(dict.fromkeys(f"`{one['commit'][:7]}`" for one in stamped))


if __name__ == "__main__":
    page = render("proofs.md", read=read, commits=commits, count="{:,}".format)
    sys.exit(write_or_check({DOCS / "proofs.md": page}, "tools.proof_page"))
