"""The recipients of one batch out of a file or standard input: CSV with a head, JSON lines, plain numbers.

Knows how to tell the three apart by looking. Must not know commands. The rules for rows are those of campaigns
(`jsmskit.campaigns.sources`), so that a file good for one is good for the other.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from typing import Any, Final, cast

from jsmskit._phones import normalise_phone
from jsmskit._refusal import InputRefusedError
from jsmskit.campaigns.sources import CsvSource, JsonLinesSource
from jsmskit.errors import JsmsError
from jsmskit.recipients import Recipient

from .errors import CommandError
from .exit_codes import ExitCode
from .parameters import pairs

__all__ = ["RecipientFile", "read_recipients"]

_MOST_BYTES: Final = 64 * 1024 * 1024
_SHOWN_PROBLEMS: Final = 3
_MARK: Final = b"\xef\xbb\xbf"
_PLACE: Final = re.compile(r"recipients\[([0-9]+)\]\.")


@dataclass(frozen=True, slots=True)
class RecipientFile:
    """The recipients of a file, and the row of each."""

    name: str
    recipients: tuple[Recipient, ...]
    rows: tuple[int, ...]

    @contextmanager
    def errors_by_row(self) -> Generator[None]:
        """Let an error that names a place in the list name the row of the file instead."""
        try:
            yield
        except JsmsError as error:
            found = _PLACE.match(error.message)
            if found is not None:
                row = f"row {self.rows[int(found[1])]} of {self.name}, "
                error.message = row + error.message[found.end() :]
            raise


class _Csv(CsvSource):
    """CSV that has been read."""

    def __init__(self, name: str, content: bytes, **settings: Any) -> None:
        super().__init__(name, **settings)
        self._content = content

    def _open(self) -> BufferedReader:
        return _reader(self._content)


class _JsonLines(JsonLinesSource):
    """JSON lines that have been read."""

    def __init__(self, name: str, content: bytes, **settings: Any) -> None:
        super().__init__(name, **settings)
        self._content = content

    def _open(self) -> BufferedReader:
        return _reader(self._content)


def _reader(content: bytes) -> BufferedReader:
    return BufferedReader(cast("Any", BytesIO(content)))


def read_recipients(
    file: str,
    *,
    phone_column: str | None,
    columns: Sequence[str],
    encoding: str,
    params: Mapping[str, str],
) -> RecipientFile:
    """Read the recipients of one batch. `params` are values for everybody; what a row says itself goes first.

    One row that cannot be read refuses the whole file, before anything is sent. Whether a number is a good one
    is judged by the client.

    Raises:
        CommandError: the file or a row cannot be read; the words name it.
        PlanError: the file as a whole cannot be used.
    """
    name = "standard input" if file == "-" else file
    content = _content(file, name)
    first = content.removeprefix(_MARK).lstrip().partition(b"\n")[0].strip()
    source: CsvSource | JsonLinesSource
    has_head = True
    if first.startswith(b"{"):
        source = _JsonLines(name, content, encoding=encoding)
    elif _is_number(first):
        source = _Csv(name, b"phone\n" + content.removeprefix(_MARK), encoding=encoding)
        has_head = False
    else:
        mapping = pairs(columns, "--map")
        source = _Csv(name, content, encoding=encoding, phone_column=phone_column, columns=mapping)
    people: list[Recipient] = []
    rows: list[int] = []
    problems: list[str] = []
    for row in source.rows(None):
        number = row.number if has_head else row.number - 1  # the head was put in by us
        if row.problem or row.phone in (None, ""):
            problems.append(f"row {number}: {row.problem or 'no phone number'}")
            continue
        # JSON has numbers, the service has text.
        values = {**params, **{key: str(value) for key, value in row.params.items()}}
        rows.append(number)
        people.append(Recipient(row.phone if isinstance(row.phone, int) else str(row.phone), values or None))
    if problems:
        more = len(problems) - _SHOWN_PROBLEMS
        raise CommandError(
            f"{name}: {'; '.join(problems[:_SHOWN_PROBLEMS])}" + (f"; and {more} more." if more > 0 else "."),
            remedy="Correct the rows. (jsms campaign sets bad rows aside by itself.)",
            code=ExitCode.REFUSED,
        )
    return RecipientFile(name, tuple(people), tuple(rows))


def _is_number(line: bytes) -> bool:
    try:
        normalise_phone(line.decode("utf-8", "replace"))
    except InputRefusedError:
        return False
    return True


def _content(file: str, name: str) -> bytes:
    try:
        if file == "-":
            content = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with open(file, "rb") as opened:
                content = opened.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "there is no such path"
        raise CommandError(
            f"{name} cannot be read: {why}.", remedy="Check the path; - is standard input."
        ) from None
    if len(content) > _MOST_BYTES:
        raise CommandError(
            f"{name} is larger than {_MOST_BYTES} bytes.", remedy="jsms campaign takes files of any size."
        )
    return content
