"""What every source of recipients yields: rows, and what was passed over on the way to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol, runtime_checkable

from jsmskit.recipients import Recipient, RecipientLike

NO_VALUES: Final[Mapping[str, object]] = MappingProxyType({})


class Row(NamedTuple):
    """One row of a source; a tuple, since there are very many.

    number: line of the file or row of the sheet, 1 is the first. problem: why the row cannot be read at all; `phone`
    is then what looks like a number in it, if anything does.
    """

    number: int
    phone: object
    params: Mapping[str, object] = NO_VALUES
    problem: str = ""

    def __repr__(self) -> str:
        return f"Row(number={self.number}, problem={self.problem!r})"


@runtime_checkable
class Source(Protocol):
    """Yields rows, once. `digest` is complete when the rows have been read.

    A source may have a mapping `ignored`: how many rows held nothing, by what they were (`empty rows`).
    """

    name: str

    def rows(self, variables: Sequence[str] | None, constants: Iterable[str] = ()) -> Iterator[Row]:
        """Yield all rows.

        Args:
            variables: names of the variables that the template has; None if they are not known.
            constants: names of those that need no value in a row.

        Raises `PlanError` if the source as a whole cannot be used.
        """
        ...

    def digest(self) -> str:
        """Return the SHA-256 of what was read, in hex."""
        ...


class IterableSource:
    """Recipients from a program: numbers, pairs of number and values, `Recipient` objects. Counted from 1.

    The iterable is read once. The digest is made of what was given, in its order.
    """

    def __init__(self, recipients: Iterable[RecipientLike], *, name: str = "iterable") -> None:
        self.name = name
        self._recipients = recipients
        self._hash = hashlib.sha256()

    def rows(self, variables: Sequence[str] | None, constants: Iterable[str] = ()) -> Iterator[Row]:
        """Yield one row for each recipient."""
        for number, given in enumerate(self._recipients, 1):
            phone: object
            params: Mapping[str, object] | None
            if isinstance(given, Recipient):
                phone, params = given.phone, given.params
            elif isinstance(given, tuple) and len(given) == 2:
                phone, params = given
            else:
                phone, params = given, None
            values = dict(params or {})
            self._hash.update(json.dumps([str(phone), values], sort_keys=True, default=str).encode())
            yield Row(number, phone, values)

    def digest(self) -> str:
        """Return the SHA-256 over the recipients that were read."""
        return self._hash.hexdigest()
