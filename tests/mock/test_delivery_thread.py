"""The thread that keeps a served mock going: no call for it is lost, whenever it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from jsmskit.mock.callbacks.queue import DeliveryThread

LONG = 30.0


def never() -> None:
    """Nothing falls due by itself."""


def thread(work: Callable[[], object]) -> DeliveryThread:
    return DeliveryThread(never, lambda at: at, work)


def test_a_call_before_the_beginning_is_answered() -> None:
    """A callback may be waiting when the mock begins to be served, and its thread may take its time."""
    done = threading.Event()
    made = thread(done.set)

    made.wake()
    made.start()

    assert done.wait(LONG)
    made.stop()


def test_a_call_that_comes_while_work_is_ending_is_answered() -> None:
    """What was put in the postbox after its last look, and before the next wait, is seen to."""
    works: list[int] = []
    again = threading.Event()

    def work() -> None:
        works.append(len(works))
        if len(works) == 1:
            made.wake()
        else:
            again.set()

    made = thread(work)
    made.start()
    made.wake()

    assert again.wait(LONG)
    made.stop()


def test_a_call_is_worked_for_once() -> None:
    """And then there is rest, until the next."""
    works: list[int] = []
    first, second = threading.Event(), threading.Event()

    def work() -> None:
        works.append(len(works))
        (second if first.is_set() else first).set()

    made = thread(work)
    made.start()
    made.wake()
    assert first.wait(LONG)
    made.wake()
    assert second.wait(LONG)
    made.stop()

    assert works == [0, 1]
