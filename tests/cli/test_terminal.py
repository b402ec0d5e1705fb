"""A stranger's text reaches a terminal with every control character written out, wherever it is shown."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from unicodedata import east_asian_width

import pytest
from click.testing import CliRunner
from jsmskit.cli import connection
from jsmskit.cli.errors import CommandError
from jsmskit.cli.output import (
    KeyValues,
    Table,
    Verbatim,
    escape_json,
    paragraphs,
    show_error,
    stderr,
    wrap_text,
    write,
    write_json,
)
from jsmskit.cli.root import command

#: Moves the cursor, in seven and in eight bits; rings; deletes; ends a line in five ways; turns the direction.
HOSTILE = "\x1b[2J\x9b1A\x07\x08\x7f\r\n\x85\u2028\u2029\u202e\u2066\u061c x"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069]")
ERROR = CommandError(HOSTILE, remedy=HOSTILE, sent=HOSTILE, details={"name": HOSTILE})


def log() -> None:
    """What --verbose shows."""
    logger = logging.getLogger("jsmskit")
    before = list(logger.handlers)
    try:
        connection._show_log()
        logger.warning("it said %s", HOSTILE)
    finally:
        logger.handlers[:] = before


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        (lambda: write(HOSTILE), 1),
        (lambda: write(KeyValues([("text", HOSTILE)])), 1),
        (lambda: write(Table(("text",), [[HOSTILE]])), 1),
        (lambda: write(paragraphs("title", [("name", HOSTILE)])), 4),
        (lambda: write_json({"text": HOSTILE, HOSTILE: [HOSTILE]}), 1),
        (lambda: stderr(f"They wrote: {HOSTILE}"), 1),
        (lambda: show_error(ERROR, for_programs=False), 3),
        (lambda: show_error(ERROR, for_programs=True), 1),
        (log, 1),
    ],
)
def test_nothing_that_is_shown_steers_a_terminal(
    shown: Callable[[], None], lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    shown()
    seen = "".join(capsys.readouterr())
    assert not CONTROL.search(seen.replace("\x1b[1mtitle\x1b[0m", "").replace("\x1b[1mname\x1b[0m", ""))
    assert " x" in seen
    assert seen.count("\n") == lines


def test_escaped_json_says_the_same() -> None:
    assert json.loads(escape_json(json.dumps(HOSTILE, ensure_ascii=False))) == HOSTILE


def test_only_text_of_the_program_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    write(Verbatim("one\ntwo"))
    assert capsys.readouterr().out == "one\ntwo\n"


@pytest.mark.parametrize("words", [["wait"], ["wait", "--json"], ["messages"], ["messages", "--json"]])
def test_what_a_mock_shows_is_escaped(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    message = {"id": 1, "sent_at": 1, "phone": "13800138000", "kind": "text", "code": HOSTILE, "text": HOSTILE}
    found = {"messages": [message], "dropped": False} if words[0] == "messages" else message
    monkeypatch.setattr("jsmskit.cli.commands.mock.Mock.call", lambda *given, **other: found)
    done = CliRunner().invoke(command, ["mock", *words])
    assert done.exit_code == 0, done.output
    assert not CONTROL.search(done.output)
    assert done.output.count("\n") == 1


@pytest.mark.parametrize("width", [40, 61, 100])
def test_broken_lines_lose_nothing(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Latin text between words, Chinese anywhere; no line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", str(width))
    words = "Check the number with its owner; 请在控制台核对模板，确认该模板属于当前密钥对应的应用。 a-long-word " * 3

    broken = wrap_text(words.strip(), hang=4)

    lines = broken.splitlines()
    assert "".join(broken.split()) == "".join(words.split())
    assert all(line.startswith("    ") and line[4] != " " for line in lines[1:])
    assert all(sum(2 if east_asian_width(mark) in "WF" else 1 for mark in line) <= width for line in lines)
