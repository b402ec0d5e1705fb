"""One line in the log for each call. It never holds a number, a text, an id, a key or an address."""

from __future__ import annotations

import logging
from typing import Final

from jsms_api.operations import OperationInfo

from ..errors import Outcome
from .failures import AttemptResult

LOGGER: Final = logging.getLogger("jsmskit")
# Without it a program that has set up no logging would find our warnings on its standard error.
LOGGER.addHandler(logging.NullHandler())
_LINE: Final = "%s status=%s code=%s outcome=%s ms=%.1f attempt=%d"


def log_call(
    info: OperationInfo, attempt: AttemptResult, outcome: Outcome | None, *, seconds: float, attempts: int
) -> None:
    """Log a call that ended: as a warning if you have to look at it, else as information."""
    level = logging.INFO if outcome in (None, Outcome.REJECTED) else logging.WARNING
    if not LOGGER.isEnabledFor(level):
        return
    response = attempt.response
    LOGGER.log(
        level,
        _LINE,
        info.operation_id,
        "-" if response is None else response.status,
        "-" if response is None or response.code is None else response.code,
        "accepted" if outcome is None else outcome.value,
        round(seconds * 1000, 1),  # all its digits could spell a code by chance
        attempts,
    )


def log_interrupted(info: OperationInfo, *, seconds: float, attempts: int) -> None:
    """Log a call that was cancelled or interrupted: its outcome is unknown."""
    LOGGER.warning(
        _LINE, info.operation_id, "-", "-", Outcome.UNKNOWN.value, round(seconds * 1000, 1), attempts
    )
