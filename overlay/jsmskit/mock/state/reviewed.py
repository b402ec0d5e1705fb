"""Stored: templates and signs, everything that a review decides about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, fields
from typing import Any, Final, Generic, TypeVar

from ..model.records import ReviewStatus, Sign, Template
from .database import Database

#: Where the ids that the mock allots begin, unless a larger one was seeded; the documentation's sample id.
_FIRST_ID: Final = 37_582

T = TypeVar("T", Template, Sign)


class ReviewedStore(Generic[T]):
    """Templates, or signs, of all applications: a table whose columns are the fields of the record."""

    __slots__ = ("_columns", "_converters", "_database", "_id", "_query", "_record", "_table")

    def __init__(self, database: Database, record: type[T], table: str) -> None:
        self._database = database
        self._record: type[T] = record
        self._table = table
        self._columns = tuple(field.name for field in fields(record))
        self._id = self._columns[1]
        self._query = f"SELECT {', '.join(self._columns)} FROM {table} WHERE "  # noqa: S608
        converters: dict[str, Callable[[Any], Any]] = {"status": ReviewStatus, "is_default": bool}
        self._converters = [
            (position, converters[name]) for position, name in enumerate(self._columns) if name in converters
        ]

    def get(self, app_key: str, number: int) -> T | None:
        """Find the one of this application with this id."""
        found = self._select(f"app_key = ? AND {self._id} = ?", app_key, number)
        return found[0] if found else None

    def of(self, app_key: str) -> list[T]:
        """List those of an application, by id."""
        return self._select(f"app_key = ? ORDER BY {self._id}", app_key)

    def next_id(self) -> int:
        """Allot an id that was never used, also not by something deleted since. Inside a transaction only."""
        connection, table = self._database.connection, self._table
        row = connection.execute("SELECT value FROM sequences WHERE name = ?", (table,)).fetchone()
        largest = connection.execute(f"SELECT max({self._id}) FROM {table}").fetchone()[0]  # noqa: S608
        value = max(_FIRST_ID, (row[0] if row else 0) + 1, (largest or 0) + 1)
        connection.execute("INSERT OR REPLACE INTO sequences VALUES (?, ?)", (table, value))
        return value

    def put(self, record: T) -> int:
        """Add or replace one; return the number of the round of review that it is in."""
        with self._database as connection:
            row = connection.execute(
                f"INSERT INTO {self._table} ({', '.join(self._columns)}) "  # noqa: S608
                f"VALUES ({', '.join('?' * len(self._columns))}) ON CONFLICT DO UPDATE SET "
                f"{', '.join(f'{name} = excluded.{name}' for name in self._columns[2:])}, "
                "round = round + 1 RETURNING round",
                astuple(record),
            ).fetchone()
            return int(row[0])

    def round(self, app_key: str, number: int) -> int | None:
        """Tell which round of review one is in; None if it is gone."""
        row = self._database.connection.execute(
            f"SELECT round FROM {self._table} WHERE app_key = ? AND {self._id} = ?",  # noqa: S608
            (app_key, number),
        ).fetchone()
        return None if row is None else int(row[0])

    def delete(self, app_key: str, number: int) -> None:
        """Delete one."""
        with self._database as connection:
            connection.execute(
                f"DELETE FROM {self._table} WHERE app_key = ? AND {self._id} = ?",  # noqa: S608
                (app_key, number),
            )

    def _select(self, condition: str, *values: object) -> list[T]:
        rows = self._database.connection.execute(self._query + condition, values)
        return [self._read(row) for row in rows]

    def _read(self, row: Sequence[Any]) -> T:
        values = list(row)
        for position, convert in self._converters:
            values[position] = convert(values[position])
        return self._record(*values)


class SignStore(ReviewedStore[Sign]):
    """Signs of all applications."""

    __slots__ = ()

    def __init__(self, database: Database) -> None:
        super().__init__(database, Sign, "signs")

    def default(self, app_key: str) -> Sign | None:
        """Find the approved sign that is used when a call names none."""
        found = self._select("app_key = ? AND is_default AND status = ?", app_key, ReviewStatus.APPROVED)
        return found[0] if found else None

    def put(self, record: Sign) -> int:
        """Add or replace one; a default one takes the place of the default one before."""
        with self._database as connection:
            if record.is_default:
                connection.execute("UPDATE signs SET is_default = 0 WHERE app_key = ?", (record.app_key,))
            return super().put(record)
