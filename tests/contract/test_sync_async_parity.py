"""Sync and async are one client in two client_kinds: the same names, parameters, defaults and words; and sync is
made, not written.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsmskit import AsyncJsmsClient, JsmsClient

KEYS = ("a" * 24, "b" * 24)
RESOURCES = ("codes", "messages", "schedules", "templates", "signs", "accounts", "reports", "replies")
CLOSING = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}
OFFLINE = {"with_options", "from_env", "preview"}
"""What waits for nothing is the same plain method in both."""


def pairs() -> Iterator[tuple[str, Any, Any]]:
    """Every public member of the async client and its resources, with its sync twin."""
    made_async = AsyncJsmsClient(*KEYS, transport=object())  # type: ignore[arg-type]
    made_sync = JsmsClient(*KEYS, transport=object())  # type: ignore[arg-type]
    owners: list[tuple[str, Any, Any]] = [("client", AsyncJsmsClient, JsmsClient)]
    owners += [(name, type(getattr(made_async, name)), type(getattr(made_sync, name))) for name in RESOURCES]
    for label, left, right in owners:
        for name, member in inspect.getmembers(left):
            if name.startswith("_") and name not in (*CLOSING, "__init__"):
                continue
            yield f"{label}.{name}", member, getattr(right, CLOSING.get(name, name), None)


def plain(text: object) -> str:
    """Words and types without what is sync or async about them."""
    return re.sub(r"Async(?=[A-Z])|Sync(?=Transport|Sleep)", "", str(text)).replace("_async", "_sync")


def test_both_clients_have_the_same_members() -> None:
    for name in ("client", *RESOURCES):
        left: Any = AsyncJsmsClient(*KEYS, transport=object())  # type: ignore[arg-type]
        right: Any = JsmsClient(*KEYS, transport=object())  # type: ignore[arg-type]
        if name != "client":
            left, right = getattr(left, name), getattr(right, name)
        there = {CLOSING.get(member, member) for member in dir(type(left)) if not member.startswith("_")}
        assert there == {member for member in dir(type(right)) if not member.startswith("_")}


@pytest.mark.parametrize(
    ("label", "left", "right"), list(pairs()), ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_member_has_the_same_signature_and_words(label: str, left: Any, right: Any) -> None:
    """Parameters, kinds, defaults, annotations, and the docstring but for sync and async words."""
    assert right is not None
    if not callable(left):
        assert type(left).__name__ == type(right).__name__
        return
    ours, theirs = inspect.signature(left), inspect.signature(right)
    assert list(ours.parameters) == list(theirs.parameters)
    for mine, other in zip(ours.parameters.values(), theirs.parameters.values(), strict=True):
        assert mine.kind is other.kind
        assert plain(mine.annotation) == plain(other.annotation)
        if mine.name not in ("sleep", "self"):
            assert mine.default == other.default or callable(mine.default)
    name = label.partition(".")[2]
    assert plain(ours.return_annotation).replace("Iterator", "") == plain(theirs.return_annotation).replace(
        "Iterator", ""
    )
    if name not in ("__init__", "__aenter__", "__aexit__"):
        assert bool(inspect.getdoc(left)) is bool(inspect.getdoc(right)) is True
        words = (inspect.getdoc(left) or "").split()
        others = (inspect.getdoc(right) or "").split()
        assert len(set(words) ^ set(others)) <= 4
    waits = inspect.iscoroutinefunction(left) or inspect.isasyncgenfunction(left)
    assert waits is (name not in OFFLINE and name != "__init__")
    assert not inspect.iscoroutinefunction(right)


def test_no_async_word_is_left_in_the_sync_client(root: Path) -> None:
    """A word that the list of replacements misses would be seen by every reader of the sync client's
    source.
    """
    for path in sorted((root / "overlay/jsmskit/_sync").glob("*.py")):
        text = path.read_text(encoding="utf-8").partition("\n")[2]
        assert not re.search(r"\b(async|await|asyncio|event loop|coroutine)\b|Async[A-Z]", text), path.name
