"""Hints that can be pasted: every command that is shown repeats what chose ledger, address and keys."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Final

import click
from click.core import ParameterSource

_REACHES: Final = frozenset({"plan", "run", "resume", "test", "pull"})
"""The commands of campaigns that take the options of the way to the service; the others look into the ledger only."""
_COMMAND: Final = re.compile(
    r"\bjsms (?:campaign (?P<name>plan|run|resume|test|pull|status|stop|unknown|resolve|report|purge)"
    r"|(?P<reaches>worker|codes\sverify|schedules\scancel|(?:templates|signs)\sget|mock\sstate))\b"
    r"(?: (?:\d+|[0-9a-f-]{36}|[A-Z]{2,}|N|-o report\.[a-z]+|--[a-z-]+|sent\|not-sent|sent)(?![\w-]))*"
)


def typed_target() -> tuple[str, ...]:
    """Return the options that were typed to choose address and keys: `--mock`, `--base-url URL`, `--profile NAME`.

    Of `jsms mock ...`, which needs no keys: `--url URL`.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return ()
    words: list[str] = []
    if _typed(context, "mock"):
        address = context.params["mock"]
        words.append(f"--mock={address}" if address else "--mock")
    for name in ("base_url", "profile", "url"):
        if _typed(context, name):
            words += [f"--{name.replace('_', '-')}", str(context.params[name])]
    return tuple(words)


def repeat_target(words: str, planned_for: Sequence[str] = ()) -> str:
    """Put the options that chose the target behind the commands in a text, quoted for the shell.

    planned_for: the options with which the campaign was planned, for commands that do not take them themselves.
    """
    context = click.get_current_context(silent=True)
    if context is None or "jsms " not in words:
        return words
    ledger = ["--ledger", str(context.params["place"])] if _typed(context, "place") else []
    target = typed_target() or tuple(planned_for)

    def repeated(found: re.Match[str]) -> str:
        options = [*ledger, *(target if found["reaches"] or found["name"] in _REACHES else ())]
        return found[0] + (f" {shlex.join(options)}" if options else "")

    return _COMMAND.sub(repeated, words)


def _typed(context: click.Context, name: str) -> bool:
    return name in context.params and context.get_parameter_source(name) is ParameterSource.COMMANDLINE
