"""`jsms live-check`: it says what it costs and asks, shows what each answer decides, and writes a report."""

from __future__ import annotations

import json
from pathlib import Path

from jsmskit.mock import JsmsMock, Reading
from shell import Shell

PHONE = "13912345678"
SPEC = Path(__file__).parents[2] / "spec" / "openapi.yaml"
ELSEWHERE = {"JSMS_BASE_URL": "https://sms.invalid/v1", "JSMS_APP_KEY": "a" * 24, "JSMS_MASTER_SECRET": "b" * 24}


def test_a_dry_run_asks_the_service_nothing(shell: Shell) -> None:
    """The plan, with what each question may cost; --free leaves out what may."""
    plan = shell.piped("live-check", PHONE, "--dry-run", env=ELSEWHERE)
    free = shell.piped("live-check", PHONE, "--dry-run", "--free", "--json", env=ELSEWHERE)

    assert plan.code == free.code == 0
    assert "send a code\tPOST /codes\tC1\t1\n" in plan.out
    assert {one["texts"] for one in json.loads(free.out)} == {"0"}
    assert "发送验证码\tPOST" in shell.piped("live-check", PHONE, "--dry-run", env={"JSMS_LANG": "zh"}).out


def test_it_says_what_it_costs_and_does_nothing_unasked(shell: Shell) -> None:
    """Without a terminal to ask at, and without --yes."""
    done = shell.piped("live-check", PHONE, env=ELSEWHERE)

    assert done.code == 2
    assert "at most 3 texts, all to 139****5678" in done.err
    assert "No, nothing was sent." in done.err


def test_on_a_terminal_a_no_ends_it(shell: Shell) -> None:
    """The question comes after the cost."""
    done = shell.terminal("live-check", PHONE, env=ELSEWHERE).sees("Begin?").types("n").ends()

    assert done.code == 10
    assert "at most 3 texts" in done.screen


def test_the_code_is_asked_for_and_a_deviation_is_shown_and_reported(mock: JsmsMock, shell: Shell) -> None:
    """Exit code 10; the reading that was taken, and the one that is true."""
    mock.settings = mock.settings.with_changes(readings=(Reading.REFUSED_CHECK_IS_200,))
    terminal = shell.terminal("live-check", PHONE, "--report", "found.json").sees("empty: go on without it")
    code = str(mock.messages(PHONE)[-1].code)

    done = terminal.types(code).ends()

    assert done.code == 10
    assert "200 (expected 403)" in done.screen
    assert "Texts sent, or perhaps sent: 3." in done.screen
    text = (shell.folder / "found.json").read_text("utf-8")
    assert {one["agrees"] for one in json.loads(text)["probes"] if one["asked"]} == {True, False}
    assert not [one for one in (PHONE, code) if one in text]


def test_a_surprise_ends_it_and_says_where(shell: Shell) -> None:
    """Nothing answers."""
    done = shell.piped("live-check", PHONE, "--base-url", "http://127.0.0.1:9/v1")

    assert done.code == 8
    assert "no response, at the probe 'no credentials'" in done.err
    assert "Texts sent, or perhaps sent: 0." in done.err


def test_apply_prints_a_patch_and_edits_nothing(mock: JsmsMock, shell: Shell) -> None:
    """In a folder with the spec; a report that a mock gave is refused."""
    (shell.folder / "spec").mkdir()
    spec = shell.folder / "spec" / "openapi.yaml"
    spec.write_text(SPEC.read_text("utf-8"), "utf-8")
    shell.piped("live-check", PHONE, "--free", "--report", "made.json")
    report = json.loads((shell.folder / "made.json").read_text("utf-8"))
    (shell.folder / "real.json").write_text(json.dumps({**report, "address": "the service"}), "utf-8")

    refused = shell.piped("live-check", "--apply", "made.json")
    patch = shell.piped("live-check", "--apply", "real.json")

    assert refused.code == 2
    assert "not about the service" in refused.err
    assert patch.code == 0
    assert patch.out.startswith("--- a/spec/openapi.yaml\n+++ b/spec/openapi.yaml\n@@")
    assert spec.read_text("utf-8") == SPEC.read_text("utf-8")
