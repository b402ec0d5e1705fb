# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Stored: accounts, applications, their pairs, balances, switches and lists of numbers and words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from ..model.records import AccessFlags, Account, Application, Balances
from ..model.settings import APP_KEY
from .database import Database

#: Lists of numbers that an application can have.
INVALID: Final = "invalid"
UNSUBSCRIBED: Final = "unsubscribed"
FIXED_CODE: Final = "fixed-code"

_BALANCES_AND_FLAGS: Final = "balance, voice, industry, market, sms_open, blacklisted, allowed_ips"


class UnknownApplicationError(LookupError):
    """No such application, or none named where there are several. The text says what to do."""


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

    def has_black_word(self, text: str) -> bool:
        """Tell whether a text holds a forbidden word, in whatever case."""
        lowered = text.lower() if self.black_words else ""
        return any(word in lowered for word in self.black_words)


class AccountStore:
    """Accounts and applications."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def account(self, dev_key: str) -> Account | None:
        """Find an account."""
        row = self._database.connection.execute(
            f"SELECT dev_key, dev_secret, {_BALANCES_AND_FLAGS} FROM accounts WHERE dev_key = ?", (dev_key,)
        ).fetchone()
        return None if row is None else Account(row[0], row[1], *_balances_and_flags(row[2:]))

    def application(self, app_key: str) -> Application | None:
        """Find an application."""
        row = self._database.connection.execute(
            f"SELECT app_key, master_secret, dev_key, {_BALANCES_AND_FLAGS} FROM applications WHERE app_key = ?",
            (app_key,),
        ).fetchone()
        return None if row is None else Application(row[0], row[1], row[2], *_balances_and_flags(row[3:]))

    def account_keys(self) -> list[str]:
        """List the dev keys."""
        return [row[0] for row in self._database.connection.execute("SELECT dev_key FROM accounts ORDER BY dev_key")]

    def application_keys(self) -> list[str]:
        """List the app keys."""
        query = "SELECT app_key FROM applications ORDER BY app_key"
        return [row[0] for row in self._database.connection.execute(query)]

    def find_key(self, app_key: str | None) -> str:
        """Fill in the application where none is named: the sample pair's, or the only one there is.

        Raises:
            UnknownApplicationError: no such application, or none named where there are several others.
        """
        with self._database.lock:
            known = self.application_keys()
        if app_key is None:
            if APP_KEY in known:
                return APP_KEY
            if len(known) == 1:
                return known[0]
            raise UnknownApplicationError(f"name one of the {len(known)} applications by its app_key")
        if app_key not in known:
            raise UnknownApplicationError(f"there is no application {app_key!r}; seed or add it first")
        return app_key

    def all_accounts(self) -> list[Account]:
        """List the accounts."""
        return [found for key in self.account_keys() if (found := self.account(key))]

    def all_applications(self) -> list[Application]:
        """List the applications."""
        return [found for key in self.application_keys() if (found := self.application(key))]

    def put_account(self, account: Account) -> None:
        """Add an account, or replace the one with this key."""
        with self._database as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO accounts (dev_key, dev_secret, {_BALANCES_AND_FLAGS}) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (account.dev_key, account.dev_secret, *_flat(account.balances, account.switches)),
            )

    def put_application(self, application: Application) -> None:
        """Add an application, or replace pair, account, balances and switches of the one with this key."""
        with self._database as connection:
            connection.execute(
                "INSERT OR REPLACE INTO applications "
                f"(app_key, master_secret, dev_key, {_BALANCES_AND_FLAGS}) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    application.app_key,
                    application.master_secret,
                    application.dev_key,
                    *_flat(application.balances, application.switches),
                ),
            )

    # Balances.

    def balances(self, *, app_key: str | None = None, dev_key: str | None = None) -> Balances:
        """Read what is left now, of an application or of an account; all None for an unknown key."""
        table, name, key = _owner(app_key, dev_key)
        row = self._database.connection.execute(
            f"SELECT balance, voice, industry, market FROM {table} WHERE {name} = ?", (key,)
        ).fetchone()
        return Balances(*(row or ()))

    def set_balances(self, balances: Balances, *, app_key: str | None = None, dev_key: str | None = None) -> None:
        """Set what is left, of an application or of an account."""
        table, name, key = _owner(app_key, dev_key)
        with self._database as connection:
            connection.execute(
                f"UPDATE {table} SET balance = ?, voice = ?, industry = ?, market = ? WHERE {name} = ?",
                (balances.balance, balances.voice, balances.industry, balances.market, key),
            )

    def set_left(self, table: str, key: str, kind: str, units: int) -> None:
        """Set what is left of one kind. Inside a transaction only."""
        name = "app_key" if table == "applications" else "dev_key"
        self._database.connection.execute(f"UPDATE {table} SET {kind} = ? WHERE {name} = ?", (units, key))

    # Lists of numbers and words.

    def lists(self, app_key: str) -> NumberLists:
        """Read what is special about numbers and words for one application."""
        rows: list[tuple[str, str, str | None]] = self._database.connection.execute(
            "SELECT list, phone, value FROM numbers WHERE app_key = ? "
            "UNION ALL SELECT 'word', word, NULL FROM black_words WHERE app_key = ?",
            (app_key, app_key),
        ).fetchall()
        return NumberLists(
            invalid=frozenset(phone for name, phone, _ in rows if name == INVALID),
            unsubscribed=frozenset(phone for name, phone, _ in rows if name == UNSUBSCRIBED),
            fixed_codes={phone: value or "" for name, phone, value in rows if name == FIXED_CODE},
            black_words=tuple(word for name, word, _ in rows if name == "word"),
        )

    def put_number(self, app_key: str, list_name: str, phone: str, value: str | None = None) -> None:
        """Put a number on a list (`INVALID`, `UNSUBSCRIBED`, `FIXED_CODE` with the code as value)."""
        with self._database as connection:
            connection.execute(
                "INSERT OR REPLACE INTO numbers (app_key, list, phone, value) VALUES (?, ?, ?, ?)",
                (app_key, list_name, phone, value),
            )

    def set_black_words(self, app_key: str, words: Iterable[str]) -> None:
        """Say which words an application may not send; case does not matter."""
        with self._database as connection:
            connection.execute("DELETE FROM black_words WHERE app_key = ?", (app_key,))
            connection.executemany(
                "INSERT OR IGNORE INTO black_words (app_key, word) VALUES (?, ?)",
                [(app_key, word.lower()) for word in words if word],
            )

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


def _owner(app_key: str | None, dev_key: str | None) -> tuple[str, str, str | None]:
    """Name table, key column and key."""
    return ("applications", "app_key", app_key) if app_key else ("accounts", "dev_key", dev_key)


def _flat(balances: Balances, switches: AccessFlags) -> tuple[Any, ...]:
    return (
        balances.balance,
        balances.voice,
        balances.industry,
        balances.market,
        switches.sms_open,
        switches.blacklisted,
        orjson.dumps(switches.allowed_ips).decode(),
    )


def _balances_and_flags(row: sqlite3.Row | tuple[Any, ...]) -> tuple[Balances, AccessFlags]:
    balance, voice, industry, market, sms_open, blacklisted, allowed_ips = row
    return (
        Balances(balance, voice, industry, market),
        AccessFlags(bool(sms_open), bool(blacklisted), tuple(orjson.loads(allowed_ips))),
    )
