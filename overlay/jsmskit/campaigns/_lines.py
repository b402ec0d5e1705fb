"""Reading a text file in blocks of whole lines: bytes hashed, encodings checked, everything wrong told with its
row.

Knows files. Must not know what stands in a line.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Iterable, Iterator
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import IO, Final

from .problems import PlanError

__all__ = ["Lines", "file_digest", "lines_of", "opened"]

_LONGEST_LINE: Final = 64 * 1024
_BLOCK: Final = 64 * 1024
"""Not more than a line may have, or a line could hide in it that is too long."""


class Lines:
    """Decodes a file block by block, hashing the bytes; refuses NUL, endless lines and wrong encodings with the
    row. `lines` counts those of all blocks that were read so far.
    """

    def __init__(self, file: IO[bytes], path: Path, encoding: str) -> None:
        self._file = file
        self._path = path
        self._encoding = encoding
        self.hash = hashlib.sha256()
        self.lines = 0

    def __iter__(self) -> Iterator[str]:
        return lines_of(self.blocks())

    def blocks(self) -> Iterator[str]:
        """The text, in blocks of whole lines."""
        # A BOM is taken away under utf-8 too: spreadsheets write one without being asked.
        start = True
        decode = codecs.lookup("utf-8" if self._encoding == "utf-8-sig" else self._encoding).decode
        while block := self._file.read(_BLOCK):
            if not block.endswith(b"\n"):
                block += self._file.readline(_LONGEST_LINE)
            self.hash.update(block)
            # A line that is too long fills a whole read, or goes over its end: so it is the last of its block.
            last = block.rfind(b"\n", 0, -1) + 1
            if len(block) - last > _LONGEST_LINE:
                raise self._refused(
                    f"the line is longer than {_LONGEST_LINE} bytes.",
                    "Is this a text file with lines?",
                    block[:last],
                )
            if start and self._encoding != "gb18030":
                block = block.removeprefix(codecs.BOM_UTF8)
            if start and block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise self._refused(
                    "the file is UTF-16.", "Save it as UTF-8 (in a spreadsheet: CSV UTF-8).", b""
                )
            start = False
            if b"\0" in block:
                raise self._refused(
                    "there is a NUL byte.",
                    "The file is damaged or no text; export it again.",
                    block[: block.index(b"\0")],
                )
            try:
                text, _ = decode(block, "strict")
            except UnicodeDecodeError as error:
                other = "gb18030" if self._encoding != "gb18030" else "utf-8"
                raise self._refused(
                    f"the text is not {self._encoding}.",
                    f"Try --encoding {other}, or save the file as UTF-8.",
                    block[: error.start],
                ) from None
            self.lines += block.count(b"\n") + (not block.endswith(b"\n"))
            yield text

    def _refused(self, what: str, remedy: str, before: bytes) -> PlanError:
        return PlanError(f"{self._path}: {what}", remedy, row=self.lines + before.count(b"\n") + 1)


def lines_of(blocks: Iterable[str]) -> Iterator[str]:
    """The lines of some blocks. Not by `splitlines`: a line ends with a line feed here and with nothing else."""
    return chain.from_iterable(io.StringIO(block, newline="\n") for block in blocks)


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
