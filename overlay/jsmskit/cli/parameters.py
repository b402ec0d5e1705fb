"""What people type, as the client wants it: values, moments, durations, texts from files.

Knows notations and says what is wrong with one. Must not know operations. Nothing here reaches the service.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

__all__ = ["duration", "moment", "pairs", "param_option", "text"]


def pairs(given: Sequence[str], option: str = "--param") -> dict[str, str]:
    """`name=value` words as a dict; the value is all that stands behind the first `=`."""
    found: dict[str, str] = {}
    for word in given:
        name, mark, value = word.partition("=")
        if not mark or not name:
            raise click.BadParameter(f"{word!r} is no NAME=VALUE.", param_hint=option)
        if name in found:
            raise click.BadParameter(f"{name} is given twice.", param_hint=option)
        found[name] = value
    return found


param_option = click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Value of a variable of the template; as often as needed.",
)


def text(given: str) -> str:
    """A text as it is; `@FILE` for the text of a file, `-` for standard input, both without a last line break."""
    if given == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\r\n")
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise click.BadParameter(f"{given[1:]}: {why}.") from None


def moment(given: str) -> datetime:
    """A time: `2026-01-31 09:30[:00]` in the zone of the service (UTC+8), with an offset of its own, or `+2h`."""
    from jsmskit._validation.times import SERVICE_TIMEZONE

    if given.startswith("+"):
        return datetime.now(UTC) + duration(given[1:])
    try:
        read = datetime.fromisoformat(given.strip())
    except ValueError:
        raise click.BadParameter(
            f"{given!r} is no time. Write '2026-01-31 09:30' (UTC+8), 2026-01-31T01:30:00Z, or +2h."
        ) from None
    return read.replace(tzinfo=SERVICE_TIMEZONE) if read.utcoffset() is None else read


_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?", re.ASCII)


def duration(given: str) -> timedelta:
    """A duration: `90` or `90s`, `6m`, `2h`, `1d`, or several in this order: `1d12h`."""
    found = _DURATION.fullmatch(given.strip())
    if found is None or not any(found.groups()):
        raise click.BadParameter(f"{given!r} is no duration. Write 90s, 6m, 2h, 1d or 1d12h.")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise click.BadParameter(f"{given!r} is too long.") from None
