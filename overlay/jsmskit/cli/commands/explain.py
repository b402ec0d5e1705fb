"""`jsms explain`: what a return code or a delivery status means, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import click

from ... import spec
from ..connection import json_option
from ..errors import CommandError
from ..exit_codes import ExitCode
from ..framework import Command
from ..language import gettext as _
from ..language import in_language, mark, preferred_language
from ..output import KeyValues, Table, show, stdout_is_tty

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
def command(what: str | None, lang: str | None, as_json: bool) -> None:
    """Explain a return code (50013), its name (INVALID_TEMP_ID), or a delivery status (4003).

    Without an argument, list them all. Sections: the meaning, what to do, message and HTTP status of the service, the
    calls that can return it, whether a retry helps, where it is documented, and open questions about it.
    """
    language = lang or preferred_language()
    with in_language("en" if as_json else language):
        _explain(what, language, as_json)


def _explain(what: str | None, language: str, as_json: bool) -> None:
    from jsms_api.error_table import ERRORS, REPORT_STATUSES

    if what is None:
        _list(language, as_json)
        return
    wanted = what.strip().upper()
    row = next((one for one in ERRORS.values() if wanted in (str(one.code), one.name)), None)
    if row is not None:
        _show_code(row, language, as_json)
        return
    status = next((one for one in REPORT_STATUSES.values() if wanted in (str(one.status), one.name)), None)
    if status is None:
        raise _unknown(what)
    _show_status(status, language, as_json)


def _list(language: str, as_json: bool) -> None:
    from jsms_api.error_table import ERRORS, REPORT_STATUSES

    rows: list[tuple[int, str, str]] = [
        (one.code, one.name, one.title_zh if language == "zh" else one.title_en) for one in ERRORS.values()
    ]
    rows += [
        (one.status, one.name, one.title_zh if language == "zh" else one.title_en) for one in REPORT_STATUSES.values()
    ]
    columns = ("code", "name", "title")
    show(as_json, [dict(zip(columns, row, strict=True)) for row in rows], Table(columns, rows))


def _unknown(what: str) -> CommandError:
    from jsms_api.error_table import ERRORS, REPORT_STATUSES

    near = _near(what, [*ERRORS.values(), *REPORT_STATUSES.values()])
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


def _show_code(row: ErrorInfo, language: str, as_json: bool) -> None:
    from jsmskit.errors import Surface, error_class, remedy_in

    known = uncertainties()
    calls, entries = _operations(row.code)
    kind = error_class(row.code).__name__
    if as_json:
        show(
            True,
            {
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
            },
        )
        return
    chinese = language == "zh"
    _show_sections(
        f"{row.code} {row.name}",
        [
            (_("Meaning"), row.title_zh if chinese else row.title_en),
            (_("What to do"), remedy_in(Surface.SHELL, row, language)),
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
        ],
    )


def _show_status(row: ReportStatusInfo, language: str, as_json: bool) -> None:
    if as_json:
        show(
            True,
            {
                "status": row.status,
                "name": row.name,
                "title": {"en": row.title_en, "zh": row.title_zh},
                "remedy": {"en": row.remedy_en, "zh": row.remedy_zh},
                "delivered": row.delivered,
                "voice": row.voice,
                "since": row.since,
            },
        )
        return
    from jsmskit.errors import Surface, remedy_in

    chinese = language == "zh"
    kind = _("delivery status of voice codes") if row.voice else _("delivery status")
    _show_sections(
        f"{row.status} {row.name}",
        [
            (_("Meaning"), row.title_zh if chinese else row.title_en),
            (_("What to do"), remedy_in(Surface.SHELL, row, language)),
            (_("Kind"), kind),
            (_("Source"), row.since),
        ],
    )


def _question(name: str) -> str:
    about, reading = uncertainties()[name]
    return _("{id}: {about}; read here as: {reading}").format(id=name, about=_(about), reading=_(reading))


@cache
def uncertainties() -> Mapping[str, tuple[str, str]]:
    """Return the open questions that codes refer to, by id: what the sources leave open, and the reading taken."""
    rows = spec.load(spec.Form.ERRORS)["open_questions"]
    return {row["id"]: (row["question"], row["chosen"]) for row in rows}


def _operations(code: int) -> tuple[list[str], list[str]]:
    """Return the calls that can return a code: in the response, and in single entries of a batch."""
    from jsms_api.operations import OPERATIONS

    calls = [info.operation_id for info in OPERATIONS.values() if any(code in codes for codes in info.codes.values())]
    return calls, [info.operation_id for info in OPERATIONS.values() if code in info.entry_codes]


def _show_sections(title: str, sections: Iterable[tuple[str, Any]]) -> None:
    """Print a title, and a paragraph for each section at a terminal; a line for each in a pipe."""
    present = [(name, str(value)) for name, value in sections if value is not None]
    if not stdout_is_tty():
        show(False, None, title, KeyValues(present))
        return
    from ..output import paragraphs

    show(False, None, paragraphs(title, present))
