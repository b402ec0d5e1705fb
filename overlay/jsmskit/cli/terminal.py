"""Text for a terminal: control characters escaped, long lines wrapped. Nothing here writes anything."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["escape_control_chars", "wrap_text"]

#: Control characters, half surrogates, and the marks that turn the direction of text around.
_WILD: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WIDEST: Final = 100
_WORDS: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def _shown(found: re.Match[str]) -> str:
    mark = found[0]
    return _WORDS.get(mark) or (f"\\x{ord(mark):02x}" if ord(mark) < 0x100 else f"\\u{ord(mark):04x}")


def escape_control_chars(text: object) -> str:
    """A text in which nothing steers a terminal and nothing ends a line or a field."""
    return _WILD.sub(_shown, str(text))


def wrap_text(text: str, *, hang: int = 0, begins: int = 0) -> str:
    """A line broken between words to fit the terminal; what follows the first line stands `hang` to the right.

    `begins` is how many columns of the first line are taken already.
    """
    from shutil import get_terminal_size

    width = max(min(get_terminal_size().columns, _WIDEST), hang + 20)
    return ("\n" + " " * hang).join(_wrap(text, width, hang, begins))


def _wrap(text: str, width: int, hang: int, begins: int) -> list[str]:
    """The lines; a Chinese character takes two columns."""
    lines: list[str] = []
    line, used = "", begins
    for mark in text:
        columns = _columns(mark)
        if used + columns > width:
            cut = line.rfind(" ")
            # Latin text is broken between words, Chinese anywhere.
            keep = cut + 1 if cut > 0 and line[-1:].isascii() and mark != " " else len(line)
            lines.append(line[:keep].rstrip())
            line = line[keep:].lstrip()
            used = hang + sum(map(_columns, line))
            if mark == " " and not line:
                continue
        line += mark
        used += columns
    return [*lines, line.strip() if lines else line]


def _columns(mark: str) -> int:
    from unicodedata import east_asian_width

    return 2 if east_asian_width(mark) in "WF" else 1
