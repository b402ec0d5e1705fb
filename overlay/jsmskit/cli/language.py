"""The language of help, messages and errors: English, or Chinese where JSMS_LANG or the locale says so.

The catalogue is `locale/zh/LC_MESSAGES/messages.po`; `python -m tools.catalogue` keeps it complete. It is named
`messages`, the domain in which click looks for the translation of its own texts.

Messages of the library are English, for programs, and filled in when they arrive here. `library.po` beside it
translates their texts with placeholders; the tool compiles it to `library.json`, since gettext finds whole texts only.
"""

from __future__ import annotations

import gettext as library
import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

LOCALE_FOLDER: Final = os.path.join(os.path.dirname(__file__), "locale")  # pathlib costs --help an import
_VARIABLES: Final = ("JSMS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
_DOMAIN: Final = "messages"

_translations = library.NullTranslations()


def preferred_language() -> str:
    """Return `zh` or `en`: that of the first of JSMS_LANG, LC_ALL, LC_MESSAGES and LANG that is set."""
    found = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    return "zh" if found.lower().startswith("zh") else "en"


@contextmanager
def in_language(language: str) -> Generator[None]:
    """Speak a language inside the block, `zh` or `en`; click speaks it, too."""
    global _translations
    before, variable = _translations, os.environ.get("LANGUAGE")
    _translations = library.translation(_DOMAIN, LOCALE_FOLDER, [language], fallback=True)
    library.bindtextdomain(_DOMAIN, LOCALE_FOLDER)
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        _translations = before
        del os.environ["LANGUAGE"]
        if variable is not None:
            os.environ["LANGUAGE"] = variable


def is_chinese() -> bool:
    """Return whether Chinese is spoken."""
    return isinstance(_translations, library.GNUTranslations)


def gettext(message: str) -> str:
    """Return the message in the language that is spoken. Texts of single messages are found by this name, `_`."""
    return message and _translations.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return one of two messages by a number, in the language that is spoken."""
    return _translations.ngettext(one, many, count)


def mark(message: str) -> str:
    """Return the message as it is. It is translated where it is shown: `gettext(message)`."""
    return message


_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_ROW: Final = re.compile(r"row (?P<row>\d+)(?: of (?P<file>.+?))?[:,] ", re.DOTALL)
_SPACE_AT_CHINESE: Final = re.compile(r"(?<=[。；，！？：]) +")


def translate_message(message: str) -> str:
    """Return a message in Chinese if Chinese is spoken, sentence by sentence; what has no translation stays English."""
    if not is_chinese():
        return message
    whole = gettext(message)
    if whole != message:
        return whole
    row = _ROW.match(message)
    if row is None:
        return without_space(_sentences(message))
    front = f"{row['file'] or ''} 第 {row['row']} 行：".lstrip()
    return without_space(front + _sentences(message[row.end() :]))


def without_space(text: str) -> str:
    """Return a text; if Chinese is spoken, without the spaces between its sentences."""
    return _SPACE_AT_CHINESE.sub("", text) if is_chinese() else text


def _sentences(message: str) -> str:
    done = ""
    while message:
        found = _sentence(message)
        if found is None:  # a field in front of a sentence, or a word without a translation
            word, space, message = message.partition(" ")
            done += word + space
        else:
            done += found[0]
            message = found[1]
    return done


def _sentence(message: str) -> tuple[str, str] | None:
    """Return the translation of the text in front, of several the longest, and what stands behind it."""
    for parts, pattern, chinese in _texts():
        found = re.match(pattern, message, re.DOTALL) if all(part in message for part in parts) else None
        if found is not None:
            values = {
                name: gettext(value) if name == "state" else _whole(value) for name, value in found.groupdict().items()
            }
            return _filled(chinese, values), message[found.end() :]
    return None


def _whole(value: str) -> str:
    """Return the translation of a value that consists of texts of the library, else the value."""
    found = _sentence(value)
    return value if found is None else found[0] + _sentences(found[1])


def _filled(text: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda place: values.get(place[1], place[0]), text)


@cache
def _texts() -> list[tuple[list[str], str, str]]:
    """Return each text, the longest first: its literal parts, its pattern, and its translation."""
    import json

    with open(os.path.join(LOCALE_FOLDER, "zh", "LC_MESSAGES", "library.json"), encoding="utf-8") as file:
        texts: dict[str, str] = json.load(file)
    texts |= _of_the_table()
    found = [(_PLACEHOLDER.split(english)[::2], "".join(_pattern(english)), texts[english]) for english in texts]
    return sorted(found, key=lambda text: -sum(map(len, text[0])))


def _pattern(english: str) -> Iterator[str]:
    pieces = _PLACEHOLDER.split(english)
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            yield re.escape(piece)
        elif number == 1 and not pieces[0]:  # no field that stands in front
            yield f"(?P<{piece}>(?:(?!: ).)*?)"
        else:
            rest = ".*" if number == len(pieces) - 2 and not pieces[-1] else ".*?"
            yield f"(?P<{piece}>{rest})"
    yield r"(?:\s+|$)"


def _of_the_table() -> dict[str, str]:
    """Return what campaigns say of a code: its title and its remedy."""
    from jsms_api.error_table import ERRORS

    from jsmskit.errors import Surface, remedy_in

    titles = {f"{info.title_en} ({info.code}).": f"{info.title_zh}（{info.code}）。" for info in ERRORS.values()}
    remedies = {remedy_in(Surface.SHELL, info, "en"): remedy_in(Surface.SHELL, info, "zh") for info in ERRORS.values()}
    return titles | remedies
