"""`jsms help`: what belongs to no single command.

Knows the texts. Must not know how anything is done; tables come from where they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import click

from ..connection import json_option
from ..exit_codes import EXIT_CODES
from ..framework import Command
from ..output import Table, Verbatim, show, stdout_is_tty
from ..terminal import wrap_text

__all__ = ["ENVIRONMENT", "TOPICS", "command"]

ENVIRONMENT: Final[Mapping[str, str]] = {
    "JSMS_APP_KEY": "Key of the application.",
    "JSMS_MASTER_SECRET": "Its secret.",
    "JSMS_DEV_KEY": "Key of the account; only `jsms balance --account` needs it.",
    "JSMS_DEV_SECRET": "Its secret.",
    "JSMS_BASE_URL": "Address of the service, or of a mock.",
    "..._FILE": "Each of the five above also as the path of a file with the value (JSMS_APP_KEY_FILE ...).",
    "JSMS_PROFILE": "Which entry of the keyring is used where the environment has no keys.",
    "JSMS_CA_FILE": "Authorities (PEM) to trust instead of the public ones, for a proxy that signs anew.",
    "HTTPS_PROXY, NO_PROXY": "The proxy to go through, and for which hosts not.",
    "JSMS_MOCK_URL": "Where --mock and `jsms mock ...` find a mock.",
    "JSMS_MOCK_TOKEN": "What the mock's control calls must show.",
    "JSMS_LEDGER": "The ledger of campaigns: a file, or postgresql://...",
    "JSMS_ENGINE": "How `jsms campaign run` sends: embedded, or procrastinate.",
    "NO_COLOR": "No colours (any value).",
    "JSMS_DEBUG": "Show the traceback of a defect (any value).",
}
"""Every variable of the environment that is read."""

# Paragraphs stand apart by an empty line; where they are broken is the terminal's affair.
_ENVIRONMENT: Final = """\
Keys never stand on the command line, where every user of the machine can read them. They are taken from the first
of these that has any: --profile NAME (keyring); the environment, a variable or the file that its twin ..._FILE
names; the keyring, if jsmskit[keyring] is installed and `jsms login` was typed. All from one place, never a half
from each. `jsms doctor` says where each value came from."""

_OUTPUT: Final = """\
Data goes to standard output, everything else to standard error.

At a terminal, lists are tables with a head. In a pipe, a line each with TAB between the fields and no head; TABs,
line breaks and control characters inside a field are written \\t, \\n, \\x1b.

With --json there is one JSON document; names of fields do not change within a major version, new ones may come.
An error is one JSON document on standard error then: {"error": {"command", "what", "sent", "remedy", "exit_code",
and where they apply "kind", "operation", "outcome", "code", "name", "http_status", "field", "attempts",
"retry_after"}}.

Colours only at a terminal, and never with NO_COLOR."""

_PRIVACY: Final = """\
Where you asked for data (a list of recipients, reports, replies, a schedule, the mock's inbox), numbers are whole:
on standard output, in JSON, in files, which only you can read (0600). Everywhere else - questions, errors, progress,
logs, --verbose - they are masked (138****8000). Keys and secrets are never shown, codes only by the mock."""

_SENDING: Final = """\
A command that costs money asks first, if somebody sits at the terminal; it shows the masked number, the text and the
units that are billed, as far as they can be known. --yes answers beforehand. Where nobody can be asked and --yes is
missing, the command does nothing and ends with exit code 2. On a mock of this machine nothing is asked.

Nothing that may have been sent is ever sent again by itself. After exit code 8, or Ctrl-C while a request was under
way, look before you repeat: `jsms reports`, or the send log of the console."""


_FILES: Final = """\
A list of recipients is a workbook (.xlsx, .xls, .ods; the first sheet, or --sheet), CSV, JSON lines
({"phone": "...", "params": {"code": "..."}}, or all values flat), or plain numbers, one a line. A minus sign is
standard input. The kind is found by looking at the content.

The column of the phone numbers is found by its heading (phone, Mobile No., 手机号, 联系电话 ...), or said with
--phone-column; each variable of the template has a column of its own name, or --map NAME=COLUMN. An empty cell is a
missing value: --param NAME=VALUE fills it, else the row is set aside. Blanks around values are cut off.

Set aside, with row and reason, are rows without a good number, with a value that is missing, is no text (JSON true,
null, lists, numbers) or was damaged by a spreadsheet (1.38E+10, 13800138000.0), too long a text, an earlier row's
number, and a field in quotation marks that runs over a line break (but with --multiline). --set-aside FILE lists them.
Empty rows, a sep= line and titles above the header are skipped. Quotation marks that never end refuse the file."""


def _exit_codes(as_json: bool) -> None:
    columns = ("code", "meaning", "again")
    rows = [(int(code), info.meaning, info.again) for code, info in EXIT_CODES.items()]
    show(as_json, [dict(zip(columns, row, strict=True)) for row in rows], Table(columns, rows))


def _environment(as_json: bool) -> None:
    rows = Table(("variable", "meaning"), list(ENVIRONMENT.items()))
    show(as_json, dict(ENVIRONMENT), rows, *([_laid_out(_ENVIRONMENT)] if stdout_is_tty() else []))


def _laid_out(words: str) -> str:
    """A line a paragraph in a pipe; at a terminal broken to fit, with room between."""
    paragraphs = [" ".join(paragraph.split("\n")) for paragraph in words.split("\n\n")]
    return Verbatim("\n\n".join(map(wrap_text, paragraphs)) if stdout_is_tty() else "\n".join(paragraphs))


def _text(words: str) -> Callable[[bool], None]:
    return lambda as_json: show(as_json, " ".join(words.split()), _laid_out(words))


TOPICS: Final[Mapping[str, Callable[[bool], None]]] = {
    "exit-codes": _exit_codes,
    "environment": _environment,
    "output": _text(_OUTPUT),
    "privacy": _text(_PRIVACY),
    "sending": _text(_SENDING),
    "files": _text(_FILES),
}


@click.command(cls=Command)
@click.argument("topic", nargs=-1)
@json_option
@click.pass_context
def command(ctx: click.Context, topic: tuple[str, ...], as_json: bool) -> None:
    """Say more about TOPIC: exit-codes, environment, output, privacy, sending; or about a command."""
    root = ctx.find_root()
    if not topic:
        show(False, None, Verbatim(root.get_help()))
        return
    if topic[0] in TOPICS:
        TOPICS[topic[0]](as_json)
        return
    place, found = root, root.command
    for word in topic:
        if not isinstance(found, click.Group):
            raise click.UsageError(f"There is no {' '.join(topic)}.", root)
        name, inner, _ = found.resolve_command(place, [word])
        assert inner is not None  # or it would have raised
        place, found = click.Context(inner, place, name), inner
    show(False, None, Verbatim(found.get_help(place)))
