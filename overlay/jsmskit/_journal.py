"""One line in the log for each call.

Knows the logger's name and what may stand in a line: never a number, a text, an id, a key or an address.
"""

from __future__ import annotations

import logging
from typing import Final

from jsms_api.operations import OperationInfo

from ._problems import Ending
from .errors import Outcome

__all__ = ["LOGGER", "note", "note_interrupted"]

LOGGER: Final = logging.getLogger("jsmskit")
# Without it a program that has set up no logging would find our warnings on its standard error.
LOGGER.addHandler(logging.NullHandler())
_LINE: Final = "%s status=%s code=%s outcome=%s ms=%.1f attempt=%d"


def note(
    info: OperationInfo, ending: Ending, outcome: Outcome | None, *, seconds: float, attempts: int
) -> None:
    """Write the line of a call that ended: as a warning if somebody has to look, else as information."""
    level = logging.INFO if outcome in (None, Outcome.REJECTED) else logging.WARNING
    if not LOGGER.isEnabledFor(level):
        return
    answer = ending.answer
    LOGGER.log(
        level,
        _LINE,
        info.operation_id,
        "-" if answer is None else answer.status,
        "-" if answer is None or answer.code is None else answer.code,
        "accepted" if outcome is None else outcome.value,
        seconds * 1000,
        attempts,
    )


def note_interrupted(info: OperationInfo, *, seconds: float, attempts: int) -> None:
    """Write the line of a call that was cancelled or broken off: what became of it nobody knows."""
    LOGGER.warning(_LINE, info.operation_id, "-", "-", Outcome.UNKNOWN.value, seconds * 1000, attempts)
