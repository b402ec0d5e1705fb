"""How time passes for one mock: the clock moves step by step, what falls due is done, callbacks go out."""

from __future__ import annotations

from .callbacks.queue import CallbackQueue, DeliveryQueue, DeliveryThread
from .callbacks.sender import AttemptResult, CallbackSender, event_form
from .model.clock import Broadcast, Clock, ClockMode, milliseconds
from .model.random_ids import RandomIds
from .model.records import CallbackAttempt
from .state.state import State


class TimeDriver:
    """The one way in which time passes.

    Args:
        state: whose timers are run.
        clock: the one that it moves.
        random_ids: of the nonces of callbacks.
        callbacks: that fall due, and are told how their tries went.
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
        self._thread = DeliveryThread(self._next_due, self._due_in, self.run_due)
        self._queue = DeliveryQueue(self._deliver, self._record, self._thread.wake)
        callbacks.sink = self._queue
        state.timers.on_scheduled(self._thread.notify_at)
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
        self._thread.start()

    def finish(self) -> None:
        """One user less. Blocks a moment while a callback is under way."""
        self._thread.stop()

    def state_replaced(self) -> None:
        """Hear that the state is another one; the lock is held."""
        self._queue.clear()
        self._thread.notify_at(self._state.timers.next_at())

    def close(self) -> None:
        """End for good; the lock is held. Attempts under way are forgotten."""
        self._closed = True
        self._queue.clear()

    def _run_to(self, until: float) -> int:
        """Go to an instant in steps, so that each try of a callback ends before anything later begins."""
        done = 0
        while True:
            with self._state.database.lock:
                if self._closed:
                    return done
                at = self._state.timers.next_at()
                if at is None or at > until:
                    if until > self._clock.now():
                        self._clock.set(until)
                    break
                ran = self._state.timers.run_until(at)
                if at > self._clock.now():
                    self._clock.set(at)
            self._queue.drain()
            if not ran:  # called from inside a run that is under way: that one goes on
                break
            done += ran
        self._queue.drain()
        return done

    def _next_due(self) -> float | None:
        with self._state.database.lock:
            return None if self._closed else self._state.timers.next_at()

    def _due_in(self, at: float) -> float | None:
        left = at - self._clock.now()
        return None if left > 0 and self._clock.mode is ClockMode.FROZEN else max(left, 0.0)

    def _clock_moved(self, now: float) -> None:
        self.clock_changes.publish(now)
        self._thread.wake()

    def _deliver(self, attempt: CallbackAttempt) -> AttemptResult:
        with self._state.database.lock:
            if self._closed:
                return AttemptResult(None, "the mock is closed")
            application = self._state.accounts.application(attempt.app_key)
            nonce = self._random_ids.nonce()
        if application is None:
            return AttemptResult(None, "the application is gone")
        form = event_form(
            application.app_key,
            application.master_secret,
            nonce=nonce,
            timestamp=milliseconds(attempt.at),
            kind=attempt.type,
            data=attempt.data,
        )
        return self._sender.send(attempt.url, form)

    def _record(self, attempt: CallbackAttempt, result: AttemptResult) -> None:
        # `now` is the try's own instant: what the end of this try causes later is run in its turn, not here.
        self._callbacks.record(attempt.delivery_id, ok=result.delivered, detail=result.detail, now=attempt.at)
