"""What every operation works with: state, clock, chance, settings, timers and callbacks."""

from __future__ import annotations

from ..callbacks.queue import CallbackQueue
from ..model.clock import Clock
from ..model.random_ids import RandomIds
from ..model.settings import Settings
from ..state.state import State


class Components:
    """The parts of one mock, for rules and operations.

    Attributes:
        state: what is remembered.
        clock: the only time.
        source: the only chance.
        settings: every switch; may be replaced while the mock runs.
        callbacks: what applications are told.
    """

    __slots__ = ("callbacks", "clock", "random_ids", "settings", "state")

    def __init__(self, state: State, clock: Clock, random_ids: RandomIds, settings: Settings) -> None:
        self.state = state
        self.clock = clock
        self.random_ids = random_ids
        self.settings = settings
        self.callbacks = CallbackQueue(state, keep=settings.keep_messages)

    def report_time(self, sent_at: float) -> float:
        """Return the instant at which the report of a message falls due."""
        return self.state.timers.report_time(
            sent_at + self.settings.report_delay_seconds, exact=self.clock.is_frozen
        )
