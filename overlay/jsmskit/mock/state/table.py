# ruff: noqa: S608  # statements are put together from names of our own; values are always parameters
"""Stored: records of one kind, and how their values become columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any, Final, Generic, TypeVar, get_origin

import orjson

from ..model.from_json import Reader, hints_of, reader
from .database import Database
from .schema import RECORD_TABLES

R = TypeVar("R")

#: Findings of one table that are remembered.
_REMEMBERED: Final = 256
_COLUMN_TYPES: Final = (str, int, float, type(None))


class Table(Generic[R]):
    """Records of one kind: a column for each field; what SQLite has no type for is JSON.

    What was found is remembered until the table changes: no call asks SQLite again for its application and template.
    """

    __slots__ = (
        "_columns", "_database", "_found", "_insert", "_key", "_key_length", "_name", "_readers", "_record",
    )  # fmt: skip

    def __init__(self, database: Database, record: type[R]) -> None:
        self._database = database
        self._record = record
        hints = hints_of(record)
        self._name, self._key_length = RECORD_TABLES[record]
        self._columns = tuple(hints)
        self._key = " AND ".join(f"{name} = ?" for name in self._columns[: self._key_length])
        self._readers = tuple(map(_column_reader, hints.values()))
        self._insert = f"INSERT OR REPLACE INTO {self._name} VALUES ({', '.join('?' * len(hints))})"
        self._found: dict[tuple[object, ...], tuple[R, ...]] = {}
        database.remembered.append(self._found)

    def get(self, *key: object) -> R | None:
        """Find the one with this key."""
        found = self.find(self._key, *key)
        return found[0] if found else None

    def find(self, condition: str = "TRUE", *values: object) -> tuple[R, ...]:
        """Find those that meet a condition in SQL, at whose end an order may stand."""
        asked = (condition, *values)
        with self._database.lock:
            found = self._found.get(asked)
            if found is None:
                rows = self._database.connection.execute(f"SELECT * FROM {self._name} WHERE {condition}", values)
                found = tuple(self._read(row) for row in rows)
                if len(self._found) == _REMEMBERED:
                    self._found.clear()
                if found:
                    self._found[asked] = found
        return found

    def put(self, record: R) -> None:
        """Add one, or replace the one with the same key."""
        values = tuple(_column(getattr(record, name)) for name in self._columns)
        with self._database as connection:
            connection.execute(self._insert, values)
            self._found.clear()
            self._found[self._key, *values[: self._key_length]] = (self._read(values),)

    def delete(self, *key: object) -> None:
        """Delete the one with this key."""
        with self._database as connection:
            connection.execute(f"DELETE FROM {self._name} WHERE {self._key}", key)
            self._found.clear()

    def next_id(self, first: int = 1) -> int:
        """Allot an id that was never used, also not by something deleted since. Inside a transaction only."""
        connection = self._database.connection
        row = connection.execute("SELECT value FROM sequences WHERE name = ?", (self._name,)).fetchone()
        identity = self._columns[self._key_length - 1]
        largest = connection.execute(f"SELECT max({identity}) FROM {self._name}").fetchone()[0]
        value = max(first, (row[0] if row else 0) + 1, (largest or 0) + 1)
        connection.execute("INSERT OR REPLACE INTO sequences VALUES (?, ?)", (self._name, value))
        return int(value)

    def _read(self, row: tuple[Any, ...]) -> R:
        return self._record(*(read(column) for read, column in zip(self._readers, row, strict=True)))


def _column(value: Any) -> Any:
    return value if isinstance(value, _COLUMN_TYPES) else orjson.dumps(value, default=sorted).decode()


def _column_reader(hint: Any) -> Reader:
    read = reader(hint)
    is_json = is_dataclass(hint) or get_origin(hint) in (tuple, frozenset, Mapping)
    return (lambda column: read(orjson.loads(column))) if is_json else read
