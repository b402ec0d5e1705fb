"""How time passes for one mock: the clock moves step by step, what falls due is done, callbacks go out."""

from __future__ import annotations

import logging
import math
import threading
from typing import Final

from .callbacks.queue import CallbackQueue
from .callbacks.sender import CallbackResult, CallbackSender, event_form
from .model.clock import Broadcast, Clock, ClockMode, milliseconds
from .model.random_ids import RandomIds
from .model.records import Delivery
from .state.state import State

logger = logging.getLogger("jsmskit.mock")

#: Real seconds that a stop waits for a callback under way; the result of a longer one is lost.
STOP_SECONDS: Final = 0.5


class TimeDriver:
    """The one way in which time passes; while the mock is served, a thread lets it pass automatically.

    Args:
        state: whose timers are run.
        clock: the one that it moves.
        random_ids: of the nonces of callbacks.
        callbacks: that fall due.
        sender: carries them.

    Attributes:
        clock_changes: rings with the new instant when the clock was set or advanced.
    """

    def __init__(
        self, state: State, clock: Clock, random_ids: RandomIds, callbacks: CallbackQueue, sender: CallbackSender
    ) -> None:
        self.clock_changes: Broadcast[float] = Broadcast()
        self._state = state
        self._clock = clock
        self._random_ids = random_ids
        self._callbacks = callbacks
        self._sender = sender
        self._closed = False
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._users = 0
        self._woken = False
        self._alarm = math.inf
        callbacks.on_waiting = self._wake
        state.timers.on_scheduled(self._notify_at)
        clock.on_advance(self._clock_moved)

    def set_clock(self, mode: ClockMode | str | None, now: float | None) -> None:
        """Let the clock go another way, or to another instant; as `JsmsMock.set_clock`."""
        wanted = self._clock.mode if mode is None else ClockMode(mode)
        with self._state.database.lock:
            if wanted is ClockMode.REAL and mode is not None:
                if now is not None:
                    raise ValueError("the real clock cannot be set; ask for shifted or frozen")
                self._clock.follow_wall()
            elif wanted is ClockMode.FROZEN:
                self._clock.freeze(now)
            else:
                self._clock.run()
                self._clock.set(self._clock.now() if now is None else now)

    def advance(self, seconds: float) -> int:
        """Let time pass, callbacks included; return how many timers fell due.

        Raises:
            ValueError: less than 0, or beyond the year 9999.
        """
        if not seconds >= 0:
            raise ValueError(f"time cannot be advanced by {seconds} s; clock.set() goes back")
        return self._run_to(self._clock.now() + seconds)

    def run_due(self) -> int:
        """Do what is due now, callbacks included; return how many timers it was."""
        return self._run_to(self._clock.now())

    def advance_quietly(self, seconds: float) -> None:
        """Let time pass without a callback, so that it blocks on nothing."""
        with self._state.database.lock:
            self._clock.advance(seconds)
            self.run_due_quietly()

    def run_due_quietly(self) -> int:
        """Do what is due now, without callbacks: cheap, blocks on nothing."""
        return self._state.timers.run_until(self._clock.now())

    def begin(self) -> None:
        """From now on what falls due happens automatically; counts its users."""
        with self._condition:
            self._users += 1
            if self._users == 1:
                self._thread = threading.Thread(target=self._run, name="jsms-mock-callbacks", daemon=True)
                self._thread.start()

    def finish(self) -> None:
        """One user less. Blocks a moment while a callback is under way; a slow receiver is not waited for."""
        with self._condition:
            self._users -= 1
            if self._users > 0:
                return
            thread, self._thread = self._thread, None
            self._condition.notify_all()
        if thread is not None:
            thread.join(STOP_SECONDS)

    def state_replaced(self) -> None:
        """Hear that the state is another one; the lock is held."""
        self._callbacks.clear()
        self._notify_at(self._state.timers.next_at())

    def close(self) -> None:
        """End for good; the lock is held. Attempts under way are forgotten."""
        self._closed = True
        self._callbacks.clear()

    def _run_to(self, until: float) -> int:
        """Go to an instant in steps, so that each try of a callback ends before anything later begins."""
        done = 0
        while True:
            self._callbacks.drain(self._deliver)
            with self._state.database.lock:
                if self._closed:
                    return done
                at = self._state.timers.next_at()
                if at is None or at > until:
                    if until > self._clock.now():
                        self._clock.set(until)
                    return done
                ran = self._state.timers.run_until(at)
                if at > self._clock.now():
                    self._clock.set(at)
            if not ran:  # called from inside a run that is under way: that one goes on
                return done
            done += ran

    def _deliver(self, delivery: Delivery) -> CallbackResult:
        with self._state.database.lock:
            if self._closed:
                return CallbackResult(problem="the mock is closed")
            application = self._state.applications.get(delivery.app_key)
            nonce = self._random_ids.nonce()
        if application is None:
            return CallbackResult(problem="the application is gone")
        form = event_form(
            application.app_key,
            application.master_secret,
            nonce=nonce,
            timestamp=milliseconds(delivery.attempts[-1].at),
            kind=delivery.type,
            data=delivery.data,
        )
        return self._sender.send(delivery.url, form)

    # The thread.

    def _run(self) -> None:
        me = threading.current_thread()
        failed = False
        while True:
            with self._condition:
                self._alarm = math.inf  # whatever is scheduled from here on wakes
            # What fails stays due, so it is not tried again at once, but when something changes.
            at, seconds = (math.inf, None) if failed else self._next_due()
            with self._condition:
                self._alarm = at
                if self._thread is me and not self._woken and (seconds is None or seconds > 0):
                    self._condition.wait(seconds)
                if self._thread is not me:
                    return
                self._woken = False
            try:
                self.run_due()
                failed = False
            except Exception:
                logger.exception("what is due has failed; it is tried again when something changes")
                failed = True

    def _next_due(self) -> tuple[float, float | None]:
        """Return when something falls due, and in how many real seconds; None if nothing does."""
        with self._state.database.lock:
            at = None if self._closed else self._state.timers.next_at()
        if at is None:
            return math.inf, None
        left = at - self._clock.now()
        return at, None if left > 0 and self._clock.is_frozen else max(left, 0.0)

    def _wake(self) -> None:
        """Let the thread look again, whether it runs yet or not."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def _notify_at(self, at: float | None) -> None:
        """Hear that something falls due. Called at every change of the state, so it wakes only when needed."""
        if self._thread is not None and at is not None and at < self._alarm:
            self._wake()

    def _clock_moved(self, now: float) -> None:
        self.clock_changes.publish(now)
        self._wake()
