"""`jsms campaign` from plan to purge: what a person types, sees, and is told to type next."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from campaign_service import KEY, SECRET, Service, refusal
from click.testing import CliRunner, Result
from jsmskit import JsmsClient
from jsmskit.campaigns import open_ledger
from jsmskit.campaigns.errors import LedgerError
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import ChunkLease
from jsmskit.campaigns.running.session import WorkerSession as WorkerSession
from jsmskit.campaigns.settings import RunSettings
from jsmskit.cli import connection
from jsmskit.cli.calls_made import calls_made
from jsmskit.cli.commands.campaign import command


class Terminal:
    """Types commands in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # An address of this machine: nothing costs, so nothing is asked.
        env = {"JSMS_LEDGER": str(folder / "ledger.db"), "JSMS_BASE_URL": "http://127.0.0.1:9/v1"}
        self._runner = CliRunner(env=env)

    def live(self) -> Terminal:
        """The same folder, with an address that costs."""
        made = Terminal(self.folder)
        made._runner = CliRunner(
            env={"JSMS_LEDGER": str(self.folder / "ledger.db"), "JSMS_BASE_URL": "https://example.org/v1"}
        )
        return made

    def __call__(self, *words: str, status: int = 0, typed: str | None = None) -> Result:
        result = self._runner.invoke(command, list(words), input=typed)
        assert result.exit_code == status, (result.output, result.exception)
        return result


@pytest.fixture
def service() -> Service:
    made = Service()
    made.templates[7] = {"temp_id": 7, "template": "您好 {{name}}", "type": 2, "status": 1, "remark": ""}
    made.templates[8] = {"temp_id": 8, "template": "x", "type": 3, "status": 0}
    return made


@pytest.fixture
def terminal(tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    def make_client(connection: object) -> JsmsClient:
        return JsmsClient(KEY, SECRET, transport=service, observer=calls_made())

    monkeypatch.setattr(connection, "make_client", make_client)
    with (tmp_path / "people.csv").open("w") as out:
        out.write("phone,name\n12345,x\n")
        out.writelines(f"139{index:08d},=n{index}\n" for index in range(150))
    return Terminal(tmp_path)


def test_a_plan_is_tried_without_keeping_it_and_a_report_is_for_its_user_alone(
    terminal: Terminal, tmp_path: Path
) -> None:
    """The whole way of an operator is on docs/campaigns.md, and typed from there."""
    people = str(tmp_path / "people.csv")
    dry = terminal("plan", people, "--template", "7", "--dry-run")
    assert "Recipients: 150. Requests: 3." in dry.output
    assert "Nothing was kept" in dry.output
    assert "No campaign yet" in terminal("status").output
    terminal("plan", people, "--template", "7")
    terminal("report", "1", "-o", str(tmp_path / "report.csv"))
    assert (tmp_path / "report.csv").stat().st_mode & 0o777 == 0o600


def test_after_a_crash_the_first_line_says_what_to_type(terminal: Terminal, tmp_path: Path) -> None:
    """A chunk in flight, its owner dead: status names resume, resume names unknown, resolve settles."""
    terminal("plan", str(tmp_path / "people.csv"), "--template", "7")
    with open_ledger(tmp_path / "ledger.db") as ledger:
        owner, settings = new_owner(), RunSettings()
        ledger.start(1, owner, settings, resume=False)
        assert isinstance(ledger.claim(1, owner, settings), ChunkLease)
    assert "The last run broke off. Next: jsms campaign resume 1" in terminal("status", "1").output
    resumed = terminal("resume", "1", "--file", str(tmp_path / "people.csv"))
    assert resumed.output.startswith("The last run broke off.")
    assert "Next: jsms campaign unknown 1" in resumed.output
    assert "chunk 1: 10 recipients" in terminal("unknown", "1", "-o", str(tmp_path / "u.csv")).output
    (found,) = json.loads(terminal("unknown", "1", "--json").stdout)
    assert (found["chunk"], found["recipients"]) == (1, 10)
    settled = terminal("resolve", "1", "--as", "not-sent", "--reason", "console", "--chunk", "1")
    assert "Next: jsms campaign resume 1" in settled.output
    assert json.loads(terminal("resume", "1", "--json").stdout)["recipients"]["accepted"] == 150


def test_many_messages_must_be_confirmed(terminal: Terminal, service: Service, tmp_path: Path) -> None:
    """Above a thousand the number is typed, or given by a script; a wrong one sends nothing."""
    with (tmp_path / "many.csv").open("w") as out:
        out.write("phone,name\n")
        out.writelines(f"137{index:08d},n\n" for index in range(1200))
    terminal("plan", str(tmp_path / "many.csv"), "--template", "7")
    live = terminal.live()
    assert "--confirm 1200" in live("run", "1", "--retarget", status=2).output
    assert "nothing was sent" in terminal("run", "1", "--confirm", "12", status=2).output
    assert not service.requests
    assert json.loads(terminal("run", "1", "--json").stdout)["state"] == "finished"  # this costs nothing


def test_a_paused_run_tells_why_and_has_a_status_of_its_own(
    terminal: Terminal, service: Service, tmp_path: Path
) -> None:
    """Scripts see 9; people read the reason."""
    people = terminal.folder / "people.csv"
    terminal("plan", str(people), "--template", "7")
    service.then(lambda phones: (403, {}, b'{"error": {"code": 50014, "message": "no money"}}'))
    assert "It is paused" in terminal("run", "1", status=9).output


def test_a_template_in_review_is_named_in_the_next_command(terminal: Terminal) -> None:
    refused = terminal("plan", str(terminal.folder / "people.csv"), "--template", "8", status=1)
    assert "Next: jsms templates get 8" in refused.output


def test_a_paused_run_speaks_to_the_shell_in_the_users_language(
    terminal: Terminal, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason stands in the ledger; what to do is a command, not a method of Python."""
    terminal("plan", str(terminal.folder / "people.csv"), "--template", "7")
    service.then(lambda phones: refusal(50046, 403))
    assert "`jsms signs create`" in terminal("run", "1", status=9).output
    monkeypatch.setenv("JSMS_LANG", "zh")
    told = terminal("status", "1").output
    assert "`jsms signs create`" in told
    assert not re.search("[a-z]{3,} [a-z]{3,} [a-z]{3,}", re.sub("jsms [a-z]+ [a-z]+", "", told)), told


def _report_decision(result: Result) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(result.output.splitlines()[-1])["error"]
    return told


def test_a_page_that_cannot_be_written_is_told_before_anything_is_sent(
    terminal: Terminal, service: Service, tmp_path: Path
) -> None:
    """Places that are written at the end are looked at in the beginning."""
    terminal("plan", str(tmp_path / "people.csv"), "--template", "7")
    for page, status in (("/no/such/folder/x.html", 1), (str(tmp_path), 2)):
        refused = terminal("run", "1", "--page", page, "--json", status=status)
        assert _report_decision(refused)["sent"] == "No, nothing was sent."
    assert not service.requests
    assert not list(tmp_path.glob("*.partial"))


def test_what_fails_after_a_run_began_is_not_told_as_nothing_sent(
    terminal: Terminal, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page at the end, the disk in the middle, a defect: some were sent, and the ledger says how many."""
    terminal("plan", str(tmp_path / "people.csv"), "--template", "7")
    page = tmp_path / "pages" / "x.html"
    page.parent.mkdir()

    def vanish(phones: list[str]) -> None:
        page.parent.rmdir()

    def fill_the_disk(self: Ledger, *_: object) -> None:
        raise LedgerError("the disk is full.", "Make room.")

    def break_down(self: WorkerSession, *_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("jsmskit.campaigns.running._sync.runner._WAIT_SECONDS", 0)
    for place, failure, words in (
        ((Ledger, "settle"), fill_the_disk, "the disk is full"),
        ((WorkerSession, "settle"), break_down, "unexpected ZeroDivisionError"),
    ):
        with monkeypatch.context() as broken:
            broken.setattr(*place, failure)
            told = _report_decision(terminal("resume" if service.requests else "run", "1", "--json", status=9))
        assert told["sent"] == "Yes, up to here; the ledger says how far."
        assert told["outcome"] == "unknown"
        assert words in told["what"]
        assert "jsms campaign status 1" in told["remedy"]
    service.then(vanish)
    told = _report_decision(terminal("resume", "1", "--page", str(page), "--json", status=9))
    assert "cannot be written" in told["what"]
    assert told["sent"] == "Yes, up to here; the ledger says how far."
    assert len(service.requests) == 3
