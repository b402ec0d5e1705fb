"""The language of help, messages and errors: English, or Chinese where JSMS_LANG or the locale says so.

The catalogue is `locale/zh/LC_MESSAGES/messages.po`; `python -m tools.catalogue` keeps it complete. It is named
`messages`, the domain in which click looks for the translation of its own texts.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gettext import NullTranslations

LOCALE_FOLDER: Final = os.path.join(os.path.dirname(__file__), "locale")  # pathlib costs --help an import
_VARIABLES: Final = ("JSMS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
_DOMAIN: Final = "messages"

_translations: NullTranslations | None = None


def preferred_language() -> str:
    """Return `zh` or `en`: that of the first of JSMS_LANG, LC_ALL, LC_MESSAGES and LANG that is set."""
    found = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    return "zh" if found.lower().startswith("zh") else "en"


@contextmanager
def in_language(language: str) -> Generator[None]:
    """Speak a language inside the block, `zh` or `en`; click speaks it, too."""
    global _translations
    if language != "zh":
        yield
        return
    import gettext as library

    before = _translations, library.bindtextdomain(_DOMAIN), os.environ.get("LANGUAGE")
    _translations = library.translation(_DOMAIN, LOCALE_FOLDER, ["zh"])
    library.bindtextdomain(_DOMAIN, LOCALE_FOLDER)
    os.environ["LANGUAGE"] = "zh"
    try:
        yield
    finally:
        _translations = before[0]
        library.bindtextdomain(_DOMAIN, before[1])
        if before[2] is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before[2]


def is_chinese() -> bool:
    """Return whether Chinese is spoken."""
    return _translations is not None


def gettext(message: str) -> str:
    """Return the message in the language that is spoken. Texts of single messages are found by this name, `_`."""
    return message if _translations is None or not message else _translations.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return one of two messages by a number, in the language that is spoken."""
    if _translations is None:
        return one if count == 1 else many
    return _translations.ngettext(one, many, count)


def mark(message: str) -> str:
    """Return the message as it is. It is translated where it is shown: `gettext(message)`."""
    return message
