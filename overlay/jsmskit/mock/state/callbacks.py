"""Stored: what the service has to tell - replies waiting to be pulled, callbacks and their tries."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ..model.records import Attempt, CallbackType, Delivery
from .database import Database

_DELIVERY: Final = "id, app_key, type, url, data, created_at, next_at"


class WaitingReply(NamedTuple):
    """A reply that waits to be pulled; `at` in seconds since 1970."""

    id: int
    phone: str
    content: str
    at: float


class PullStore:
    """Replies that wait to be pulled; each is handed out once."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_reply(self, app_key: str, phone: str, content: str, at: float, *, waits: bool) -> None:
        """Store a reply, and let it wait to be pulled unless the application hears of it by callback."""
        with self._database as connection:
            for table in ("spoken", "replies") if waits else ("spoken",):
                connection.execute(
                    f"INSERT INTO {table} (app_key, phone, content, at) VALUES (?, ?, ?, ?)",  # noqa: S608
                    (app_key, phone, content, at),
                )

    def take_replies(self, app_key: str, *, since: float, limit: int) -> list[WaitingReply]:
        """Hand out the oldest replies from an instant on; forget them and everything older."""
        with self._database as connection:
            connection.execute("DELETE FROM replies WHERE app_key = ? AND at < ?", (app_key, since))
            rows = connection.execute(
                "SELECT id, phone, content, at FROM replies WHERE app_key = ? ORDER BY id LIMIT ?", (app_key, limit)
            ).fetchall()
            connection.executemany("DELETE FROM replies WHERE id = ?", [(row[0],) for row in rows])
        return [WaitingReply(*row) for row in rows]


class CallbackStore:
    """Receivers of callbacks, deliveries and every try of them: the delivery log."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def addresses(self, app_key: str) -> dict[CallbackType, str]:
        """Return the receivers of an application, by type."""
        rows = self._database.connection.execute(
            "SELECT type, url FROM callback_addresses WHERE app_key = ? ORDER BY type", (app_key,)
        )
        return {CallbackType(kind): url for kind, url in rows}

    def set_address(self, app_key: str, kind: CallbackType, url: str | None) -> None:
        """Set the receiver of one type; None takes it away."""
        with self._database as connection:
            if url is None:
                connection.execute("DELETE FROM callback_addresses WHERE app_key = ? AND type = ?", (app_key, kind))
            else:
                connection.execute("INSERT OR REPLACE INTO callback_addresses VALUES (?, ?, ?)", (app_key, kind, url))

    def add(self, app_key: str, kind: CallbackType, url: str, data: str, at: float) -> int:
        """Store a callback that is to be delivered; return its id."""
        with self._database as connection:
            cursor = connection.execute(
                "INSERT INTO deliveries (app_key, type, url, data, created_at, next_at) VALUES (?, ?, ?, ?, ?, ?)",
                (app_key, kind, url, data, at, at),
            )
            return cursor.lastrowid or 0

    def get(self, delivery_id: int) -> Delivery | None:
        """Find a delivery."""
        row = self._database.connection.execute(
            f"SELECT {_DELIVERY} FROM deliveries WHERE id = ?",  # noqa: S608
            (delivery_id,),
        ).fetchone()
        return None if row is None else self._with_attempts(row)

    def log(self, app_key: str | None = None, *, limit: int | None = None) -> list[Delivery]:
        """List deliveries, oldest first; with a limit, the newest so many of them."""
        rows = self._database.connection.execute(
            f"SELECT {_DELIVERY} FROM deliveries "  # noqa: S608
            "WHERE app_key = coalesce(?, app_key) ORDER BY id DESC LIMIT ?",
            (app_key, -1 if limit is None else limit),
        ).fetchall()
        return [self._with_attempts(row) for row in reversed(rows)]

    def start_attempt(self, delivery_id: int, number: int, at: float) -> None:
        """Note that a try is under way."""
        with self._database as connection:
            connection.execute("INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, NULL, '')", (delivery_id, number, at))
            connection.execute("UPDATE deliveries SET next_at = NULL WHERE id = ?", (delivery_id,))

    def end_attempt(self, delivery_id: int, number: int, *, ok: bool, detail: str, next_at: float | None) -> None:
        """Note how a try went and when the next one is."""
        with self._database as connection:
            connection.execute(
                "UPDATE attempts SET ok = ?, detail = ? WHERE delivery_id = ? AND number = ?",
                (ok, detail, delivery_id, number),
            )
            connection.execute("UPDATE deliveries SET next_at = ? WHERE id = ?", (next_at, delivery_id))

    def under_way(self) -> list[tuple[int, float]]:
        """List the tries whose end is not known: delivery id, and when the try began."""
        return self._database.connection.execute(
            "SELECT delivery_id, at FROM attempts WHERE ok IS NULL ORDER BY at, delivery_id"
        ).fetchall()

    def prune(self, keep: int) -> None:
        """Drop the oldest deliveries beyond so many, but none that waits. Inside a transaction only."""
        if keep:
            connection = self._database.connection
            connection.execute(
                "DELETE FROM deliveries WHERE id <= (SELECT max(id) FROM deliveries) - ? AND next_at IS NULL "
                "AND id NOT IN (SELECT delivery_id FROM attempts WHERE ok IS NULL)",
                (keep,),
            )
            connection.execute("DELETE FROM attempts WHERE delivery_id NOT IN (SELECT id FROM deliveries)")

    def _with_attempts(self, row: tuple[Any, ...]) -> Delivery:
        attempts = tuple(
            Attempt(number, at, None if ok is None else bool(ok), detail)
            for number, at, ok, detail in self._database.connection.execute(
                "SELECT number, at, ok, detail FROM attempts WHERE delivery_id = ? ORDER BY number", (row[0],)
            )
        )
        identity, app_key, kind, url, data, created_at, next_at = row
        return Delivery(identity, app_key, CallbackType(kind), url, data, created_at, next_at, attempts)
