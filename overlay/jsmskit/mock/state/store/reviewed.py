"""Stored: templates and signs, everything that a review decides about."""

from __future__ import annotations

from typing import Any, Final

from ...model.records import ReviewStatus, Sign, Template
from .database import Database

#: Where the ids that the mock allots begin, unless a larger one was seeded; the documentation's sample id.
_FIRST_ID: Final = 37_582

_TEMPLATE: Final = "app_key, temp_id, template, type, ttl, remark, status, refuse_reason"
_SIGN: Final = "app_key, sign_id, sign, type, remark, status, is_default, refuse_reason"


def _next_id(database: Database, table: str, column: str) -> int:
    """Allot an id that was never used, also not by something deleted since. Inside a transaction only."""
    row = database.connection.execute("SELECT value FROM sequences WHERE name = ?", (table,)).fetchone()
    largest = database.connection.execute(f"SELECT max({column}) FROM {table}").fetchone()[0]  # noqa: S608
    value = max(_FIRST_ID, (row[0] if row else 0) + 1, (largest or 0) + 1)
    database.connection.execute("INSERT OR REPLACE INTO sequences VALUES (?, ?)", (table, value))
    return value


class TemplateStore:
    """Templates of all applications."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, app_key: str, temp_id: int) -> Template | None:
        """Find a template of this application."""
        row = self._database.connection.execute(
            f"SELECT {_TEMPLATE} FROM templates WHERE app_key = ? AND temp_id = ?",  # noqa: S608
            (app_key, temp_id),
        ).fetchone()
        return None if row is None else _template(row)

    def of(self, app_key: str) -> list[Template]:
        """List the templates of an application, by id."""
        rows = self._database.connection.execute(
            f"SELECT {_TEMPLATE} FROM templates WHERE app_key = ? ORDER BY temp_id",  # noqa: S608
            (app_key,),
        )
        return [_template(row) for row in rows]

    def next_id(self) -> int:
        """Allot an id. Inside a transaction only."""
        return _next_id(self._database, "templates", "temp_id")

    def put(self, template: Template) -> int:
        """Add or replace a template; return the number of the round of review that it is in."""
        with self._database as connection:
            row = connection.execute(
                f"INSERT INTO templates ({_TEMPLATE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
                "ON CONFLICT DO UPDATE SET "
                "template = excluded.template, type = excluded.type, ttl = excluded.ttl, "
                "remark = excluded.remark, status = excluded.status, refuse_reason = excluded.refuse_reason, "
                "round = round + 1 RETURNING round",
                (
                    template.app_key,
                    template.temp_id,
                    template.template,
                    template.type,
                    template.ttl,
                    template.remark,
                    template.status,
                    template.refuse_reason,
                ),
            ).fetchone()
            return int(row[0])

    def round(self, app_key: str, temp_id: int) -> int | None:
        """Tell which round of review a template is in; None if it is gone."""
        row = self._database.connection.execute(
            "SELECT round FROM templates WHERE app_key = ? AND temp_id = ?", (app_key, temp_id)
        ).fetchone()
        return None if row is None else int(row[0])

    def delete(self, app_key: str, temp_id: int) -> None:
        """Delete a template."""
        with self._database as connection:
            connection.execute("DELETE FROM templates WHERE app_key = ? AND temp_id = ?", (app_key, temp_id))


class SignStore:
    """Signs of all applications."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, app_key: str, sign_id: int) -> Sign | None:
        """Find a sign of this application."""
        row = self._database.connection.execute(
            f"SELECT {_SIGN} FROM signs WHERE app_key = ? AND sign_id = ?",  # noqa: S608
            (app_key, sign_id),
        ).fetchone()
        return None if row is None else _sign(row)

    def default(self, app_key: str) -> Sign | None:
        """Find the approved sign that is used when a call names none."""
        row = self._database.connection.execute(
            f"SELECT {_SIGN} FROM signs WHERE app_key = ? AND is_default AND status = ?",  # noqa: S608
            (app_key, ReviewStatus.APPROVED),
        ).fetchone()
        return None if row is None else _sign(row)

    def of(self, app_key: str) -> list[Sign]:
        """List the signs of an application, by id."""
        rows = self._database.connection.execute(
            f"SELECT {_SIGN} FROM signs WHERE app_key = ? ORDER BY sign_id",  # noqa: S608
            (app_key,),
        )
        return [_sign(row) for row in rows]

    def next_id(self) -> int:
        """Allot an id. Inside a transaction only."""
        return _next_id(self._database, "signs", "sign_id")

    def put(self, sign: Sign) -> int:
        """Add or replace a sign; return the number of the round of review that it is in."""
        with self._database as connection:
            if sign.is_default:
                connection.execute("UPDATE signs SET is_default = 0 WHERE app_key = ?", (sign.app_key,))
            row = connection.execute(
                f"INSERT INTO signs ({_SIGN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
                "ON CONFLICT DO UPDATE SET "
                "sign = excluded.sign, type = excluded.type, remark = excluded.remark, "
                "status = excluded.status, is_default = excluded.is_default, "
                "refuse_reason = excluded.refuse_reason, round = round + 1 RETURNING round",
                (
                    sign.app_key,
                    sign.sign_id,
                    sign.sign,
                    sign.type,
                    sign.remark,
                    sign.status,
                    sign.is_default,
                    sign.refuse_reason,
                ),
            ).fetchone()
            return int(row[0])

    def round(self, app_key: str, sign_id: int) -> int | None:
        """Tell which round of review a sign is in; None if it is gone."""
        row = self._database.connection.execute(
            "SELECT round FROM signs WHERE app_key = ? AND sign_id = ?", (app_key, sign_id)
        ).fetchone()
        return None if row is None else int(row[0])

    def delete(self, app_key: str, sign_id: int) -> None:
        """Delete a sign."""
        with self._database as connection:
            connection.execute("DELETE FROM signs WHERE app_key = ? AND sign_id = ?", (app_key, sign_id))


def _template(row: tuple[Any, ...]) -> Template:
    app_key, temp_id, template, kind, ttl, remark, status, reason = row
    return Template(app_key, temp_id, template, kind, ttl, remark, ReviewStatus(status), reason)


def _sign(row: tuple[Any, ...]) -> Sign:
    app_key, sign_id, sign, kind, remark, status, is_default, reason = row
    return Sign(app_key, sign_id, sign, kind, remark, ReviewStatus(status), bool(is_default), reason)
