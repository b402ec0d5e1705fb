"""How many connections may be in use at once."""

from __future__ import annotations

from typing import Final, final

from ..backends.asyncio import Lease, now
from ..errors import PoolTimeout

_LOOK_AGAIN: Final = 0.1
"""Seconds after which a waiting call looks for itself, should the one that was to wake it have been interrupted."""


@final
class ConnectionLimiter:
    """Calls in the order in which they came; the first `limit` of them may have a connection.

    There is no counter, no token and no lock: an interruption (Ctrl-C, a cancelled task, a fork) could come between
    taking one and writing it down, and it would be lost for ever. A call is in the line or it is not.
    """

    __slots__ = ("_limit", "line")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.line: dict[Lease, None] = {}
        """Leave it with `line.pop(lease, None)`, a method of C that no interruption can come into."""

    async def acquire(self, lease: Lease, deadline: float) -> None:
        """Get in line and wait for a connection. Raises `PoolTimeout` when the deadline comes first."""
        line = self.line
        line[lease] = None
        if len(line) <= self._limit:
            return
        while list(line).index(lease) >= self._limit:
            left = deadline - now()
            if left <= 0:
                raise PoolTimeout
            await lease.wait(min(left, _LOOK_AGAIN))

    def admit(self) -> None:
        """Wake those that may go on, after a call has left the line."""
        if len(self.line) >= self._limit:
            for lease in list(self.line)[: self._limit]:
                lease.wake()
