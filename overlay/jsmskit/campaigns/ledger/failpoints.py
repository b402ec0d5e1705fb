"""Moments at which tests let a process die, to hold the ledger against what the service saw: after each commit, and
around each request. A death between two commits leaves nothing else in the ledger than one after the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

_hook: Callable[[str], None] | None = None


def failpoint(name: str) -> None:
    """Call the hook of a test, if one is armed."""
    if _hook is not None:
        _hook(name)


@contextmanager
def arm_failpoints(hook: Callable[[str], None]) -> Generator[None]:
    """Have `hook` called with the name of each such moment in this process, until the block ends."""
    global _hook  # one for the process: a test arms it, ordinary life never does
    before, _hook = _hook, hook
    try:
        yield
    finally:
        _hook = before
