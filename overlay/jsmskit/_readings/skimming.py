"""Reads the answer to a large batch from its text, where every number was taken and all entries are written alike.

Nearly all answers are of this kind, and making a thousand objects of one, to look at two texts in each, costs several
times what finding the texts does. What is found is put together again and held against the whole list, byte by byte, so
nothing is guessed; the rest of the answer is read as JSON. Any other answer is read properly, by `messages`.

Knows the fields of an entry that was taken. Must not know what is done with the ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from .. import _strict_json
from .._answers import as_object
from . import fields

__all__ = ["FEW", "Skimmed", "skim"]

FEW: Final = 16
"""Batches of fewer are read as all JSON: there is nothing to gain."""

_LIST: Final = "recipients"
_BLANK: Final = r"[ \t\r\n]*"
_FIRST: Final = re.compile(
    rf'(?P<opening>\{{{_BLANK}"(?P<key>msg_id|mobile)"{_BLANK}:{_BLANK}")[^"]*'
    rf'(?P<middle>"{_BLANK},{_BLANK}"(?!(?P=key))(?:msg_id|mobile)"{_BLANK}:{_BLANK}")[^"]*'
    rf'(?P<closing>"{_BLANK}\}})(?P<between>{_BLANK},{_BLANK})'
)
"""The first of several entries: how it is written, the others must be."""


class Skimmed(NamedTuple):
    """An answer that takes every number of a batch.

    data: the answer without its entries. phones, msg_ids: of the entries, in their order. text: all of it.
    """

    data: Mapping[str, Any]
    phones: Sequence[str]
    msg_ids: Sequence[str]
    text: bytes

    def __repr__(self) -> str:
        return f"<{len(self.msg_ids)} taken>"


def skim(asked: Sequence[str]) -> Callable[[bytes], Skimmed | None]:
    """For the answer to a batch of these numbers: gives None where it has to be read properly."""
    phones = list(asked)

    def read(body: bytes) -> Skimmed | None:
        if len(phones) < FEW or len(body) > _strict_json.MAX_BYTES:
            return None
        try:
            text = body.decode("ascii")  # a backslash is in no number and no id, so it need not be looked for
        except UnicodeDecodeError:
            return None
        # No bracket opens before the first one, and none closes behind the last one: if the rest has an empty list of
        # recipients, it is the one that stood here.
        start, end = text.find("[") + 1, text.rfind("]")
        ids = _ids_for(phones, text[start:end].strip(" \t\r\n"))
        if ids is None:
            return None
        try:
            data = as_object(_strict_json.loads(f"{text[:start]}{text[end:]}".encode()))
        except _strict_json.StrictJsonError:
            return None
        if data is None or data.get(_LIST) != [] or "error" in data:
            return None
        return Skimmed(data, phones, ids, body)

    return read


def _ids_for(phones: list[str], entries: str) -> list[str] | None:
    """The ids that entries give to exactly these numbers, in this order."""
    first = _FIRST.match(entries)
    if first is None:
        return None
    opening, key, middle, closing, between = first.group("opening", "key", "middle", "closing", "between")
    glue = closing + between + opening
    core = entries[len(opening) : -len(closing)]
    is_id_first = key == "msg_id"
    ids = _cut_out(core, len(phones), glue, len(middle) + len(phones[0]), is_id_first=is_id_first)
    if len(ids) != len(phones):
        return None
    pieces = ["", middle, "", glue] * len(phones)
    pieces[0::4], pieces[2::4] = (ids, phones) if is_id_first else (phones, ids)
    pieces[-1] = closing
    if opening + "".join(pieces) != entries:
        return None
    return ids if fields.are_identifiers(ids) else None


def _cut_out(core: str, count: int, glue: str, besides: int, *, is_id_first: bool) -> list[str]:
    """What stands where the ids should. `besides`: length of all else of an entry, but for the glue."""
    width, uneven = divmod(len(core) + len(glue) - count * (besides + len(glue)), count)
    if not uneven and width > 0:  # all ids of one length, as a rule
        step = width + besides + len(glue)
        here = range(0 if is_id_first else besides, len(core), step)
        return [core[place : place + width] for place in here]
    cut = slice(None, -besides) if is_id_first else slice(besides, None)
    return [entry[cut] for entry in core.split(glue)]
