"""What belongs to no single command: `jsms explain`, `help`, `completion` and `spec`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import click

from ..errors import CommandError
from ..exit_codes import ExitCode
from ..framework import Command
from ..language import gettext as _
from ..language import in_language, mark, preferred_language
from ..output import (
    KeyValues,
    Table,
    Verbatim,
    json_option,
    paragraphs,
    show,
    stderr_if_tty,
    stdout_is_tty,
    wants_json,
    wrap_text,
    write,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from jsms_api.error_table import ErrorInfo, ReportStatusInfo

_LANGUAGES: Final = ("en", "zh")
_MOST_NEAR: Final = 4
_RETRY: Final = {
    "never": mark("no, the same call never succeeds"),
    "after-wait": mark("yes, after waiting"),
    "after-change": mark("yes, after a change"),
}


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem
    from jsms_api.error_table import ERRORS, REPORT_STATUSES

    rows = [(code, row.title_en) for code, row in ERRORS.items()]
    rows += [(status, row.title_en) for status, row in REPORT_STATUSES.items()]
    return [CompletionItem(str(n), help=words) for n, words in rows if str(n).startswith(incomplete)]


@click.command(cls=Command)
@click.argument("what", metavar="CODE|NAME|STATUS", required=False, shell_complete=_complete)
@click.option("--lang", type=click.Choice(_LANGUAGES), help="Language; default: that of JSMS_LANG or the locale.")
@json_option
def explain(what: str | None, lang: str | None) -> None:
    """Explain a return code (50013), its name (INVALID_TEMP_ID), or a delivery status (4003).

    Without an argument, list them all. Sections: the meaning, what to do, message and HTTP status of the service, the
    calls that can return it, whether a retry helps, where it is documented, and open questions about it.
    """
    language = lang or preferred_language()
    with in_language("en" if wants_json() else language):
        _explain(what, language)


def _explain(what: str | None, language: str) -> None:
    from jsms_api.error_table import ERRORS, REPORT_STATUSES, ErrorInfo

    rows: list[ErrorInfo | ReportStatusInfo] = [*ERRORS.values(), *REPORT_STATUSES.values()]
    if what is None:
        columns = ("code", "name", "title")
        cells = [(row[0], row.name, row.title_zh if language == "zh" else row.title_en) for row in rows]
        show([dict(zip(columns, one, strict=True)) for one in cells], Table(columns, cells))
        return
    wanted = what.strip().upper()
    row = next((one for one in rows if wanted in (str(one[0]), one.name)), None)
    if row is None:
        raise _unknown(what, rows)
    if isinstance(row, ErrorInfo):
        _show_code(row, language)
    else:
        _show_status(row, language)


def _unknown(what: str, rows: Sequence[ErrorInfo | ReportStatusInfo]) -> CommandError:
    near = _near(what, rows)
    return CommandError(
        _("{what!r} is not a return code, name or delivery status that this version knows.").format(what=what),
        sent=_("No, this only reads a table."),
        remedy=_("Did you mean {near}?").format(near=near) if near else _("jsms explain lists all of them."),
        code=ExitCode.NEGATIVE,
    )


def _near(what: str, rows: Sequence[ErrorInfo | ReportStatusInfo]) -> str:
    """Return rows that may be meant: near in number or name, or with the word in their title."""
    from difflib import get_close_matches

    typed = what.strip().upper().replace("-", "_").replace(" ", "_")
    keys = {str(row[0]): row for row in rows} | {row.name: row for row in rows}
    found = [keys[key] for key in get_close_matches(typed, keys, n=3, cutoff=0.7)]
    if len(typed) > 2 and not typed.isdigit():
        told = what.strip().lower()
        found += [row for row in rows if typed in row.name]
        found += [row for row in rows if told in f"{row.title_en} {row.title_zh}".lower()]
    found = list(dict.fromkeys(found))[:_MOST_NEAR]
    return ", ".join(f"{row[0]} ({row.name})" for row in found)


def _show_code(row: ErrorInfo, language: str) -> None:
    from jsms_api.operations import OPERATIONS

    from jsmskit.errors import error_class

    known = uncertainties()
    calls = [info.operation_id for info in OPERATIONS.values() if any(row.code in them for them in info.codes.values())]
    entries = [info.operation_id for info in OPERATIONS.values() if row.code in info.entry_codes]
    kind = error_class(row.code).__name__
    data = {
        "code": row.code,
        "name": row.name,
        "title": {"en": row.title_en, "zh": row.title_zh},
        "remedy": {"en": row.remedy_en, "zh": row.remedy_zh},
        "message": row.message,
        "other_messages": list(row.other_messages),
        "http_status": row.http_status,
        "category": row.category.value,
        "error_class": kind,
        "retry": row.retry.value,
        "operations": calls,
        "entries_of": entries,
        "source": list(row.source),
        "since": row.since,
        "doubts": [{"id": one, "about": known[one][0], "reading": known[one][1]} for one in row.doubts],
    }
    sections = [
        (_("Message of the service"), row.message),
        (_("Other messages"), ", ".join(row.other_messages) or None),
        (_("HTTP status"), row.http_status),
        (_("Category"), row.category.value),
        (_("Python class"), f"jsmskit.{kind}"),
        (_("Retry"), _(_RETRY[row.retry.value])),
        (_("Calls"), ", ".join(calls) or None),
        (_("In entries of"), ", ".join(entries) or None),
        (_("Source"), f"{', '.join(row.source)} ({row.since})"),
        *((_("Open question"), _question(one)) for one in row.doubts),
    ]
    _show_sections(data, row, language, sections)


def _show_status(row: ReportStatusInfo, language: str) -> None:
    data = {
        "status": row.status,
        "name": row.name,
        "title": {"en": row.title_en, "zh": row.title_zh},
        "remedy": {"en": row.remedy_en, "zh": row.remedy_zh},
        "delivered": row.delivered,
        "voice": row.voice,
        "since": row.since,
    }
    kind = _("delivery status of voice codes") if row.voice else _("delivery status")
    _show_sections(data, row, language, [(_("Kind"), kind), (_("Source"), row.since)])


def _show_sections(
    data: object, row: ErrorInfo | ReportStatusInfo, language: str, more: Sequence[tuple[str, object]]
) -> None:
    """Print a title, and a paragraph for each section at a terminal; a line for each in a pipe."""
    from jsmskit.errors import Surface, remedy_in

    sections = [
        (_("Meaning"), row.title_zh if language == "zh" else row.title_en),
        (_("What to do"), remedy_in(Surface.SHELL, row, language)),
        *((name, str(value)) for name, value in more if value is not None),
    ]
    title = f"{row[0]} {row.name}"
    show(data, *([paragraphs(title, sections)] if stdout_is_tty() else [title, KeyValues(sections)]))


def _question(name: str) -> str:
    about, reading = uncertainties()[name]
    return _("{id}: {about}; read here as: {reading}").format(id=name, about=_(about), reading=_(reading))


@cache
def uncertainties() -> Mapping[str, tuple[str, str]]:
    """Return the open questions that codes refer to, by id: what the sources leave open, and the reading taken."""
    from ... import spec

    rows = spec.load(spec.Form.ERRORS)["open_questions"]
    return {row["id"]: (row["question"], row["chosen"]) for row in rows}


ENVIRONMENT: Final[Mapping[str, str]] = {
    "JSMS_APP_KEY": mark("Key of the application."),
    "JSMS_MASTER_SECRET": mark("Secret of the application."),
    "JSMS_DEV_KEY": mark("Key of the account; only `jsms balance --account` needs it."),
    "JSMS_DEV_SECRET": mark("Secret of the account."),
    "JSMS_BASE_URL": mark("Address of the service, or of a mock."),
    "JSMS_ONLY_TO": mark("For staging: the only numbers and prefixes that messages may reach (13800138000,139*)."),
    "JSMS_REDIRECT_TO": mark("For staging: the number of your own that every message goes to."),
    "..._FILE": mark("Each of the seven above, as the path of a file with the value (JSMS_APP_KEY_FILE ...)."),
    "JSMS_PROFILE": mark("The entry of the keyring to use if the environment has no keys."),
    "JSMS_CA_FILE": mark("Authorities (PEM) to trust instead of the public ones, for a proxy that intercepts TLS."),
    "HTTPS_PROXY, NO_PROXY": mark("The proxy to use, and the hosts to reach without it."),
    "JSMS_MOCK_URL": mark("Address of the mock for --mock and `jsms mock ...`."),
    "JSMS_MOCK_TOKEN": mark("Token of the mock's control API."),
    "JSMS_LEDGER": mark("The ledger of campaigns: a file, or postgresql://..."),
    "JSMS_ENGINE": mark("How `jsms campaign run` sends: embedded, or procrastinate."),
    "JSMS_VERIFICATION_STORE": mark("URL of the Redis server for `jsms verification ...`."),
    "JSMS_LANG": mark("Language of help and messages, en or zh; default: that of LC_ALL, LC_MESSAGES or LANG."),
    "NO_COLOR": mark("No colors (any value)."),
    "JSMS_DEBUG": mark("Show the traceback of a bug (any value)."),
}
"""Every environment variable that is read."""

# An empty line separates paragraphs; the terminal breaks lines.
_ENVIRONMENT: Final = mark(
    """\
Keys are never given on the command line, where every user of the machine can read them. They are taken from the first
of these that has any: --profile NAME (keyring); the environment, a variable or the file that its counterpart ..._FILE
names; the keyring, if the library keyring is installed and you ran `jsms login`. All keys come from one place, never
some from each. `jsms doctor` shows where each value came from."""
)

_OUTPUT: Final = mark(
    """\
Data goes to standard output, everything else to standard error.

At a terminal, lists are tables with a header. In a pipe, each row is a line with TAB between the fields and no header;
TABs, line breaks and control characters inside a field are written \\t, \\n, \\x1b.

With --json there is one JSON document, in English; names of fields do not change within a major version, new ones may
be added. An error is one JSON document on standard error: {"error": {"command", "what", "sent", "remedy", "exit_code",
and where they apply "kind", "operation", "outcome", "code", "name", "http_status", "field", "attempts",
"retry_after"}}.

Colors are used only at a terminal, and never with NO_COLOR."""
)

_PRIVACY: Final = mark(
    """\
Where you asked for data (a list of recipients, reports, replies, a schedule, the mock's inbox), numbers are shown in
full: on standard output, in JSON, in files, which only you can read (0600). Everywhere else - questions, errors,
progress, logs, --verbose - they are masked (138****8000). Keys and secrets are never shown, codes only by the mock."""
)

_SENDING: Final = mark(
    """\
A command that costs money asks first if it runs at a terminal; it shows the masked number, the text and the billed
units, as far as they can be known. --yes answers in advance. Without a terminal and without --yes the command does
nothing and ends with exit code 2. On a mock of this machine there is no question.

A message that may have been sent is never sent again automatically. After exit code 8, or Ctrl-C while a request was
in flight, look before you repeat: `jsms reports`, or the send log of the console."""
)

_FILES: Final = mark(
    """\
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
)


def _exit_codes() -> None:
    columns = ("code", "meaning", "again")
    rows = [(int(code), _(code.meaning), _(code.again)) for code in ExitCode]
    show([dict(zip(columns, row, strict=True)) for row in rows], Table(columns, rows))


def _environment() -> None:
    rows = Table(("variable", "meaning"), [(name, _(text)) for name, text in ENVIRONMENT.items()])
    show(dict(ENVIRONMENT), rows, *([_laid_out(_ENVIRONMENT)] if stdout_is_tty() else []))


def _laid_out(words: str) -> str:
    """Return a line for each paragraph in a pipe; at a terminal wrapped paragraphs, an empty line between them."""
    lines = [" ".join(paragraph.split("\n")) for paragraph in _(words).split("\n\n")]
    return Verbatim("\n\n".join(map(wrap_text, lines)) if stdout_is_tty() else "\n".join(lines))


def _text(words: str) -> Callable[[], None]:
    return lambda: show(" ".join(words.split()), _laid_out(words))


TOPICS: Final[Mapping[str, Callable[[], None]]] = {
    "exit-codes": _exit_codes,
    "environment": _environment,
    "output": _text(_OUTPUT),
    "privacy": _text(_PRIVACY),
    "sending": _text(_SENDING),
    "files": _text(_FILES),
}


@click.command("help", cls=Command)
@click.argument("topic", nargs=-1)
@json_option
@click.pass_context
def help_command(ctx: click.Context, topic: tuple[str, ...]) -> None:
    """Show more about TOPIC: exit-codes, environment, output, privacy, sending; or about a command."""
    if topic and topic[0] in TOPICS:
        TOPICS[topic[0]]()
    else:
        ctx.find_root().command.main([*topic, "--help"], prog_name="jsms")


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash  eval "$(jsms completion bash)"          in ~/.bashrc (bash 4.4 or newer)
    zsh   eval "$(jsms completion zsh)"           in ~/.zshrc, behind compinit
    fish  jsms completion fish > ~/.config/fish/completions/jsms.fish
    """
    from click.shell_completion import get_completion_class

    from ..root import command as root

    kind = get_completion_class(shell)
    assert kind is not None  # click knows all three
    made = kind(root, {}, "jsms", "_JSMS_COMPLETE")
    # `source()` of bash would start a bash to ask its version; the user knows which it is.
    write(Verbatim((made.source_template % made.source_vars()).strip()))


FORMATS: Final = ("json", "yaml", "3.1", "3.0", "strict", "errors", "fixtures")
"""The forms of `jsmskit.spec`, and `json` for the first of them; a test compares."""


@click.command("spec", cls=Command)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="json",
    show_default=True,
    help="json, 3.1: OpenAPI 3.1 as JSON; yaml: the same as YAML; 3.0: OpenAPI 3.0.3; strict: with closed"
    " lists of codes, for fuzzers only; errors: codes and statuses; fixtures: the examples.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to this file.")
@click.option("--path", "want_path", is_flag=True, help="Print the path of the file instead.")
def spec_command(form: str, output: str | None, want_path: bool) -> None:
    """Print the OpenAPI description of the service."""
    from jsmskit import spec

    form = "3.1" if form == "json" else form
    if want_path:
        with spec.path(form) as path:
            write(str(path))
        return
    text = spec.read_text(form).rstrip("\n")
    if output is None:
        write(Verbatim(text))
        return
    with open(output, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    stderr_if_tty(_("Written: {file}").format(file=output))
