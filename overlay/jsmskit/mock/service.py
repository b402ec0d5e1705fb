"""What every operation works with: state, clock, chance, settings, and the agenda and callbacks on top.

Knows how the parts hang together. Must not know any operation or rule.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

from .callbacks import Callbacks
from .clock import Clock
from .settings import Settings
from .source import Source
from .state import State

#: Decisions that are remembered; beyond them all is forgotten.
_MOST_KNOWN: Final = 1000


class Service:
    """The parts of one mock, for rules and operations.

    Attributes:
        state: what is remembered.
        clock: the only time.
        source: the only chance.
        settings: every switch; may be replaced while the mock runs.
        callbacks: what applications are told.
    """

    __slots__ = ("_known", "_known_of", "_transaction", "callbacks", "clock", "settings", "source", "state")

    def __init__(self, state: State, clock: Clock, source: Source, settings: Settings) -> None:
        self.state = state
        self.clock = clock
        self.source = source
        self.settings = settings
        self.callbacks = Callbacks(state, keep=settings.keep_messages)
        self._transaction = state.database.transaction
        self._known: dict[Hashable, Any] = {}
        self._known_of: tuple[int, Settings] = (-1, settings)

    @property
    def worked_out(self) -> dict[Hashable, Any]:
        """What was worked out of tables and settings as they are now; empty again once one of them changes.

        For decisions that are the same for every call of a kind. They must not look at what changes without a
        word to the tables: messages, what is left in purses, time, and the request but for what is in the key.
        """
        age, settings = self._known_of
        if age != self._transaction.age or settings is not self.settings or len(self._known) > _MOST_KNOWN:
            self._known = {}
            self._known_of = (self._transaction.age, self.settings)
        return self._known

    def report_time(self, sent_at: float) -> float:
        """Give the instant at which the report of a message falls due."""
        return self.state.agenda.report_time(
            sent_at + self.settings.report_delay_seconds, exact=self.clock.is_frozen
        )
