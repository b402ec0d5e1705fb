"""What every operation works with: state, clock, chance, settings, and the agenda and callbacks on top.

Knows how the parts hang together. Must not know any operation or rule.
"""

from __future__ import annotations

from .callbacks import Callbacks
from .clock import Clock
from .settings import Settings
from .source import Source
from .state import State


class Service:
    """The parts of one mock, for rules and operations.

    Attributes:
        state: what is remembered.
        clock: the only time.
        source: the only chance.
        settings: every switch; may be replaced while the mock runs.
        callbacks: what applications are told.
    """

    __slots__ = ("callbacks", "clock", "settings", "source", "state")

    def __init__(self, state: State, clock: Clock, source: Source, settings: Settings) -> None:
        self.state = state
        self.clock = clock
        self.source = source
        self.settings = settings
        self.callbacks = Callbacks(state, keep=settings.keep_messages)

    def report_time(self, sent_at: float) -> float:
        """Give the instant at which the report of a message falls due."""
        return self.state.agenda.report_time(
            sent_at + self.settings.report_delay_seconds, exact=self.clock.is_frozen
        )
