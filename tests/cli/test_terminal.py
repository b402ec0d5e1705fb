"""A stranger's text reaches a terminal with every control character written out, wherever it is shown."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from jsmskit.cli import connection
from jsmskit.cli.errors import CommandError
from jsmskit.cli.output import (
    KeyValues,
    Table,
    Verbatim,
    escape_control_chars,
    escape_json,
    paragraphs,
    show_error,
    stderr,
    write,
    write_json,
)
from jsmskit.cli.root import command

from tests.cli.shell import Shell

#: Moves the cursor, in seven and in eight bits; rings; deletes; ends a line in five ways; turns the direction.
HOSTILE = "\x1b[2J\x9b1A\x07\x08\x7f\r\n\x85\u2028\u2029\u202e\u2066\u061c x"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def plain(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """After the test: nothing that reached a stream could steer a terminal, and no line was added."""
    yield
    seen = capsys.readouterr()
    assert not CONTROL.search(seen.out + seen.err)
    assert " x" in seen.out + seen.err
    assert (seen.out + seen.err).count("\n") == 1


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("part", [HOSTILE, KeyValues([("text", HOSTILE)]), Table(("text",), [[HOSTILE]])])
def test_every_kind_of_output_is_escaped(part: str | KeyValues | Table) -> None:
    write(part)


@pytest.mark.usefixtures("plain")
def test_json_is_escaped_and_says_the_same() -> None:
    write_json({"text": HOSTILE, HOSTILE: [HOSTILE]})
    assert json.loads(escape_json(json.dumps(HOSTILE, ensure_ascii=False))) == HOSTILE


@pytest.mark.usefixtures("plain")
def test_a_message_is_escaped() -> None:
    stderr(f"They wrote: {HOSTILE}")


@pytest.mark.parametrize("for_programs", [False, True])
def test_an_error_is_escaped(for_programs: bool, capsys: pytest.CaptureFixture[str]) -> None:
    error = CommandError(HOSTILE, remedy=HOSTILE, sent=HOSTILE, details={"name": HOSTILE})
    show_error(error, for_programs=for_programs)
    seen = capsys.readouterr().err
    assert not CONTROL.search(seen)
    assert seen.count("\n") == (1 if for_programs else 3)


def test_the_log_of_verbose_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("jsmskit")
    before = list(logger.handlers)
    try:
        connection._show_log()
        logger.warning("it said %s", HOSTILE)
    finally:
        logger.handlers[:] = before
    seen = capsys.readouterr().err
    assert not CONTROL.search(seen)
    assert seen.count("\n") == 1


def test_only_text_of_the_program_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    write(Verbatim("one\ntwo"), paragraphs("title", [("name", HOSTILE)]))
    seen = capsys.readouterr().out
    assert seen.startswith("one\ntwo\n")
    assert escape_control_chars(HOSTILE) in seen


@pytest.mark.parametrize("words", [["wait"], ["wait", "--json"], ["messages"], ["messages", "--json"]])
def test_what_a_mock_shows_is_escaped(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    message = {"id": 1, "sent_at": 1, "phone": "13800138000", "kind": "text", "code": HOSTILE, "text": HOSTILE}
    found = {"messages": [message], "dropped": False} if words[0] == "messages" else message
    monkeypatch.setattr("jsmskit.cli.commands.mock.Mock.call", lambda *given, **other: found)
    done = CliRunner().invoke(command, ["mock", *words])
    assert done.exit_code == 0, done.output
    assert not CONTROL.search(done.output)
    assert done.output.count("\n") == 1


def test_json_with_a_mock_is_one_document(shell: Shell) -> None:
    """Standard output and standard error together: the note about the mock is for people."""
    done = shell.piped("balance", "--mock", "--json")
    assert done.code == 0, done
    assert json.loads(done.out + done.err)
    assert "nothing reaches a phone" in shell.piped("balance", "--mock").err
