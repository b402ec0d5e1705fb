"""The output of a command: data on standard output, messages on standard error.

At a terminal a table has a header; in a pipe it is a line for each row with TAB between the fields and no
header; with `--json` it is one JSON document. Every text that is written here has its control characters
escaped (`\\x1b`), except `Verbatim`: a recipient who answers a message cannot control the sender's terminal.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import click

from .errors import CommandError
from .exit_codes import ExitCode
from .language import gettext as _
from .language import mark
from .terminal import escape_control_chars, escape_json, wrap_text


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with named columns. A cell of None is empty. `styles` are styles of rich, by column."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    styles: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Named values of one thing; those that are None are left out. At a terminal the words of the program that the
    values named in `translated` have are shown in the user's language.
    """

    pairs: Sequence[tuple[str, object]]
    translated: Collection[str] = ()


class Verbatim(str):
    """Text of the program itself, with its line breaks and styles. Never pass a text from elsewhere in one."""

    __slots__ = ()


LABELS: Final = (
    *(mark("account"), mark("application"), mark("arrived at"), mark("attempts"), mark("category"), mark("check")),
    *(mark("code"), mark("content"), mark("detail"), mark("done"), mark("general"), mark("id"), mark("in use")),
    *(mark("industry"), mark("is default"), mark("kind"), mark("length"), mark("market"), mark("meaning")),
    *(mark("again"), mark("msg id"), mark("name"), mark("now"), mark("params"), mark("phone"), mark("received at")),
    *(mark("remark"), mark("replied at"), mark("schedule id"), mark("send at"), mark("sign"), mark("sign id")),
    *(mark("state"), mark("status"), mark("template"), mark("template id"), mark("text"), mark("title")),
    *(mark("ttl"), mark("type"), mark("units"), mark("variable"), mark("voice"), mark("what")),
    *(mark("yes"), mark("no"), mark("verification"), mark("notice"), mark("marketing")),
    *(mark("probe"), mark("request"), mark("found"), mark("questions"), mark("texts")),
)
"""Names of columns and values, and values that are words, as they are shown at a terminal."""


Shown = Table | KeyValues | str


def stdout_is_tty() -> bool:
    """Whether standard output is a terminal."""
    return _is_terminal(sys.stdout)


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # closed
        return False


def stderr(text: str) -> None:
    """Write a message on standard error; go on if it is closed."""
    escaped = escape_control_chars(text)
    try:
        click.echo(wrap_text(escaped) if _is_terminal(sys.stderr) else escaped, err=True)
    except (OSError, ValueError):
        return


def stderr_if_tty(text: str) -> None:
    """The same, only at a terminal: what programs need is in the data."""
    if _is_terminal(sys.stderr):
        stderr(text)


def show(as_json: bool, data: object, *parts: Shown, done: str = "") -> None:
    """Write the result of a command.

    Args:
        as_json: write one JSON document of `data` instead of the parts.
        data: plain values with stable names.
        parts: the output for people, and for programs that cut lines. A text is one line.
        done: what was carried out, as an answer to "was it sent?"; empty for a command that only reads.

    Raises:
        CommandError: the result cannot be written. It says what was done.
    """
    try:
        if as_json:
            print(escape_json(json.dumps(data, ensure_ascii=False)))
        else:
            for part in parts:
                _print(part)
        sys.stdout.flush()
    except (OSError, ValueError) as error:  # ValueError: closed
        raise lost_output(error, done) from None
    except KeyboardInterrupt as error:
        if not done:
            raise
        raise CommandError(
            _("interrupted while the result was shown."),
            sent=done,
            remedy=_("Do not repeat it."),
            code=ExitCode.TERMINATED if type(error).__name__ == "Terminated" else ExitCode.INTERRUPTED,
        ) from None


def lost_output(error: OSError | ValueError, done: str) -> CommandError:
    """Return the error for a result that could not be written."""
    gone = isinstance(error, OSError) and error.errno == errno.EPIPE
    why = error.strerror if isinstance(error, OSError) else _("it is closed")
    code = ExitCode.RESULT_LOST if done else ExitCode.BROKEN_PIPE if gone else ExitCode.FAILED
    return CommandError(
        _("the result could not be written to standard output: {why}.").format(why=why),
        sent=done or mark("No, this command only reads."),
        remedy=_("Do not repeat it: it was done.") if done else _("Check where the output goes."),
        code=code,
    )


def _print(part: Shown) -> None:
    if isinstance(part, str):
        print(part if isinstance(part, Verbatim) else escape_control_chars(part))
    elif isinstance(part, KeyValues):
        _print_key_values(part)
    elif not (stdout_is_tty() and part.rows and _print_table(part)):
        for row in part.rows:
            print("\t".join("" if cell is None else escape_control_chars(cell) for cell in row))


def _print_key_values(part: KeyValues) -> None:
    pairs = [(name, value) for name, value in part.pairs if value is not None]
    if not stdout_is_tty():
        for name, value in pairs:
            print(f"{name}\t{escape_control_chars(value)}")
        return
    labels = [_label(name) for name, _value in pairs]
    width = max(map(_columns, labels), default=0)
    for label, (name, value) in zip(labels, pairs, strict=True):
        shown = _(str(value)) if name in part.translated else value
        print(f"{label}{' ' * (width - _columns(label))}  {escape_control_chars(shown)}")


def _label(name: str) -> str:
    """Return the name of a column or value as it is shown at a terminal."""
    return _(name.replace("_", " "))


def _columns(text: str) -> int:
    from wcwidth import wcswidth

    return len(text) if text.isascii() else wcswidth(text)


def _print_table(part: Table) -> bool:
    """Print a table; return false without rich."""
    try:
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ModuleNotFoundError:
        return False
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in part.columns:
        table.add_column(_label(column), style=part.styles.get(column, ""), overflow="fold")
    for row in part.rows:
        # Text, not str: brackets in a text are not markup.
        table.add_row(*(Text("" if cell is None else escape_control_chars(cell)) for cell in row))
    Console().print(table)
    return True


def paragraphs(title: str, sections: Sequence[tuple[str, str]]) -> Verbatim:
    """Return a title and named sections for a terminal, the names in bold unless NO_COLOR is set."""
    lines = [_bold(escape_control_chars(title))]
    for name, value in sections:
        lines += ["", _bold(name), "  " + wrap_text(escape_control_chars(value), hang=2, begins=2)]
    return Verbatim("\n".join(lines))


def _bold(text: str) -> str:
    return text if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else click.style(text, bold=True)
