"""What a file keeps beside the state: the settings, the faults that stand, and how the clock goes.

A mock that is started again on its file is the same mock:
a frozen clock is still frozen, a fault that was to strike twice and struck once strikes once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any, Final

import orjson

from .faults import FaultPlan
from .model.clock import Clock
from .model.settings import Reading, Review, Settings
from .state.database import Database

_SETTINGS: Final = "settings"
_FAULTS: Final = "faults"
_CLOCK: Final = "clock"


class SettingsPersistence:
    """Writes into the file what changes beside the state, and reads it when the file is opened again.

    Args:
        database: of the mock; one in memory keeps nothing.
        clock: whose way of going is kept.
        faults: that are kept.
        settings: gives those of now.
    """

    __slots__ = ("_clock", "_database", "_faults", "_saved", "_settings")

    def __init__(self, database: Database, clock: Clock, faults: FaultPlan, settings: Callable[[], Settings]) -> None:
        self._database = database
        self._clock = clock
        self._faults = faults
        self._settings = settings
        self._saved: dict[str, bytes] = {}

    def save(self, *, everything: bool = False) -> None:
        """Write what has changed since the last time.

        Args:
            everything: all of it: the database was replaced.
        """
        if not self._database.is_file:
            return
        with self._database.lock:
            values = {
                _SETTINGS: orjson.dumps(asdict(self._settings())),
                _FAULTS: orjson.dumps(self._faults.to_state()),
                _CLOCK: orjson.dumps(self._clock.to_state()),
            }
            changed = [
                (name, text.decode()) for name, text in values.items() if everything or self._saved.get(name) != text
            ]
            if changed:
                with self._database as connection:
                    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", changed)
                self._saved = values

    def load(self, *, clock: bool) -> Settings | None:
        """Go on where the file was left; return its settings, None where it keeps none.

        Args:
            clock: let the clock go as it went; else it goes as it was made.
        """
        values = self._stored()
        if _FAULTS in values:
            self._faults.restore(values[_FAULTS])
        if clock and _CLOCK in values:
            self._clock.restore(values[_CLOCK])
        return _read_settings(values[_SETTINGS]) if _SETTINGS in values else None

    def _stored(self) -> dict[str, Any]:
        rows = self._database.connection.execute(
            "SELECT name, value FROM meta WHERE name IN (?, ?, ?)", (_SETTINGS, _FAULTS, _CLOCK)
        )
        return {name: orjson.loads(text) for name, text in rows}


def _read_settings(values: dict[str, Any]) -> Settings:
    """Read settings; one that this version does not know any more is left out."""
    known = {each.name for each in fields(Settings)}
    kept = {name: value for name, value in values.items() if name in known}
    kept["review"] = Review(kept["review"])
    kept["review_refuses"] = tuple(kept["review_refuses"])
    kept["readings"] = tuple(map(Reading, kept.get("readings", ())))
    return Settings(**kept)
