"""Which application a call of the control API or of a test means."""

from __future__ import annotations

from ..model.records import Application
from ..model.settings import APP_KEY
from .table import Table


class UnknownApplicationError(LookupError):
    """No such application, or none named where there are several. The text says what to do."""


def find_key(applications: Table[Application], app_key: str | None) -> str:
    """Fill in the application where none is named: the sample pair's, or the only one there is.

    Raises:
        UnknownApplicationError: no such application, or none named where there are several others.
    """
    known = [application.app_key for application in applications.find()]
    if app_key is None:
        if APP_KEY in known:
            return APP_KEY
        if len(known) == 1:
            return known[0]
        raise UnknownApplicationError(f"name one of the {len(known)} applications by its app_key")
    if app_key not in known:
        raise UnknownApplicationError(f"there is no application {app_key!r}; seed or add it first")
    return app_key
