"""What the package promises about itself: one clock, one source of chance, no code of the client, a table of rules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from jsms_api.error_table import ERRORS
from jsmskit.mock.model.rule_catalog import _RULES, DECLARED, TABLE

PACKAGE = Path(__file__).resolve().parents[2] / "overlay" / "jsmskit" / "mock"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Modules that are a clock or a source of chance for others.
CLOCKS, SOURCES = {"clock.py"}, {"random_ids.py"}
BANNED_OF_TIME = {"time", "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "sched"}
BANNED_OF_CHANCE = {"random", "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom", "os.getrandom"}


def _used(tree: ast.AST) -> set[str]:
    """Collect imported modules and dotted names that a module uses."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
    return found


def test_no_module_has_a_time_or_a_chance_of_its_own() -> None:
    """One call moves everything only if nothing else reads a clock; equal seeds need one source."""
    for module in MODULES:
        used = _used(ast.parse(module.read_text(encoding="utf-8")))
        banned = (BANNED_OF_TIME if module.name not in CLOCKS else set()) | (
            BANNED_OF_CHANCE if module.name not in SOURCES else set()
        )
        assert not used & banned, module


def test_no_module_shares_code_with_the_client() -> None:
    """The mock is a witness: of the generated package the tables only, of the overlay nothing."""
    allowed = {"jsms_api", "jsms_api.error_table", "jsms_api.operations", "jsms_api.limits"}
    for module in MODULES:
        for used in _used(ast.parse(module.read_text(encoding="utf-8"))):
            if used.startswith("jsms_api"):
                assert ".".join(used.split(".")[:2]) in allowed, (module, used)
            assert not used.startswith("jsmskit.") or used.startswith("jsmskit.mock"), (module, used)


def test_no_code_is_written_by_hand() -> None:
    known = set(ERRORS) | {4001, 4002, 4003, 4004, 4005, 4006, 4007, 4008, 4009, 4010, 4100}
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, int):
                assert node.value not in known, f"{module}:{node.lineno}"


def test_every_rule_says_where_it_comes_from() -> None:
    """Once, and it refuses with a documented code that some operation can answer."""
    assert len(TABLE) == len(_RULES)
    for identity, rule in TABLE.items():
        assert rule.summary.endswith("."), identity
        assert rule.source, identity
        assert rule.code is None or any(rule.code in codes for codes in DECLARED.values()), identity


def test_every_refusal_names_a_rule_of_the_table_and_every_rule_refuses() -> None:
    """But for those that a number, an id or a setting brings, whose names are put together."""
    sources = "".join(path.read_text("utf-8") for path in (PACKAGE / "service").rglob("*.py"))
    named = set(re.findall(r'"([a-z]+(?:-[a-z]+)*\.[a-z-]+)"', sources))

    groups = {identity.partition(".")[0] for identity in TABLE}
    assert {name for name in named if name.partition(".")[0] in groups} <= set(TABLE)
    made_up = {"template.unknown", "sign.unknown"}
    assert {identity for identity, rule in TABLE.items() if rule.code is not None} <= named | made_up


def test_no_test_of_the_mock_sleeps() -> None:
    """Time is the mock's clock; `asyncio.sleep(0)` only lets others go first."""
    for module in Path(__file__).resolve().parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "sleep":
                assert ast.unparse(node) == "asyncio.sleep(0)", f"{module}:{node.lineno}"
