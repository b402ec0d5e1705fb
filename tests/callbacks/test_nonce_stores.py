"""One suite for every store, and what each of them promises beyond it."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from jsmskit.callbacks import MemoryNonceStore, NonceState, SqliteNonceStore
from jsmskit.errors import ConfigurationError


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MemoryNonceStore | SqliteNonceStore]:
    if request.param == "memory":
        yield MemoryNonceStore()
    else:
        with SqliteNonceStore(tmp_path / "nonces.db") as sqlite:
            yield sqlite


def test_a_new_nonce_is_fresh_and_stays_so_until_it_is_handled(store: Any) -> None:
    assert store.register("1", b"p", now=0, keep_until=10) is NonceState.FRESH
    assert store.register("1", b"p", now=1, keep_until=10) is NonceState.FRESH
    store.mark_handled("1")
    assert store.register("1", b"p", now=2, keep_until=10) is NonceState.HANDLED
    assert store.register("2", b"p", now=2, keep_until=10) is NonceState.FRESH


def test_another_payload_is_taken_before_and_after_handling(store: Any) -> None:
    """The binding counts from the first moment, and the second payload does not replace it."""
    store.register("1", b"p", now=0, keep_until=10)
    assert store.register("1", b"q", now=0, keep_until=10) is NonceState.TAKEN
    store.mark_handled("1")
    assert store.register("1", b"q", now=0, keep_until=10) is NonceState.TAKEN
    assert store.register("1", b"p", now=0, keep_until=10) is NonceState.HANDLED


def test_a_binding_is_kept_to_the_end_of_its_time(store: Any) -> None:
    """Up to and with `keep_until`; afterwards the nonce is free again."""
    store.register("1", b"p", now=0, keep_until=10)
    store.mark_handled("1")
    store.register("another", b"p", now=10, keep_until=20)  # which is when room is made
    assert store.register("1", b"q", now=10, keep_until=20) is NonceState.TAKEN
    assert store.register("1", b"q", now=10.001, keep_until=20) is NonceState.FRESH
    assert store.register("1", b"p", now=20, keep_until=20) is NonceState.TAKEN


def test_what_has_expired_is_forgotten(store: Any) -> None:
    for second in range(1000):
        store.register(str(second), b"p", now=second, keep_until=second + 10)
    assert len(store) <= 12


def test_settling_an_unknown_nonce_does_nothing(store: Any) -> None:
    store.mark_handled("unknown")
    assert store.register("unknown", b"p", now=0, keep_until=1) is NonceState.FRESH


def test_many_threads_lose_nothing(store: Any) -> None:

    def twice(number: int) -> tuple[NonceState, NonceState]:
        first = store.register(str(number), b"p", now=0, keep_until=10)
        store.mark_handled(str(number))
        return first, store.register(str(number), b"p", now=0, keep_until=10)

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(twice, range(400))) == {(NonceState.FRESH, NonceState.HANDLED)}
    assert len(store) == 400


def test_the_oldest_is_forgotten_above_the_bound() -> None:
    store = MemoryNonceStore(max_entries=3)
    for nonce in "abcd":
        store.register(nonce, b"p", now=0, keep_until=10)
    assert len(store) == 3
    assert store.register("b", b"q", now=0, keep_until=10) is NonceState.TAKEN
    assert store.register("a", b"q", now=0, keep_until=10) is NonceState.FRESH


def test_a_nonce_that_comes_back_late_drives_nobody_out() -> None:
    store = MemoryNonceStore(max_entries=2)
    store.register("a", b"p", now=0, keep_until=100)
    store.register("b", b"p", now=0, keep_until=1)
    assert store.register("b", b"q", now=5, keep_until=100) is NonceState.FRESH
    assert store.register("a", b"q", now=5, keep_until=100) is NonceState.TAKEN


@pytest.mark.parametrize("bound", [0, -1])
def test_the_bound_is_positive(bound: int) -> None:
    """A store of nothing would take every replay; one of a single nonce is one."""
    assert MemoryNonceStore(1).register("a", b"p", now=0, keep_until=10) is NonceState.FRESH
    with pytest.raises(ConfigurationError, match=r"^max_entries of a nonce store is at least 1\. Remedy"):
        MemoryNonceStore(bound)


def register_in_another_process(path: str, nonces: range, results: multiprocessing.Queue[list[str]]) -> None:
    """Open the file in this process, bind all nonces to a payload of its own, tell the states."""
    payload = str(os.getpid()).encode()
    with SqliteNonceStore(path, busy_timeout=60) as store:
        results.put([store.register(str(nonce), payload, now=0, keep_until=10).value for nonce in nonces])


def test_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "nonces.db"
    with SqliteNonceStore(path) as store:
        store.register("1", b"p", now=0, keep_until=10)
        store.register("2", b"p", now=0, keep_until=10)
        store.mark_handled("1")
    with SqliteNonceStore(str(path)) as store:
        assert store.register("1", b"p", now=0, keep_until=10) is NonceState.HANDLED
        assert store.register("2", b"p", now=0, keep_until=10) is NonceState.FRESH
        assert store.register("2", b"q", now=0, keep_until=10) is NonceState.TAKEN


def test_processes_share_a_file(tmp_path: Path) -> None:
    """Two processes open a new file at once and bind the same nonces: each nonce has one winner."""
    path = str(tmp_path / "nonces.db")
    spawn = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[list[str]] = spawn.Queue()
    workers = [spawn.Process(target=register_in_another_process, args=(path, range(100), results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    states = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert all(sorted(of_nonce) == ["fresh", "taken"] for of_nonce in zip(*states, strict=True))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_opens_its_own_connection(tmp_path: Path) -> None:
    store = SqliteNonceStore(tmp_path / "nonces.db")
    store.register("1", b"p", now=0, keep_until=10)
    inherited = store._connections[os.getpid()]
    child = os.fork()
    if child == 0:  # pragma: no cover  # the child's coverage is not collected
        state = store.register("1", b"q", now=0, keep_until=10)
        own = store._connections[os.getpid()]
        store.close()
        os._exit(0 if state is NonceState.TAKEN and own is not inherited else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert store.register("1", b"p", now=0, keep_until=10) is NonceState.FRESH
    store.close()


def test_a_locked_file_raises_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    """The endpoint makes 503 of it."""
    path = tmp_path / "nonces.db"
    with SqliteNonceStore(path, busy_timeout=0.01) as store, sqlite3.connect(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            store.register("1", b"p", now=0, keep_until=10)
        other.rollback()
        assert store.register("1", b"p", now=0, keep_until=10) is NonceState.FRESH
    other.close()


def test_a_failed_statement_is_rolled_back(tmp_path: Path) -> None:
    with SqliteNonceStore(tmp_path / "nonces.db") as store:
        with pytest.raises(sqlite3.Error):
            store.register("1", object(), now=0, keep_until=10)  # type: ignore[arg-type]
        assert store.register("1", b"p", now=0, keep_until=10) is NonceState.FRESH


@pytest.mark.parametrize("path", ["", ":memory:"])
def test_memory_is_no_file(path: str) -> None:
    """A connection of each process would have a store of its own, and a thread's too."""
    with pytest.raises(
        ConfigurationError, match=r"^A durable nonce store needs a file; MemoryNonceStore needs none\. Remedy"
    ):
        SqliteNonceStore(path)


def test_a_wrong_path_is_told_when_the_store_is_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        SqliteNonceStore(tmp_path / "nowhere" / "nonces.db")
    (tmp_path / "text.db").write_text("this is no database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        SqliteNonceStore(tmp_path / "text.db")
