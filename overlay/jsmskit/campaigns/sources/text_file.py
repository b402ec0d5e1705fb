"""Recipient files as text: opened, hashed, decoded and cut into lines, with the row of whatever is wrong.

Any encoding that Python knows. Chinese spreadsheets write GBK (Windows calls it ANSI), Big5 or UTF-16, seldom UTF-8; so
a wrong guess is answered with the right one.
"""

from __future__ import annotations

import codecs
import hashlib
import shutil
import sys
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import KW_ONLY, dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final, cast

from ..errors import PlanError

WIDER: Final = {"gb2312": "gb18030", "gbk": "gb18030", "utf-8-sig": "utf-8", "big5": "big5hkscs"}
"""Names under which files are written that hold more than the name allows: the wider one reads all of them."""
_NOT_FOR_FILES: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "mbcs", "oem"}
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES: Final = ("utf-8", "gb18030", "big5", "shift_jis", "euc_kr", "cp1252")
_WIDE_CANDIDATES: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_BLOCK: Final = 64 * 1024
_LONGEST_LINE: Final = 64 * 1024
_IN_MEMORY: Final = 16 * 1024 * 1024
_FIRST_CJK: Final = "\u0800"
"""From here on a character takes three bytes of UTF-8: text in another encoding is never valid as such by chance."""


def codec_for(name: str) -> str:
    """Return the codec that reads files in this encoding, under any name that Python knows it by.

    Raises `PlanError` for anything else.
    """
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        found = None
    plain = "" if found is None else found.name.replace("_", "-")
    # Python marks codecs between bytes and bytes (base64, zip) with this attribute only.
    if found is None or plain in _NOT_FOR_FILES or not getattr(found, "_is_text_encoding", True):
        raise PlanError(
            f'the encoding "{name}" is not known.', "Common ones: utf-8, gb18030 (GBK, ANSI), big5, utf-16."
        )
    return WIDER.get(plain, found.name)


def misread_as(codec: str, block: bytes) -> str | None:
    """Return the encoding that the first block of a file is in, if it cannot be `codec`; None if it can."""
    marked = _marked(block)
    if marked not in (None, "utf-8"):
        return None if codec.startswith(marked) else marked
    # A Chinese text in UTF-8 is read without an error by many codecs, as other characters.
    if codec.startswith(("utf-8", "utf-16", "utf-32", "utf-7")) or block.isascii():
        return None
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(block)
    except UnicodeDecodeError:
        return None
    return "utf-8" if max(text.removeprefix("\ufeff"), default="") >= _FIRST_CJK else None


def _marked(block: bytes) -> str | None:
    return next((name for mark, name in _BOMS if block.startswith(mark)), None)


def better_encoding(content: Content, codec: str) -> str | None:
    """Return the encoding that reads a file better than `codec` does; None if there is none."""
    with content.open() as file:
        block = file.read(_BLOCK)
    best = _marked(block)
    if best is None:
        candidates = _WIDE_CANDIDATES if b"\0" in block else (codec, *_CANDIDATES)
        readable = [name for name in candidates if _reads(content, name)]
        best = max(readable, key=partial(_familiar, block), default=codec)
    return None if codec_for(best) == codec else best


def _reads(content: Content, name: str) -> bool:
    with content.open() as file:
        try:
            for _ in codecs.iterdecode(iter(partial(file.read, _BLOCK), b""), codec_for(name)):
                pass
        except UnicodeError:
            return False
    return True


def _familiar(block: bytes, name: str) -> float:
    """The share of characters outside of ASCII that people use: those of the first levels of GB 2312 and Big5, and
    full-width signs. One more for UTF-8, since no text in another encoding is valid UTF-8 by chance.
    """
    text = codecs.getincrementaldecoder(codec_for(name))("ignore").decode(block)
    foreign = [mark for mark in text if mark > "\x7f"]
    return (name == "utf-8") + sum(map(_is_common, foreign)) / len(foreign) if foreign else 1.0


def _is_common(mark: str) -> bool:
    if "\u3000" <= mark <= "\u303f" or "\uff00" <= mark <= "\uffef":
        return True
    for codec, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        raw = mark.encode(codec, "ignore")
        if len(raw) == 2 and first <= raw[0] <= last:
            return True
    return False


class Content:
    """The bytes of a recipient file: a path, or standard input (`-`), which is kept so that it can be read again."""

    def __init__(self, place: str | Path) -> None:
        self._path = Path(place)
        self._kept: tempfile.SpooledTemporaryFile[bytes] | None = None
        self.name = str(place)
        if self.name == "-":
            self.name = "standard input"
            # The file has no name and mode 0600: it may hold phone numbers.
            self._kept = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # lives as long as this
            weakref.finalize(self, self._kept.close)
            shutil.copyfileobj(sys.stdin.buffer, self._kept)

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open it at its beginning. Raises `PlanError`."""
        if self._kept is not None:
            self._kept.seek(0)
            return nullcontext(cast("IO[bytes]", self._kept))
        try:
            return self._path.open("rb")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "there is no such path"
            raise PlanError(f"{self.name} cannot be read: {why}.", "Check the path and its permissions.") from None

    def digest(self) -> str:
        """Return the SHA-256 of the bytes."""
        with self.open() as file:
            return hashlib.file_digest(cast("Any", file), "sha256").hexdigest()


class LineReader:
    """Decodes a file and cuts it into lines. Refuses NUL, endless lines and wrong encodings, with the row.

    A line ends with a line feed, or with both marks of Windows; in a file without any line feed (old Macs)
    with a carriage return. `hashed` takes the bytes as they are read.
    """

    def __init__(self, content: Content, encoding: str, hashed: Callable[[bytes], object]) -> None:
        self._content = content
        self._encoding = encoding
        self._codec = codec_for(encoding)
        self._hashed = hashed
        self._lines = 0

    def __iter__(self) -> Iterator[str]:
        """Yield the lines without their ends."""
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[list[str]]:
        end = rest = ""
        for text in self._texts():
            if not end:
                end = "\r" if "\n" not in text and "\r" in text else "\n"
            held = rest + text
            lines = (held.replace("\r\n", "\n") if end == "\n" else held).split(end)
            if max(map(len, lines)) > _LONGEST_LINE:
                before = next(place for place, line in enumerate(lines) if len(line) > _LONGEST_LINE)
                raise PlanError(
                    f"{self._content.name}: the line is longer than {_LONGEST_LINE} characters.",
                    "Is this a text file with one recipient a line?",
                    row=self._lines + before + 1,
                )
            rest = lines.pop()
            yield lines
            self._lines += len(lines)
        if rest:
            yield [rest.removesuffix("\r")]

    def _texts(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self._codec)()
        start = True
        with self._content.open() as file:
            while True:
                block = file.read(_BLOCK)
                self._hashed(block)
                if start and (other := misread_as(self._codec, block)):
                    raise self._refused(f"the text is not {self._encoding}.", 0, other)
                if start and self._codec != "utf-8":
                    block = block.removeprefix(codecs.BOM_UTF8)  # some programs write it whatever follows
                try:
                    text = decoder.decode(block, final=not block)
                except UnicodeError as error:  # utf-16 without a mark is not even a UnicodeDecodeError
                    before = 0
                    if isinstance(error, UnicodeDecodeError):
                        before = bytes(error.object)[: error.start].count(b"\n")
                    raise self._refused(f"the text is not {self._encoding}.", before) from None
                if "\0" in text:
                    raise self._refused("there is a NUL character.", text[: text.index("\0")].count("\n"))
                yield text.removeprefix("\ufeff") if start else text
                start = False
                if not block:
                    return

    def _refused(self, what: str, before: int, other: str | None = None) -> PlanError:
        """before: how many lines stand before the place in what is decoded and not yet cut into lines."""
        other = other or better_encoding(self._content, self._codec)
        remedy = (
            "Is it damaged, or no text? Save it as CSV UTF-8 in the spreadsheet."
            if other is None
            else f'It can be read with encoding="{other}"; or save it as CSV UTF-8 in the spreadsheet.'
        )
        return PlanError(f"{self._content.name}: {what}", remedy, row=self._lines + before + 1)

    def suggestion(self) -> str:
        """Return a remedy, with the blank in front, for a column that was not found; empty if there is none."""
        other = better_encoding(self._content, self._codec)
        return f' The file may be in another encoding: encoding="{other}".' if other else ""


@dataclass(eq=False)
class FileSource:
    """What the sources of all kinds of files share."""

    file: str | Path | Content
    _: KW_ONLY
    phone_column: str | None = None
    columns: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        self._content = self.file if isinstance(self.file, Content) else Content(self.file)
        self.name = self._content.name
        self.ignored: Counter[str] = Counter()
        self._hash = hashlib.sha256()

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes, once it was read."""
        return self._hash.hexdigest()
