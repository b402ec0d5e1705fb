"""Where recipients come from: recipient files of all kinds, and iterables; read once, in a stream, row by row.

One reader for `jsms messages batch`, `jsms campaign plan` and Python. What a valid number or value is, `planning`
decides; nothing here may import it, ledgers or clients. Memory does not grow with a text file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from jsmskit.recipients import RecipientLike

from ..errors import PlanError
from .formats import WORKBOOK_MARKS, CsvSource, JsonLinesSource, WorkbookSource
from .table import IterableSource, Row, Source
from .text_file import Content

__all__ = [
    "Content",
    "CsvSource",
    "IterableSource",
    "JsonLinesSource",
    "Row",
    "Source",
    "WorkbookSource",
    "open_source",
]

_LOOKED_AT: Final = 4096
_HTML: Final = re.compile(
    rb"[\s\xef\xbb\xbf\xfe\xff]*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|meta|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_KINDS: Final = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a word processor document",
    b"\x1f\x8b": "compressed",
    b"<?xml": "XML",
    b"<Workbook": "XML",
}


def open_source(
    given: Source | str | Path | Content | Iterable[RecipientLike],
    *,
    encoding: str = "utf-8",
    phone_column: str | None = None,
    columns: Mapping[str, str] | None = None,
    header: bool = True,
    multiline: bool = False,
    sheet: str | None = None,
) -> Source:
    """Return the reader for what was given: a source, a recipient file of any kind, or an iterable of recipients.

    The kind of a file is what its content says: a workbook (`.xlsx`, `.xls`, `.ods`), JSON lines, CSV, or plain
    numbers, one a line. A minus sign is standard input. The page docs/recipient-files.md tells all rules.

    Args:
        given: see above.
        encoding: of a text file; any name that Python knows.
        phone_column: where the numbers stand; found if the heading says so.
        columns: variable of the template -> column, where the names differ.
        header: False if the first row is a recipient; columns are called "1", "2" and so on.
        multiline: take CSV fields in quotation marks that run over line breaks.
        sheet: name of a workbook's sheet; the first one if left out.

    Raises `PlanError` if the file cannot be read or is of no such kind.
    """
    if not isinstance(given, (str, Path, Content)):
        return given if isinstance(given, Source) else IterableSource(given)
    content = given if isinstance(given, Content) else Content(given)
    with content.open() as file:
        start = file.read(_LOOKED_AT)
    if start.startswith(WORKBOOK_MARKS):
        return WorkbookSource(content, sheet=sheet, phone_column=phone_column, columns=columns, header=header)
    _refuse_other_kinds(content.name, start)
    if sheet is not None:
        raise PlanError(f"{content.name} is no workbook, so it has no sheets.", "Leave out sheet.")
    if _is_json(content.name, start):
        return JsonLinesSource(content, encoding=encoding, phone_column=phone_column, columns=columns)
    return CsvSource(
        content, encoding=encoding, phone_column=phone_column, columns=columns, header=header, multiline=multiline
    )


def _is_json(name: str, start: bytes) -> bool:
    first = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")[:1]
    return first in (b"{", b"[") or Path(name).suffix.lower() in (".jsonl", ".ndjson")


def _refuse_other_kinds(name: str, start: bytes) -> None:
    if _HTML.match(start.replace(b"\0", b"")):
        kind = "an HTML table"
    else:
        kind = next((kind for mark, kind in _OTHER_KINDS.items() if start.startswith(mark)), "")
    if kind:
        called = f", called {Path(name).suffix}" if Path(name).suffix else ""
        raise PlanError(
            f"{name} is {kind}{called}, and no list of recipients.",
            "Open it in the spreadsheet, and save it as .xlsx or CSV UTF-8 (File, Save as).",
        )
    if Path(name).suffix.lower() == ".xlsx" and start:
        raise PlanError(
            f"{name} is called .xlsx and is no workbook.",
            "Open it in the spreadsheet, and save it again; or give it the right name (.csv).",
        )
