"""A campaign knows where it belongs: hints can be pasted, another target is refused, the question shows all facts."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from jsmskit.campaigns import open_ledger
from jsmskit.mock import APP_KEY, JsmsMock
from shell import Shell

LIST = "phone,code\n13800138001,2468\n13800138002,1357\n"


@pytest.fixture
def folder(shell: Shell, mock: JsmsMock, tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(LIST)
    return tmp_path


def plan(shell: Shell, *options: str) -> str:
    done = shell.piped("campaign", "plan", "people.csv", "--template", "1", *options)
    assert done.code == 0, done
    return done.out


def hint(text: str) -> list[str]:
    """What stands behind `Next:`, as a shell reads it."""
    found = re.search(r"Next: jsms (.*)", text)
    assert found is not None, text
    return shlex.split(found[1])


def test_the_hint_repeats_what_was_typed_and_can_be_pasted(shell: Shell, mock: JsmsMock, folder: Path) -> None:
    """Ledger and address, quoted for the shell; from the plan to the report."""
    url, ledger = shell.env.pop("JSMS_BASE_URL"), str(folder / "my ledger.db")
    run = hint(plan(shell, "--ledger", ledger, "--base-url", url))
    assert run == ["campaign", "run", "1", "--ledger", ledger, "--base-url", url]
    status = shell.piped("campaign", "status", "--ledger", ledger)
    assert hint(status.out) == run
    done = shell.piped(*run)
    assert done.code == 0, done
    report = hint(done.out)
    assert report == ["campaign", "report", "1", "-o", "report.csv", "--ledger", ledger]
    assert shell.piped(*report).code == 0
    assert sorted(message.phone for message in mock.messages()) == ["13800138001", "13800138002"]


def test_the_hint_repeats_mock_and_profile(shell: Shell, mock: JsmsMock, folder: Path) -> None:
    shell.env["JSMS_MOCK_URL"] = shell.env.pop("JSMS_BASE_URL").removesuffix("/v1")
    assert hint(plan(shell, "--mock", "--ledger", "l.db"))[3:] == ["--ledger", "l.db", "--mock"]
    again = shell.piped("campaign", "plan", "people.csv", "--template", "1", "--mock", "--ledger", "l.db")
    assert "jsms campaign status 1 --ledger l.db;" in again.err
    missing = shell.piped("campaign", "run", "7", "--mock", "--ledger", "l.db")
    assert "l.db has no campaign 7" in missing.err
    assert "jsms campaign status --ledger l.db" in missing.err


def test_a_rehearsal_on_a_mock_never_goes_out_by_mistake(shell: Shell, mock: JsmsMock, folder: Path) -> None:
    """Nor the other way round: another address or application is refused, unless it is said."""
    plan(shell, "--ledger", "l.db")
    live = ("--base-url", "https://127.0.0.1:1/v1")
    for words in (
        ("run", "1", "--yes"),
        ("resume", "1", "--yes"),
        ("test", "1", "--to", "13900139000", "--yes"),
        ("pull",),
    ):
        done = shell.piped("campaign", *words, "--ledger", "l.db", *live)
        assert done.code == 1, (words, done)
        assert "planned for" in done.err
        assert "No, nothing was sent." in done.err or words == ("pull",)
        assert "--retarget" in done.err or words == ("pull",)
    shell.env["JSMS_APP_KEY"] = "b" * 24
    other = shell.piped("campaign", "run", "1", "--ledger", "l.db")
    assert "application bbbb-" in other.err
    assert not mock.messages()


def test_another_target_can_be_meant(shell: Shell, mock: JsmsMock, folder: Path) -> None:
    url = shell.env["JSMS_BASE_URL"]
    plan(shell, "--ledger", "l.db")
    with open_ledger(folder / "l.db") as ledger, ledger.database.transaction() as tx:
        tx.execute("UPDATE campaign SET address='https://elsewhere.example/v1'")
    assert shell.piped("campaign", "run", "1", "--ledger", "l.db").code == 1
    assert shell.piped("campaign", "run", "1", "--ledger", "l.db", "--retarget").code == 0
    with open_ledger(folder / "l.db") as ledger:
        assert "retargeted" in [event.what for event in ledger.queries.events(1)]
        target = ledger.queries.campaign(1).target
        assert target is not None
        assert target.address == url


def test_the_question_shows_everything_a_wrong_campaign_could_be_told_by(
    shell: Shell, mock: JsmsMock, folder: Path
) -> None:
    """List, template with the text of the first row, count, units, balance, address, application."""
    from jsmskit import JsmsClient
    from jsmskit.campaigns.reporting import summarize
    from jsmskit.cli.commands.campaign.run import what_is_sent
    from jsmskit.mock import MASTER_SECRET

    plan(shell, "--ledger", "l.db")
    url = shell.env["JSMS_BASE_URL"]
    with open_ledger(folder / "l.db") as ledger, JsmsClient(APP_KEY, MASTER_SECRET, base_url=url) as client:
        lines = what_is_sent(client, ledger, summarize(ledger, 1), 77)
    told = "\n".join(lines)
    for part in ("people.csv", "campaign 1", "Template: 1", "138****8001", "2468", "2 recipients", "about 2 units"):
        assert part in told
    for part in ("77 units are left", url, f"application {APP_KEY[:4]}-"):
        assert part in told
    assert "13800138001" not in told
    assert APP_KEY not in told


def test_wrong_keys_are_told_before_the_question(shell: Shell, mock: JsmsMock, folder: Path) -> None:
    """And not as "this command only reads"."""
    plan(shell, "--ledger", "l.db")
    shell.env["JSMS_MASTER_SECRET"] = "c" * 24
    done = shell.piped("campaign", "run", "1", "--ledger", "l.db")
    assert done.code == 3
    assert "was it sent?  No, nothing was sent." in done.err
    batch = shell.piped("messages", "batch", "people.csv", "--template", "1")
    assert "was it sent?  No, nothing was sent." in batch.err


def test_a_campaign_can_be_tried_on_ones_own_phone(shell: Shell, mock: JsmsMock, folder: Path) -> None:
    """The message of the first row; it is noted, and no recipient changes."""
    plan(shell, "--ledger", "l.db")
    done = shell.piped("campaign", "test", "1", "--to", "+86 139 0013 9000", "--ledger", "l.db", "--json")
    assert json.loads(done.out)["phone"] == "139****9000"
    (message,) = mock.messages()
    assert (message.phone, "2468" in message.text) == ("13900139000", True)
    with open_ledger(folder / "l.db") as ledger:
        assert ledger.queries.counts(1).pending == 2
        assert [event.what for event in ledger.queries.events(1)][-1] == "tested"
        assert "139****9000" in ledger.queries.events(1)[-1].detail
    assert shell.piped("campaign", "run", "1", "--ledger", "l.db").code == 0
    assert "nothing left to send" in shell.piped("campaign", "test", "1", "--to", "13900139000", "--ledger", "l.db").err


def test_a_look_never_makes_a_ledger(shell: Shell, mock: JsmsMock, tmp_path: Path) -> None:
    for words in ("status", "status 1", "unknown 1", "report 1 -o r.csv", "stop 1", "run 1", "pull"):
        done = shell.piped("campaign", *words.split(), "--ledger", "none.db")
        assert str(tmp_path / "none.db") in done.out + done.err
        assert not (tmp_path / "none.db").exists()
