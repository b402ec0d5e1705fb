"""Changes one thing in a module, runs its tests, and counts how often nobody notices.

    python -m tools.mutation                       the modules on which safety rests; exit code 1 below 90 %
    python -m tools.mutation --only _outcomes      some of them; the figures of the others stay as they were
    python -m tools.mutation --list _masking       what would be changed
    python -m tools.mutation --out FILE            where the figures go, if not to benchmarks/mutation.json

A change is a comparison turned round, an "and" for an "or", a number one larger, a True for a False, a condition
denied, a result or a statement left out. Prose is not changed: tests do not pin words. Each change is tried in a
process of its own, forked from one that has the test tools loaded and nothing of the package; a process that a test
starts itself runs the package as it is, so what only such a process could notice counts as not noticed.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import platform
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest
from hypothesis import Phase

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "overlay" / "jsmskit"
FLOOR = 0.90
CPU_SECONDS, SECONDS = 60, 180
"""A change that never ends is noticed by whoever waits: after so long at work, or asleep."""
SMALL_RUNS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "HYPOTHESIS_PROFILE": "mutation"}
"""The plugins of other people take longer to load than these tests to run, and nobody reads a shrunken example."""

_VERIFIER, _ENDPOINT, _APPS, _NONCES, _HTTP = (
    f"tests/callbacks/test_{name}.py"
    for name in ("verifier", "endpoint", "apps", "nonce_stores", "over_http")
)
TESTED_BY = {
    "_outcomes": ("tests/unit/test_outcomes.py",),
    "_retries": ("tests/unit/test_retries.py",),
    "_answers": ("tests/unit/test_answers.py",),
    "_masking": ("tests/unit/test_masking.py",),
    "callbacks/_verifier": (_VERIFIER, _ENDPOINT),
    "callbacks/_form": (_VERIFIER, _ENDPOINT),
    "callbacks/_events": (_VERIFIER, _ENDPOINT),
    "callbacks/_nonces": (_NONCES, _VERIFIER),
    "callbacks/_endpoint": (_ENDPOINT, _APPS),
    "callbacks/_asgi": (_APPS, _HTTP),
    "callbacks/_wsgi": (_APPS, _HTTP),
}
"""The modules, and the tests that must notice: those beside them, without the generated cases, which are for what
nobody thought of. The whole suite would notice more.
"""

_EXCLUDED = "a status of 300 or 500 has been answered above this line"
_NO_NUMBER = "the bound saves work: beyond it there is nothing that looks like a number"
_AS_LONG = "both lists are made of the same items"
LIVE_ON: dict[tuple[str, str, str], str] = {
    (
        "_retries",
        "self._tokens >= limit",
        "GtE -> Gt",
    ): "a full budget takes the way with the lock, which ends with the same number",
    ("_masking", "_ABOVE_ALL_PHONES: Final = 10**14", "10 -> 11"): _NO_NUMBER,
    ("_masking", "_ABOVE_ALL_PHONES: Final = 10**14", "14 -> 15"): _NO_NUMBER,
    ("_masking", "if not 0 < value < _ABOVE_ALL_PHONES:", "Lt -> LtE"): _NO_NUMBER,
    ("_masking", "if not 0 < value < _ABOVE_ALL_PHONES:", "0 -> 1"): _NO_NUMBER,
    (
        "_masking",
        "if record.__dict__.keys() <= _OWN_FIELDS:",
        "LtE -> Lt",
    ): "a short way past a loop that finds nothing to mask",
    (
        "_masking",
        "same = all(old[0] is new[0] and old[1] is new[1] for old, new in zip(items, pairs, strict=True))",
        "True -> False",
    ): _AS_LONG,
    (
        "_masking",
        "if all(old is new for old, new in zip(several, copies, strict=True)):",
        "True -> False",
    ): _AS_LONG,
    (
        "callbacks/_verifier",
        'return f"{self._app_key}:{nonce}"',
        "':' -> ':x'",
    ): "any mark parts the two as well",
    (
        "callbacks/_verifier",
        'payload = hashlib.sha256(f"{received.type}\\0{received.data}".encode()).digest()',
        "'\\x00' -> '\\x00x'",
    ): "any mark that no type has parts the two as well",
    (
        "callbacks/_verifier",
        'expected = hashlib.sha1(signed.encode("utf-8"), usedforsecurity=False).hexdigest()',
        "False -> True",
    ): "matters only where the system's own library refuses SHA-1",
    (
        "callbacks/_nonces",
        "connection.close()",
        "statement left out",
    ): "a connection that could not be set up goes with its last reference",
    (
        "callbacks/_wsgi",
        "wanted = min(int(announced[:20]), limit)",
        "20 -> 21",
    ): "so many digits are above the limit anyway",
    (
        "callbacks/_wsgi",
        'while len(read) < size and (chunk := environ["wsgi.input"].read(size - len(read))):',
        "Lt -> LtE",
    ): "reading nothing gives nothing, which ends the loop",
    (
        "_outcomes",
        '"SSEError",  # of httpx2 only',
        "'SSEError' -> 'SSEErrorx'",
    ): "read as a name that is not there would be; it stands there for the check on the successor, which wants all",
    ("_outcomes", "accepted = status <= 299", "299 -> 300"): _EXCLUDED,
    ("_outcomes", "if not (200 <= status <= 299 or 400 <= status <= 499):", "499 -> 500"): _EXCLUDED,
}
"""Why a change may go unnoticed: by module, the line as it stands, and the change."""

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
    """Docstrings, annotations, exports, decorators, the labels of enums: changing them proves nothing."""
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
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cast":
            parts = [node.args[0]]
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


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module of the package another source."""

    def __init__(self, module: str, source: str) -> None:
        self._name = "jsmskit." + module.replace("/", ".")
        self._file = str(PACKAGE / f"{module}.py")
        self._source = source

    def find_spec(
        self, name: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """See `importlib`."""
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """See `importlib`."""
        exec(compile(self._source, self._file, "exec"), module.__dict__)  # noqa: S102  # what it is for


def _tests_in_a_child(module: str, source: str | None) -> int:
    """Fork a process that runs the module's tests with this source, and ends with pytest's exit code."""
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        signal.alarm(SECONDS)
        os.environ.update(SMALL_RUNS)
        hypothesis.settings.register_profile(
            "mutation",
            derandomize=True,
            deadline=None,
            database=None,
            max_examples=50,
            phases=[Phase.generate],
        )
        if source is not None:
            sys.meta_path.insert(0, _Changed(module, source))
        loaded = "ignore::pytest.PytestAssertRewriteWarning"  # of plugins that are there before pytest begins
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", loaded]
        code = int(pytest.main([*options, *TESTED_BY[module]]))
    except BaseException:  # noqa: BLE001  # of the child only this number comes back
        code = 99
    os._exit(code)


def _all_green(module: str, sources: Sequence[str | None], workers: int) -> list[bool]:
    """For each source, whether the module's tests pass with it."""
    green = [False] * len(sources)
    running: dict[int, int] = {}
    waiting = list(enumerate(sources))[::-1]
    while waiting or running:
        while waiting and len(running) < workers:
            number, source = waiting.pop()
            running[_tests_in_a_child(module, source)] = number
        child, status = os.wait()
        if child in running:
            green[running.pop(child)] = status == 0
    return green


def _judged(module: str, workers: int) -> dict[str, Any] | None:
    """The figures of one module; None if its tests fail without any change."""
    lines = (PACKAGE / f"{module}.py").read_text(encoding="utf-8").splitlines()
    tried = list(mutants("\n".join(lines)))
    unchanged, *endings = _all_green(module, [None, *(mutant.source for mutant in tried)], workers)
    if not unchanged:
        return None
    alive = [mutant for mutant, green in zip(tried, endings, strict=True) if green]
    survivors = []
    for mutant in alive:
        text = lines[mutant.line - 1].strip()
        why = LIVE_ON.get((module, text, mutant.change), "")
        survivors.append({"line": text, "change": mutant.change, "why": why})
        print(
            f"survived {module}.py:{mutant.line}: {text}: {mutant.change}: {why or 'NO REASON'}", flush=True
        )
    killed = len(tried) - len(alive)
    print(f"{module}: {killed} of {len(tried)} noticed, {killed / len(tried):.1%}", flush=True)
    score = round(killed / len(tried), 3)
    return {"mutants": len(tried), "killed": killed, "score": score, "survivors": survivors}


def main() -> int:
    """Try every change, tell which survive, judge the share."""
    parser = argparse.ArgumentParser(description="Mutation score of the modules on which safety rests.")
    parser.add_argument("--only", nargs="*", choices=sorted(TESTED_BY), default=list(TESTED_BY))
    parser.add_argument("--list", choices=sorted(TESTED_BY))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "mutation.json")
    given = parser.parse_args()
    if given.list:
        for mutant in mutants((PACKAGE / f"{given.list}.py").read_text(encoding="utf-8")):
            print(f"{given.list}.py:{mutant.line}: {mutant.change}")
        return 0
    for loaded_once in (
        "pytest",
        "hypothesis.strategies",
        "sybil",
        "httpx",
        "jsms_api.limits",
        "jsms_api.error_table",
    ):
        importlib.import_module(loaded_once)
    known = json.loads(given.out.read_text(encoding="utf-8")) if given.out.exists() else {"modules": {}}
    modules: dict[str, Any] = known["modules"]
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    for module in given.only:
        figures = _judged(module, given.workers)
        if figures is None:
            print(f"{module}: its tests fail without any change")
            return 1
        modules[module] = {"commit": commit.stdout.strip(), **figures}
        written = {
            "what": "mutation score of the modules that classify, mask and receive callbacks",
            "command": "python -m tools.mutation",
            "python": platform.python_version(),
            "mutants": sum(one["mutants"] for one in modules.values()),
            "killed": sum(one["killed"] for one in modules.values()),
            "modules": {name: modules[name] for name in TESTED_BY if name in modules},
        }
        given.out.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if all(modules[name]["score"] >= FLOOR for name in given.only) else 1


if __name__ == "__main__":
    sys.exit(main())
