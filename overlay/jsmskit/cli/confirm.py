"""The question before something that costs money or cannot be undone.

Knows who may be asked and what follows where nobody can be. Must not know what is about to happen: it is told
in lines.

Asked is only where it matters: not on a mock of this machine. `--yes` answers beforehand. Where nobody sits
(standard input or error is no terminal) and `--yes` is not given, the command ends with the code of wrong usage
and has done nothing, as `gh` does with what cannot be undone: a script says in its own text that it means it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import click

from .errors import NOTHING_SENT, CommandError
from .exit_codes import ExitCode
from .output import stderr

__all__ = ["confirm", "is_interactive", "yes_option"]

yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")


def is_interactive() -> bool:
    """Whether a question can be put and answered."""
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
    """Go on if it is meant.

    Args:
        question: ends with a question mark.
        yes: `--yes` was given.
        free: it happens on a mock.
        what: begins with a noun: what this would do, for where nobody can be asked.
        tell: makes the lines above the question; not called if none is put.
        sent: what has been sent so far, for the failure.

    Raises:
        CommandError: it is not meant, or nobody can be asked.
    """
    if yes or free:
        return
    if not is_interactive():
        raise CommandError(
            f"{what}, and nobody can be asked here.",
            sent=sent,
            remedy="Add --yes if it is meant; or try it on a mock first: --mock.",
            code=ExitCode.USAGE,
        )
    for line in tell():
        stderr(line)
    if not click.confirm(question, default=False, err=True):
        raise CommandError(
            "Not confirmed.", sent=sent, remedy="Type it again when you want it.", code=ExitCode.NEGATIVE
        )
