"""Callbacks on their way: taken over from the agenda, carried out of every lock, and told about afterwards.

Knows the order: one at a time, as they fell due. Must not know when a callback is repeated (the brain does)
nor how a request is made (`postman` does). A receiver may call the mock while it is being called, so
nothing is locked meanwhile.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable

from .postman import AttemptResult
from .records import CallbackAttempt

logger = logging.getLogger("jsmskit.mock")

#: Real seconds that a stop waits for a try under way; of how a longer one ends nobody hears.
STOP_SECONDS = 0.5

#: Makes the request of one try.
Carry = Callable[[CallbackAttempt], AttemptResult]
#: Tells the brain how a try went, and lets what that causes happen.
Settle = Callable[[CallbackAttempt, AttemptResult], None]


class Postbox:
    """The brain's callback sink: takes tries in at once, and empties when told to."""

    def __init__(self, carry: Carry, settle: Settle, woken: Callable[[], None]) -> None:
        self._carry = carry
        self._settle = settle
        self._woken = woken
        self._waiting: deque[CallbackAttempt] = deque()
        self._emptying = threading.Lock()
        self._age = 0

    def attempt(self, attempt: CallbackAttempt) -> bool | None:
        """Take over one try; how it went is told later."""
        self._waiting.append(attempt)
        self._woken()
        return None

    def forget(self) -> None:
        """Forget what waits and what is under way: the state it belongs to is gone."""
        self._age += 1
        self._waiting.clear()

    def empty(self) -> int:
        """Carry out what waits, in order; returns how many tries when all are told about, by whomever.

        Blocks, up to a receiver's time for each. Hold no lock of the mock.
        """
        done = 0
        with self._emptying:
            while self._waiting:
                age = self._age
                try:
                    attempt = self._waiting.popleft()
                except IndexError:  # forgotten in between
                    break
                result = self._carry(attempt)
                if age == self._age:
                    self._settle(attempt, result)
                done += 1
        return done


class Courier:
    """A thread that keeps a served mock going: runs what falls due, and empties the postbox.

    Args:
        next_at: the instant of the mock's clock at which something falls due; None if nothing is noted.
        due_in: real seconds until such an instant; None if it does not come by itself.
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
        self._called = False
        self._users = 0
        self._thread: threading.Thread | None = None

    def call(self) -> None:
        """Something is to be done: look again. From any thread, whether the courier runs or not."""
        with self._condition:
            self._called = True
            self._condition.notify_all()

    def noted(self, at: float | None) -> None:
        """Something may have been noted for an instant: look again if that is before the next alarm.

        Called after every change of the state, so it wakes nobody without need.
        """
        if self._thread is not None and at is not None and at < self._alarm:
            self.call()

    def start(self) -> None:
        """Begin, or count one more user."""
        with self._condition:
            self._users += 1
            if self._users > 1:
                return
            self._thread = threading.Thread(target=self._run, name="jsms-mock-courier", daemon=True)
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
                if self._thread is me and not self._called and (seconds is None or seconds > 0):
                    self._condition.wait(seconds)
                if self._thread is not me:
                    return
            self._work_in_spite_of_defects(me)

    def _work_in_spite_of_defects(self, me: threading.Thread) -> None:
        """Do what is due. What fails stays due, so it is not tried again at once, but with the next call."""
        while self._thread is me:
            with self._condition:
                self._called = False
            try:
                self._work()
            except Exception:
                logger.exception("what is due has failed; it is tried again when something changes")
                self._wait_for_a_call(me)
            else:
                return

    def _wait_for_a_call(self, me: threading.Thread) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._called or self._thread is not me)
