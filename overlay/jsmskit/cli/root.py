"""The root of the command line: the commands and where each lives.

A command is imported when it is asked for, so that `jsms --help` costs little and a missing extra stops only the
commands that need it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from .framework import CommandSpec, LazyGroup
from .language import mark

_SEND = mark("Send")
_INSPECT = mark("Inspect")
_CAMPAIGNS = mark("Campaigns")
_TRY = mark("Try without an account")
_REFERENCE = mark("Reference")
_SET_UP = mark("Set up")

COMMANDS: Final[Mapping[str, CommandSpec]] = {
    "codes": CommandSpec("sending", mark("Send and verify verification codes, by text or voice."), _SEND, "codes"),
    "messages": CommandSpec("sending", mark("Send template messages, to one recipient or a batch."), _SEND, "messages"),
    "schedules": CommandSpec("sending", mark("Send messages at a later time."), _SEND, "schedules"),
    "balance": CommandSpec("reports", mark("Show how many messages are left."), _INSPECT, "balance"),
    "reports": CommandSpec("reports", mark("Pull delivery reports; each can be read once."), _INSPECT, "reports"),
    "replies": CommandSpec("reports", mark("Pull replies of recipients; each can be read once."), _INSPECT, "replies"),
    "verification": CommandSpec("verification", mark("Show the counts of a verification store."), _INSPECT),
    "templates": CommandSpec(
        "reviews", mark("Submit, show, change, delete and preview templates."), _INSPECT, "templates"
    ),
    "signs": CommandSpec("reviews", mark("Submit, show, change and delete signs."), _INSPECT, "signs"),
    "campaign": CommandSpec("campaign", mark("Send one message to very many recipients, crash-safe."), _CAMPAIGNS),
    "worker": CommandSpec("worker", mark("Send campaigns on this machine, together with others."), _CAMPAIGNS),
    "mock": CommandSpec("mock", mark("Serve and control the mock of the service."), _TRY),
    "explain": CommandSpec("reference", mark("Explain a return code or delivery status."), _REFERENCE, "explain"),
    "spec": CommandSpec("reference", mark("Print the OpenAPI description of the service."), _REFERENCE, "spec_command"),
    "help": CommandSpec(
        "reference", mark("Exit codes, environment, output, privacy, files."), _REFERENCE, "help_command"
    ),
    "doctor": CommandSpec("doctor", mark("Check the setup of this machine; sends nothing."), _SET_UP),
    "live-check": CommandSpec("live_check", mark("Compare the contract with the real service."), _SET_UP),
    "login": CommandSpec("login", mark("Store keys in the keyring of this system."), _SET_UP, "login"),
    "logout": CommandSpec("login", mark("Delete stored keys."), _SET_UP, "logout"),
    "completion": CommandSpec("reference", mark("Print the completion for bash, zsh or fish."), _SET_UP, "completion"),
}

ALIASES: Final[Mapping[str, str]] = {
    "code": "codes",
    "message": "messages",
    "schedule": "schedules",
    "template": "templates",
    "sign": "signs",
    "report": "reports",
    "reply": "replies",
    "campaigns": "campaign",
}
"""Singular and plural both work."""


@click.group(
    cls=LazyGroup,
    specs=COMMANDS,
    aliases=ALIASES,
    epilog="jsms COMMAND --help shows more; jsms help exit-codes lists how commands end.",
)
@click.version_option(package_name="jsmskit", prog_name="jsms", help="Show the version and exit.")
def command() -> None:
    """Send and test Jiguang SMS (JSMS, 极光短信) from the command line. Unofficial."""
