"""The mock against an oracle of our own: spec, documentation, and a model of what the service must remember.

The table of requests reaches everything that is documented, and finds each fault of `planted/`
(`python -m experiments.mock.seeded_bugs`).
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable

import pytest

from tests.fuzz.planted import FAULTS, KINDS, compile_with, plant
from tests.fuzz.requests.table import send_table
from tests.fuzz.run import Run


def test_the_table_reaches_everything_documented(record_property: Callable[[str, object], None]) -> None:
    """Every response is right; and every operation, status, code, entry code and link of the spec occurs."""
    run = Run()
    send_table(run)
    record_property("fuzz gate", "\n  ".join(run.reached.summary()))
    assert run.reached.missing() == []


def first_problem(fault: str | None) -> str:
    """Send the table to a mock with a fault, in a process that ends with it; empty if every response is right."""
    with multiprocessing.get_context("fork").Pool(1) as process:
        return process.apply(_first_problem, (fault,))


def _first_problem(fault: str | None) -> str:
    if fault is not None:
        plant(FAULTS[fault])
    from tests.fuzz.requests import table  # again: the mock that is planted is another one
    from tests.fuzz.run import Run as PlantedRun

    try:
        table.send_table(PlantedRun())
    except Exception as error:  # noqa: BLE001  # a mock that breaks has been noticed too
        return f"{type(error).__name__}: {error}"
    return ""


def test_every_fault_can_be_planted() -> None:
    """The text of each stands in its file once, and what it becomes is Python."""
    for fault in FAULTS.values():
        compile_with(fault)


@pytest.mark.parametrize("fault", [next(reversed(faults)) for faults in KINDS.values()])
def test_the_table_finds_a_fault_of_every_kind(fault: str) -> None:
    """All 123, one by one: `python -m experiments.mock.seeded_bugs`."""
    assert first_problem(fault)


def test_a_failure_says_what_is_wrong_in_its_first_lines() -> None:
    """Operation, field, rule and request, before anything that a test run may cut off."""
    operation, field, rule, request = first_problem("a tag of 11 characters").splitlines()[:4]

    assert operation == "WrongResponseError: operation: sendMessageBatch"
    assert field == "field: tag (maxLength)"
    assert rule == "rule: [oracle] accepted, but [50007] is right"
    assert request.startswith("request: POST /v1/messages/batch type=application/json ")
