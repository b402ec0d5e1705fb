"""The mock's state as a whole: seeded, copied, put back, watched."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from ..model.clock import Broadcast
from ..model.random_ids import RandomIds
from ..model.records import Account, Message, Template
from ..model.settings import DEFAULT_SEED, ApplicationSeed, Seed, ready_made_template
from .accounts import FIXED_CODE, INVALID, UNSUBSCRIBED, AccountStore
from .callbacks import CallbackStore, PullStore
from .database import Database, DatabaseError, from_bytes
from .messages import MessageStore
from .reviewed import ReviewedStore, SignStore
from .schedules import ScheduleStore
from .timers import TimerKind, TimerQueue

#: What changed (message, code, template, sign, schedule, balance, application, report, reply, delivery, reset),
#: and which one.
Change = tuple[str, int | str]

_RUN: Final = "run"
_RANDOM_IDS: Final = "random_ids"


class State:
    """Everything that the mock remembers.

    Args:
        random_ids: where ids and codes come from; its position is part of the state.
        seed: what a fresh state holds, and a reset brings back.
        path: a file that survives restarts and keeps what it held; None keeps all in memory.

    Attributes:
        changes: every single change: its kind, and which one.

    Raises:
        DatabaseError: the file cannot be used.
    """

    __slots__ = (
        "_database",
        "_on_replaced",
        "_pristine",
        "accounts",
        "callbacks",
        "changes",
        "inbox",
        "pulls",
        "random_ids",
        "schedules",
        "seed",
        "signs",
        "templates",
        "timers",
    )

    def __init__(
        self, random_ids: RandomIds | None = None, seed: Seed = DEFAULT_SEED, path: Path | None = None
    ) -> None:
        self.random_ids = random_ids if random_ids is not None else RandomIds()
        self._on_replaced: list[Callable[[], None]] = []
        self.changes: Broadcast[Change] = Broadcast()
        self._database = Database(path)
        self._pristine: Database | None = None
        self._attach()
        pristine = self.load_seed(seed)
        if self._database.is_new:
            self._database.replace(pristine)
        else:
            self._resume()

    def _attach(self) -> None:
        database = self._database
        self.accounts = AccountStore(database)
        self.templates = ReviewedStore(database, Template, "templates")
        self.signs = SignStore(database)
        self.inbox = MessageStore(database)
        self.schedules = ScheduleStore(database)
        self.pulls = PullStore(database)
        self.callbacks = CallbackStore(database)
        self.timers = TimerQueue(database)

    def _resume(self) -> None:
        """Go on with a stored state: a new run of ids, and once more the attempts that were cut off."""
        with self._database as connection:
            row = connection.execute("SELECT value FROM meta WHERE name = ?", (_RUN,)).fetchone()
            run = 1 + (int(row[0]) if row else 0)
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_RUN, str(run)))
            for delivery_id, at in self.callbacks.under_way():
                self.timers.schedule(at, TimerKind.CALLBACK, str(delivery_id))
        self.random_ids.restart(run)

    # Transactions and watchers.

    @property
    def database(self) -> Database:
        """The database under all stores: `with state.database:` is a transaction; it has the lock."""
        return self._database

    def tell(self, kind: str, *identities: int | str) -> None:
        """Tell the listeners of changes, if there are any, once they are stored. Inside a transaction only."""
        if self.changes.listeners:
            self._database.after_commit(partial(self._tell_now, kind, identities))

    def _tell_now(self, kind: str, identities: Sequence[int | str]) -> None:
        for identity in identities:
            self.changes.publish((kind, identity))

    # The whole.

    def on_replaced(self, listener: Callable[[], None]) -> None:
        """Have a function called when the whole state was replaced, with the lock held."""
        self._on_replaced.append(listener)

    def _replaced(self) -> None:
        for listener in self._on_replaced:
            listener()
        self.changes.publish(("reset", 0))

    def reset(self) -> None:
        """Go back to the seed, ids and codes included."""
        with self._database.lock:
            assert self._pristine is not None  # for the type checkers: planted when made
            self._database.replace(self._pristine)
            self.random_ids.restart()
            self._replaced()

    def load_seed(self, seed: Seed) -> Database:
        """Take another seed for the next `reset`; the present state stays. Returns the seed as a database."""
        fresh = Database()
        planter = object.__new__(State)
        planter._database = fresh
        planter.changes = Broadcast()
        planter._attach()
        with fresh:
            for account in seed.accounts:
                planter.add_account(account)
            for application in seed.applications:
                planter.add_application(application)
        if self._pristine is not None:
            self._pristine.close()
        self.seed, self._pristine = seed, fresh
        return fresh

    def snapshot(self) -> bytes:
        """Return the whole state as bytes, the position of the random ids included."""
        with self._database as connection:
            position = json.dumps(self.random_ids.to_state())
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_RANDOM_IDS, position))
        return self._database.copy()

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
            with self._database.lock:
                self._database.replace(other)
                self.random_ids.restore(json.loads(row[0]))
                self._replaced()
        finally:
            other.close()

    def close(self) -> None:
        """Close the databases; a file is left complete."""
        self._database.close()
        if self._pristine is not None:
            self._pristine.close()

    # Adding at any time.

    def add_account(self, account: Account) -> None:
        """Add or replace an account."""
        with self._database:
            self.accounts.put_account(account)
            self.tell("balance", account.dev_key)

    def add_application(self, seed: ApplicationSeed) -> None:
        """Add an application with all it has; what one with this key had and the seed names is replaced."""
        app_key = seed.application.app_key
        with self._database:
            self.accounts.put_application(seed.application)
            for template in (ready_made_template(app_key), *seed.templates):
                self.templates.put(replace(template, app_key=app_key))
            for sign in seed.signs:
                self.signs.put(replace(sign, app_key=app_key))
            for phone in seed.invalid_numbers:
                self.accounts.put_number(app_key, INVALID, phone)
            for phone in seed.unsubscribed_numbers:
                self.accounts.put_number(app_key, UNSUBSCRIBED, phone)
            for phone, code in seed.fixed_codes.items():
                self.accounts.put_number(app_key, FIXED_CODE, phone, code)
            self.accounts.set_black_words(app_key, seed.black_words)
            for kind, url in seed.callbacks.items():
                self.callbacks.set_address(app_key, kind, url)
            self.tell("application", app_key)

    def messages(
        self, phone: str | None = None, app_key: str | None = None, after_id: int | None = None
    ) -> list[Message]:
        """List what arrived, oldest first: for one number, of one application, after one message."""
        return self.inbox.find(phone=phone, app_key=app_key, after_id=after_id)
