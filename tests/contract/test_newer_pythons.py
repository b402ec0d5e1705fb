"""What a newer Python than the one that runs this suite would refuse."""

from __future__ import annotations

import ast
import re
from pathlib import Path

_NUMBERED = re.compile(r"\?[0-9]")
_SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE|json_each)\b")


def test_no_sql_has_numbered_placeholders(root: Path) -> None:
    """With a sequence Python 3.12 warns of `?1`, and 3.14 raises; 3.11 says nothing."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted((root / "overlay" / "jsmskit").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if _SQL.search(node.value) and _NUMBERED.search(node.value)
    ]
    assert found == []
