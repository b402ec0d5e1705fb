"""The root of the command line: names of the commands and where each lives.

A command's module is imported when the command is asked for, so that `jsms --help` costs little and a missing
extra hurts only those who need it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from .framework import CommandSpec, LazyGroup

__all__ = ["ALIASES", "COMMANDS", "command"]

_SEND = "Send"
_LOOK = "Look"
_MANY = "Very many people"
_TRY = "Try without an account"
_KNOW = "Know"
_SET_UP = "Set up"

COMMANDS: Final[Mapping[str, CommandSpec]] = {
    "codes": CommandSpec("codes", "Verification codes: send, have read out, verify.", _SEND),
    "messages": CommandSpec("messages", "Template messages: to one, or to a batch.", _SEND),
    "schedules": CommandSpec("schedules", "Messages that go out at a later time.", _SEND),
    "balance": CommandSpec("balance", "How many messages are paid for.", _LOOK),
    "reports": CommandSpec("reports", "What became of messages; each is read once.", _LOOK, "reports"),
    "replies": CommandSpec("reports", "What people sent back; each is read once.", _LOOK, "replies"),
    "verification": CommandSpec("verification", "Login by SMS: what the store has counted.", _LOOK),
    "templates": CommandSpec("templates", "Hand in, look at, change, delete, try out.", _LOOK),
    "signs": CommandSpec("signs", "Hand in, look at, change, delete.", _LOOK),
    "campaign": CommandSpec(
        "campaign",
        "One message to very many people, safe against every crash.",
        _MANY,
    ),
    "worker": CommandSpec(
        "worker",
        "Send chunks of campaigns on this machine, together with others.",
        _MANY,
    ),
    "mock": CommandSpec("mock", "The twin of the service: serve it, steer it.", _TRY),
    "explain": CommandSpec(
        "explain",
        "What a return code or delivery status means, in two languages.",
        _KNOW,
    ),
    "spec": CommandSpec("spec", "The description of the service, for other tools.", _KNOW),
    "help": CommandSpec("help", "Exit codes, environment, output, privacy.", _KNOW),
    "doctor": CommandSpec("doctor", "Look for what is wrong; sends nothing.", _SET_UP),
    "login": CommandSpec("login", "Keep keys in the keyring of this system.", _SET_UP, "login"),
    "logout": CommandSpec("login", "Delete them there.", _SET_UP, "logout"),
    "completion": CommandSpec("completion", "Completion for bash, zsh and fish.", _SET_UP),
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
    cls=LazyGroup,
    specs=COMMANDS,
    aliases=ALIASES,
    epilog="jsms COMMAND --help says more; jsms help exit-codes lists how commands end.",
)
@click.version_option(package_name="jsmskit", prog_name="jsms")
def command() -> None:
    """Send and test Jiguang SMS (JSMS, 极光短信) from the command line. Unofficial."""
