"""Stored: messages, the codes in them, and what each number was sent lately.

Knows how they are kept and found. Must not know limits, lives or delivery statuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import orjson

from ..records import Message, MessageKind
from .database import Database

_MESSAGE: Final = (
    "id, app_key, msg_id, phone, kind, text, type, temp_id, sign_id, tag, language, units, sent_at, code, "
    "expires_at, verified_at, status, reported_at, planned"
)
_INSERT: Final = (
    "INSERT INTO messages (app_key, kind, sent_at, report_at, msg_id, phone, text, units, planned, type, "
    "temp_id, sign_id, tag, language, code, expires_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_BATCH: Final = (
    "INSERT INTO messages (app_key, kind, sent_at, report_at, type, temp_id, sign_id, tag, "
    "msg_id, phone, text, units, planned) SELECT ?, ?, ?, ?, ?, ?, ?, ?, "
    "value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)"
)
#: Old messages are dropped after every so many new ones, not at each.
_PRUNE_EVERY: Final = 256


#: A recipient of a batch: msg_id, phone, text, units, planned status.
Row = tuple[int, str, str, int, int]

#: A message whose delivery report falls due: id, app_key, msg_id, phone, status.
ReportRow = tuple[int, str, int, str, int]


class NewMessage(NamedTuple):
    """A message about to be stored, in the order of the columns; for their meaning see `Message`.

    `planned` is the delivery status that will be reported at `report_at`.
    """

    app_key: str
    kind: str
    sent_at: float
    report_at: float
    msg_id: int = 0
    phone: str = ""
    text: str = ""
    units: int = 0
    planned: int = 0
    type: int | None = None
    temp_id: int | None = None
    sign_id: int | None = None
    tag: str | None = None
    language: int | None = None
    code: str | None = None
    expires_at: float | None = None


class Tally(NamedTuple):
    """How many messages of a type a number was sent: in both windows, and with this text in the short one."""

    long: int
    short: int
    same_text: int


#: The tally of a number that nothing was sent to.
NOTHING_SENT: Final = Tally(0, 0, 0)


class Recent(NamedTuple):
    """A message that was sent to a number lately."""

    phone: str
    text: str
    sent_at: float


class RememberedCode(NamedTuple):
    """A verification code as the service remembers it."""

    id: int
    code: str
    expires_at: float
    verified_at: float | None


class MessageStore:
    """Messages of all applications, in the order of arrival."""

    __slots__ = ("_database", "_since_prune", "_written_to")

    def __init__(self, database: Database) -> None:
        self._database = database
        self._since_prune = 0
        #: Applications, and the numbers that they may have written to; all others need no looking up. None: not read.
        self._written_to: dict[str, set[str]] | None = None

    def forget(self) -> None:
        """Empty the cache: the database was replaced. One more number than is stored does no harm."""
        self._written_to = None

    def _known(self, app_key: str) -> set[str]:
        if self._written_to is None:
            self._written_to = {}
            for owner, phone in self._database.connection.execute("SELECT app_key, phone FROM messages"):
                self._written_to.setdefault(owner, set()).add(phone)
        return self._written_to.setdefault(app_key, set())

    def add(self, message: NewMessage) -> int:
        """Store a message; gives its id. Inside a transaction only."""
        self._since_prune += 1
        self._known(message.app_key).add(message.phone)
        return self._database.connection.execute(_INSERT, tuple(message)).lastrowid or 0

    def add_many(self, shared: NewMessage, rows: Sequence[Row]) -> range:
        """Store the messages of a batch; gives their ids. Inside a transaction only.

        Args:
            shared: what all have in common.
            rows: the recipients, at least one.
        """
        connection = self._database.connection
        first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM messages").fetchone()[0]
        # Binding costs more than storing: what is the same for all is bound once, the rest goes over as JSON.
        packed = orjson.dumps(rows)
        if b"\\u0000" in packed:  # SQLite's JSON ends a text there
            connection.executemany(
                _INSERT,
                [
                    shared._replace(msg_id=msg_id, phone=phone, text=text, units=units, planned=planned)
                    for msg_id, phone, text, units, planned in rows
                ],
            )
        else:
            common = (shared.app_key, shared.kind, shared.sent_at, shared.report_at)
            named = (shared.type, shared.temp_id, shared.sign_id, shared.tag)
            connection.execute(_INSERT_BATCH, (*common, *named, packed.decode()))
        self._known(shared.app_key).update(row[1] for row in rows)
        self._since_prune += len(rows)
        return range(first, first + len(rows))

    def prune(self, keep: int) -> None:
        """Drop the oldest beyond so many, now and then. Inside a transaction only."""
        if keep and self._since_prune >= _PRUNE_EVERY:
            self._since_prune = 0
            connection = self._database.connection
            for table in ("messages", "reports"):
                connection.execute(
                    f"DELETE FROM {table} WHERE id <= (SELECT max(id) FROM {table}) - ?",  # noqa: S608
                    (keep,),
                )
            if (
                self._written_to is not None
                and sum(map(len, self._written_to.values())) > 4 * keep + _PRUNE_EVERY
            ):
                self._written_to = None

    def find(
        self,
        *,
        phone: str | None = None,
        app_key: str | None = None,
        after_id: int | None = None,
        msg_id: str | None = None,
        limit: int | None = None,
    ) -> list[Message]:
        """Find messages, oldest first; with a limit, the newest so many of them."""
        conditions: list[str] = [
            "NOT deleted"
        ]  # what a person deleted on the phone is known to the service only
        values: list[Any] = []
        wanted = (("phone", phone), ("app_key", app_key), ("msg_id", msg_id))
        for column, value in wanted:
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if after_id is not None:
            conditions.append("id > ?")
            values.append(after_id)
        where = f"WHERE {' AND '.join(conditions)}"
        values.append(-1 if limit is None else limit)
        rows = self._database.connection.execute(
            f"SELECT {_MESSAGE} FROM messages {where} ORDER BY id DESC LIMIT ?",  # noqa: S608
            values,
        ).fetchall()
        return [_message(row) for row in reversed(rows)]

    def code(self, app_key: str, msg_id: int) -> RememberedCode | None:
        """Find the code that a message of this application carried."""
        row = self._database.connection.execute(
            "SELECT id, code, expires_at, verified_at FROM messages "
            "WHERE msg_id = ? AND code IS NOT NULL AND app_key = ?",
            (msg_id, app_key),
        ).fetchone()
        return None if row is None else RememberedCode(*row)

    def mark_verified(self, message_id: int, at: float) -> None:
        """Remember that the code of a message was verified."""
        with self._database as connection:
            connection.execute("UPDATE messages SET verified_at = ? WHERE id = ?", (at, message_id))

    def tally(
        self, app_key: str, phone: str, *, kind: int, text: str, long_since: float, short_since: float
    ) -> Tally:
        """Count what one number was sent of one template type after two instants."""
        if phone not in self._known(app_key):
            return NOTHING_SENT
        row = self._database.connection.execute(
            "SELECT count(*), total(sent_at > ?), total(sent_at > ? AND text = ?) FROM messages "
            "WHERE app_key = ? AND phone = ? AND sent_at > ? AND type = ?",
            (short_since, short_since, text, app_key, phone, long_since, kind),
        ).fetchone()
        return Tally(row[0], int(row[1]), int(row[2]))

    def recent(self, app_key: str, phones: Sequence[str], *, kind: int, since: float) -> list[Recent]:
        """List what many numbers were sent of one template type after an instant."""
        known = self._known(app_key)
        phones = [phone for phone in phones if phone in known]
        if not phones:
            return []
        rows = self._database.connection.execute(
            "SELECT m.phone, m.text, m.sent_at FROM json_each(?) AS wanted CROSS JOIN messages AS m "
            "ON m.app_key = ? AND m.phone = wanted.value AND m.sent_at > ? WHERE m.type = ?",
            (orjson.dumps(phones).decode(), app_key, since, kind),
        )
        return [Recent(*row) for row in rows]

    def was_sent(self, app_key: str, phone: str, text: str, since: float) -> bool:
        """Tell whether a number got this very text after an instant."""
        row = self._database.connection.execute(
            "SELECT 1 FROM messages WHERE app_key = ? AND phone = ? AND sent_at > ? AND text = ? LIMIT 1",
            (app_key, phone, since, text),
        ).fetchone()
        return row is not None

    def last_voice_call(self, app_key: str, phone: str) -> float | None:
        """Tell when a number was last called with a voice code."""
        row = self._database.connection.execute(
            "SELECT max(sent_at) FROM messages WHERE app_key = ? AND phone = ? AND kind = ?",
            (app_key, phone, MessageKind.VOICE.value),
        ).fetchone()
        return None if row[0] is None else float(row[0])

    def last_sender(self, phone: str) -> str | None:
        """Tell which application sent a number its newest message."""
        row = self._database.connection.execute(
            "SELECT app_key FROM messages WHERE phone = ? ORDER BY id DESC LIMIT 1", (phone,)
        ).fetchone()
        return None if row is None else str(row[0])

    def take_due_for_report(self, first_id: int, at: float) -> list[ReportRow]:
        """Give their delivery status to the messages, from one on, whose report falls due at exactly an instant.

        Gives what their reports say. Inside a transaction only.
        """
        connection = self._database.connection
        due: list[ReportRow] = connection.execute(
            "SELECT id, app_key, msg_id, phone, planned FROM messages "
            "WHERE id >= ? AND report_at = ? AND status IS NULL ORDER BY id",
            (first_id, at),
        ).fetchall()
        if due:
            connection.execute(
                "UPDATE messages SET status = planned, reported_at = ? "
                "WHERE id BETWEEN ? AND ? AND report_at = ? AND status IS NULL",
                (at, due[0][0], due[-1][0], at),
            )
        return due


def _message(row: tuple[Any, ...]) -> Message:
    values = list(row)
    values[2] = str(values[2])
    values[4] = MessageKind(values[4])
    return Message(*values)
