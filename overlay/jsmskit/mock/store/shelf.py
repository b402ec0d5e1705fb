"""Sendings in the order of arrival, found by the ids of their messages and by numbers. In memory.

Knows how things are found. Must not know how they are kept, nor codes, reports and rules.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set

from .sendings import Sending

#: A message: the sending that it belongs to, and its position in it.
Found = tuple[Sending, int]


class Shelf:
    """Sendings of all applications. New ones come at one end, old ones are taken off at the other."""

    __slots__ = ("_by_id", "_by_phone", "_next_id", "oldest_id")

    def __init__(self) -> None:
        #: Id of the oldest message that is there, or of the next one.
        self.oldest_id = 1
        self._next_id = 1
        #: The sending of every message, by its id. Ids have no gaps.
        self._by_id: dict[int, Sending] = {}
        #: Ids of what each number was sent, the oldest first.
        self._by_phone: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """Count the messages."""
        return len(self._by_id)

    def put(self, sending: Sending, first_id: int | None = None) -> range:
        """Put a sending behind the others; gives the ids of its messages.

        Args:
            sending: gets its id.
            first_id: of its first message, on an empty shelf only; None: the next one.
        """
        if first_id is not None and not self._by_id:
            self.oldest_id = self._next_id = first_id
        sending.first_id = self._next_id
        ids = sending.ids
        self._next_id = ids.stop
        self._by_id.update(dict.fromkeys(ids, sending))
        by_phone = self._by_phone
        for message_id, row in zip(ids, sending.rows, strict=True):
            known = by_phone.get(row[1])
            if known is None:
                by_phone[row[1]] = [message_id]
            else:
                known.append(message_id)
        return ids

    def take_back(self, sending: Sending) -> None:
        """Undo the last `put`."""
        self._take_off(sending, -1)
        self._next_id = sending.first_id

    def drop_oldest(self) -> Sending:
        """Take the oldest sending off; gives it."""
        sending = self._by_id[self.oldest_id]
        self._take_off(sending, 0)
        self.oldest_id = sending.ids.stop
        return sending

    def _take_off(self, sending: Sending, end: int) -> None:
        for message_id, row in zip(sending.ids, sending.rows, strict=True):
            del self._by_id[message_id]
            known = self._by_phone[row[1]]
            known.pop(end)
            if not known:
                del self._by_phone[row[1]]

    def find(self, message_id: int) -> Found:
        """Find a message by its id.

        Raises:
            KeyError: it is not there.
        """
        sending = self._by_id[message_id]
        return sending, message_id - sending.first_id

    def sendings(self) -> Iterator[Sending]:
        """Go through all, the oldest first."""
        message_id = self.oldest_id
        while message_id < self._next_id:
            sending = self._by_id[message_id]
            yield sending
            message_id = sending.ids.stop

    def knows(self, phone: str) -> bool:
        """Say whether a number was sent anything that is still there."""
        return phone in self._by_phone

    def known_of(self, phones: Set[str]) -> Set[str]:
        """Give those of some numbers that were sent anything that is still there."""
        return self._by_phone.keys() & phones

    def sent_to(self, phone: str) -> list[Found]:
        """List what a number was sent, deleted or not, the oldest first."""
        return [self.find(message_id) for message_id in self._by_phone.get(phone, ())]

    def newest_first(
        self, phone: str | None = None, after: int = 0, before: int | None = None
    ) -> Iterator[Found]:
        """Go through the messages that nobody has deleted: of one number, with ids between two."""
        everybody = range(self.oldest_id, self._next_id)
        ids: Sequence[int] = everybody if phone is None else self._by_phone.get(phone, ())
        until = bisect_left(ids, self._next_id if before is None else before)
        for place in range(until - 1, bisect_right(ids, after) - 1, -1):
            sending, position = self.find(ids[place])
            if position not in sending.deleted:
                yield sending, position

    def of_ids(self, message_ids: Iterable[int]) -> list[Found]:
        """Find messages that nobody has deleted by their ids, the oldest first; others are left out."""
        found = [self.find(each) for each in sorted(message_ids) if each in self._by_id]
        return [(sending, position) for sending, position in found if position not in sending.deleted]
