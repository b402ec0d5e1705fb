"""Recipient files as text: opened, hashed, decoded and cut into lines, with the row of whatever is wrong."""

from __future__ import annotations

import codecs
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, Self, cast

from ..errors import PlanError
from .encodings import codec_for, is_utf8, misread_as, suggest_encoding

_LONGEST_LINE: Final = 64 * 1024
_BLOCK: Final = 64 * 1024
_IN_MEMORY: Final = 16 * 1024 * 1024


class Content:
    """The bytes of a recipient file: a path, or standard input, which is kept so that it can be read again."""

    def __init__(self, name: str, reopen: Callable[[], IO[bytes]], path: Path | None = None) -> None:
        self.name = name
        self.path = path
        self._reopen = reopen

    @classmethod
    def of(cls, place: str | Path) -> Self:
        """Of a path; a minus sign is standard input."""
        if str(place) == "-":
            return cls.of_stream(sys.stdin.buffer, "standard input")
        path = Path(place)
        return cls(str(path), lambda: _opened(path), path)

    @classmethod
    def of_stream(cls, stream: IO[bytes], name: str) -> Self:
        """Of something that can be read once."""
        # The file has no name and mode 0600: it may hold phone numbers.
        kept = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # lives as long as this
        while block := stream.read(_BLOCK):
            kept.write(block)

        def again() -> IO[bytes]:
            kept.seek(0)
            return cast("IO[bytes]", _NotClosed(kept))

        return cls(name, again)

    def open(self) -> IO[bytes]:
        """Open it at its beginning. Raises `PlanError`."""
        return self._reopen()

    def digest(self) -> str:
        """Return the SHA-256 of the bytes."""
        with self.open() as file:
            found = hashlib.sha256()
            while block := file.read(_BLOCK):
                found.update(block)
        return found.hexdigest()


class _NotClosed:
    """A file that is read again later."""

    def __init__(self, file: tempfile.SpooledTemporaryFile[bytes]) -> None:
        self.read = file.read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it open."""


class LineReader:
    """Decodes a file and cuts it into lines. Refuses NUL, endless lines and wrong encodings, with the row.

    A line ends with a line feed, or with both marks of Windows; in a file without any line feed (old Macs)
    with a carriage return. `lines` counts those that were read; `hash` is complete when all were.
    """

    def __init__(self, content: Content, encoding: str, has_header: Callable[[str], bool]) -> None:
        self._content = content
        self._encoding = encoding
        self._codec = codec_for(encoding)
        self._has_header = has_header
        self.hash = hashlib.sha256()
        self.lines = 0

    def __iter__(self) -> Iterator[str]:
        """Yield the lines without their ends."""
        end = ""
        rest = ""
        for text in self._texts():
            if not end:
                end = "\r" if "\n" not in text and "\r" in text else "\n"
            lines = (rest + text).split(end)
            rest = lines.pop()
            if len(rest) > _LONGEST_LINE:
                raise self._too_long(len(lines))
            for line in lines:
                self.lines += 1
                if len(line) > _LONGEST_LINE:
                    raise self._too_long(-1)
                yield line[:-1] if end == "\n" and line.endswith("\r") else line
        if rest:
            self.lines += 1
            yield rest.removesuffix("\r")

    def _texts(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self._codec)()
        start = True
        with self._content.open() as file:
            while True:
                block = file.read(_BLOCK)
                self.hash.update(block)
                if start and (other := misread_as(self._codec, block)):
                    raise self._refused(f"the text is not {self._encoding}", other, 0)
                if start and not is_utf8(self._codec):
                    block = block.removeprefix(codecs.BOM_UTF8)  # some programs write it whatever follows
                try:
                    text = decoder.decode(block, final=not block)
                except UnicodeError as error:  # utf-16 without a mark is not even a UnicodeDecodeError
                    before = 0
                    if isinstance(error, UnicodeDecodeError):
                        before = bytes(error.object)[: error.start].count(b"\n")
                    raise self._refused(f"the text is not {self._encoding}", self._other(), before) from None
                if "\0" in text:
                    before = text[: text.index("\0")].count("\n")
                    raise self._refused("there is a NUL character", self._other(), before)
                yield text.removeprefix("\ufeff") if start else text
                start = False
                if not block:
                    return

    def _other(self) -> str | None:
        return suggest_encoding(self._content.open, self._has_header)

    def suggestion(self) -> str:
        """Return a remedy for a header without a phone column: the encoding in which it has one, or nothing."""
        other = self._other()
        if other is None or codec_for(other) == self._codec:
            return ""
        with self._content.open() as file:
            text = codecs.getincrementaldecoder(codec_for(other))("ignore").decode(file.read(_BLOCK))
        return f'The file may be in another encoding: encoding="{other}".' if self._has_header(text) else ""

    def _refused(self, what: str, other: str | None, before: int) -> PlanError:
        remedy = (
            "Is it damaged, or no text? Save it as CSV UTF-8 in the spreadsheet."
            if other is None or codec_for(other) == self._codec
            else f'It can be read with encoding="{other}"; or save it as CSV UTF-8 in the spreadsheet.'
        )
        # What is decoded and not yet cut into lines is counted by `before`; the rest of a line adds none.
        return PlanError(f"{self._content.name}: {what}.", remedy, row=self.lines + before + 1)

    def _too_long(self, before: int) -> PlanError:
        return PlanError(
            f"{self._content.name}: the line is longer than {_LONGEST_LINE} characters.",
            "Is this a text file with one recipient a line?",
            row=self.lines + before + 1,
        )


def _opened(path: Path) -> IO[bytes]:
    try:
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        return path.open("rb")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "there is no such path"
        raise PlanError(f"{path} cannot be read: {why}.", "Check the path and its permissions.") from None


def file_digest(path: str | Path) -> str:
    """Return the SHA-256 of a file, to compare it with the one that was planned."""
    return Content.of(path).digest()
