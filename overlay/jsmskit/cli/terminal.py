"""Text for a terminal: control characters escaped, long lines wrapped. Nothing here writes anything."""

from __future__ import annotations

import re
from typing import Final

# Control characters, line and paragraph separators, half surrogates, and the marks that turn the direction of
# text around.
_CONTROL: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]"
)
_MAX_WIDTH: Final = 100
#: wcwidth takes quadratic time for a long word, and Chinese is one word: 4 times the steps for twice the length.
_MAX_LENGTH: Final = 1000
_SHORT: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def escape_control_chars(text: object) -> str:
    """Return the text with every control character written out (`\\x1b`), so that nothing in it moves the
    cursor, ends a line or a field, or turns the direction of writing.
    """
    return _CONTROL.sub(_escaped, str(text))


def escape_json(document: str) -> str:
    """Return a JSON document with the control characters that JSON allows in a text escaped (`\\u009b`)."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    return _SHORT.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}")


def wrap_text(text: str, *, hang: int = 0, begins: int = 0) -> str:
    """Return a line broken to fit the terminal: Latin text between words, Chinese anywhere.

    The lines after the first are indented by `hang` columns; `begins` columns of the first are taken already. A text
    of more than 1000 characters stays as it is: the terminal breaks it.
    """
    if len(text) > _MAX_LENGTH:
        return text
    from shutil import get_terminal_size

    from wcwidth import wrap

    width = max(min(get_terminal_size().columns, _MAX_WIDTH), hang + 20)
    lines = wrap(text, width, initial_indent="." * begins, subsequent_indent=" " * hang, break_on_hyphens=False)
    return "\n".join(lines)[begins:]
