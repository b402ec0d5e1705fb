"""Keeps a deadline over all steps of an exchange that a library makes.

httpx bounds every step, not all of them: a server that drips satisfies it for ever. So the exchange is made in a
thread of its own, and whoever waits for it leaves in time; a thread that is left behind sends nothing any more that
had not begun to leave, and ends with the next step.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ._transport_failures import ConnectTimeout, ReadTimeout

if TYPE_CHECKING:
    from ._evidence_httpx import Progress

__all__ = ["within"]

T = TypeVar("T")


def within(work: Callable[[], T], seconds: float, progress: Progress) -> T:
    """What the work gives. Raises `ConnectTimeout` or `ReadTimeout` at the end of the time."""
    made: list[T] = []
    failed: list[Exception] = []
    over = threading.Event()

    def make() -> None:
        try:
            made.append(work())
        except Exception as error:  # noqa: BLE001  # raised again where the caller waits
            failed.append(error)
        finally:
            over.set()

    # The caller's context goes with it, so that traces know what the request belongs to.
    around = contextvars.copy_context()
    thread = threading.Thread(target=around.run, args=(make,), name="jsmskit-exchange", daemon=True)
    try:
        thread.start()  # waits for the thread, so Ctrl-C may come here as well
        in_time = over.wait(seconds)
    except BaseException:
        progress.give_up()
        raise
    if not in_time:
        raise (ReadTimeout if progress.give_up() else ConnectTimeout)
    if failed:
        raise failed[0]
    return made[0]
