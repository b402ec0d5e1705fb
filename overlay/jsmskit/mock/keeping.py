"""What a file keeps beside the state: the settings, the faults that stand, and how the clock goes.

Knows their stored form. Must not know what they mean. A mock that is started again on its file is the same mock:
a frozen clock is still frozen, a fault that was to strike twice and struck once strikes once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any, Final

import orjson

from .clock import Clock
from .faults import FaultPlan
from .settings import Audit, Settings
from .store.database import Database

_SETTINGS: Final = "settings"
_FAULTS: Final = "faults"
_CLOCK: Final = "clock"


class Keeper:
    """Writes into the file what changes beside the state, and reads it when the file is opened again.

    Args:
        database: of the mock; one in memory keeps nothing.
        clock: whose way of going is kept.
        faults: that are kept.
        settings: gives those of now.
    """

    __slots__ = ("_clock", "_database", "_faults", "_kept", "_settings")

    def __init__(
        self, database: Database, clock: Clock, faults: FaultPlan, settings: Callable[[], Settings]
    ) -> None:
        self._database = database
        self._clock = clock
        self._faults = faults
        self._settings = settings
        self._kept: dict[str, bytes] = {}

    def keep(self, *, anew: bool = False) -> None:
        """Write what has changed since the last time.

        Args:
            anew: all of it: the database was replaced.
        """
        if not self._database.is_file:
            return
        with self._database.lock:
            told = {
                _SETTINGS: orjson.dumps(asdict(self._settings())),
                _FAULTS: orjson.dumps(self._faults.position()),
                _CLOCK: orjson.dumps(self._clock.position()),
            }
            changed = [
                (name, text.decode()) for name, text in told.items() if anew or self._kept.get(name) != text
            ]
            if changed:
                with self._database as connection:
                    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", changed)
                self._kept = told

    def resume(self, *, clock: bool) -> Settings | None:
        """Go on where the file was left; gives its settings, None where it keeps none.

        Args:
            clock: let the clock go as it went; else it goes as it was made.
        """
        told = self._told()
        if _FAULTS in told:
            self._faults.resume(told[_FAULTS])
        if clock and _CLOCK in told:
            self._clock.resume(told[_CLOCK])
        return _read_settings(told[_SETTINGS]) if _SETTINGS in told else None

    def _told(self) -> dict[str, Any]:
        rows = self._database.connection.execute(
            "SELECT name, value FROM meta WHERE name IN (?, ?, ?)", (_SETTINGS, _FAULTS, _CLOCK)
        )
        return {name: orjson.loads(text) for name, text in rows}


def _read_settings(told: dict[str, Any]) -> Settings:
    """Read settings; one that this version does not know any more is left out."""
    known = {each.name for each in fields(Settings)}
    kept = {name: value for name, value in told.items() if name in known}
    kept["audit"] = Audit(kept["audit"])
    kept["audit_refuses"] = tuple(kept["audit_refuses"])
    return Settings(**kept)
