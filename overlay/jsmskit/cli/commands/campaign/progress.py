"""How `jsms campaign` shows a run: a bar where a person looks, plain lines elsewhere, JSON where
asked.

It is given `Progress`, and no ledger or client.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Protocol

from jsmskit.campaigns import Progress

from ...language import gettext as _
from ...language import translate_message

_LINE_SECONDS = 5.0


class View(Protocol):
    """Shows progress."""

    def tell(self, progress: Progress) -> None:
        """Told after each request, from any thread."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


def view_for(*, as_json: bool) -> View:
    """The right way for where the output goes."""
    if as_json:
        return _Lines(as_json=True)
    if sys.stderr.isatty():
        try:
            return _Bar()
        except ModuleNotFoundError:
            pass  # without rich there are lines
    return _Lines(as_json=False)


def left(seconds: float | None) -> str:
    """A duration as people say it."""
    if seconds is None:
        return "-"
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


class _Lines:
    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._said_at = 0.0
        self._said: tuple[str, int] = ("", -1)

    def tell(self, progress: Progress) -> None:
        mark = (progress.note.partition(";")[0], 0 if progress.note else progress.pending)
        due = progress.now - self._said_at >= _LINE_SECONDS or not progress.pending
        if not due or mark == self._said:
            return
        self._said_at, self._said = progress.now, mark
        print(_as_json(progress) if self._as_json else _as_line(progress), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Nothing to leave."""


def _as_json(progress: Progress) -> str:
    return json.dumps(
        {
            "progress": progress.campaign_id,
            "total": progress.total,
            "accepted": progress.accepted,
            "rejected": progress.rejected,
            "unknown": progress.unknown,
            "pending": progress.pending,
            "rate": round(progress.rate, 1),
            "seconds_left": None if progress.seconds_left is None else round(progress.seconds_left),
            "note": progress.note,
        }
    )


def _as_line(progress: Progress) -> str:
    told = _(
        "{accepted} accepted, {rejected} rejected, {unknown} unknown, {pending} to go; {rate:.0f}/s, {time} left"
    ).format(
        accepted=progress.accepted,
        rejected=progress.rejected,
        unknown=progress.unknown,
        pending=progress.pending,
        rate=progress.rate,
        time=left(progress.seconds_left),
    )
    if not progress.note:
        return told
    return _("{told}; waiting: {reason}").format(told=told, reason=translate_message(progress.note))


class _Bar:
    def __init__(self) -> None:
        from rich.console import Console  # only where a person looks
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(
            BarColumn(),
            TextColumn("{task.percentage:>5.1f} %"),
            TextColumn("{task.fields[told]}"),
            console=Console(stderr=True),
            transient=False,
        )
        self._task: Any = None

    def tell(self, progress: Progress) -> None:
        if self._task is None:
            self._task = self._bar.add_task("", total=progress.total, told="")
            self._bar.start()
        told = _(
            "{rate:.0f}/s  [green]{accepted} accepted[/]  [red]{rejected} rejected[/]"
            "  [magenta]{unknown} unknown[/]  {time} left"
        ).format(
            rate=progress.rate,
            accepted=progress.accepted,
            rejected=progress.rejected,
            unknown=progress.unknown,
            time=left(progress.seconds_left),
        )
        told += f"  [dim]{translate_message(progress.note)}[/]"
        self._bar.update(self._task, completed=progress.total - progress.pending, told=told)

    def close(self) -> None:
        self._bar.stop()
