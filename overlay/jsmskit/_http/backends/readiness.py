"""Wait until a socket can be read or written."""

from __future__ import annotations

import math
import select


def wait_ready(descriptor: int, seconds: float = 0.0, *, to_write: bool = False) -> bool:
    """Return whether a read on this socket (or a write) would return at once, or does so within this time.

    On an idle connection that means that the other side has closed it, or says what was not asked for.
    """
    if descriptor < 0:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT if to_write else select.POLLIN)
        return bool(poll.poll(math.ceil(seconds * 1000)))
    wanted = [descriptor]
    return any(select.select([] if to_write else wanted, wanted if to_write else [], [], seconds))
