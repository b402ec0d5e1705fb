"""Reads the responses that have no body."""

from __future__ import annotations

from .._answers import Answer, ContradictionError, as_list, as_object

__all__ = ["no_content"]


def no_content(answer: Answer) -> None:
    """Accept an empty body, or JSON that speaks of no error anywhere.

    An error of the service with status 200 can come in a list, or as text inside of JSON: a deletion that was refused
    must not look done.
    """
    if _speaks_of_error(answer.data):
        raise ContradictionError("The body should be empty, but it speaks of an error.")


def _speaks_of_error(value: object) -> bool:
    # Recursion ends soon: the JSON reader takes 32 levels.
    if isinstance(value, str):
        return "error" in value.lower()
    fields = as_object(value)
    if fields is not None:
        return any("error" in name.lower() or _speaks_of_error(item) for name, item in fields.items())
    items = as_list(value)
    return items is not None and any(map(_speaks_of_error, items))
