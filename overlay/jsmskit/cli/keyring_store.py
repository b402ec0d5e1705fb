"""Credentials in the keyring of the system: stored by `jsms login`, read when the environment has none.

Knows the library `keyring` and the form of an entry. Must not know the environment or commands. The library is
imported when it is asked for; it may open a dialogue of the system.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from .errors import CommandError
from .exit_codes import ExitCode

__all__ = ["SERVICE", "NoKeyringError", "backend", "erase", "installed", "load", "store"]

SERVICE: Final = "jsmskit"
_INSTALL: Final = "pip install 'jsmskit[keyring]', or set JSMS_APP_KEY and JSMS_MASTER_SECRET (or ..._FILE)."


class NoKeyringError(CommandError):
    """This system has no keyring."""


def installed() -> bool:
    """Whether the library is there; it is not imported."""
    from importlib.util import find_spec

    return find_spec("keyring") is not None


def _library() -> Any:
    try:
        import keyring
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "keyring":
            raise
        raise CommandError(
            "the keyring needs a library.", remedy=_INSTALL, code=ExitCode.CREDENTIALS
        ) from None
    return keyring


def backend() -> str:
    """Which keyring of the system it is, in a word. Raises `NoKeyringError`."""
    found = _library().get_keyring()
    if type(found).__module__ == "keyring.backends.fail":
        raise _none()
    return str(found.name)


def _none() -> NoKeyringError:
    return NoKeyringError(
        "this system has no keyring that can be used.",
        remedy="Set JSMS_APP_KEY and JSMS_MASTER_SECRET (or ..._FILE) instead.",
        code=ExitCode.CREDENTIALS,
    )


def load(profile: str) -> dict[str, str] | None:
    """The values that are stored under a profile, by the names of the environment; None if there are none.

    Raises:
        CommandError: the keyring cannot be opened, or the entry is not ours.
    """
    text: object = _asked("read", profile)
    if text is None:
        return None
    try:
        found: object = json.loads(str(text))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CommandError(
            f"what the keyring holds for {SERVICE}, profile {profile}, was not written by jsms.",
            remedy=f"Delete it with: jsms logout --profile {profile}; then jsms login.",
            code=ExitCode.CREDENTIALS,
        )
    return {name: str(value) for name, value in cast("dict[str, object]", found).items()}


def store(profile: str, values: Mapping[str, str]) -> None:
    """Keep values under a profile, in place of what was there. Raises `CommandError`."""
    _asked("write", profile, json.dumps(dict(values)))


def erase(profile: str) -> bool:
    """Delete a profile; gives whether there was one. Raises `CommandError`."""
    if _asked("read", profile) is None:
        return False
    _asked("delete", profile)
    return True


def _asked(what: str, profile: str, value: str = "") -> object:
    """One call of the library; whatever its backend raises becomes a failure without the value in it."""
    library = _library()
    try:
        if what == "read":
            return library.get_password(SERVICE, profile)
        if what == "write":
            return library.set_password(SERVICE, profile, value)
        return library.delete_password(SERVICE, profile)
    except Exception as error:  # noqa: BLE001  # backends raise errors of many systems
        why = type(error).__name__
    if why == "NoKeyringError":
        raise _none()
    raise CommandError(
        f"the keyring of this system could not be used ({why}).",
        remedy="Unlock it, or set JSMS_APP_KEY and JSMS_MASTER_SECRET (or ..._FILE) instead.",
        code=ExitCode.CREDENTIALS,
    )
