"""`jsms reports` and `replies`: each record is handed out once, so none may get lost here."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsmskit import JsmsClient
from jsmskit.cli import connection
from jsmskit.cli.commands import reports
from jsmskit.cli.root import command
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from shell import Shell

PHONE = "13800138000"


def test_records_are_added_to_a_private_file(shell: Shell, mock: JsmsMock, tmp_path: Path) -> None:
    for text in ("一", "二"):
        mock.reply(PHONE, text, app_key=APP_KEY)
        mock.advance(10)
        assert shell.piped("replies", "-o", "replies.jsonl").out == ""

    place = tmp_path / "replies.jsonl"
    assert [json.loads(line)["content"] for line in place.read_text().splitlines()] == ["一", "二"]
    assert place.stat().st_mode & 0o777 == 0o600


def test_nothing_there_is_no_error(shell: Shell, mock: JsmsMock) -> None:
    assert shell.piped("reports").out == ""
    mock.advance(10)
    assert "No records." in shell.terminal("reports").ends().screen


def test_too_soon_is_told_as_such(shell: Shell, mock: JsmsMock) -> None:
    """Two pulls must be 5 seconds apart."""
    shell.piped("reports")
    assert shell.piped("reports").code == 5


def test_following_pulls_again_after_the_interval(
    served: tuple[JsmsMock, str], mock: JsmsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each record is a document of its own then; Ctrl-C during the wait ends it."""
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        mock.advance(seconds)
        if len(waits) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        mock.reply(PHONE, f"{len(waits)}", app_key=APP_KEY)

    monkeypatch.setattr(reports.time, "sleep", sleep)
    env = {"JSMS_APP_KEY": APP_KEY, "JSMS_MASTER_SECRET": MASTER_SECRET, "JSMS_BASE_URL": f"{served[1]}/v1"}
    done = CliRunner(env=env).invoke(command, ["replies", "--follow", "--json"], prog_name="jsms")

    assert done.exit_code == 0, done.output
    assert waits == [5.0, 5.0]
    assert [json.loads(line)["content"] for line in done.stdout.splitlines()] == ["1"]


def test_a_record_that_cannot_be_read_is_shown_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is gone at the service all the same."""

    class Odd:
        def exchange(self, *args: object, **kwargs: object) -> tuple[int, dict[str, str], bytes]:
            return 200, {"content-type": "application/json"}, b'[{"phone": "x", "content": 1}]'

        def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setattr(connection, "make_client", lambda asked: JsmsClient(APP_KEY, MASTER_SECRET, transport=Odd()))
    done = CliRunner().invoke(command, ["replies", "--json"], prog_name="jsms")

    assert json.loads(done.stdout)["unreadable"] == [{"phone": "x", "content": 1}], done.output
