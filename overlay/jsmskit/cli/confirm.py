"""The question before something that costs money or cannot be undone.

It is asked only where it matters: not on a mock of this machine. `--yes` answers it in advance. Without a terminal
and without `--yes` the command ends with the exit code for wrong usage and has done nothing, as `gh` does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import click

from .errors import NOTHING_SENT, CommandError
from .exit_codes import ExitCode
from .language import gettext as _
from .output import stderr

yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask; required without a terminal.")


def is_interactive() -> bool:
    """Return whether a question can be asked and answered."""
    try:
        return sys.stdin.isatty() and sys.stderr.isatty()
    except (AttributeError, ValueError):  # closed
        return False


def confirm(
    question: str,
    *,
    yes: bool,
    free: bool,
    what: str,
    tell: Callable[[], Sequence[str]] = tuple,
    sent: str = NOTHING_SENT,
) -> None:
    """Return if the user confirms.

    Args:
        question: ends with a question mark.
        yes: `--yes` was given.
        free: it happens on a mock.
        what: a sentence without its full stop: what this does, for the error where no one can be asked.
        tell: returns the lines above the question; called only if it is asked.
        sent: what has been sent so far, for the error.

    Raises:
        CommandError: the answer is no, or there is no terminal to ask at.
    """
    if yes or free:
        return
    if not is_interactive():
        raise CommandError(
            _("{what}, and there is no terminal to ask at.").format(what=what),
            sent=sent,
            remedy=_("Add --yes to confirm, or try it on a mock first: --mock."),
            code=ExitCode.USAGE,
        )
    for line in tell():
        stderr(line)
    if not click.confirm(question, default=False, err=True):
        raise CommandError(
            _("Not confirmed."), sent=sent, remedy=_("Run it again when you want to."), code=ExitCode.NEGATIVE
        )
