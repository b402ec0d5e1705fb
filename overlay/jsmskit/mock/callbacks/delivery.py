"""CallbackQueue on their way: taken over from the timers, carried out of every lock, and told about afterwards.

A receiver may call the mock while it is being called, so
nothing is locked meanwhile.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable

from ..model.records import CallbackAttempt
from .sender import AttemptResult

logger = logging.getLogger("jsmskit.mock")

#: Real seconds that a stop waits for an attempt under way; the result of a longer one is lost.
STOP_SECONDS = 0.5

#: Makes the request of one try.
Deliver = Callable[[CallbackAttempt], AttemptResult]
#: Records how an attempt went, and runs what that causes.
Record = Callable[[CallbackAttempt, AttemptResult], None]


class DeliveryQueue:
    """The sink of the callback queue: takes attempts at once, and makes them when drained."""

    def __init__(self, deliver: Deliver, record: Record, woken: Callable[[], None]) -> None:
        self._deliver = deliver
        self._record = record
        self._woken = woken
        self._waiting: deque[CallbackAttempt] = deque()
        self._draining = threading.Lock()
        self._age = 0

    def attempt(self, attempt: CallbackAttempt) -> bool | None:
        """Take over one try; how it went is told later."""
        self._waiting.append(attempt)
        self._woken()
        return None

    def clear(self) -> None:
        """Forget what waits and what is under way: the state it belongs to is gone."""
        self._age += 1
        self._waiting.clear()

    def drain(self) -> int:
        """Deliver out what waits, in order; returns how many tries when all are told about, by whomever.

        Blocks, up to a receiver's time for each. Hold no lock of the mock.
        """
        done = 0
        with self._draining:
            while self._waiting:
                age = self._age
                try:
                    attempt = self._waiting.popleft()
                except IndexError:  # forgotten in between
                    break
                result = self._deliver(attempt)
                if age == self._age:
                    self._record(attempt, result)
                done += 1
        return done


class DeliveryThread:
    """A thread that keeps a served mock going: runs what falls due, and drains the queue.

    Args:
        next_at: the instant of the mock's clock at which something falls due; None if nothing is noted.
        due_in: real seconds until such an instant; None if the clock stands still.
        work: do what is due now.
    """

    def __init__(
        self,
        next_at: Callable[[], float | None],
        due_in: Callable[[float], float | None],
        work: Callable[[], object],
    ) -> None:
        self._next_at = next_at
        self._due_in = due_in
        self._work = work
        self._condition = threading.Condition()
        self._alarm = math.inf
        self._woken = False
        self._users = 0
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Something is to be done: look again. From any thread, whether the thread runs or not."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def notify_at(self, at: float | None) -> None:
        """Something may have been noted for an instant: look again if that is before the next alarm.

        Called after every change of the state, so it wakes the thread only when needed.
        """
        if self._thread is not None and at is not None and at < self._alarm:
            self.wake()

    def start(self) -> None:
        """Begin, or count one more user."""
        with self._condition:
            self._users += 1
            if self._users > 1:
                return
            self._thread = threading.Thread(target=self._run, name="jsms-mock-callbacks", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Count one user less; with the last one end. A receiver that takes its time is not waited for."""
        with self._condition:
            self._users -= 1
            if self._users > 0:
                return
            thread, self._thread = self._thread, None
            self._condition.notify_all()
        if thread is not None:
            thread.join(STOP_SECONDS)

    def _run(self) -> None:
        me = threading.current_thread()
        while True:
            with self._condition:
                # What is noted from here on calls. A call is forgotten by the work it asked for and by nothing else:
                # one that comes while work is ending, or before the first line here, is none that was heard.
                self._alarm = math.inf
            at = self._next_at()
            seconds = None if at is None else self._due_in(at)
            with self._condition:
                self._alarm = math.inf if at is None else at
                if self._thread is me and not self._woken and (seconds is None or seconds > 0):
                    self._condition.wait(seconds)
                if self._thread is not me:
                    return
            self._work_despite_failures(me)

    def _work_despite_failures(self, me: threading.Thread) -> None:
        """Do what is due. What fails stays due, so it is not tried again at once, but with the next call."""
        while self._thread is me:
            with self._condition:
                self._woken = False
            try:
                self._work()
            except Exception:
                logger.exception("what is due has failed; it is tried again when something changes")
                self._wait_until_woken(me)
            else:
                return

    def _wait_until_woken(self, me: threading.Thread) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._woken or self._thread is not me)
