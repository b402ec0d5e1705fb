"""Remembered: messages, the codes in them, what each number was sent lately, and reports that wait to be pulled.

They live in memory, where every request looks things up, and the table keeps them: it is read when the database
is opened or replaced, and gets what has changed at the end of each transaction on a file (`put_down`). Knows how
messages are found and kept. Must not know limits, lives or delivery statuses.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Set
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from ..records import Message, MessageKind
from .database import Database
from .sendings import COLUMNS, Sending, from_row
from .shelf import Found, Shelf

_WRITE: Final = f"INSERT OR REPLACE INTO messages ({COLUMNS}) VALUES ({'?, ' * COLUMNS.count(',')}?)"  # noqa: S608


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


class WaitingReport(NamedTuple):
    """A delivery report that waits to be pulled; `at` in seconds since 1970."""

    msg_id: int
    phone: str
    status: int
    at: float


class MessageStore:
    """Messages of all applications."""

    __slots__ = ("_changed", "_codes", "_database", "_has_dropped", "_shelf", "_to_report", "_waiting")

    def __init__(self, database: Database) -> None:
        self._database = database
        database.transaction.keep(self)
        self.forget_all()

    def forget_all(self) -> None:
        """Read the table anew when next asked: the database was replaced."""
        #: None: the table was not read yet.
        self._shelf: Shelf | None = None
        #: The sending of each code, by its msg_id.
        self._codes: dict[int, Sending] = {}
        #: What is to be reported at an instant.
        self._to_report: dict[float, list[Sending]] = {}
        #: What waits to be pulled, for each application, in the order of the reports.
        self._waiting: dict[str, dict[int, Sending]] = {}
        #: What the table does not have as it is, by first id.
        self._changed: dict[int, Sending] = {}
        #: The table may have what is not kept any more.
        self._has_dropped = False

    # Keeping.

    @property
    def shelf(self) -> Shelf:
        """All sendings that are kept, to be read only."""
        return self._read() if self._shelf is None else self._shelf

    def _read(self) -> Shelf:
        """Read the table."""
        shelf = self._shelf = Shelf()
        rows = self._database.connection.execute(f"SELECT {COLUMNS} FROM messages ORDER BY id")  # noqa: S608
        waiting: list[Sending] = []
        for sending in map(from_row, rows):
            shelf.put(sending, sending.first_id)
            self._note(sending)
            if sending.is_waiting:
                waiting.append(sending)
        for sending in sorted(waiting, key=lambda each: (each.reported_at, each.first_id)):
            self._waiting.setdefault(sending.origin.app_key, {})[sending.first_id] = sending
        return shelf

    def put_down(self, connection: sqlite3.Connection) -> None:
        """Write what has changed since the last time. Inside a transaction only."""
        changed, self._changed = self._changed, {}
        for sending in changed.values():
            connection.executemany(_WRITE, sending.rows_of_table())
        if self._has_dropped:
            self._has_dropped = False
            connection.execute("DELETE FROM messages WHERE id < ?", (self.shelf.oldest_id,))

    def _change(self, sending: Sending, undo: Callable[[], None]) -> None:
        """Note that a sending has changed, and how to undo that."""
        self._changed[sending.first_id] = sending
        self._database.transaction.on_undo(undo)

    # What happens to messages. All of it inside a transaction only.

    def add(self, sending: Sending, keep: int) -> range:
        """Store what a call sent; gives the ids of its messages.

        Args:
            sending: not stored yet.
            keep: more messages than so many make the oldest sendings be dropped; 0: none is.
        """
        shelf = self.shelf
        while keep and len(shelf) > keep:
            self._forget(shelf.drop_oldest())
            self._has_dropped = True
        ids = shelf.put(sending)
        self._note(sending)
        self._change(sending, partial(self._take_back, sending))
        return ids

    def _note(self, sending: Sending) -> None:
        if sending.code is not None:
            self._codes[sending.rows[0][0]] = sending
        if sending.reported_at is None:
            self._to_report.setdefault(sending.report_at, []).append(sending)

    def _forget(self, sending: Sending) -> None:
        self._changed.pop(sending.first_id, None)
        if sending.code is not None and self._codes.get(sending.rows[0][0]) is sending:
            del self._codes[sending.rows[0][0]]
        if sending.reported_at is None:
            self._to_report[sending.report_at].remove(sending)
        else:
            self._waiting.get(sending.origin.app_key, {}).pop(sending.first_id, None)

    def _take_back(self, sending: Sending) -> None:
        self.shelf.take_back(sending)
        self._forget(sending)

    def mark_verified(self, message_id: int, at: float) -> None:
        """Remember that the code of a message was verified."""
        sending, _ = self.shelf.find(message_id)
        self._change(sending, partial(setattr, sending, "verified_at", sending.verified_at))
        sending.verified_at = at

    def delete(self, message_ids: Iterable[int] | None = None) -> int:
        """Take messages out of the inbox, None: all; says how many of them were there.

        The service goes on knowing them: a code that a person deleted on the phone can still be verified, and
        the limits still count it.
        """
        there = self.shelf.newest_first() if message_ids is None else self.shelf.of_ids(message_ids)
        gone: dict[Sending, list[int]] = {}
        for sending, position in there:
            gone.setdefault(sending, []).append(position)
        for sending, positions in gone.items():
            self._change(sending, partial(setattr, sending, "deleted", sending.deleted))
            sending.deleted = sending.deleted.union(positions)
        return sum(map(len, gone.values()))

    def report(self, at: float) -> list[Sending]:
        """Let the reports of an instant fall due; gives the sendings. Whoever wants them to wait says so."""
        due = self._to_report.pop(at, []) if self.shelf else []
        self._database.transaction.on_undo(partial(self._take_reports_back, at, due))
        for sending in due:
            sending.reported_at = at
            sending.pulled = len(sending.rows)
            self._changed[sending.first_id] = sending
        return due

    def let_wait(self, sending: Sending) -> None:
        """Let the reports of a sending wait to be pulled; they have just fallen due."""
        sending.pulled = 0
        self._waiting.setdefault(sending.origin.app_key, {})[sending.first_id] = sending

    def _take_reports_back(self, at: float, due: list[Sending]) -> None:
        for sending in due:
            self._waiting.get(sending.origin.app_key, {}).pop(sending.first_id, None)
            sending.reported_at, sending.pulled = None, 0
        self._to_report[at] = due + self._to_report.get(at, [])

    def take_reports(self, app_key: str, *, since: float, limit: int) -> list[WaitingReport]:
        """Hand out the oldest reports from an instant on; forget them and everything older."""
        taken: list[WaitingReport] = []
        waiting = self._waiting.get(app_key, {}) if self.shelf else {}
        self._database.transaction.on_undo(partial(self._waiting.__setitem__, app_key, dict(waiting)))
        for sending in tuple(waiting.values()):
            at, start, end = sending.reported_at or 0.0, sending.pulled, len(sending.rows)
            if at >= since:
                end = min(end, start + limit - len(taken))
                taken += [WaitingReport(row[0], row[1], row[4], at) for row in sending.rows[start:end]]
            if end == start:
                break
            self._change(sending, partial(setattr, sending, "pulled", start))
            sending.pulled = end
            if not sending.is_waiting:
                del waiting[sending.first_id]
        return taken

    # Looking things up.

    def find(
        self,
        *,
        phone: str | None = None,
        app_key: str | None = None,
        after_id: int | None = None,
        limit: int | None = None,
    ) -> list[Message]:
        """Find messages that are in the inbox, oldest first; with a limit, the newest so many of them."""
        found = (
            sending.message(position)
            for sending, position in self.shelf.newest_first(phone, after_id or 0)
            if app_key is None or sending.origin.app_key == app_key
        )
        return list(islice(found, limit))[::-1]

    def code(self, app_key: str, msg_id: int) -> RememberedCode | None:
        """Find the code that a message of this application carried."""
        sending = self._codes.get(msg_id) if self.shelf else None
        if sending is None or sending.code is None or sending.origin.app_key != app_key:
            return None
        return RememberedCode(sending.first_id, sending.code, sending.expires_at or 0, sending.verified_at)

    def knows(self, phone: str) -> bool:
        """Say whether a number was sent anything that is still kept, by any application."""
        return self.shelf.knows(phone)

    def tally(
        self, app_key: str, phone: str, *, kind: int, text: str, long_since: float, short_since: float
    ) -> Tally:
        """Count what one number was sent of one template type after two instants."""
        recent = self.recent(app_key, {phone}, kind=kind, since=long_since)
        short = [each for each in recent if each.sent_at > short_since]
        return Tally(len(recent), len(short), sum(each.text == text for each in short))

    def recent(self, app_key: str, phones: Set[str], *, kind: int, since: float) -> list[Recent]:
        """List what many numbers were sent of one template type after an instant."""
        return [
            Recent(phone, sending.rows[position][2], sending.sent_at)
            for phone in self.shelf.known_of(phones)
            for sending, position in self._sent(app_key, phone)
            if sending.sent_at > since and sending.origin.type == kind
        ]

    def was_sent(self, app_key: str, phone: str, text: str, since: float) -> bool:
        """Tell whether a number got this very text after an instant."""
        return any(
            sending.sent_at > since and sending.rows[position][2] == text
            for sending, position in self._sent(app_key, phone)
        )

    def last_voice_call(self, app_key: str, phone: str) -> float | None:
        """Tell when a number was last called with a voice code."""
        sent = (sending for sending, _ in self._sent(app_key, phone))
        return max((each.sent_at for each in sent if each.origin.kind == MessageKind.VOICE), default=None)

    def last_sender(self, phone: str) -> str | None:
        """Tell which application sent a number its newest message."""
        sent = self.shelf.sent_to(phone)
        return sent[-1][0].origin.app_key if sent else None

    def _sent(self, app_key: str, phone: str) -> list[Found]:
        """List what an application sent to a number, deleted or not."""
        return [found for found in self.shelf.sent_to(phone) if found[0].origin.app_key == app_key]
