"""What goes wrong: three lines, one exit code a kind, no traceback, and an honest word on what was sent."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from signal import SIGINT, SIGTERM

import pytest
from click.testing import CliRunner
from jsmskit import JsmsClient, spec
from jsmskit.cli import connection, parameters
from jsmskit.cli.root import command
from jsmskit.mock import INSTALL, Fault, FaultKind, JsmsMock
from shell import Done, Shell

PHONE = "13800138000"
SEND = ("codes", "send", PHONE)
#: No mock, as far as anybody can tell without asking; and nothing that answers.
REAL = {
    "JSMS_BASE_URL": "https://jsms.invalid/v1",
    "JSMS_APP_KEY": "a" * 24,
    "JSMS_MASTER_SECRET": "b" * 24,
    "JSMS_DEV_KEY": "",
    "JSMS_DEV_SECRET": "",
}


def three(done: Done) -> tuple[str, str, str]:
    """The three lines of a failure, and nothing else on standard error."""
    happened, sent, remedy = done.err.splitlines()
    assert done.out == ""
    assert happened.startswith("jsms")
    assert sent.startswith("  was it sent?  ")
    assert remedy.startswith("  what to do:   ")
    return happened, sent.removeprefix("  was it sent?  "), remedy.removeprefix("  what to do:   ")


@pytest.mark.parametrize(
    ("words", "env", "code", "happened", "sent"),
    [
        (("codes", "sned", PHONE), {}, 2, r"No such command 'sned'. Did you mean 'send'\?", "No, "),
        (("codes", "send"), {}, 2, "Missing argument 'PHONE'", "No, "),
        (("--mock", "balance"), {}, 2, "No such option", "No, "),
        (("messages", "send", PHONE, "--template", "1", "-p", "x"), {}, 2, "is not NAME=VALUE", "No, "),
        (("schedules", "create", PHONE, "--template", "1", "--at", "tomorrow"), {}, 2, "is not a time", "No, "),
        (("mock", "advance", "soon"), {}, 2, "is not a duration", "No, "),
        (SEND, {"JSMS_APP_KEY": ""}, 3, "JSMS_APP_KEY is not set", "No, "),
        (SEND, {"JSMS_APP_KEY": "short"}, 3, "app_key is malformed", "No, "),
        (SEND, {"JSMS_APP_KEY": "0" * 24}, 3, "50002", "No, it was refused"),
        (
            SEND,
            {"JSMS_BASE_URL": "http://example.com/v1", "JSMS_APP_KEY": "0" * 24},  # no sample key
            3,
            "must begin with https",
            "No, ",
        ),
        (SEND, {"JSMS_APP_KEY_FILE": "/x"}, 3, "are both set", "No, "),
        (("codes", "send", "1380013800"), {}, 4, r"138\*{4} has 10 digits", "No, nothing was sent"),
        (("messages", "send", PHONE, "--template", "77"), {}, 4, "50013", "No, it was refused"),
        (("schedules", "get", "none"), {}, 4, "500", "No, this command only reads"),
        (("signs", "get", "1"), {}, 4, "50102", "No, this command only reads"),
        (("balance", "--base-url", "http://127.0.0.1:1/v1"), {}, 7, "cannot be reached", "No, this"),
        ((*SEND, "--base-url", "http://127.0.0.1:1/v1"), {}, 7, "cannot be reached", "No, nothing"),
        (("mock", "reset", "--url", "http://127.0.0.1:1"), {}, 7, "no mock answers", "No, "),
        (("mock", "wait", "--seconds", "0"), {}, 10, "no new message", "No, "),
        (("explain", "60000"), {}, 10, "is not a return code", "No, "),
        (("messages", "batch", "/none.csv", "--template", "1"), {}, 1, "No such file", "No, "),
        (("spec", "-o", "/dev/null/x"), {}, 1, "/dev/null/x: Not a directory", "No, "),
        (("reports", "-o", "/dev/null/x"), {}, 1, "/dev/null/x: Not a directory", "No, "),
        (("balance", "--profile", "nobody"), {}, 3, "keyring", "No, "),
        (("help", "nonsense"), {}, 2, "No such command", "No, "),
        (("explain", "\udcff\udcfe"), {}, 10, r"\\udcff\\udcfe' is not a return code", "No, "),
    ],
)
def test_each_kind_has_its_exit_code_and_three_lines(
    shell: Shell, mock: JsmsMock, words: tuple[str, ...], env: dict[str, str], code: int, happened: str, sent: str
) -> None:
    done = shell.piped(*words, env=env)

    lines = three(done)
    assert done.code == code, done
    assert re.search(happened, lines[0]), lines
    assert lines[1].startswith(sent)
    assert lines[2]


@pytest.mark.parametrize(
    ("fault", "code", "sent"),
    [
        (Fault(FaultKind.DROP, times=5), 8, "Unknown: it may have been sent."),
        (Fault(FaultKind.MALFORMED, times=5), 8, "Probably yes."),
        (Fault(FaultKind.STATUS, status=500, times=5), 8, "Unknown: it may have been sent."),
        (Fault(FaultKind.CODE, code=50002), 3, "No, it was refused."),
        (Fault(FaultKind.CODE, code=50009), 5, "No, it was refused."),
        (Fault(FaultKind.CODE, code=50014), 6, "No, it was refused."),
        (Fault(FaultKind.CODE, code=50013), 4, "No, it was refused."),
    ],
)
def test_refusals_are_told_apart_and_a_lost_response_is_never_called_unsent(
    shell: Shell, mock: JsmsMock, fault: Fault, code: int, sent: str
) -> None:
    """If the request was whole, nobody on this side can tell whether it was carried out."""
    mock.faults.add(replace(fault, operation="sendMessage"))

    done = shell.piped("messages", "send", PHONE, "--template", "1", "-p", "code=1")

    assert (done.code, three(done)[1]) == (code, sent), done
    if fault.code is not None:
        assert f"(More: jsms explain {fault.code})" in three(done)[2]


def test_with_json_an_error_is_a_document(shell: Shell, mock: JsmsMock) -> None:
    refused = shell.piped("messages", "send", PHONE, "--template", "77", "--json")
    typed_wrongly = shell.piped("codes", "send", "--json")

    error = json.loads(refused.err)["error"]
    told = (error["code"], error["name"], error["exit_code"], error["outcome"])
    assert (refused.out, told) == ("", (50013, "INVALID_TEMP_ID", 4, "rejected"))
    assert set(error) >= {"command", "what", "sent", "remedy", "kind", "operation", "http_status", "field"}
    assert json.loads(typed_wrongly.err)["error"]["exit_code"] == 2


def test_a_part_that_is_refused_is_data_and_an_exit_code(shell: Shell, mock: JsmsMock) -> None:
    """9: the rows say who; no line of it is an error."""
    lines = "\n".join(["13800138000", "+86 138-0013-8001", "13800138000"])

    done = shell.piped("messages", "batch", "-", "--template", "1", "-p", "code=1", "--allow-duplicates", typed=lines)

    rows = [line.split("\t") for line in done.out.splitlines()]
    assert done.code == 9, done
    assert [row[1] for row in rows].count("accepted") == 2
    assert [row[3:] for row in rows if row[1] == "rejected"] == [["50034", "REPEAT_SEND"]]


class HangingService:
    """Takes a request whole and never answers."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"

    def takes_a_request(self) -> None:
        """Wait until a request is here."""
        self._listener.settimeout(60)
        self._connection, _ = self._listener.accept()
        content = b""
        while b'"mobile"' not in content and b"GET" not in content:
            content += self._connection.recv(65536)


@pytest.fixture
def hanging() -> Iterator[HangingService]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = HangingService(listener)
        yield made
        made._connection.close()


@pytest.mark.parametrize("how", ["key", "signal"])
def test_ctrl_c_during_a_send_says_what_may_have_been_sent(shell: Shell, hanging: HangingService, how: str) -> None:
    """130 by the key, 143 by SIGTERM; never "nothing was sent"."""
    terminal = shell.terminal(*SEND, env={"JSMS_BASE_URL": hanging.url})
    hanging.takes_a_request()
    (terminal.presses(b"\x03") if how == "key" else terminal.gets(SIGTERM))

    done = terminal.ends()

    assert done.code == (130 if how == "key" else 143)
    assert "while sendCode was in flight." in done.said
    assert "was it sent? Unknown: it may have been sent." in done.said
    assert "Find out before you repeat it" in done.said
    assert "Traceback" not in done.screen


def test_ctrl_c_before_a_send_says_that_nothing_was_sent(shell: Shell) -> None:
    terminal = shell.terminal(*SEND, env=REAL)

    done = terminal.sees("Send it? [y/N]").ends_by(b"\x03")

    assert done.code == 130
    assert "was it sent? No, nothing was sent." in done.said


def test_ctrl_c_during_a_pull_says_what_may_be_lost(shell: Shell, hanging: HangingService) -> None:
    """The first waits for the records that are on their way; the second gives them up, and says so."""
    terminal = shell.terminal("reports", env={"JSMS_BASE_URL": hanging.url})
    hanging.takes_a_request()

    done = terminal.gets(SIGINT).sees("again").gets(SIGINT).ends()

    assert done.code == 130
    assert "up to 500 records may be lost" in done.said


def test_money_is_asked_about_at_a_terminal(shell: Shell) -> None:
    """Masked number, and no is no; the service is never asked to send."""
    done = shell.terminal(*SEND, env=REAL).sees("138****8000").sees("Send it? [y/N]").types("n").ends()

    assert done.code == 10
    assert PHONE not in done.screen


@pytest.mark.parametrize(
    "words",
    [
        SEND,
        ("codes", "voice", PHONE),
        ("messages", "send", PHONE, "--template", "1"),
        ("messages", "batch", "-", "--template", "1"),
        ("schedules", "create", PHONE, "--template", "1", "--at", "+1h"),
        ("schedules", "batch", "-", "--template", "1", "--at", "+1h"),
        ("templates", "delete", "1"),
        ("signs", "delete", "1"),
    ],
)
def test_where_nobody_can_be_asked_a_script_says_that_it_means_it(shell: Shell, words: tuple[str, ...]) -> None:
    """Without --yes the exit code is that of wrong usage, and nothing was done; with it, it is tried."""
    refused = shell.piped(*words, typed=f"{PHONE}\n", env=REAL)
    tried = shell.piped(*words, "--yes", typed=f"{PHONE}\n", env=REAL)

    assert (refused.code, three(refused)[1]) == (2, "No, nothing was sent."), refused
    assert "--yes" in three(refused)[2]
    assert tried.code == 7, tried


@pytest.mark.parametrize("words", [SEND, ("schedules", "create", PHONE, "--template", "1", "--at", "+1h")])
def test_keys_that_are_refused_before_the_question_sent_nothing(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template is read for the question; a command that asks is never one that "only reads"."""

    class Refusing:
        def exchange(self, *args: object, **kwargs: object) -> tuple[int, dict[str, str], bytes]:
            return 401, {"content-type": "application/json"}, b'{"error": {"code": 50002, "message": "auth failed"}}'

        def close(self) -> None:
            """Nothing is open."""

    key = "a" * 24
    monkeypatch.setattr(connection, "make_client", lambda asked: JsmsClient(key, key, transport=Refusing()))
    monkeypatch.setattr(parameters, "is_interactive", lambda: True)
    done = CliRunner(env=REAL).invoke(command, words, prog_name="jsms")
    assert (done.exit_code, "No, nothing was sent." in done.output) == (3, True), done.output


def test_a_result_that_cannot_be_written_is_told_with_what_was_done(
    shell: Shell, mock: JsmsMock, tmp_path: Path
) -> None:
    """11 where something was sent, with its id; a quiet 141 where the command only read."""
    read, write = os.pipe()
    os.close(read)
    sent = shell.piped(*SEND, out=write)
    looked = shell.piped("balance", out=write)
    os.close(write)
    with Path("/dev/full").open("w") as full:
        unwritten = shell.piped("balance", out=full.fileno())

    (message,) = mock.messages(PHONE)
    assert (sent.code, three(sent)[1]) == (11, f"Yes, accepted: msg_id {message.msg_id}.")
    assert (looked.code, looked.err) == (141, "")
    assert (unwritten.code, "No space left" in unwritten.err) == (1, True)


def test_pulled_records_that_cannot_be_shown_are_kept(shell: Shell, mock: JsmsMock, tmp_path: Path) -> None:
    """The service has them no more."""
    shell.piped("messages", "send", PHONE, "--template", "1", "-p", "code=1")
    mock.advance(60)
    with Path("/dev/full").open("w") as full:
        done = shell.piped("reports", out=full.fileno(), env={"TMPDIR": str(tmp_path)})

    (kept,) = tmp_path.glob("jsms-reports-*.jsonl")
    assert done.code == 11
    assert str(kept) in three(done)[2]
    assert json.loads(kept.read_text())["phone"] == PHONE
    assert kept.stat().st_mode & 0o777 == 0o600


def test_what_a_terminal_cannot_show_is_escaped(shell: Shell, mock: JsmsMock) -> None:
    done = shell.piped("templates", "get", "1", encoding="ascii")

    assert (done.code, done.err) == (0, "")
    assert "\\u9a8c" in done.out


def test_following_ends_by_ctrl_c_and_loses_nothing(shell: Shell, mock: JsmsMock, tmp_path: Path) -> None:
    """Each record is written before the next pull; Ctrl-C between two pulls is the way to end, and success."""
    mock.reply(PHONE, "TD", app_key=shell.env["JSMS_APP_KEY"])

    done = shell.terminal("replies", "--follow").sees("TD").presses(b"\x03").ends()

    assert done.code == 0, done.out


def test_a_defect_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(form: str) -> str:
        raise KeyError("a secret")

    monkeypatch.setattr(spec, "read_text", broken)
    done = CliRunner().invoke(command, ["spec"], prog_name="jsms")

    assert done.exit_code == 1
    assert "unexpected KeyError (tests.cli.test_failures:" in done.output
    assert "JSMS_DEBUG=1" in done.output
    assert "a secret" not in done.output


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("explain 50013 >&-", 1, "could not be written to standard output: Bad file descriptor"),
        ("--help >&-", 1, "Bad file descriptor"),
        ("codes send 13800138000 >&-", 11, "Yes, accepted: msg_id "),
        ("codes verify 1 - <&-", 10, ""),
        ("explain 1 2>&-", 10, ""),
        ("explain 50013 <&- >&- 2>&-", 1, ""),
    ],
)
def test_streams_that_are_closed_are_no_defect(shell: Shell, mock: JsmsMock, line: str, code: int, told: str) -> None:
    """As daemons and careless scripts start us; real processes, since Python itself meets it first."""
    words = f"{shlex.quote(sys.executable)} -m jsmskit {line}"

    done = subprocess.run(["sh", "-c", words], env=shell.env, capture_output=True, text=True, check=False)

    assert done.returncode == code, done
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("missing", "words", "remedy"),
    [
        ("click", ("balance",), "pip install click rich"),
        ("starlette", ("mock", "serve", "--port", "0"), INSTALL),
        ("keyring", ("balance", "--profile", "x"), "pip install keyring"),
        ("procrastinate", ("worker",), "pip install procrastinate"),
    ],
)
def test_a_missing_extra_is_told_with_its_name(missing: str, words: tuple[str, ...], remedy: str) -> None:
    program = "import sys; sys.modules[sys.argv.pop(1)] = None; from jsmskit.cli import main; main()"
    run = [sys.executable, "-c", program, missing, *words]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=60)

    assert (done.stdout, done.stderr.count("\n")) == ("", 3), done
    assert f"needs the library {missing}." in done.stderr
    assert remedy in done.stderr


@pytest.mark.parametrize("words", [(), ("codes",), ("campaign",)])
def test_no_words_at_all_ask_for_help(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell.piped(*words)

    assert (done.code, done.err) == (0, "")
    assert done.out == shell.piped(*words, "--help").out
