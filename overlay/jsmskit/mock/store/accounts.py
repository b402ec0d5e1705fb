"""Stored: accounts, applications, their pairs, balances, switches and lists of numbers and words.

Knows how they are kept and cached. Must not know which code a rule gives.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ..records import Account, Application, Balances, Switches
from .database import Database
from .purses import KINDS, Purses

#: Lists of numbers that an application can have.
INVALID: Final = "invalid"
UNSUBSCRIBED: Final = "unsubscribed"
FIXED_CODE: Final = "fixed-code"

_PURSE_AND_SWITCHES: Final = "balance, voice, industry, market, sms_open, blacklisted, allowed_ips"


@dataclass(frozen=True, slots=True)
class NumberLists:
    """What is special about numbers and words for one application.

    Attributes:
        invalid: numbers that the service takes for no valid number.
        unsubscribed: numbers that do not want marketing.
        fixed_codes: the code that a number always gets.
        black_words: texts that may not be sent, in lower case.
    """

    invalid: frozenset[str]
    unsubscribed: frozenset[str]
    fixed_codes: dict[str, str]
    black_words: tuple[str, ...]


class AccountStore:
    """Accounts and applications. Reads are cached; every write goes through here and forgets the caches.

    Attributes:
        purses: what is left in the balances.
    """

    __slots__ = ("_accounts", "_applications", "_database", "_lists", "purses")

    def __init__(self, database: Database) -> None:
        self._database = database
        self.purses = Purses(database)
        self._accounts: dict[str, Account] = {}
        self._applications: dict[str, Application] = {}
        self._lists: dict[str, NumberLists] = {}

    def forget(self) -> None:
        """Empty the caches: a transaction was undone."""
        self._accounts.clear()
        self._applications.clear()
        self._lists.clear()

    def forget_all(self) -> None:
        """Empty the caches and the purses: the database was replaced."""
        self.forget()
        self.purses.forget_all()

    # Pairs. The cached values carry pairs and switches; their balances are as old as the cache.

    def account(self, dev_key: str) -> Account | None:
        """Find an account; its balances may be out of date (see `balances`)."""
        found = self._accounts.get(dev_key)
        if found is None:
            row = self._database.connection.execute(
                f"SELECT dev_key, dev_secret, {_PURSE_AND_SWITCHES} FROM accounts WHERE dev_key = ?",  # noqa: S608
                (dev_key,),
            ).fetchone()
            if row is not None:
                found = self._accounts[dev_key] = Account(row[0], row[1], *_purse_and_switches(row[2:]))
        return found

    def application(self, app_key: str) -> Application | None:
        """Find an application; its balances may be out of date (see `balances`)."""
        found = self._applications.get(app_key)
        if found is None:
            row = self._database.connection.execute(
                f"SELECT app_key, master_secret, dev_key, {_PURSE_AND_SWITCHES} "  # noqa: S608
                "FROM applications WHERE app_key = ?",
                (app_key,),
            ).fetchone()
            if row is not None:
                application = Application(row[0], row[1], row[2], *_purse_and_switches(row[3:]))
                found = self._applications[app_key] = application
        return found

    def account_keys(self) -> list[str]:
        """List the dev keys."""
        return [
            row[0]
            for row in self._database.connection.execute("SELECT dev_key FROM accounts ORDER BY dev_key")
        ]

    def application_keys(self) -> list[str]:
        """List the app keys."""
        query = "SELECT app_key FROM applications ORDER BY app_key"
        return [row[0] for row in self._database.connection.execute(query)]

    def put_account(self, account: Account) -> None:
        """Add an account, or replace the one with this key."""
        with self._database as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO accounts (dev_key, dev_secret, {_PURSE_AND_SWITCHES}) "  # noqa: S608
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (account.dev_key, account.dev_secret, *_flat(account.balances, account.switches)),
            )
            self._accounts.clear()
            self.purses.written("accounts", account.dev_key)

    def put_application(self, application: Application) -> None:
        """Add an application, or replace pair, account, balances and switches of the one with this key."""
        with self._database as connection:
            connection.execute(
                "INSERT OR REPLACE INTO applications "  # noqa: S608
                f"(app_key, master_secret, dev_key, {_PURSE_AND_SWITCHES}) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    application.app_key,
                    application.master_secret,
                    application.dev_key,
                    *_flat(application.balances, application.switches),
                ),
            )
            self._applications.clear()
            self.purses.written("applications", application.app_key)

    # Balances.

    def balances(self, *, app_key: str | None = None, dev_key: str | None = None) -> Balances:
        """Read what is left now, of an application or of an account; all None for an unknown key."""
        table, key = ("applications", app_key) if app_key else ("accounts", dev_key)
        return Balances(*(self.purses.left((table, key or "", kind)) for kind in KINDS))

    def set_balances(
        self, balances: Balances, *, app_key: str | None = None, dev_key: str | None = None
    ) -> None:
        """Set what is left, of an application or of an account."""
        table, name, key = (
            ("applications", "app_key", app_key) if app_key else ("accounts", "dev_key", dev_key)
        )
        with self._database as connection:
            connection.execute(
                f"UPDATE {table} SET balance = ?, voice = ?, industry = ?, market = ? WHERE {name} = ?",  # noqa: S608
                (balances.balance, balances.voice, balances.industry, balances.market, key),
            )
            self.forget()
            self.purses.written(table, key or "")

    # Lists of numbers and words.

    def lists(self, app_key: str) -> NumberLists:
        """Read what is special about numbers and words for one application."""
        found = self._lists.get(app_key)
        if found is None:
            connection = self._database.connection
            rows: list[tuple[str, str, str | None]] = connection.execute(
                "SELECT list, phone, value FROM numbers WHERE app_key = ?", (app_key,)
            ).fetchall()
            words = connection.execute(
                "SELECT word FROM black_words WHERE app_key = ? ORDER BY word", (app_key,)
            )
            found = self._lists[app_key] = NumberLists(
                invalid=frozenset(phone for name, phone, _ in rows if name == INVALID),
                unsubscribed=frozenset(phone for name, phone, _ in rows if name == UNSUBSCRIBED),
                fixed_codes={phone: value or "" for name, phone, value in rows if name == FIXED_CODE},
                black_words=tuple(row[0] for row in words),
            )
        return found

    def put_number(self, app_key: str, list_name: str, phone: str, value: str | None = None) -> None:
        """Put a number on a list (`INVALID`, `UNSUBSCRIBED`, `FIXED_CODE` with the code as value)."""
        with self._database as connection:
            connection.execute(
                "INSERT OR REPLACE INTO numbers (app_key, list, phone, value) VALUES (?, ?, ?, ?)",
                (app_key, list_name, phone, value),
            )
            self._lists.pop(app_key, None)

    def drop_number(self, app_key: str, list_name: str, phone: str) -> bool:
        """Take a number off a list; say whether it was there."""
        with self._database as connection:
            cursor = connection.execute(
                "DELETE FROM numbers WHERE app_key = ? AND list = ? AND phone = ?",
                (app_key, list_name, phone),
            )
            self._lists.pop(app_key, None)
            return cursor.rowcount == 1

    def set_black_words(self, app_key: str, words: Iterable[str]) -> None:
        """Say which words an application may not send; case does not matter."""
        with self._database as connection:
            connection.execute("DELETE FROM black_words WHERE app_key = ?", (app_key,))
            connection.executemany(
                "INSERT OR IGNORE INTO black_words (app_key, word) VALUES (?, ?)",
                [(app_key, word.lower()) for word in words if word],
            )
            self._lists.pop(app_key, None)

    # When a call was made last, for limits on calls.

    def last_call(self, key: str, operation: str) -> float | None:
        """Tell when an application (or account) last made a call that is limited."""
        row = self._database.connection.execute(
            "SELECT at FROM last_calls WHERE app_key = ? AND operation = ?", (key, operation)
        ).fetchone()
        return None if row is None else float(row[0])

    def note_call(self, key: str, operation: str, at: float) -> None:
        """Remember that a limited call was made."""
        with self._database as connection:
            connection.execute("INSERT OR REPLACE INTO last_calls VALUES (?, ?, ?)", (key, operation, at))


def _flat(balances: Balances, switches: Switches) -> tuple[Any, ...]:
    return (
        balances.balance,
        balances.voice,
        balances.industry,
        balances.market,
        switches.sms_open,
        switches.blacklisted,
        json.dumps(switches.allowed_ips),
    )


def _purse_and_switches(row: sqlite3.Row | tuple[Any, ...]) -> tuple[Balances, Switches]:
    balance, voice, industry, market, sms_open, blacklisted, allowed_ips = row
    return (
        Balances(balance, voice, industry, market),
        Switches(bool(sms_open), bool(blacklisted), tuple(json.loads(allowed_ips))),
    )
