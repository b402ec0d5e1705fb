"""The mock's state as a whole: seeded, copied, put back, watched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from ..model.clock import Broadcast
from ..model.random_ids import RandomIds
from ..model.records import (
    Account,
    Application,
    CallbackAddress,
    Delivery,
    LastCall,
    NumberLists,
    Reply,
    ReviewStatus,
    Schedule,
    Sign,
    Template,
    TimerKind,
)
from ..model.settings import DEFAULT_SEED, ApplicationSeed, Seed, ready_made_template
from .database import Database, DatabaseError, from_bytes
from .messages import MessageStore
from .table import Table
from .timers import TimerQueue

#: What changed (message, code, template, sign, schedule, balance, application, report, reply, delivery, reset),
#: and which one.
Change = tuple[str, int | str]

_RUN: Final = "run"
_RANDOM_IDS: Final = "random_ids"


class Stores:
    """Everything that one database holds.

    Attributes:
        database: under all of it: `with state.database:` is a transaction; it has the lock.
        changes: every single change: its kind, and which one.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.changes: Broadcast[Change] = Broadcast()
        self.accounts = Table(database, Account)
        self.applications = Table(database, Application)
        self.lists = Table(database, NumberLists)
        self.last_calls = Table(database, LastCall)
        self.templates = Table(database, Template)
        self.signs = Table(database, Sign)
        self.schedules = Table(database, Schedule)
        self.replies = Table(database, Reply)
        self.callback_addresses = Table(database, CallbackAddress)
        self.deliveries = Table(database, Delivery)
        self.messages = MessageStore(database)
        self.timers = TimerQueue(database)

    def tell(self, kind: str, *identities: int | str) -> None:
        """Tell the listeners of changes, if there are any, once they are stored. Inside a transaction only."""
        if self.changes.listeners:
            self.database.after_commit(partial(self._tell_now, kind, identities))

    def _tell_now(self, kind: str, identities: Sequence[int | str]) -> None:
        for identity in identities:
            self.changes.publish((kind, identity))

    def lists_of(self, app_key: str) -> NumberLists:
        """Find what is special about numbers and words for one application."""
        return self.lists.get(app_key) or NumberLists(app_key)

    def default_sign(self, app_key: str) -> Sign | None:
        """Find the approved sign that is used when a call names none."""
        found = self.signs.find("app_key = ? AND is_default AND status = ?", app_key, ReviewStatus.APPROVED)
        return found[0] if found else None

    def put_sign(self, sign: Sign) -> None:
        """Add or replace a sign; a default one takes the place of the default one before."""
        with self.database:
            if sign.is_default:
                for other in self.signs.find("app_key = ? AND is_default", sign.app_key):
                    self.signs.put(replace(other, is_default=False))
            self.signs.put(sign)

    def add(self, seed: Seed) -> None:
        """Add accounts and applications with all they have; what one with the same key had is replaced."""
        with self.database:
            for account in seed.accounts:
                self.accounts.put(account)
                self.tell("balance", account.dev_key)
            for application in seed.applications:
                self._add_application(application)

    def _add_application(self, seed: ApplicationSeed) -> None:
        app_key = seed.application.app_key
        self.applications.put(seed.application)
        for template in (ready_made_template(app_key), *seed.templates):
            self.templates.put(replace(template, app_key=app_key))
        for sign in seed.signs:
            self.put_sign(replace(sign, app_key=app_key))
        lists = self.lists_of(app_key)
        self.lists.put(
            NumberLists(
                app_key,
                lists.invalid.union(seed.invalid_numbers),
                lists.unsubscribed.union(seed.unsubscribed_numbers),
                {**lists.fixed_codes, **seed.fixed_codes},
                frozenset(word.lower() for word in seed.black_words if word),
            )
        )
        for kind, url in seed.callbacks.items():
            self.callback_addresses.put(CallbackAddress(app_key, kind, url))
        self.tell("application", app_key)


class State(Stores):
    """Everything that the mock remembers.

    Args:
        random_ids: where ids and codes come from; its position is part of the state.
        seed: what a fresh state holds, and a reset brings back.
        path: a file that survives restarts and keeps what it held; None keeps all in memory.

    Raises:
        DatabaseError: the file cannot be used.
    """

    def __init__(
        self, random_ids: RandomIds | None = None, seed: Seed = DEFAULT_SEED, path: Path | None = None
    ) -> None:
        super().__init__(Database(path))
        self.random_ids = random_ids if random_ids is not None else RandomIds()
        self.seed, self._pristine = seed, _planted(seed)
        if self.database.is_new:
            self.database.replace(self._pristine)
        else:
            self._resume()

    def _resume(self) -> None:
        """Go on with a stored state: a new run of ids, and once more the attempts that were cut off."""
        with self.database as connection:
            row = connection.execute("SELECT value FROM meta WHERE name = ?", (_RUN,)).fetchone()
            run = 1 + (int(row[0]) if row else 0)
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_RUN, str(run)))
            for delivery in self.deliveries.find("next_at IS NULL ORDER BY id"):
                if delivery.under_way is not None:
                    self.timers.schedule(delivery.under_way.at, TimerKind.CALLBACK, str(delivery.id))
        self.random_ids.restart(run)

    # The whole.

    def reset(self) -> None:
        """Go back to the seed, ids and codes included."""
        with self.database.lock:
            self.database.replace(self._pristine)
            self.random_ids.restart()
            self.changes.publish(("reset", 0))

    def load_seed(self, seed: Seed) -> None:
        """Take another seed for the next `reset`; the present state stays."""
        self._pristine.close()
        self.seed, self._pristine = seed, _planted(seed)

    def snapshot(self) -> bytes:
        """Return the whole state as bytes, the position of the random ids included."""
        with self.database as connection:
            position = json.dumps(self.random_ids.to_state())
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_RANDOM_IDS, position))
        return self.database.copy()

    def restore(self, snapshot: bytes) -> None:
        """Go back to a snapshot.

        Raises:
            DatabaseError: these bytes are no snapshot of this version; the state is untouched.
        """
        other = from_bytes(snapshot)
        try:
            row = other.connection.execute("SELECT value FROM meta WHERE name = ?", (_RANDOM_IDS,)).fetchone()
            if row is None:
                raise DatabaseError("the snapshot does not say where the random ids stood")
            with self.database.lock:
                self.database.replace(other)
                self.random_ids.restore(json.loads(row[0]))
                self.changes.publish(("reset", 0))
        finally:
            other.close()

    def close(self) -> None:
        """Close the databases; a file is left complete."""
        self.database.close()
        self._pristine.close()


def _planted(seed: Seed) -> Database:
    fresh = Stores(Database())
    fresh.add(seed)
    return fresh.database
