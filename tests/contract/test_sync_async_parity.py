"""Sync is made of async word by word (`python -m tools.unasync --check`), so what is left to see is the words."""

from __future__ import annotations

import re
from pathlib import Path


def test_no_async_word_is_left_in_the_sync_client(root: Path) -> None:
    """A word that the list of replacements misses would be seen by every reader of the sync client's source."""
    paths = sorted((root / "overlay/jsmskit/_sync").glob("*.py"))
    assert {path.name for path in paths} == {path.name for path in (root / "overlay/jsmskit/_async").glob("*.py")}
    for path in paths:
        text = path.read_text(encoding="utf-8").partition("\n")[2]
        assert not re.search(r"\b(async|await|asyncio|event loop|coroutine)\b|Async[A-Z]", text), path.name
