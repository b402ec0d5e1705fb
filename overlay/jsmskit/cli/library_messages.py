"""Messages of the library in Chinese. They are English, for programs, and filled in when they arrive here.

`locale/zh/LC_MESSAGES/library.po` translates their texts with placeholders; `python -m tools.catalogue` compiles it to
`library.json`, since gettext finds whole texts only.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from .language import LOCALE_FOLDER, gettext, is_chinese

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_FRONT: Final = re.compile(r"row (?P<row>\d+)(?: of (?P<file>.+?))?[:,] |\S+ *")
_SPACE_AT_CHINESE: Final = re.compile(r"(?<=[。；，！？：]) +")


def translate_message(message: str) -> str:
    """Return a message in Chinese if Chinese is spoken, sentence by sentence; what has no translation stays English."""
    if not is_chinese():
        return message
    whole = gettext(message)
    return _SPACE_AT_CHINESE.sub("", _sentences(message)) if whole == message else whole


def _sentences(message: str) -> str:
    done = ""
    while message:
        # A field or a place may stand in front of a sentence.
        front = _FRONT.match(message)
        first, behind = _sentence(message), None if front is None else _sentence(message[front.end() :])
        is_field = front is not None and front[0].endswith((": ", ", "))
        if front is not None and (first is None or (behind is not None and behind.letters + is_field > first.letters)):
            done += front[0] if front["row"] is None else f"{front['file'] or ''} 第 {front['row']} 行：".lstrip()
            message = message[front.end() :]
        elif first is not None:
            done += first.chinese
            message = message[first.end :]
        else:
            return done + message
    return done


class _Sentence(NamedTuple):
    letters: int
    chinese: str
    end: int


def _sentence(message: str) -> _Sentence | None:
    """Return the translation of the text in front, and where it ends; of several, the one with the most letters."""
    best: _Sentence | None = None
    for parts, pattern, chinese in _texts():
        letters = sum(map(len, parts))
        if (best is None or letters > best.letters) and all(part in message for part in parts):
            found = re.match(pattern, message, re.DOTALL)
            if found is not None:
                values = {
                    name: gettext(value) if name == "state" else _whole(value)
                    for name, value in found.groupdict().items()
                }
                best = _Sentence(letters, _filled(chinese, values), found.end())
    return best


def _whole(value: str) -> str:
    """Return the translation of a value that consists of texts of the library, else the value."""
    found = _sentence(value)
    return value if found is None else found.chinese + _sentences(value[found.end :])


def _filled(text: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda place: values.get(place[1], place[0]), text)


@cache
def _texts() -> list[tuple[list[str], str, str]]:
    """Return each text: its literal parts, its pattern, and its translation."""
    with open(os.path.join(LOCALE_FOLDER, "zh", "LC_MESSAGES", "library.json"), encoding="utf-8") as file:
        texts: dict[str, str] = json.load(file)
    found = [
        (_PLACEHOLDER.split(english)[::2], "".join(_pattern(english)), chinese) for english, chinese in texts.items()
    ]
    return found + list(_of_the_table())


def _pattern(english: str) -> Iterator[str]:
    pieces = _PLACEHOLDER.split(english)
    for number, piece in enumerate(pieces):
        rest = ".*" if number == len(pieces) - 2 and not pieces[-1] else ".*?"
        yield f"(?P<{piece}>{rest})" if number % 2 else re.escape(piece)
    yield r"(?:\s+|$)"


def _of_the_table() -> Iterator[tuple[list[str], str, str]]:
    """Yield what campaigns say of a code: its title and its remedy."""
    from jsms_api.error_table import ERRORS

    from jsmskit.errors import Surface, remedy_in

    for info in ERRORS.values():
        for english, chinese in (
            (f"{info.title_en} ({info.code}).", f"{info.title_zh}（{info.code}）。"),
            (remedy_in(Surface.SHELL, info, "en"), remedy_in(Surface.SHELL, info, "zh")),
        ):
            yield [english], re.escape(english) + r"(?:\s+|$)", chinese
