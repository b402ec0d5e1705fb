"""The root of the command line: names of the commands and where each lives.

A command's module is imported when the command is asked for, so that `jsms --help` costs little and a missing
extra hurts only those who need it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from .framework import Place, Program

__all__ = ["ALIASES", "PLACES", "command"]

_SEND = "Send"
_LOOK = "Look"
_MANY = "Very many people"
_TRY = "Try without an account"
_KNOW = "Know"
_SET_UP = "Set up"

PLACES: Final[Mapping[str, Place]] = {
    "codes": Place(
        "jsmskit.cli.commands.codes", "command", "Verification codes: send, have read out, verify.", _SEND
    ),
    "messages": Place(
        "jsmskit.cli.commands.messages", "command", "Template messages: to one, or to a batch.", _SEND
    ),
    "schedules": Place(
        "jsmskit.cli.commands.schedules", "command", "Messages that go out at a later time.", _SEND
    ),
    "balance": Place("jsmskit.cli.commands.balance", "command", "How many messages are paid for.", _LOOK),
    "reports": Place(
        "jsmskit.cli.commands.reports", "reports", "What became of messages; each is read once.", _LOOK
    ),
    "replies": Place(
        "jsmskit.cli.commands.reports", "replies", "What people sent back; each is read once.", _LOOK
    ),
    "templates": Place(
        "jsmskit.cli.commands.templates", "command", "Hand in, look at, change, delete, try out.", _LOOK
    ),
    "signs": Place("jsmskit.cli.commands.signs", "command", "Hand in, look at, change, delete.", _LOOK),
    "campaign": Place(
        "jsmskit.cli.commands.campaign",
        "command",
        "One message to very many people, safe against every crash.",
        _MANY,
    ),
    "worker": Place(
        "jsmskit.cli.commands.worker",
        "command",
        "Send chunks of campaigns on this machine, together with others.",
        _MANY,
    ),
    "mock": Place(
        "jsmskit.cli.commands.mock", "command", "The twin of the service: serve it, steer it.", _TRY
    ),
    "explain": Place(
        "jsmskit.cli.commands.explain",
        "command",
        "What a return code or delivery status means, in two languages.",
        _KNOW,
    ),
    "spec": Place(
        "jsmskit.cli.commands.spec", "command", "The description of the service, for other tools.", _KNOW
    ),
    "help": Place("jsmskit.cli.commands.help", "command", "Exit codes, environment, output, privacy.", _KNOW),
    "doctor": Place(
        "jsmskit.cli.commands.doctor", "command", "Look for what is wrong; sends nothing.", _SET_UP
    ),
    "login": Place(
        "jsmskit.cli.commands.login", "login", "Keep keys in the keyring of this system.", _SET_UP
    ),
    "logout": Place("jsmskit.cli.commands.login", "logout", "Delete them there.", _SET_UP),
    "completion": Place(
        "jsmskit.cli.commands.completion", "command", "Completion for bash, zsh and fish.", _SET_UP
    ),
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
"""Other words for commands: nobody should have to remember which is singular."""


@click.group(
    cls=Program,
    places=PLACES,
    aliases=ALIASES,
    epilog="jsms COMMAND --help says more; jsms help exit-codes lists how commands end.",
)
@click.version_option(package_name="jsmskit", prog_name="jsms")
def command() -> None:
    """Send and test Jiguang SMS (JSMS, 极光短信) from the command line. Unofficial."""
