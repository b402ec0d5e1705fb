"""Keys in the keyring of the system: stored by `jsms login`, read when the environment has none.

The library `keyring` is imported when it is needed; it may open a dialog of the system.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from .errors import CommandError
from .exit_codes import ExitCode
from .language import gettext as _

SERVICE: Final = "jsmskit"


def installed() -> bool:
    """Return whether the library is installed, without importing it."""
    from importlib.util import find_spec

    return find_spec("keyring") is not None


def backend() -> str:
    """Return the name of the keyring of this system; empty if it has none."""
    import keyring

    found = keyring.get_keyring()
    return "" if type(found).__module__ == "keyring.backends.fail" else str(found.name)


def no_keyring() -> CommandError:
    """Return the error for a system without a keyring."""
    return CommandError(
        _("this system has no usable keyring."),
        remedy=_("Set JSMS_APP_KEY and JSMS_MASTER_SECRET (or ..._FILE) instead."),
        code=ExitCode.CREDENTIALS,
    )


def load(profile: str) -> dict[str, str] | None:
    """Return the values that are stored under a profile, by the names of the environment; None without a profile.

    Raises:
        CommandError: the keyring cannot be opened, or the entry is not ours.
    """
    text = _call("get_password", profile)
    if text is None:
        return None
    try:
        found: object = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CommandError(
            _("the entry of the keyring for {profile!r} was not written by jsms.").format(profile=profile),
            remedy=_("Delete it: jsms logout --profile {profile}. Then: jsms login.").format(profile=profile),
            code=ExitCode.CREDENTIALS,
        )
    return {name: str(value) for name, value in cast("dict[str, object]", found).items()}


def store(profile: str, values: Mapping[str, str]) -> None:
    """Store values under a profile, replacing what was there. Raises `CommandError`."""
    _call("set_password", profile, json.dumps(dict(values)))


def erase(profile: str) -> bool:
    """Delete a profile; return whether there was one. Raises `CommandError`."""
    if _call("get_password", profile) is None:
        return False
    _call("delete_password", profile)
    return True


def _call(method: str, *given: str) -> Any:
    """Call the library; whatever its backend raises becomes an error without the value in it."""
    import keyring

    try:
        return getattr(keyring, method)(SERVICE, *given)
    except Exception as error:  # noqa: BLE001  # backends raise errors of many systems
        why = type(error).__name__
    if why == "NoKeyringError":
        raise no_keyring()
    raise CommandError(
        _("the keyring of this system could not be used ({why}).").format(why=why),
        remedy=_("Unlock it, or set JSMS_APP_KEY and JSMS_MASTER_SECRET (or ..._FILE) instead."),
        code=ExitCode.CREDENTIALS,
    )
