"""Named places in the code at which tests let a process die, and hold the ledger against what the service saw."""

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
    """Have `hook` called at each named place that is passed in this process, until the block ends."""
    global _hook  # one for the process: a test arms it, ordinary life never does
    before, _hook = _hook, hook
    try:
        yield
    finally:
        _hook = before
