"""What is doubtful about single return codes, in words, for `jsms explain`.

Knows the file beside it: rows of the tables in `spec/README.md` that codes refer to. A test compares the two word
by word, so that they are written there first. Must not know any code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

__all__ = ["doubts"]


@cache
def doubts() -> Mapping[str, tuple[str, str]]:
    """By the id of a doubt: what the sources contradict each other about or do not say, and the reading taken."""
    text = resources.files("jsmskit.cli.commands").joinpath("doubts.json").read_text(encoding="utf-8")
    rows: dict[str, list[str]] = json.loads(text)
    return {name: (about, reading) for name, (about, reading) in rows.items()}
