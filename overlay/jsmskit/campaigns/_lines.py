"""Reading a text file line by line: bytes hashed, encodings checked, everything wrong told with its row.

Knows files. Must not know what stands in a line.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import IO, Final

from .problems import PlanError

__all__ = ["Lines", "file_digest", "opened"]

_LONGEST_LINE: Final = 64 * 1024


class Lines:
    """Decodes a file line by line, hashing the bytes; refuses NUL, endless lines and wrong encodings with the
    row.
    """

    def __init__(self, file: IO[bytes], path: Path, encoding: str) -> None:
        self._file = file
        self._path = path
        self._encoding = encoding
        self.hash = hashlib.sha256()
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        # A BOM is taken away under utf-8 too: spreadsheets write one without being asked.
        start = True
        decode = codecs.lookup("utf-8" if self._encoding == "utf-8-sig" else self._encoding).decode
        while raw := self._file.readline(_LONGEST_LINE):
            self.line += 1
            self.hash.update(raw)
            if len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
                raise self._refused(
                    f"the line is longer than {_LONGEST_LINE} bytes.", "Is this a text file with lines?"
                )
            if start and self._encoding != "gb18030":
                raw = raw.removeprefix(codecs.BOM_UTF8)
            if start and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise self._refused("the file is UTF-16.", "Save it as UTF-8 (in a spreadsheet: CSV UTF-8).")
            start = False
            if b"\0" in raw:
                raise self._refused(
                    "there is a NUL byte.", "The file is damaged or no text; export it again."
                )
            try:
                text, _ = decode(raw, "strict")
            except UnicodeDecodeError:
                other = "gb18030" if self._encoding != "gb18030" else "utf-8"
                raise self._refused(
                    f"the text is not {self._encoding}.",
                    f"Try --encoding {other}, or save the file as UTF-8.",
                ) from None
            yield text

    def _refused(self, what: str, remedy: str) -> PlanError:
        return PlanError(f"{self._path}: {what}", remedy, row=self.line)


def opened(path: Path) -> BufferedReader:
    """Open a file to read; raises `PlanError` with words."""
    try:
        return path.open("rb")
    except OSError as error:
        raise PlanError(
            f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions."
        ) from None


def file_digest(path: Path) -> str:
    """SHA-256 of a file, to compare it with the one that was planned."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
