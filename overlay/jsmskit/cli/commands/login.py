"""`jsms login` and `jsms logout`: keys in the keyring of the system.

Knows how keys are asked for without showing them. Must not know the keyring's library (`keyring_store`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final

import click

from ..confirm import is_interactive
from ..connection import DEFAULT_PROFILE, KEY_NAMES, json_option
from ..errors import CommandError
from ..exit_codes import ExitCode
from ..framework import Command
from ..output import show, stderr

__all__ = ["login", "logout"]

_NAMES: Final = (*KEY_NAMES, "JSMS_BASE_URL")
_profile_option = click.option(
    "--profile", metavar="NAME", default=DEFAULT_PROFILE, show_default=True, help="Name of the entry."
)


@click.command(cls=Command)
@_profile_option
@click.option("--no-check", is_flag=True, help="Do not ask the service for the balance with these keys.")
@json_option
def login(profile: str, no_check: bool, as_json: bool) -> None:
    """Keep the keys of an application in the keyring of this system.

    At a terminal they are asked for, secrets without being shown. From a pipe they are read as lines
    NAME=VALUE (JSMS_APP_KEY, JSMS_MASTER_SECRET, and if wanted JSMS_DEV_KEY, JSMS_DEV_SECRET, JSMS_BASE_URL):
    `jsms login < keys.env`. They are tried with a balance call before they are stored.
    """
    from .. import keyring_store

    place = keyring_store.backend()  # first: without one there is no need to ask
    values = _asked() if is_interactive() else _piped()
    _try(values, ask_the_service=not no_check)
    keyring_store.store(profile, values)
    data = {"profile": profile, "stored": sorted(values), "keyring": place}
    show(as_json, data, f"stored {profile}", done="The keys are stored.")
    if not as_json:
        stderr(f"Kept in {place}. To use them: jsms balance --profile {profile}")


def _asked() -> dict[str, str]:
    def ask(name: str, *, hidden: bool, needed: bool) -> str:
        words = f"{name}" if needed else f"{name} (Enter: none)"
        default = None if needed else ""
        given: str = click.prompt(words, default=default, show_default=False, hide_input=hidden, err=True)
        return given.strip()

    values = {
        "JSMS_APP_KEY": ask("JSMS_APP_KEY", hidden=False, needed=True),
        "JSMS_MASTER_SECRET": ask("JSMS_MASTER_SECRET", hidden=True, needed=True),
        "JSMS_DEV_KEY": ask("JSMS_DEV_KEY", hidden=False, needed=False),
    }
    if values["JSMS_DEV_KEY"]:
        values["JSMS_DEV_SECRET"] = ask("JSMS_DEV_SECRET", hidden=True, needed=True)
    return {name: value for name, value in values.items() if value}


def _piped() -> dict[str, str]:
    values: dict[str, str] = {}
    for number, line in enumerate(sys.stdin.read().splitlines(), 1):
        words = line.strip().removeprefix("export ")
        if not words or words.startswith("#"):
            continue
        name, mark, value = words.partition("=")
        if not mark or name.strip() not in _NAMES:
            raise CommandError(
                f"line {number} of standard input is no NAME=VALUE of a key.",
                remedy=f"Known names: {', '.join(_NAMES)}.",
                code=ExitCode.USAGE,
            )
        values[name.strip()] = value.strip().strip("'\"")
    return values


def _try(values: Mapping[str, str], *, ask_the_service: bool) -> None:
    """Judge the keys by their form, and by a call that only reads, at the address that the environment names."""
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
def logout(profile: str, as_json: bool) -> None:
    """Delete keys from the keyring of this system."""
    from .. import keyring_store

    if not keyring_store.erase(profile):
        raise CommandError(
            f"the keyring has no profile {profile}.", remedy="Nothing is to be done.", code=ExitCode.NEGATIVE
        )
    data = {"profile": profile, "deleted": True}
    show(as_json, data, f"deleted {profile}", done="The keys are deleted.")
