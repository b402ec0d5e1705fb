"""The output of a command: data on standard output, messages on standard error.

At a terminal a table has a header; in a pipe it is a line for each row with TAB between the fields and no
header; with `--json` it is one JSON document. Every text that is written here has its control characters
escaped (`\\x1b`), except `Verbatim`: a recipient who answers a message cannot control the sender's terminal.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import click

from .errors import ONLY_READS, CommandError, interrupted_by
from .exit_codes import ExitCode
from .language import gettext as _
from .language import is_chinese, mark, without_space

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def flag(*names: str, text: str) -> Callable[[Decorated], Decorated]:
    """An option that is looked up where it matters (`is_given`), not handed down as an argument."""

    def note(context: click.Context, option: click.Parameter, given: bool) -> None:
        context.meta[names[-1]] = given

    return click.option(*names, is_flag=True, expose_value=False, callback=note, help=text)


def is_given(name: str) -> bool:
    """Whether a flag was given to the command that runs."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(name))


json_option = flag("--json", text="Print one JSON document.")


def wants_json() -> bool:
    """Whether the result is written as JSON, for a program."""
    return is_given("--json")


# Control characters, line and paragraph separators, half surrogates, and the marks that turn the direction of
# text around.
_CONTROL: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]"
)
_MAX_WIDTH: Final = 100
#: wcwidth takes quadratic time for a long word, and Chinese is one word: 4 times the steps for twice the length.
_MAX_LENGTH: Final = 1000
_SHORT: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def escape_control_chars(text: object) -> str:
    """Return the text with every control character written out (`\\x1b`), so that nothing in it moves the
    cursor, ends a line or a field, or turns the direction of writing.
    """
    return _CONTROL.sub(_escaped, str(text))


def escape_json(document: str) -> str:
    """Return a JSON document with the control characters that JSON allows in a text escaped (`\\u009b`)."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    return _SHORT.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}")


def wrap_text(text: str, *, hang: int = 0) -> str:
    """Return a line broken to fit the terminal: Latin text between words, Chinese anywhere.

    The lines after the first are indented by `hang` columns. A text of more than 1000 characters stays as it is: the
    terminal breaks it.
    """
    if len(text) > _MAX_LENGTH:
        return text
    from shutil import get_terminal_size

    from wcwidth import wrap

    width = max(min(get_terminal_size().columns, _MAX_WIDTH), hang + 20)
    return "\n".join(wrap(text, width, subsequent_indent=" " * hang, break_on_hyphens=False))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with named columns. A cell of None is empty."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]


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
    *(mark("verification code"), mark("times"), mark("seed"), mark("seen"), mark("struck"), mark("remaining")),
    *(mark("operation"), mark("refuse reason"), mark("url"), mark("delivered"), mark("count"), mark("outcome")),
)
"""Names of columns and values, and values that are words, as they are shown at a terminal."""


Shown = Table | KeyValues | str


def stdout_is_tty() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def stderr(text: str) -> None:
    """Write a message on standard error; go on if it is closed."""
    escaped = escape_control_chars(text)
    try:
        click.echo(wrap_text(escaped) if sys.stderr.isatty() else escaped, err=True)
    except (OSError, ValueError):
        return


def stderr_if_tty(text: str) -> None:
    """The same, only for people at a terminal: what programs need is in the data."""
    if sys.stderr.isatty() and not wants_json():
        stderr(text)


def show(data: object, *parts: Shown, done: str = "") -> None:
    """Write the result of a command: with --json one document of `data`, else the parts, as `write` does."""
    if wants_json():
        write_json(data, done=done)
    else:
        write(*parts, done=done)


def write_json(data: object, *, done: str = "") -> None:
    """Write one JSON document of plain values with stable names."""
    write(Verbatim(escape_json(json.dumps(data, ensure_ascii=False))), done=done)


def write(*parts: Shown, done: str = "") -> None:
    """Write data for people, and for programs that cut lines. A text is one line.

    done: what was carried out, as an answer to "was it sent?"; empty for a command that only reads.

    Raises `CommandError` if it cannot be written, which says what was done.
    """
    try:
        for part in parts:
            _print(part)
        sys.stdout.flush()
    except (OSError, ValueError) as error:  # ValueError: closed
        raise _lost_output(error, done) from None
    except KeyboardInterrupt as error:
        if not done:
            raise
        raise CommandError(
            _("interrupted while the result was shown."),
            sent=done,
            remedy=_("Do not repeat it."),
            code=interrupted_by(error),
        ) from None


def show_error(error: CommandError, *, for_programs: bool) -> None:
    """Write the three lines of an error to standard error, or its JSON document."""
    click.echo(escape_json(error.as_json()) if for_programs else _three_lines(error), err=True)


def _three_lines(error: CommandError) -> str:
    sent, remedy = _("was it sent?"), _("what to do:")
    columns = 0 if is_chinese() else max(len(sent), len(remedy))
    what, answer, advice = (
        escape_control_chars(without_space(text)) for text in (error.what, error.sent, error.remedy)
    )
    lines = (f"{error.command or 'jsms'}: {what}", f"  {sent:<{columns}}  {answer}", f"  {remedy:<{columns}}  {advice}")
    if not sys.stderr.isatty():
        return "\n".join(lines)
    hang = 2 + (2 if is_chinese() else 1) * len(sent) + 2
    return "\n".join(wrap_text(line, hang=hang) for line in lines)


def _lost_output(error: OSError | ValueError, done: str) -> CommandError:
    gone = isinstance(error, OSError) and error.errno == errno.EPIPE
    why = error.strerror if isinstance(error, OSError) else _("it is closed")
    code = ExitCode.RESULT_LOST if done else ExitCode.BROKEN_PIPE if gone else ExitCode.FAILED
    return CommandError(
        _("the result could not be written to standard output: {why}.").format(why=why),
        sent=done or ONLY_READS,
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
    return _(name.replace("_", " "))


def _columns(text: str) -> int:
    from wcwidth import wcswidth

    return len(text) if text.isascii() else wcswidth(text)


def _print_table(part: Table) -> bool:
    """Print a table; return false without rich: what was sent is shown in any case."""
    try:
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ModuleNotFoundError:
        return False
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in part.columns:
        table.add_column(_label(column), overflow="fold")
    for row in part.rows:
        # Text, not str: brackets in a text are not markup.
        table.add_row(*(Text("" if cell is None else escape_control_chars(cell)) for cell in row))
    Console().print(table)
    return True


def paragraphs(title: str, sections: Sequence[tuple[str, str]]) -> Verbatim:
    """Return a title and named sections for a terminal, the names in bold unless NO_COLOR is set."""
    lines = [_bold(escape_control_chars(title))]
    for name, value in sections:
        lines += ["", _bold(name), wrap_text("  " + escape_control_chars(value), hang=2)]
    return Verbatim("\n".join(lines))


def _bold(text: str) -> str:
    return text if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else click.style(text, bold=True)
