"""What the package promises about itself: one clock, one source of chance, no code of the client, a table of rules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from jsms_api.error_table import ERRORS
from jsms_api.operations import OPERATIONS
from jsmskit.mock.model.rule_catalog import DECLARED, TABLE, Confidence, declare
from jsmskit.mock.service import dispatcher  # noqa: F401  # declares all rules

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


def test_every_rule_says_where_it_comes_from_and_how_sure_it_is() -> None:
    """And refuses with a documented code that some operation can answer."""
    everywhere = frozenset().union(*DECLARED.values())
    for identity, info in TABLE.items():
        assert identity == info.id
        assert info.summary
        assert info.summary.endswith("."), identity
        assert info.source, identity
        assert isinstance(info.confidence, Confidence)
        assert info.code is None or info.code in everywhere, identity
    with pytest.raises(ValueError, match="twice"):
        declare("auth.missing", "x", Confidence.ASSUMED, "x")


def test_every_operation_of_the_spec_has_its_code() -> None:
    """23 of 23."""
    from jsmskit.mock.service.dispatcher import _OPERATIONS

    assert set(_OPERATIONS) == set(OPERATIONS)
    assert len(OPERATIONS) == 23


def test_no_test_of_the_mock_sleeps() -> None:
    """Time is the mock's clock; `asyncio.sleep(0)` only lets others go first."""
    for module in Path(__file__).resolve().parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "sleep":
                assert ast.unparse(node) == "asyncio.sleep(0)", f"{module}:{node.lineno}"
