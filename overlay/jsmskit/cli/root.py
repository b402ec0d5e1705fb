"""The root of the command line: names of the commands and where each lives.

A command's module is imported when the command is asked for, so that `jsms --help` costs little and a missing
extra hurts only those who need it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

#: Command -> (module, attribute, one line of help).
COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "campaign": (
        "jsmskit.cli.campaign",
        "command",
        "One message to very many people, safe against every crash.",
    ),
    "mock": ("jsmskit.cli.mock", "command", "The twin of the service, for those who have no account."),
    "worker": (
        "jsmskit.cli.worker",
        "command",
        "Send chunks of campaigns on this machine, together with others.",
    ),
}


class LazyGroup(click.Group):
    """A group that knows the names of its commands and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        found: object = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)  # the table above names commands only
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in sorted(COMMANDS)])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jsmskit", prog_name="jsms")
def command() -> None:
    """Send and test Jiguang SMS (JSMS) from the command line. Unofficial."""
