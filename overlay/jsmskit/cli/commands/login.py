"""`jsms login` and `jsms logout`: keys in the keyring of the system."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final

import click

from ..connection import DEFAULT_PROFILE, KEY_NAMES
from ..errors import CommandError
from ..exit_codes import ExitCode
from ..framework import Command
from ..language import gettext as _
from ..output import json_option, show, stderr, wants_json
from ..parameters import is_interactive

_NAMES: Final = (*KEY_NAMES, "JSMS_BASE_URL")
_profile_option = click.option(
    "--profile", metavar="NAME", default=DEFAULT_PROFILE, show_default=True, help="Name of the entry."
)


@click.command(cls=Command)
@_profile_option
@click.option("--no-check", is_flag=True, help="Do not try the keys with a balance call.")
@json_option
def login(profile: str, no_check: bool) -> None:
    """Store the keys of an application in the keyring of this system.

    At a terminal you are asked for them; secrets are not shown. From a pipe they are read as lines NAME=VALUE
    (JSMS_APP_KEY, JSMS_MASTER_SECRET, optionally JSMS_DEV_KEY, JSMS_DEV_SECRET, JSMS_BASE_URL):
    `jsms login < keys.env`. They are tried with a balance call before they are stored.
    """
    from .. import keyring_store

    place = keyring_store.backend()
    if not place:  # there is no need to ask
        raise keyring_store.no_keyring()
    values = _prompt() if is_interactive() else _read_pipe()
    _try(values, ask_the_service=not no_check)
    keyring_store.store(profile, values)
    data = {"profile": profile, "stored": sorted(values), "keyring": place}
    show(data, _("stored {profile}").format(profile=profile), done=_("The keys are stored."))
    if not wants_json():
        stderr(
            _("Stored in {place}. To use them: jsms balance --profile {profile}").format(place=place, profile=profile)
        )


def _prompt() -> dict[str, str]:
    values: dict[str, str] = {}
    for name in KEY_NAMES:
        if name == "JSMS_DEV_SECRET" and not values["JSMS_DEV_KEY"]:
            break
        is_optional = name == "JSMS_DEV_KEY"
        words = _("{name} (Enter: none)").format(name=name) if is_optional else name
        default = "" if is_optional else None
        hidden = name.endswith("_SECRET")
        given: str = click.prompt(words, default=default, show_default=False, hide_input=hidden, err=True)
        values[name] = given.strip()
    return {name: value for name, value in values.items() if value}


def _read_pipe() -> dict[str, str]:
    values: dict[str, str] = {}
    for number, line in enumerate(sys.stdin.read().splitlines(), 1):
        words = line.strip().removeprefix("export ")
        if not words or words.startswith("#"):
            continue
        name, mark, value = words.partition("=")
        if not mark or name.strip() not in _NAMES:
            raise CommandError(
                _("line {number} of standard input is not NAME=VALUE of a key.").format(number=number),
                remedy=_("Known names: {names}.").format(names=", ".join(_NAMES)),
                code=ExitCode.USAGE,
            )
        values[name.strip()] = value.strip().strip("'\"")
    return values


def _try(values: Mapping[str, str], *, ask_the_service: bool) -> None:
    """Check the format of the keys, and try them with a call that only reads."""
    from jsmskit import JsmsClient

    address = os.environ.get("JSMS_BASE_URL")
    environ = {**({"JSMS_BASE_URL": address} if address else {}), **values}
    with JsmsClient.from_env(environ=environ, trust_env=True) as client:
        if ask_the_service:
            client.accounts.app_balance()
            if "JSMS_DEV_KEY" in values:
                client.accounts.account_balance()


@click.command(cls=Command)
@_profile_option
@json_option
def logout(profile: str) -> None:
    """Delete keys from the keyring of this system."""
    from .. import keyring_store

    if not keyring_store.erase(profile):
        raise CommandError(
            _("the keyring has no profile {profile!r}.").format(profile=profile),
            remedy=_("No action needed."),
            code=ExitCode.NEGATIVE,
        )
    data = {"profile": profile, "deleted": True}
    show(data, _("deleted {id}").format(id=profile), done=_("The keys are deleted."))
