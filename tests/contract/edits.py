"""Edits of the spec, to be judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Edit = Callable[[Document], object]


def at(document: Document, *path: str | int) -> Any:
    """Follow the keys; a schema is found by its name alone."""
    found: Any = document if not path or path[0] in document else document["components"]["schemas"]
    for key in path:
        found = found[key]
    return found


def gone(*path: str | int) -> Edit:
    return lambda document: at(document, *path[:-1]).pop(path[-1])


def put(value: object, *path: str | int) -> Edit:
    return lambda document: at(document, *path[:-1]).update({path[-1]: value})


def more(value: object, *path: str | int) -> Edit:
    return lambda document: at(document, *path).append(value)
