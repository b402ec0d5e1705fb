"""The numbers of return codes and delivery statuses stand once, in the spec: no line of the overlay repeats one."""

from __future__ import annotations

import ast
from pathlib import Path

from jsms_api.error_table import ERRORS, REPORT_STATUSES

KNOWN = {*ERRORS, *REPORT_STATUSES}


def numbers_in(source: str) -> list[tuple[int, int]]:
    """Line and value of every known number in code, also as text; documentation may name them.

    A number with an underscore is a quantity (`50_000` nonces), no code.
    """
    return [
        (node.lineno, int(node.value))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and (type(node.value) is int or (isinstance(node.value, str) and node.value.isascii() and node.value.isdigit()))
        and int(node.value) in KNOWN
        and "_" not in (ast.get_source_segment(source, node) or "")
    ]


def test_the_overlay_takes_every_code_from_the_generated_table(root: Path) -> None:
    """`ErrorCode.X` and `ReportStatus.X` can be searched for, and follow the spec when it changes."""
    sources = sorted((root / "overlay" / "jsmskit").rglob("*.py"))
    assert len(sources) > 50
    found = [
        f"{path.name}:{line}: {number}" for path in sources for line, number in numbers_in(path.read_text("utf-8"))
    ]
    assert found == []


def test_the_search_would_find_one() -> None:
    source = "x = 50006\ny = {'50009': 1}\nz = 'see 50014'\nmost = 50_000"
    assert [number for _, number in numbers_in(source)] == [50006, 50009]
