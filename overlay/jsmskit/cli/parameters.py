"""What people type, as the client wants it: values, moments, durations, texts from files; and their yes to a question.

A question stands before what costs money or cannot be undone, but not on a mock of this machine. `--yes` answers it in
advance. Without a terminal and without `--yes` the command ends with the exit code for wrong usage and has done
nothing, as `gh` does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from .errors import CommandError
from .exit_codes import ExitCode
from .language import gettext as _
from .output import flag, is_given, stderr

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def options(*decorators: Callable[[Any], Any]) -> Callable[[Decorated], Decorated]:
    """Return a decorator that adds these arguments and options, in their order."""

    def add(function: Decorated) -> Decorated:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return add


def pairs(_context: click.Context, _option: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """Return `name=value` words as a dict; the value is everything after the first `=`. The callback of an option."""
    found: dict[str, str] = {}
    for word in given:
        name, mark, value = word.partition("=")
        if not mark or not name:
            raise click.BadParameter(_("{word!r} is not NAME=VALUE.").format(word=word))
        if name in found:
            raise click.BadParameter(_("{name!r} is given twice.").format(name=name))
        found[name] = value
    return found


param_option = click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    callback=pairs,
    help="Value of a template variable; repeat it for each variable.",
)


def text(given: str) -> str:
    """Return a text: as given, of a file (`@FILE`) or of standard input (`-`), both without a final line break."""
    if given == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\r\n")
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or _("it is not UTF-8 text")
        raise click.BadParameter(f"{given[1:]}: {why}.") from None


def moment(given: str) -> datetime:
    """Return a time: `2026-01-31 09:30[:00]` (UTC+8, the zone of the service), with an offset, or `+2h`."""
    from jsmskit._validation.fields import SERVICE_TIMEZONE

    if given.startswith("+"):
        return datetime.now(UTC) + duration(given[1:])
    try:
        read = datetime.fromisoformat(given.strip())
    except ValueError:
        raise click.BadParameter(
            _("{given!r} is not a time. Write '2026-01-31 09:30' (UTC+8), 2026-01-31T01:30:00Z, or +2h.").format(
                given=given
            )
        ) from None
    return read.replace(tzinfo=SERVICE_TIMEZONE) if read.utcoffset() is None else read


_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?", re.ASCII)


def duration(given: str) -> timedelta:
    """Return a duration: `90` or `90s`, `6m`, `2h`, `1d`, or several from long to short: `1d12h`."""
    found = _DURATION.fullmatch(given.strip())
    if found is None or not any(found.groups()):
        raise click.BadParameter(_("{given!r} is not a duration. Write 90s, 6m, 2h, 1d or 1d12h.").format(given=given))
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise click.BadParameter(_("{given!r} is too long.").format(given=given)) from None


yes_option = flag("-y", "--yes", text="Do not ask; required without a terminal.")


def is_interactive() -> bool:
    """Return whether a question can be asked and answered."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, *, free: bool, what: str, tell: Callable[[], Sequence[str]] = tuple) -> None:
    """Return if the user confirms.

    Args:
        question: ends with a question mark.
        free: it happens on a mock.
        what: a sentence without its full stop: what this does, for the error where no one can be asked.
        tell: returns the lines above the question; called only if it is asked.

    Raises:
        CommandError: the answer is no, or there is no terminal to ask at.
    """
    if free or is_given("--yes"):
        return
    if not is_interactive():
        raise CommandError(
            _("{what}, and there is no terminal to ask at.").format(what=what),
            remedy=_("Add --yes to confirm, or try it on a mock first: --mock."),
            code=ExitCode.USAGE,
        )
    for line in tell():
        stderr(line)
    if not click.confirm(question, default=False, err=True):
        raise CommandError(_("Not confirmed."), remedy=_("Run it again when you want to."), code=ExitCode.NEGATIVE)
