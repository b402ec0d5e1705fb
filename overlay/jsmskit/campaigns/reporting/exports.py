"""Lists out of the ledger into files: CSV or JSON lines, for this user only, harmless in a spreadsheet.

A cell that a spreadsheet would take for a formula gets a quote mark in front, also behind blanks, line breaks and in
full-width letters; numbers of phones are text.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from jsms_api.error_table import ERRORS, REPORT_STATUSES

from jsmskit._validation.fields import SERVICE_TIMEZONE

from ..errors import CampaignError
from ..ledger.ledger import Ledger
from ..models import RecipientRecord
from ..states import RecipientState

_COLUMNS: Final = (
    *("row", "phone", "state", "code", "code_name", "msg_id"),
    *("status", "status_name", "why", "chunk", "settled_at"),
)
_ASIDE: Final = ("row", "phone", "why", "detail")
# Where a cell begins: at the start, behind a line break of any kind, and behind a mark that a spreadsheet may take for
# the delimiter, whatever this file's is (in many countries that is the semicolon).
_BEGINS: Final = r"(^|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029,;\t|])"
_BLANKS: Final = r"[ \"'\u00a0\u3000\ufeff\u200b]*"
_FORMULA: Final = re.compile(rf"{_BEGINS}(?={_BLANKS}[=+\-@＝＋－＠]|[\t\r])")


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula, nor any part of it: what begins like one gets a quote mark in
    front, also behind a line break or a delimiter.
    """
    text = "" if value is None else str(value)
    return _FORMULA.sub(r"\1'", text)


def check_place(path: Path) -> None:
    """Make sure, before anything is sent, that a file can be written here at the end. Raises `CampaignError`."""
    partial = _partial(path)
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600))
        partial.unlink()
    except OSError as error:
        raise _unwritable(path, error) from None


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.partial")


def _unwritable(path: Path, error: OSError) -> CampaignError:
    return CampaignError(f"{path} cannot be written: {error.strerror}.", "Choose another place for the file.")


@contextmanager
def private_file(path: Path) -> Generator[TextIO]:
    """A new file that only this user can read; it appears whole or not at all.

    Raises `CampaignError` if it cannot be written.
    """
    partial = _partial(path)
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def export_recipients(ledger: Ledger, campaign_id: int, path: str | Path, *states: RecipientState) -> int:
    """Write the recipients in one of these states (all if none is given) to a file; gives how many.

    `.jsonl` makes one JSON object a line; every other ending CSV with a BOM, so that spreadsheets read it as
    UTF-8. The file has mode 0600 and holds whole phone numbers. Raises `CampaignError`.
    """
    ledger.queries.campaign(campaign_id)
    return _export(Path(path), _COLUMNS, (_cells(one) for one in ledger.queries.recipients(campaign_id, *states)))


def export_set_aside(ledger: Ledger, campaign_id: int, path: str | Path) -> int:
    """Write the rows of the source that got nothing, with their reasons; as `export_recipients`."""
    ledger.queries.campaign(campaign_id)
    return write_set_aside(path, ledger.queries.set_aside(campaign_id))


def write_set_aside(path: str | Path, rows: Iterable[tuple[int, str, str, str]]) -> int:
    """Write rows that get nothing (row, what stood there, reason, in words); as `export_recipients`."""
    return _export(Path(path), _ASIDE, rows)


def _export(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> int:
    count = 0
    as_json = path.suffix.lower() in (".jsonl", ".ndjson")
    with private_file(path) as file:
        if not as_json:
            file.write("\ufeff")
        table = csv.writer(file, lineterminator="\r\n")
        if not as_json:
            table.writerow(columns)
        for row in rows:
            count += 1
            if as_json:
                file.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
            else:
                table.writerow([safe_cell(cell) for cell in row])
    return count


def _cells(one: RecipientRecord) -> tuple[object, ...]:
    code = None if one.code is None else ERRORS.get(one.code)
    status = None if one.status is None else REPORT_STATUSES.get(one.status)
    return (
        one.row,
        one.phone,
        one.state.value,
        one.code,
        None if code is None else code.name,
        one.msg_id,
        one.status,
        None if status is None else status.name,
        one.why,
        one.chunk,
        None if one.settled_at is None else local_time(one.settled_at),
    )


def local_time(seconds: float) -> str:
    """A moment in the service's zone, to the second."""
    moment = datetime.fromtimestamp(seconds, UTC).astimezone(SERVICE_TIMEZONE)
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")
