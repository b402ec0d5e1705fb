"""Recipient files on the command line: the options that say how to read one, and what is told of it.

The reader and its rules are those of `jsmskit.campaigns`, for every command and for Python.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

import click

from .errors import CommandError
from .exit_codes import ExitCode
from .language import gettext as _
from .language import mark, ngettext, translate_message
from .output import is_given, stderr
from .parameters import confirm, is_interactive, options, pairs

if TYPE_CHECKING:
    from jsmskit import JsmsClient
    from jsmskit.campaigns.models import PlanSummary, SkippedRow
    from jsmskit.campaigns.sources import Source
    from jsmskit.recipients import Recipient

    from .connection import ConnectionOptions

P = ParamSpec("P")
T = TypeVar("T")

_PLACE: Final = re.compile(r"recipients\[([0-9]+)\]\.")


@dataclass(frozen=True, slots=True)
class FileOptions:
    """What was typed about a recipient file.

    params: values for every row that has none of its own. reading: how to read it, as `open_source` takes it.
    """

    file: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    as_typed: bool = False
    set_aside: str | None = None
    reading: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def open(self) -> Source:
        """Return the reader. Raises `PlanError`."""
        from jsmskit.campaigns import open_source

        return open_source(self.file, **self.reading)


_OPTIONS: Final = (
    click.argument("file", metavar="FILE|-"),
    click.option("--phone-column", metavar="NAME", help="Which column holds the phone numbers."),
    click.option(
        "--map",
        "columns",
        multiple=True,
        callback=pairs,
        metavar="NAME=COLUMN",
        help="Which column holds a variable; the column of its name if left out.",
    ),
    click.option(
        "-p",
        "--param",
        "params",
        multiple=True,
        callback=pairs,
        metavar="NAME=VALUE",
        help="Value of a variable for every row that has none.",
    ),
    click.option(
        "--encoding",
        default="utf-8",
        show_default=True,
        metavar="NAME",
        help="Of a text file: gb18030 (GBK, ANSI), big5, utf-16 ...",
    ),
    click.option("--no-header", is_flag=True, help="The first row is a recipient; columns are called 1, 2 ..."),
    click.option("--multiline", is_flag=True, help="Take CSV fields that run over line breaks."),
    click.option("--sheet", metavar="NAME", help="Sheet of a workbook; the first one if left out."),
    click.option(
        "--as-typed", is_flag=True, help="Values such as 5.0 and 1.5E+3 are meant so, not damaged by a spreadsheet."
    ),
    click.option(
        "--set-aside",
        type=click.Path(dir_okay=False),
        metavar="FILE",
        help="Write the rows that get nothing to this file, with the reasons.",
    ),
)


_READING: Final = ("phone_column", "columns", "encoding", "multiline", "sheet")

duplicates_option = click.option("--allow-duplicates", is_flag=True, help="Send to a number once for each of its rows.")


def file_options(function: Callable[Concatenate[FileOptions, P], T]) -> Callable[P, T]:
    """Give a command the argument FILE and the options that say how to read it, as one value in front of its own."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        given: dict[str, Any] = {name: kwargs.pop(name) for name in ("file", "params", "as_typed", "set_aside")}
        reading: dict[str, Any] = {name: kwargs.pop(name) for name in _READING}
        reading["header"] = not kwargs.pop("no_header")
        return function(FileOptions(**given, reading=reading), *args, **kwargs)

    return options(*_OPTIONS)(wrapped)


@dataclass(frozen=True, slots=True)
class RecipientFile:
    """The recipients of a file that fit into one batch, and the row of each; and what was left out, as `PlanSummary`
    has it.
    """

    name: str
    recipients: tuple[Recipient, ...]
    rows: tuple[int, ...]
    set_aside: Mapping[str, int]
    first_set_aside: Mapping[str, SkippedRow]
    ignored: Mapping[str, int]
    trimmed: int

    @property
    def repeated(self) -> list[tuple[int, int]]:
        """Rows with a number that stood in an earlier row, and that row."""
        seen: dict[str | int, int] = {}
        return [
            (row, seen[one.phone])
            for one, row in zip(self.recipients, self.rows, strict=True)
            if seen.setdefault(one.phone, row) != row
        ]


@contextmanager
def batch_of(
    typed: FileOptions,
    connection: ConnectionOptions,
    client: JsmsClient,
    *,
    template_id: int,
    sign_id: int | None,
    allow_duplicates: bool,
    question: str,
    what: str,
    at: str = "",
) -> Generator[RecipientFile]:
    """Read the recipients of a batch, tell what is left out, and ask before money is spent.

    question, what: with `{}` for the number of recipients. Raises `CommandError` if it is not meant.
    """
    from jsmskit.errors import JsmsError

    from .send_preview import many_messages, template_text

    text = template_text(client, template_id)
    read = read_recipients(typed, template_id, text)
    count = len(read.recipients)
    for line in skipped_lines(read, typed.set_aside):
        stderr(line)
    if repeated := read.repeated:
        row, first = repeated[0]
        told = {"count": len(repeated), "row": row, "first": first}
        stderr("  " + _("twice: {count} x a number of an earlier row; first: row {row}, as row {first}").format(**told))
        asked = is_interactive() and not is_given("--yes") and not connection.is_free
        if not allow_duplicates and not asked:
            raise CommandError(
                _("{file}: {count} numbers stood in an earlier row; first: row {row}, as row {first}.").format(
                    file=read.name, **told
                ),
                remedy=_("Take these rows out; or send to them once more on purpose: --allow-duplicates."),
                code=ExitCode.USAGE,
            )
    confirm(
        question.format(count),
        free=connection.is_free,
        what=what.format(count),
        tell=lambda: many_messages(client, read.recipients, text, template_id, sign_id, at=at),
    )
    try:
        yield read
    except JsmsError as error:
        # The place in the list of a batch says nothing to people: its row in the file does.
        found = _PLACE.match(error.message)
        if found is not None:
            error.message = f"row {read.rows[int(found[1])]} of {read.name}, {error.message[found.end() :]}"
        raise


def read_recipients(typed: FileOptions, template_id: int, text: str | None) -> RecipientFile:
    """Read the recipients of one batch.

    text: of the template; None if it is not known, then every column but the phone's is a variable.

    Raises `PlanError` if the file as a whole cannot be used, `CommandError` if no recipient is left.
    """
    from jsmskit.campaigns.models import SkippedRow
    from jsmskit.campaigns.planning import RowValidator
    from jsmskit.campaigns.reporting import check_place, write_set_aside
    from jsmskit.campaigns.settings import TemplateFacts
    from jsmskit.recipients import Recipient

    if typed.set_aside is not None:
        check_place(Path(typed.set_aside))
    source = typed.open()
    validator = RowValidator(TemplateFacts(template_id, text), typed.params, as_typed=typed.as_typed)
    recipients: list[Recipient] = []
    rows: list[int] = []
    skipped: list[SkippedRow] = []
    try:
        for found in map(validator.validate, source.rows(validator.variables, validator.params)):
            if isinstance(found, SkippedRow):
                skipped.append(found)
            else:
                rows.append(found.row)
                recipients.append(Recipient(found.phone, json.loads(found.params) if found.params else None))
    finally:
        if typed.set_aside is not None:
            write_set_aside(typed.set_aside, skipped)
    read = RecipientFile(
        source.name,
        tuple(recipients),
        tuple(rows),
        Counter(one.reason.value for one in skipped),
        {one.reason.value: one for one in reversed(skipped)},
        dict(getattr(source, "ignored", {})),
        validator.trimmed,
    )
    if not recipients:
        told = "; ".join(line.strip() for line in skipped_lines(read, None))
        raise CommandError(
            _("no recipient in {file} can be written to. {told}").format(file=source.name, told=told).strip(),
            remedy=_("Correct the list; look at the column of the phone numbers first."),
            code=ExitCode.REFUSED,
        )
    return read


def skipped_lines(read: PlanSummary | RecipientFile, set_aside: str | None) -> list[str]:
    """What is told of the rows that get nothing, each reason with its first example.

    set_aside: the file to which they were written.
    """
    lines = [
        _("set aside: {count} x {reason}; first: {example}").format(
            count=count, reason=_(reason.replace("_", " ")), example=_example(read.first_set_aside[reason])
        )
        for reason, count in sorted(read.set_aside.items())
    ]
    if lines:
        lines.append(
            _("all of them: {file}").format(file=set_aside)
            if set_aside
            else _("--set-aside FILE writes all of them to a file.")
        )
    if read.ignored:
        told = ", ".join(f"{count} {translate_message(what)}" for what, count in sorted(read.ignored.items()))
        lines.append(_("skipped: {rows}").format(rows=told))
    if read.trimmed:
        words = ngettext(
            "blanks around {count} value were cut off", "blanks around {count} values were cut off", read.trimmed
        )
        lines.append(words.format(count=read.trimmed))
    return [f"  {line}" for line in lines]


_SKIP_REASONS: Final = (
    *(mark("invalid phone"), mark("missing phone"), mark("duplicate"), mark("opted out"), mark("sent recently")),
    *(mark("too long"), mark("wrong parameters"), mark("unreadable row"), mark("damaged value")),
)
"""The values of `SkipReason` in words."""


def _example(skipped: SkippedRow) -> str:
    from jsmskit._privacy import mask_phone
    from jsmskit.phones import is_mobile_phone

    number = f" ({mask_phone(skipped.phone)})" if is_mobile_phone(skipped.phone) else ""
    return _("row {row}{number}, {detail}").format(
        row=skipped.row, number=number, detail=translate_message(skipped.detail)
    )


def skipped_data(read: PlanSummary | RecipientFile) -> dict[str, Any]:
    """The same for programs."""
    from jsmskit._privacy import mask_phone

    return {
        "set_aside": dict(read.set_aside),
        "first_set_aside": {
            reason: {"row": one.row, "phone": mask_phone(one.phone), "detail": one.detail}
            for reason, one in read.first_set_aside.items()
        },
        "skipped": dict(read.ignored),
        "trimmed": read.trimmed,
    }
