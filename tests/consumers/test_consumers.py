"""Clients that strangers' generators made from the spec tell the same story as ours, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from jsmskit.mock import JsmsMock

from tests.debian import leave_out
from tools.consumers import LANGUAGES, SCENARIO, Language, tell


class Stage(NamedTuple):
    """A mock that listens, and what our own client has to tell of it."""

    origin: str
    transcript: str


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """The mock on loopback, and the transcript of the Python client."""
    with JsmsMock() as mock, mock.serve() as server:
        yield Stage(server.origin, tell(LANGUAGES["python"], server.origin))


def test_our_own_client_passes_the_conformance_kit(stage: Stage) -> None:
    """Every step of the scenario ends with the status and the code that it expects."""
    steps = json.loads(SCENARIO.read_text(encoding="utf-8"))["steps"]

    assert "UNEXPECTED" not in stage.transcript
    assert stage.transcript.endswith(f"all {len(steps)} steps as expected\n")


@pytest.mark.parametrize(
    "language",
    [
        pytest.param(language, id=name, marks=pytest.mark.xdist_group(f"consumer-{name}"))
        for name, language in LANGUAGES.items()
        if name != "python"
    ],
)
def test_another_language_tells_the_same_story(
    language: Language, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """Codes right and wrong, a batch that fails in part, a schedule's life, nulls, new fields and codes."""
    if missing := language.missing():
        leave_out(language.name, missing)

    transcript = tell(language, stage.origin)

    expected = language.expected(stage.transcript)
    assert transcript.splitlines() == expected.splitlines()
    assert transcript.encode() == expected.encode()
    with capsys.disabled():
        but = f" but for steps refused early: {language.early}" if language.early else ""
        print(f"\n{language.name}: the same transcript as Python's{but}, {len(transcript.encode())} bytes")


def test_the_scenario_holds_what_a_port_must_get_right() -> None:
    """Whoever shortens the scenario shortens the proof: what it must hold stands here."""
    steps = json.loads(SCENARIO.read_text(encoding="utf-8"))["steps"]
    codes = {step["expect"].get("code") for step in steps if "expect" in step}
    operations = {step["operation"] for step in steps if "operation" in step}

    # Wrong code, used code, unknown id; templates refused; a schedule gone; an unknown code; a wrong secret.
    assert {50010, 50012, 50026, 50052, 50021, 50028, 59999, 50002} <= codes
    assert {"sendCode", "verifyCode", "sendMessageBatch", "createScheduleBatch", "getAppBalance"} <= operations
    assert {"createSchedule", "getSchedule", "updateSchedule", "deleteSchedule"} <= operations
    assert all("expect" in step or "control" in step for step in steps)
