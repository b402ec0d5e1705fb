"""Records made of JSON values, by the types of their fields."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

R = TypeVar("R")
Reader = Callable[[Any], Any]


def hints_of(record: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields, in their order."""
    told = get_type_hints(record)
    return {each.name: told[each.name] for each in fields(record)}


def read_record(record: type[R], told: Mapping[str, Any]) -> R:
    """Make a record of JSON values. What is left out is its default; names that it does not have are passed over."""
    make: Any = record
    made: R = reader(make)(told)
    return made


@cache
def reader(hint: Any) -> Reader:
    """Return what makes a value of a type from a JSON value: enums, tuples, sets, records within each other."""
    if is_dataclass(hint):
        make: Any = hint
        inner = {name: reader(each) for name, each in hints_of(make).items()}
        return lambda told: make(**{name: read(told[name]) for name, read in inner.items() if name in told})
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind is tuple:
        read_one = reader(parts[0])
        return lambda told: tuple(map(read_one, told))
    if kind is Mapping:
        read_key = reader(parts[0])
        return lambda told: {read_key(name): value for name, value in told.items()}
    if kind in (bool, frozenset) or (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        convert: Reader = kind
        return convert
    return lambda told: told
