"""Make the imports for type checkers in packages whose names are imported when they are first used.

    python -m tools.exports            write them
    python -m tools.exports --check    write nothing; exit 1 if one is stale

The names stand once, in `_EXPORTS`. The block of imports follows the first `if TYPE_CHECKING:`, and ends with an empty
line.
"""

from __future__ import annotations

import ast
import re
import sys

from tools.made_files import ROOT, formatted, write_or_check

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
    return formatted(_BLOCK.sub("".join(lines), text, count=1))


if __name__ == "__main__":
    sys.exit(write_or_check({path: made(path.read_text("utf-8")) for path in FILES}, "tools.exports"))
