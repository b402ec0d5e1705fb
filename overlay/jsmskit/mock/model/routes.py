"""Which operation a method and a path mean."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from jsms_api.operations import BASE_URL, OPERATIONS, OperationInfo

#: In front of every path.
PREFIX: Final = urlsplit(BASE_URL).path


#: Where the control API lives; everything else is the service.
CONTROL_PREFIX: Final = "/_mock"


class Route(NamedTuple):
    """A known path.

    Attributes:
        methods: its operations, by method.
        path_id: the id in it, decoded; empty if it has none.
    """

    methods: Mapping[str, OperationInfo]
    path_id: str

    @property
    def allow(self) -> str:
        """The value of the Allow header."""
        return ", ".join(sorted(self.methods))


def _table() -> dict[str, dict[str, OperationInfo]]:
    table: dict[str, dict[str, OperationInfo]] = {}
    for info in OPERATIONS.values():
        table.setdefault(info.path, {})[info.method] = info
    return table


_BY_PATH: Final = _table()
#: Paths without an id; the one with an id, cut before and behind it.
_PLAIN: Final = {path: methods for path, methods in _BY_PATH.items() if "{" not in path}
_WITH_ID: Final = [
    (path.partition("{")[0], path.partition("}")[2], methods)
    for path, methods in _BY_PATH.items()
    if "{" in path
]


@lru_cache(maxsize=1024)
def find(path: str) -> Route | None:
    """Find what a path means; None for an unknown one. One slash at the end makes no difference (C24).

    A path that is written out in the spec goes before one with an id (`/schedule/batch` is no task `batch`).
    """
    if not path.startswith(f"{PREFIX}/"):
        return None
    below = path[len(PREFIX) :]
    below = below.removesuffix("/")
    if "%" in below:
        decoded = "/".join(unquote(segment) for segment in below.split("/"))
        # An encoded slash is part of an id, never a border between segments.
        if "%2f" not in below.lower():
            below = decoded
    methods = _PLAIN.get(below)
    if methods is not None:
        return Route(methods, "")
    for front, back, found in _WITH_ID:
        if below.startswith(front) and below.endswith(back):
            path_id = below[len(front) : len(below) - len(back)]
            if path_id and "/" not in path_id:
                return Route(found, path_id)
    return None
