"""Make the imports for type checkers in packages whose names are imported when they are first used.

    python -m tools.exports            write them
    python -m tools.exports --check    write nothing; exit 1 if one is stale

The names stand once, in `_EXPORTS`. The block of imports follows the first `if TYPE_CHECKING:`, and ends with an empty
line.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = (ROOT / "overlay/jsmskit/__init__.py", ROOT / "overlay/jsmskit/results/__init__.py")
_BLOCK = re.compile(r"(?<=^if TYPE_CHECKING:\n)(?:    .*\n|\n(?=    ))+", re.MULTILINE)


def exports(text: str) -> dict[str, list[str]]:
    """Return the names by module, from the literal in the text."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_EXPORTS":
            return {module: names.split() for module, names in ast.literal_eval(node.value).items()}
    raise SystemExit("no _EXPORTS found")


def made(text: str) -> str:
    """Return the text with the imports that its names need."""
    lines = [
        f"    from {module} import {name} as {name}\n" for module, names in exports(text).items() for name in names
    ]
    text = _BLOCK.sub("".join(lines), text, count=1)
    sort = ("check", "--select", "I", "--fix", "--quiet", "--stdin-filename", "overlay/jsmskit/__init__.py", "-")
    run = subprocess.run(
        [sys.executable, "-m", "ruff", *sort],
        input=text, text=True, encoding="utf-8", capture_output=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return run.stdout


def main() -> int:
    """Write the blocks, or compare them."""
    parser = argparse.ArgumentParser(description="Make the imports for type checkers.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if one is stale")
    check = parser.parse_args().check
    stale = 0
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        wanted = made(text)
        if wanted != text:
            stale += 1
            print(f"stale: {path.relative_to(ROOT)}")
            if not check:
                path.write_text(wanted, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
