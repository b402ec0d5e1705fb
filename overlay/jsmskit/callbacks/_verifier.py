"""Decide whether a callback is to be believed, and make an event of it; and the nonce stores: which payload came
with each nonce, and whether it was handled.

No frame that can be part of a traceback holds the secret or the form in the clear: what reads them returns a
refusal as a value, and the methods of `CallbackVerifier` raise it once the form is gone from their frame.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Final, ParamSpec, Protocol, Self, TypeVar

from .._privacy import Secret
from ..errors import (
    CallbackError,
    ConfigurationError,
    InvalidCallbackSignatureError,
    ReplayedCallbackError,
    StaleCallbackError,
)
from ._events import CallbackEvent, CallbackForm, challenge_response, read_event, read_form


class NonceState(Enum):
    """What is known of a nonce when it arrives."""

    FRESH = "fresh"
    """It never came, or it came with this payload, which is not handled yet."""
    HANDLED = "handled"
    """It came with this payload, and that was handled."""
    TAKEN = "taken"
    """It came with another payload: one of the two is forged."""


class NonceStore(Protocol):
    """What a store must do; write your own over Redis or a table of your database.

    Both methods may be called from several threads. An exception means "not now": the endpoint answers 503,
    and the service calls again later.
    """

    def register(self, nonce: str, payload: bytes, *, now: float, keep_until: float) -> NonceState:
        """Register the nonce with the hash of its payload unless it is registered already, in one atomic
        step, and return what is known of it.

        `now` and `keep_until` are seconds since 1970. An entry may be forgotten after its `keep_until`, not
        before: until then the callback's timestamp is accepted. One store may serve several applications:
        `nonce` begins with the application's key.
        """
        ...

    def mark_handled(self, nonce: str) -> None:
        """Record that the payload of this nonce was handled: from now on it is `HANDLED`. Ignore an unknown nonce."""
        ...


@dataclass(slots=True)
class _Entry:
    payload: bytes
    keep_until: float
    handled: bool = False


class MemoryNonceStore:
    """Remembers in this process: right for one process, forgotten with it. With several workers use `SqliteNonceStore`.

    At most `max_entries` (about 20 MB at the default); above that the oldest is forgotten early. Only
    correctly signed callbacks get here, so a stranger cannot fill it.
    """

    def __init__(self, max_entries: int = 50_000) -> None:
        if max_entries < 1:
            raise ConfigurationError("max_entries of a nonce store is at least 1.")
        self._max_entries: Final = max_entries
        self._entries: Final[OrderedDict[str, _Entry]] = OrderedDict()
        self._lock: Final = threading.Lock()

    def register(self, nonce: str, payload: bytes, *, now: float, keep_until: float) -> NonceState:
        """See `NonceStore.register`."""
        with self._lock:
            known = self._entries.get(nonce)
            if known is not None and known.keep_until >= now:
                return _state(known.payload, known.handled, payload)
            self._entries.pop(nonce, None)
            # By age of arrival, not of expiry: both differ by the delay of a repeat, and the front is found at once.
            while self._entries:
                oldest = next(iter(self._entries.values()))
                if oldest.keep_until >= now and len(self._entries) < self._max_entries:
                    break
                self._entries.popitem(last=False)
            self._entries[nonce] = _Entry(payload, keep_until)
            return NonceState.FRESH

    def mark_handled(self, nonce: str) -> None:
        """See `NonceStore.mark_handled`."""
        with self._lock:
            if nonce in self._entries:
                self._entries[nonce].handled = True

    def __len__(self) -> int:
        return len(self._entries)


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS jsms_callback_nonces (
    nonce TEXT PRIMARY KEY,
    payload BLOB NOT NULL,
    keep_until REAL NOT NULL,
    handled INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS jsms_callback_nonces_keep_until ON jsms_callback_nonces (keep_until);
"""


class SqliteNonceStore:
    """Remembers in a SQLite file: survives a restart, and is shared by all processes of one machine that name the file.

    The file holds nonces and hashes, no phone numbers. What has expired is deleted on the way. May be given to workers
    that are forked later: each opens a connection of its own. A file on a network drive is not supported by SQLite.
    """

    def __init__(self, path: str | Path, *, busy_timeout: float = 5.0) -> None:
        """`busy_timeout`: seconds to wait for another writing process, then `sqlite3.OperationalError`."""
        self._path: Final = str(path)
        self._busy_timeout: Final = busy_timeout
        self._lock: Final = threading.Lock()
        # By process: a connection must not be used by a forked child, not even to close it, so a child keeps
        # what it inherited and opens its own.
        self._connections: Final[dict[int, sqlite3.Connection]] = {}
        if str(path) in ("", ":memory:"):
            raise ConfigurationError("A durable nonce store needs a file; MemoryNonceStore needs none.")
        with self._transaction():
            pass  # a wrong path raises now, not with the first callback

    def register(self, nonce: str, payload: bytes, *, now: float, keep_until: float) -> NonceState:
        """See `NonceStore.register`."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM jsms_callback_nonces WHERE keep_until < ?", (now,))
            connection.execute(
                "INSERT OR IGNORE INTO jsms_callback_nonces (nonce, payload, keep_until) VALUES (?, ?, ?)",
                (nonce, payload, keep_until),
            )
            row: tuple[bytes, int] = connection.execute(
                "SELECT payload, handled FROM jsms_callback_nonces WHERE nonce = ?", (nonce,)
            ).fetchone()
        return _state(row[0], bool(row[1]), payload)

    def mark_handled(self, nonce: str) -> None:
        """See `NonceStore.mark_handled`."""
        with self._transaction() as connection:
            connection.execute("UPDATE jsms_callback_nonces SET handled = 1 WHERE nonce = ?", (nonce,))

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            connection = self._connections.pop(os.getpid(), None)
            if connection is not None:
                connection.close()

    def __del__(self) -> None:
        # Most stores live as long as their process and are never closed. A connection left open warns.
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __len__(self) -> int:
        with self._transaction() as connection:
            count: tuple[int] = connection.execute("SELECT count(*) FROM jsms_callback_nonces").fetchone()
        return count[0]

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection, None, None]:
        with self._lock:
            connection = self._connect()
            # IMMEDIATE: the lock is asked for where waiting is possible, not in the middle of reading and writing.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        connection = self._connections.get(os.getpid())
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=self._busy_timeout, isolation_level=None, check_same_thread=False
            )
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                # With WAL the file stays whole; a power cut can cost the last few entries, which is no more
                # than a restart costs the store in memory.
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.executescript(_SCHEMA)
            except BaseException:
                connection.close()
                raise
            self._connections[os.getpid()] = connection
        return connection


def _state(bound: bytes, handled: bool, payload: bytes) -> NonceState:
    if bound != payload:
        return NonceState.TAKEN
    return NonceState.HANDLED if handled else NonceState.FRESH


P = ParamSpec("P")
T = TypeVar("T")

DEFAULT_MAX_AGE: Final = timedelta(hours=14)
"""Longer than all repeats of the service together (3 minutes, 1 hour, 12 hours). It is not documented whether
a repeat gets a new signature; without one, a shorter window would refuse the last repeats.
"""
STRICT_MAX_AGE: Final = timedelta(minutes=5)
"""For applications that have seen repeats with new signatures, or that would rather miss a repeat than accept
an old callback.
"""

_CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the service's clock may be ahead of ours."""
_LONGEST_AGE: Final = timedelta(days=366)
# All keys have 24 letters and digits. Here the point is to notice a line break that was read from a file.
_KEY: Final = re.compile(r"[0-9A-Za-z_-]+")


class CallbackVerifier:
    """Verifies callbacks of one application.

    Signature, age and nonce are checked; **the vendor's signature does not cover `type` and `data`**, so
    serve the address over HTTPS under a secret path (see `jsmskit.callbacks`).

    `max_age`: how old a signed timestamp may be (`DEFAULT_MAX_AGE` 14 hours, `STRICT_MAX_AGE` 5 minutes, or
    your own; at most 366 days). `store`: remembers nonces; in memory unless given, which is right for one
    process only; several applications may share one. `clock`: returns the present as an aware datetime; for
    tests. Raises `ConfigurationError` for a wrong argument.

    May be used by several threads.
    """

    def __init__(
        self,
        app_key: str,
        master_secret: str | Secret,
        *,
        max_age: timedelta = DEFAULT_MAX_AGE,
        store: NonceStore | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._max_age: Final = max_age
        self._store: Final[NonceStore] = MemoryNonceStore() if store is None else store
        self._clock: Final = clock
        self._app_key: Final = app_key
        self._secret: Final = _secret(master_secret)
        # Keys that are swapped are wrong arguments, too.
        del app_key, master_secret
        if not _is_key(self._app_key) or not _is_key(self._secret.reveal()):
            raise ConfigurationError("app_key and master_secret of a callback verifier are letters and digits.")
        if not _is_window(max_age):
            raise ConfigurationError("max_age of a callback verifier is more than zero and at most a year.")

    def __repr__(self) -> str:
        return f"CallbackVerifier(max_age={self._max_age}, store={type(self._store).__name__})"

    def echo(self, query: Mapping[str, object] | bytes | str) -> bytes:
        """Answer the check of the address: the service calls `GET <address>?echostr=...` once and wants the value back.

        `query` is the raw query string or a mapping of it. The check is not signed, so only 1 to 64 letters and digits
        are given back; anything else raises `MalformedCallbackError`. Send it as `text/plain` with status 200.
        """
        response = _refusal_as_value(challenge_response, query)
        del query
        if isinstance(response, CallbackError):
            raise response
        return response

    def parse(self, form: Mapping[str, object] | bytes | str, *, mark_handled: bool = True) -> CallbackEvent:
        """Verify one callback and return its event.

        `form` is the raw body (best: nothing was lost on the way), or the mapping a framework made of it.

        The same callback once more (same nonce, type and data) returns an event with `duplicate` true. With
        `mark_handled=True` a callback counts as handled as soon as it was parsed. Pass `mark_handled=False`,
        and call `mark_handled(event)` after your work is done, if a failed attempt is to be retried when the
        service repeats the callback; the endpoint does so.

        A type that this version does not know, or data without a field that its type should have, returns an
        `UnknownEvent`: refusing it would lose it after the last repeat of the service.

        Raises, and nothing else for any input:
            MalformedCallbackError: not a form, a field missing or repeated, `data` not a JSON object. Respond
                with 400.
            InvalidCallbackSignatureError: other keys, or not from the service. Respond with 403.
            StaleCallbackError: older than `max_age`, or more than 5 minutes in the future. Respond with 403.
            ReplayedCallbackError: the nonce came before with other data, so one of the two is forged. Respond
                with 409, and look into it.

        What the store raises (a locked file) is passed on: respond with 503.
        """
        received = _refusal_as_value(read_form, form)
        del form
        if isinstance(received, CallbackError):
            raise received
        now = self._clock()
        event = _refusal_as_value(self._verify, received, now)
        if isinstance(event, CallbackError):
            raise event
        return self._check_replay(event, _payload_hash(received), now, mark_handled=mark_handled)

    def mark_handled(self, event: CallbackEvent) -> None:
        """Record that an event of `parse(..., mark_handled=False)` was handled: the same callback is a
        duplicate from now on.
        """
        self._store.mark_handled(self._nonce_key(event.nonce))

    def _verify(self, received: CallbackForm, now: datetime) -> CallbackEvent:
        if not self._is_signed(received):
            raise InvalidCallbackSignatureError("The signature of the callback does not match the keys.")
        if now - received.sent_at > self._max_age:
            raise StaleCallbackError(f"The callback was signed more than {self._max_age} ago.")
        if received.sent_at - now > _CLOCK_SKEW:
            raise StaleCallbackError("The callback was signed in the future; compare the clocks.")
        return read_event(received)

    def _is_signed(self, received: CallbackForm) -> bool:
        # SHA-1 is the vendor's choice, not ours.
        expected = hashlib.sha1(usedforsecurity=False)
        expected.update(f"appKey={self._app_key}&appMasterSecret={self._secret.reveal()}".encode())
        expected.update(f"&nonce={received.nonce}&timestamp={received.timestamp}".encode())
        given = received.signature.lower().encode("utf-8", "replace")
        return hmac.compare_digest(expected.hexdigest().encode("ascii"), given)

    def _check_replay(
        self, event: CallbackEvent, payload: bytes, now: datetime, *, mark_handled: bool
    ) -> CallbackEvent:
        assert event.sent_at is not None  # a callback has its time, a pulled record has none
        key = self._nonce_key(event.nonce)
        keep_until = event.sent_at + self._max_age
        state = self._store.register(key, payload, now=now.timestamp(), keep_until=keep_until.timestamp())
        if state is NonceState.TAKEN:
            raise ReplayedCallbackError("The nonce of the callback came before with another payload.")
        if state is NonceState.HANDLED:
            return replace(event, duplicate=True)
        if mark_handled:
            self._store.mark_handled(key)
        return event

    def _nonce_key(self, nonce: str) -> str:
        # One store may serve several applications.
        return f"{self._app_key}:{nonce}"


def _refusal_as_value(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T | CallbackError:
    """Return what the function returns, or the refusal that it raises, without the frames it came from."""
    try:
        return function(*args, **kwargs)
    except CallbackError as refusal:
        return type(refusal)(refusal.message)


def _payload_hash(received: CallbackForm) -> bytes:
    # Data of an unknown type is not decoded, so it may hold half a surrogate pair.
    return hashlib.sha256(f"{received.type}\0{received.data}".encode("utf-8", "surrogatepass")).digest()


def _secret(given: object) -> Secret:
    # What is not text becomes an empty secret, which is refused: raising here would show it.
    return given if isinstance(given, Secret) else Secret(given if isinstance(given, str) else "")


def _is_key(text: object) -> bool:
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


def _is_window(max_age: object) -> bool:
    return isinstance(max_age, timedelta) and timedelta(0) < max_age <= _LONGEST_AGE
