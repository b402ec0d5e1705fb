"""Recipient files as text: opened, hashed, decoded and cut into lines, with the row of whatever is wrong.

Any encoding that Python knows. Chinese spreadsheets write GBK (Windows calls it ANSI), Big5 or UTF-16, seldom UTF-8; so
a wrong guess is answered with the right one.

One format is read here: JSON lines, one object a line, `{"phone": "13800138000", "params": {"name": "..."}}`, or all
values flat.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final, Self, cast

from jsmskit._calls import strict_json

from ..errors import PlanError
from .table import NO_VALUES, Row, phone_columns, quoted

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
_CANDIDATES: Final = ("utf-8", "gb18030", "big5hkscs", "shift_jis", "euc_kr", "cp1252")
_WIDE_CANDIDATES: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_TOLD: Final = {"big5hkscs": "big5"}
_BLOCK: Final = 64 * 1024
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


def is_utf8(codec: str) -> bool:
    """Whether it is UTF-8."""
    return codec == "utf-8"


def misread_as(codec: str, block: bytes) -> str | None:
    """Return the encoding that the first block of a file is in, if it cannot be `codec`; None if it can."""
    marked = next((name for mark, name in _BOMS if block.startswith(mark)), None)
    if marked == "utf-8" and is_utf8(codec):
        return None
    if marked is not None and marked != "utf-8":
        return None if codec.startswith(marked) else marked
    # A Chinese text in UTF-8 is read without an error by many codecs, as other characters.
    if is_utf8(codec) or codec.startswith(("utf-16", "utf-32", "utf-7")) or block.isascii():
        return None
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(block)
    except UnicodeDecodeError:
        return None
    return "utf-8" if max(text.removeprefix("\ufeff"), default="") >= _FIRST_CJK else None


def suggest_encoding(reopen: Callable[[], IO[bytes]], has_header: Callable[[str], bool]) -> str | None:
    """Return the encoding that would read a file, or None.

    Args:
        reopen: opens the file at its beginning.
        has_header: whether the beginning of the text has a header with a phone column.
    """
    with reopen() as file:
        block = file.read(_BLOCK)
    marked = next((name for mark, name in _BOMS if block.startswith(mark)), None)
    if marked is not None:
        return marked
    candidates = _WIDE_CANDIDATES if b"\0" in block else _CANDIDATES
    best: tuple[float, str] | None = None
    for codec in candidates:
        text = codecs.getincrementaldecoder(codec)("ignore").decode(block)
        if not _reads(codec, reopen):
            continue
        score = 2.0 * has_header(text) + _familiar(text)
        if codec == "utf-8":
            score += 4  # text in another encoding is valid UTF-8 by no chance
        if best is None or score > best[0]:
            best = score, codec
    return None if best is None else _TOLD.get(best[1], best[1])


def _reads(codec: str, reopen: Callable[[], IO[bytes]]) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    with reopen() as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _familiar(text: str) -> float:
    """The share of characters outside of ASCII that people use: those of the first levels of GB 2312 and Big5, and
    full-width signs.
    """
    foreign = [mark for mark in text if mark > "\x7f"]
    return sum(map(_is_common, foreign)) / len(foreign) if foreign else 1.0


def _is_common(mark: str) -> bool:
    if "\u3000" <= mark <= "\u303f" or "\uff00" <= mark <= "\uffef":
        return True
    for codec, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        raw = mark.encode(codec, "ignore")
        if len(raw) == 2 and first <= raw[0] <= last:
            return True
    return False


_LONGEST_LINE: Final = 64 * 1024
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


_ONE = 'Give one JSON object a line: {"phone": "13800138000", "code": "2468"}.'


class JsonLinesSource:
    """A file of JSON objects, one a line. Numbers of rows are lines of the file.

    Args:
        file: a path, or `Content`.
        encoding: any name that Python knows.
        phone_column: key of the number; found if it is a usual name, as a heading would be.
        columns: variable of the template -> key; by default the key of its own name.
    """

    def __init__(
        self,
        file: str | Path | Content,
        *,
        encoding: str = "utf-8",
        phone_column: str | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self._content = file if isinstance(file, Content) else Content.of(file)
        self.name = self._content.name
        self.ignored: Counter[str] = Counter()
        self._lines = LineReader(self._content, encoding, lambda text: '"phone"' in text)
        self._phone_column = phone_column
        self._columns = dict(columns or {})
        self._read = False

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes."""
        return self._lines.hash.hexdigest() if self._read else self._content.digest()

    def rows(self, variables: Sequence[str] | None, constants: Iterable[str] = ()) -> Iterator[Row]:
        """Yield a row for each line; one that holds no such object has a problem.

        Raises `PlanError` for a file that is empty, or is one document instead of lines.
        """
        held = False
        for number, line in enumerate(self._lines, 1):
            text = line.strip()
            if not text:
                self.ignored["empty rows"] += 1
                continue
            if not held and (text == "{" or text.startswith("[")):
                raise PlanError(
                    f"{self.name} is one JSON document, and not one a line.",
                    f"{_ONE} `jq -c '.[]'` makes lines of a list.",
                    row=number,
                )
            held = True
            yield self._row(number, text, variables)
        if not held:
            raise PlanError(f"{self.name} is empty.", _ONE)
        self._read = True

    def _row(self, number: int, line: str, variables: Sequence[str] | None) -> Row:
        try:
            found = strict_json.loads(line.encode("utf-8", "replace"))
        except strict_json.StrictJsonError as error:
            return Row(number, None, problem=str(error))
        if not isinstance(found, dict):
            return Row(number, None, problem="it is no JSON object")
        record = cast("dict[str, Any]", found)
        keys = list(record)
        if self._phone_column is None:
            places = [keys[place] for place in phone_columns(keys)]
        else:
            places = [key for key in keys if key == self._phone_column]
        if len(places) > 1:
            return Row(number, None, problem=f"{quoted(places)} may all be the phone number")
        phone = record[places[0]] if places else None
        nested = "params" in record
        params = record["params"] if nested else {key: record[key] for key in keys if key not in places}
        if not isinstance(params, dict):
            return Row(number, phone, problem='"params" is no JSON object')
        given = cast("dict[str, object]", params)
        values = {name: given[key] for name, key in self._columns.items() if key in given}
        others = given if nested or variables is None else variables
        taken = set(self._columns.values())
        values |= {name: given[name] for name in others if name in given and name not in {*taken, *values}}
        return Row(number, phone, values or NO_VALUES)
