"""Encodings of recipient files: any name that Python knows, and which one would read a file that another does not.

Chinese spreadsheets write GBK (Windows calls it ANSI), Big5 or UTF-16, seldom UTF-8; so a wrong guess is answered with
the right one.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import IO, Final

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
