"""Steps of several threads in one transaction: each is durable when it returns, and meets only its own failure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from jsmskit.campaigns import LedgerError
from jsmskit.campaigns.ledger.ledger import GroupCommit


class Books:
    """A database that notes what was committed together, and can be held, or fail."""

    def __init__(self) -> None:
        self.committed: list[list[str]] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.fail: list[Exception] = []

    @contextmanager
    def transaction(self) -> Iterator[list[str]]:
        noted: list[str] = []
        yield noted
        if not self.begun.is_set():
            self.begun.set()
            assert self.go_on.wait(10)
        elif self.fail:
            raise self.fail.pop()
        self.committed.append(noted)


def noting(word: str) -> Callable[[Any], str]:
    def work(tx: Any) -> str:
        tx.append(word)
        if word.startswith("bad"):
            raise ValueError(word)
        return word.upper()

    return work


def run(words: list[str], books: Books) -> list[Future[str]]:
    """The first one is at the disk while all others come."""
    together = GroupCommit(books)  # type: ignore[arg-type]  # as much of a database as is needed
    with ThreadPoolExecutor(len(words)) as pool:
        done = [pool.submit(together.run, noting(words[0]))]
        assert books.begun.wait(10)
        done += [pool.submit(together.run, noting(word)) for word in words[1:]]
        while len(together._waiting) < len(words) - 1:
            threading.Event().wait(0.001)
        books.go_on.set()
    return done


def test_those_who_wait_share_a_transaction() -> None:
    """One for the first, one for all who came meanwhile; everybody gets the own result."""
    books = Books()
    done = run(["a", "b", "c", "d"], books)
    assert [one.result() for one in done] == ["A", "B", "C", "D"]
    assert [len(together) for together in books.committed] == [1, 3]


def test_a_failing_step_harms_nobody_else() -> None:
    books = Books()
    done = run(["a", "b", "bad", "d"], books)
    assert isinstance(done[2].exception(), ValueError)
    assert [done[place].result() for place in (0, 1, 3)] == ["A", "B", "D"]
    assert sorted(word for together in books.committed for word in together) == ["a", "b", "d"]


def test_when_the_database_fails_nothing_is_begun_again() -> None:
    books = Books()
    books.fail = [LedgerError("the disk is full.", "Make room.")]
    done = run(["a", "b", "c"], books)
    assert done[0].result() == "A"
    assert [type(one.exception()) for one in done[1:]] == [LedgerError, LedgerError]
    assert books.committed == [["a"]]


class Interrupted(BaseException):
    """As Ctrl-C is, or the end of the program."""


def test_an_interrupted_thread_leaves_the_others_their_steps() -> None:
    """Nothing of its transaction has happened; who waits for it takes his step himself."""
    books = Books()
    interruptions = [Interrupted()]

    def interrupted_once(word: str) -> Callable[[Any], str]:
        def work(tx: Any) -> str:
            if interruptions:
                raise interruptions.pop()
            return noting(word)(tx)

        return work

    together = GroupCommit(books)  # type: ignore[arg-type]
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(together.run, noting("a"))
        assert books.begun.wait(10)
        others = {word: pool.submit(together.run, interrupted_once(word)) for word in ("b", "c")}
        while len(together._waiting) < len(others):
            threading.Event().wait(0.001)
        books.go_on.set()
    assert first.result() == "A"
    (left,) = [word for word, one in others.items() if one.exception() is None]
    assert others[left].result() == left.upper()
    assert books.committed == [["a"], [left]]
    assert [type(one.exception()) for one in others.values()].count(Interrupted) == 1
