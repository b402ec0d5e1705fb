"""The shelf against a plain list: whatever is put down, taken back and taken off, both find the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsmskit.mock.store.sendings import Origin, Sending
from jsmskit.mock.store.shelf import Shelf

PHONES = [f"1390000000{digit}" for digit in range(6)]
ORIGIN = Origin("app", "batch")


def sending_to(*phones: str) -> Sending:
    """A sending to some numbers, the same one twice perhaps."""
    return Sending(ORIGIN, 0.0, 0.0, [(7, phone, "text", 1, 4001) for phone in phones])


def rows_of(sendings: list[Sending]) -> list[tuple[int, str]]:
    """Ids and numbers of all messages, the oldest first."""
    return [
        (message_id, row[1]) for one in sendings for message_id, row in zip(one.ids, one.rows, strict=True)
    ]


STEPS = st.lists(
    st.one_of(
        st.lists(st.sampled_from(PHONES), min_size=1, max_size=4),
        st.sampled_from(["take back", "drop", "drop", "delete"]),
    ),
    max_size=40,
)


@settings(max_examples=300)
@given(steps=STEPS, first_id=st.sampled_from([None, 1, 90]))
def test_it_finds_what_a_list_finds(steps: list[list[str] | str], first_id: int | None) -> None:
    """Also a number that is in one sending twice, and numbers whose older messages were dropped."""
    shelf, there = Shelf(), list[Sending]()
    next_id = first_id or 1
    for step in steps:
        if isinstance(step, list):
            one = sending_to(*step)
            if shelf or first_id is None:
                ids = shelf.put(one)
            else:
                ids = shelf.put(one, first_id)
                next_id = first_id
            assert ids == range(next_id, next_id + len(step))
            next_id = ids.stop
            there.append(one)
        elif there and step == "take back":
            one = there.pop()
            shelf.take_back(one)
            next_id = one.first_id
        elif there and step == "drop":
            assert shelf.drop_oldest() is there.pop(0)
        elif there and step == "delete":
            there[0].deleted = frozenset({0})
        hold_against(shelf, there, next_id)


def hold_against(shelf: Shelf, there: list[Sending], next_id: int) -> None:
    """Ask the shelf everything, and a list the same."""
    rows = rows_of(there)
    shown = [row for row in rows if not any(one.deleted and one.first_id == row[0] for one in there)]
    assert len(shelf) == len(rows)
    assert shelf.known_of(set(PHONES)) == {phone for _, phone in rows}
    for message_id, phone in rows:
        sending, position = shelf.find(message_id)
        assert sending.rows[position][1] == phone
        assert sending.first_id + position == message_id
    for gone in (shelf.oldest_id - 1, next_id):
        with pytest.raises(KeyError):
            shelf.find(gone)
        assert shelf.of_ids([gone]) == []
    assert ids_of(shelf.of_ids([each for each, _ in reversed(rows)])) == [each for each, _ in shown]
    assert ids_of(list(shelf.newest_first())) == [each for each, _ in reversed(shown)]
    for phone in PHONES:
        sent = [each for each, to in rows if to == phone]
        assert shelf.knows(phone) is bool(sent)
        assert ids_of(shelf.sent_to(phone)) == sent
        seen = [each for each, to in reversed(shown) if to == phone]
        assert ids_of(list(shelf.newest_first(phone))) == seen
        middle = next_id - 3
        assert ids_of(list(shelf.newest_first(phone, before=middle))) == [x for x in seen if x < middle]
        assert ids_of(list(shelf.newest_first(phone, after=middle))) == [x for x in seen if x > middle]


def ids_of(found: list[tuple[Sending, int]]) -> list[int]:
    """Ids of what was found."""
    return [sending.first_id + position for sending, position in found]
