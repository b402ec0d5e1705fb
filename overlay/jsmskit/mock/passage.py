"""How time passes for one mock: the clock is moved step by step, what falls due is done, callbacks go out.

Knows clock, agenda, postbox and courier, and who holds the lock when: never while a receiver is called, for
it may call the mock. Must not know what falls due, nor any mouth.
"""

from __future__ import annotations

from .callbacks import Callbacks
from .clock import Clock, ClockMode, milliseconds
from .postbox import Courier, Postbox
from .postman import AttemptResult, Postman, event_form
from .records import CallbackAttempt
from .source import Source
from .state import State
from .waiting import Bell


class Passage:
    """The one way in which time passes.

    Args:
        state: whose agenda is run.
        clock: that is moved.
        source: of the nonces of callbacks.
        callbacks: that fall due, and are told how their tries went.
        postman: carries them.

    Attributes:
        moved: rings with the new instant when the clock was set or advanced.
    """

    def __init__(
        self, state: State, clock: Clock, source: Source, callbacks: Callbacks, postman: Postman
    ) -> None:
        self.moved: Bell[float] = Bell()
        self._state = state
        self._clock = clock
        self._source = source
        self._callbacks = callbacks
        self._postman = postman
        self._closed = False
        self._courier = Courier(self._next_due, self._due_in, self.settle)
        self._postbox = Postbox(self._carry, self._tell, self._courier.call)
        callbacks.sink = self._postbox
        state.agenda.on_noted(self._courier.noted)
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
        """Let time pass, callbacks included; gives how many entries of the agenda fell due.

        Raises:
            ValueError: less than 0, or beyond the year 9999.
        """
        if not seconds >= 0:
            raise ValueError(f"time cannot be advanced by {seconds} s; clock.set() goes back")
        return self._run_to(self._clock.now() + seconds)

    def settle(self) -> int:
        """Do what is due now, callbacks included; gives how many entries of the agenda it was."""
        return self._run_to(self._clock.now())

    def let_pass(self, seconds: float) -> None:
        """Let time pass without a callback, so that it blocks on nothing."""
        with self._state.database.lock:
            self._clock.advance(seconds)
            self.catch_up()

    def catch_up(self) -> int:
        """Do what is due now, without callbacks: cheap, blocks on nothing."""
        return self._state.agenda.run_until(self._clock.now())

    def begin(self) -> None:
        """From now on what falls due happens by itself; counts its users."""
        self._courier.start()

    def finish(self) -> None:
        """One user less. Blocks a moment while a callback is under way."""
        self._courier.stop()

    def forget(self) -> None:
        """Hear that the state is another one; the lock is held."""
        self._postbox.forget()
        self._courier.noted(self._state.agenda.next_at())

    def close(self) -> None:
        """End for good; the lock is held. Of tries under way nobody hears any more."""
        self._closed = True
        self._postbox.forget()

    def _run_to(self, until: float) -> int:
        """Go to an instant in steps, so that each try of a callback ends before anything later begins."""
        done = 0
        while True:
            with self._state.database.lock:
                if self._closed:
                    return done
                at = self._state.agenda.next_at()
                if at is None or at > until:
                    if until > self._clock.now():
                        self._clock.set(until)
                    break
                ran = self._state.agenda.run_until(at)
                if at > self._clock.now():
                    self._clock.set(at)
            self._postbox.empty()
            if not ran:  # called from inside a run that is under way: that one goes on
                break
            done += ran
        self._postbox.empty()
        return done

    def _next_due(self) -> float | None:
        with self._state.database.lock:
            return None if self._closed else self._state.agenda.next_at()

    def _due_in(self, at: float) -> float | None:
        left = at - self._clock.now()
        return None if left > 0 and self._clock.mode is ClockMode.FROZEN else max(left, 0.0)

    def _clock_moved(self, now: float) -> None:
        self.moved.ring(now)
        self._courier.call()

    def _carry(self, attempt: CallbackAttempt) -> AttemptResult:
        with self._state.database.lock:
            if self._closed:
                return AttemptResult(None, "the mock is closed")
            application = self._state.accounts.application(attempt.app_key)
            nonce = self._source.nonce()
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
        return self._postman.post(attempt.url, form)

    def _tell(self, attempt: CallbackAttempt, result: AttemptResult) -> None:
        # `now` is the try's own instant: what the end of this try causes later is run in its turn, not here.
        self._callbacks.settle(attempt.delivery_id, ok=result.delivered, detail=result.detail, now=attempt.at)
