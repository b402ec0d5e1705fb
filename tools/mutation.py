"""Changes one thing in a module, runs its tests, and counts how often nobody notices.

    python -m tools.mutation                       the modules on which safety rests; exit code 1 below 90 %
    python -m tools.mutation --only _outcomes      some of them
    python -m tools.mutation --list _masking       what would be changed
    python -m tools.mutation --out FILE            where the figures go

A change is a comparison turned round, an "and" for an "or", a number one larger, a True for a False, a condition
denied, a result or a statement left out. Prose is not changed: tests do not pin words. Each change is tried in a
copy of the package.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "overlay" / "jsmskit"
FLOOR = 0.90
SECONDS = 120

TESTED_BY = {
    "_outcomes": ("tests/unit/test_outcomes.py",),
    "_retries": ("tests/unit/test_retries.py",),
    "_masking": ("tests/unit/test_masking.py",),
    "callbacks/_verifier": ("tests/callbacks",),
    "callbacks/_form": ("tests/callbacks",),
    "callbacks/_events": ("tests/callbacks",),
    "callbacks/_nonces": ("tests/callbacks",),
    "callbacks/_endpoint": ("tests/callbacks",),
}
"""The modules, and the tests that must notice: those beside them. The whole suite would notice more."""

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True)
class Mutant:
    """One changed module."""

    line: int
    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every change of a module, one at a time."""
    tree = ast.parse(source)
    places = [node for node in ast.walk(tree) if hasattr(node, "lineno")]
    skipped = _prose(tree)
    for number, node in enumerate(places):
        if node in skipped:
            continue
        for kind in range(_changes(node)):
            copy = deepcopy(tree)
            twin = [other for other in ast.walk(copy) if hasattr(other, "lineno")][number]
            words = _change(copy, twin, kind)
            if words:
                yield Mutant(getattr(node, "lineno", 0), words, ast.unparse(ast.fix_missing_locations(copy)))


def _prose(tree: ast.Module) -> set[ast.AST]:
    """Docstrings, annotations, exports, decorators and the labels of enums: changing them proves nothing."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts = [node]
        elif isinstance(node, ast.AnnAssign | ast.arg):
            parts = [node.annotation]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parts = [node.returns, *node.decorator_list]
        elif isinstance(node, ast.ClassDef):
            labels = any(getattr(base, "id", "") == "StrEnum" for base in node.bases)
            parts = [*node.decorator_list, *(part for part in node.body if labels)]
        elif (
            isinstance(node, ast.Assign)
            and any(getattr(target, "id", "") == "__all__" for target in node.targets)
        ) or (isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"):
            parts = [node]
        for part in parts:
            if part is not None:
                skipped.update(ast.walk(part))
    return skipped


def _changes(node: ast.AST) -> int:
    return 1 if isinstance(node, _CHANGED) else 0


_CHANGED = (
    ast.Compare,
    ast.BoolOp,
    ast.UnaryOp,
    ast.Constant,
    ast.Return,
    ast.Expr,
    ast.BinOp,
    ast.If,
    ast.IfExp,
)


def _change(tree: ast.Module, node: ast.AST, kind: int) -> str:
    """Change a node in place; what was done in words, empty if nothing can be."""
    if isinstance(node, ast.Compare):
        was = node.ops[0]
        node.ops[0] = _TURNED[type(was)]()
        return f"{type(was).__name__} -> {type(node.ops[0]).__name__}"
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return "and <-> or"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        node.op = ast.UAdd()
        return "not left out" if _replace(tree, node, node.operand) else ""
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        was_op = type(node.op).__name__
        node.op = _ARITHMETIC[type(node.op)]()
        return f"{was_op} -> {type(node.op).__name__}"
    if isinstance(node, ast.If | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return "condition denied"
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        node.value = ast.Constant(None)
        return "returns None"
    if isinstance(node, ast.Expr):
        return "statement left out" if _replace(tree, node, ast.Pass()) else ""
    return _change_constant(node) if isinstance(node, ast.Constant) else ""


def _change_constant(node: ast.Constant) -> str:
    value = node.value
    if isinstance(value, bool):
        node.value = not value
    elif isinstance(value, int):
        node.value = value + 1
    elif isinstance(value, str) and value and " " not in value:
        node.value = value + "x"
    else:
        return ""
    return f"{value!r} -> {node.value!r}"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _replace(tree: ast.Module, old: ast.AST, new: ast.AST) -> bool:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return True
            if isinstance(value, list) and old in value:
                value[value.index(old)] = new
                return True
    return False


def survives(module: str, mutant: Mutant) -> bool:
    """Whether the module's tests stay green with this change."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "jsmskit")
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / f"{module}.py").write_text(mutant.source, encoding="utf-8")
        return green(module, folder)


def green(module: str, folder: str) -> bool:
    """Whether the module's tests pass with the package of this folder."""
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *TESTED_BY[module],
    ]
    path = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH", "")]))
    env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(run, cwd=ROOT, env=env, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False  # a change that never ends is noticed by whoever waits
    return done.returncode == 0


def main() -> int:
    """Try every change, tell which survive, judge the share."""
    parser = argparse.ArgumentParser(description="Mutation score of the modules on which safety rests.")
    parser.add_argument("--only", nargs="*", choices=sorted(TESTED_BY), default=sorted(TESTED_BY))
    parser.add_argument("--list", choices=sorted(TESTED_BY))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.list:
        for mutant in mutants((PACKAGE / f"{given.list}.py").read_text(encoding="utf-8")):
            print(f"{given.list}.py:{mutant.line}: {mutant.change}")
        return 0
    figures: dict[str, dict[str, float]] = {}
    for module in given.only:
        if not green(module, str(PACKAGE.parent)):
            print(f"{module}: its tests fail without any change")
            return 1
        tried = list(mutants((PACKAGE / f"{module}.py").read_text(encoding="utf-8")))
        with ThreadPoolExecutor(given.workers) as pool:
            endings = list(pool.map(lambda mutant, module=module: survives(module, mutant), tried))
        survivors = [mutant for mutant, alive in zip(tried, endings, strict=True) if alive]
        for mutant in survivors:
            print(f"survived {module}.py:{mutant.line}: {mutant.change}", flush=True)
        killed = len(tried) - len(survivors)
        figures[module] = {"mutants": len(tried), "killed": killed, "score": round(killed / len(tried), 3)}
        print(f"{module}: {killed} of {len(tried)} noticed, {killed / len(tried):.1%}", flush=True)
    if given.out:
        given.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if all(one["score"] >= FLOOR for one in figures.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
