"""Workbooks: `.xlsx`, `.xls` and `.ods`, read with python-calamine (extra `xlsx`).

calamine because it reads all three with one well-kept library of one wheel without dependencies, and a million rows in
seconds; openpyxl reads `.xlsx` only, several times slower, and xlrd `.xls` only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import PlanError
from .table import Record, TableSource, quoted
from .text_file import Content

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

WORKBOOK_MARKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How the bytes of a workbook begin: a zip archive, or the container of old Office files."""
_EXACT: Final = 10**15
"""Spreadsheets keep fifteen digits of a number; of a longer one the last digits are wrong already."""


class WorkbookSource(TableSource):
    """One sheet of a workbook. Numbers of rows are those that the spreadsheet shows.

    A number becomes the text that was typed (13800138000, 2468, 1.5), a date `2026-01-31`, a time `09:30`.

    Args:
        file: a path, or `Content`.
        sheet: name of the sheet; the first one if left out.
        phone_column: as for `CsvSource`.
        columns: as for `CsvSource`.
        header: as for `CsvSource`.
    """

    def __init__(
        self,
        file: str | Path | Content,
        *,
        sheet: str | None = None,
        phone_column: str | None = None,
        columns: Mapping[str, str] | None = None,
        header: bool = True,
    ) -> None:
        super().__init__(file, phone_column, columns, header=header)
        self._sheet = sheet

    def _records(self) -> Iterator[Record]:
        sheet = self._open()
        self._name = f'{self.name}, sheet "{sheet.name}"'
        for number, cells in enumerate(sheet.iter_rows(), 1):
            yield number, [_typed(cell) for cell in cells], ""

    def _open(self) -> CalamineSheet:
        try:
            import python_calamine as calamine  # an extra
        except ModuleNotFoundError:
            raise PlanError(
                f"{self.name} is a workbook, and python-calamine, which reads those, is not installed.",
                "Install jsmskit with the extra xlsx; or save the sheet as CSV UTF-8 (File, Save as).",
            ) from None
        try:
            with self._content.open() as file:
                content = file.read()
            self._hash.update(content)
            return self._chosen(calamine.CalamineWorkbook.from_filelike(BytesIO(content)))
        except calamine.PasswordError:
            what, remedy = "has a password", "Save it without one; or save the sheet as CSV UTF-8."
        except calamine.CalamineError as error:
            what, remedy = (f"cannot be read as a workbook ({error})", "Open it in the spreadsheet and save it again.")
        raise PlanError(f"{self.name} {what}.", remedy)

    def _chosen(self, book: CalamineWorkbook) -> CalamineSheet:
        names = book.sheet_names
        if not names:
            raise PlanError(f"{self.name} has no sheet.", "Save it again in the spreadsheet.")
        name = names[0] if self._sheet is None else self._sheet
        if name not in names:
            raise PlanError(
                f'{self.name} has no sheet "{name}" (sheets: {quoted(names)}).', f'Say which: sheet="{names[0]}".'
            )
        return book.get_sheet_by_name(name)


def _typed(cell: Any) -> object:
    """What was typed into a cell."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    if isinstance(cell, (float, int)) and not isinstance(cell, bool):
        return str(cell)  # too long a number comes out as 1.38e+18, which is named as damaged
    if isinstance(cell, datetime):
        shown = "%Y-%m-%d" if cell.time() == time() else "%Y-%m-%d %H:%M"
        return cell.strftime(shown)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, timedelta):
        return str(cell)
    return cell
