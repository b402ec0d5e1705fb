"""Signals: SIGTERM handled like Ctrl-C, a Ctrl-C that is noticed at once, and messages that are not cut off.

Only the main thread gets signals; elsewhere all of this does nothing.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Final, NoReturn

_TICK_SECONDS: Final = 0.25
_ENDING: Final = (signal.SIGINT, signal.SIGTERM)


class Terminated(KeyboardInterrupt):
    """SIGTERM, as an interruption."""


@contextmanager
def sigterm_as_interrupt() -> Generator[None]:
    """Let SIGTERM interrupt a command as Ctrl-C does, so that `timeout 5 jsms ...` says what may have been sent."""

    def terminate(number: int, frame: object) -> NoReturn:
        raise Terminated

    before: Callable[..., object] | int | None = None
    with suppress(ValueError):  # only the main thread may
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def prompt_signals() -> Generator[None]:
    """Have a signal noticed within a quarter of a second, whenever it arrives.

    Python acts on a signal between two instructions of the program. One that arrives between the last check and the
    system call that waits for a response is acted on when that call returns: with a silent service, at the
    deadline. A timer ends the call early, Python checks for signals, and waits on.
    """
    started = False
    if hasattr(signal, "setitimer"):  # not on Windows
        with suppress(ValueError):
            if signal.getsignal(signal.SIGALRM) is signal.SIG_DFL:
                signal.signal(signal.SIGALRM, _tick)
                signal.setitimer(signal.ITIMER_REAL, _TICK_SECONDS, _TICK_SECONDS)
                started = True
    try:
        yield
    finally:
        if started:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _tick(number: int, frame: object) -> None:
    """Do nothing: ending the system call was the purpose."""


@contextmanager
def ignore_signals() -> Generator[None]:
    """Ignore signals while the end of a command is reported: there is nothing left to interrupt."""
    before: dict[signal.Signals, Callable[..., object] | int | None] = {}
    with suppress(ValueError):
        for number in _ENDING:
            before[number] = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
