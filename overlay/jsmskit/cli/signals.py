"""How a command is broken off: SIGTERM like Ctrl-C, a signal that is always heard, and words said to the end.

Knows the signals of a process. Must not know any command. Only the main thread is told of signals, so elsewhere
all of this does nothing.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Final, NoReturn

__all__ = ["Terminated", "ignore_signals", "prompt_signals", "sigterm_as_interrupt"]

_TICK_SECONDS: Final = 0.25
_ENDING: Final = (signal.SIGINT, signal.SIGTERM)


class Terminated(KeyboardInterrupt):
    """SIGTERM, told as Ctrl-C is."""


@contextmanager
def sigterm_as_interrupt() -> Generator[None]:
    """Let SIGTERM break a command off as Ctrl-C does, so that `timeout 5 jsms ...` is told what may be sent."""

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
    """Have a signal heard within a quarter of a second, wherever it falls.

    Python notes a signal and acts on it between two steps of the program. One that falls between the last look and
    the system call that waits for an answer is acted on when that call returns: with a service that says nothing,
    at the deadline. A tick ends the call early, Python looks, and waits on.
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
    """Nothing is to be done: that the system call ended is all that was wanted."""


@contextmanager
def ignore_signals() -> Generator[None]:
    """Say to the end what became of a command: it is over, there is nothing left to break off."""
    before: dict[signal.Signals, Callable[..., object] | int | None] = {}
    with suppress(ValueError):
        for number in _ENDING:
            before[number] = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
