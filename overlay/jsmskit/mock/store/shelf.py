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
    """Sendings of all applications. New ones come at one end, old ones are taken off at the other.

    A batch of a thousand new numbers is put down and taken off in a few calls, not in a thousand: most numbers are
    sent to once, so only the others have a list.
    """

    __slots__ = ("_earlier", "_first_ids", "_newest", "_next_id", "_sendings", "_taken_off", "oldest_id")

    def __init__(self) -> None:
        #: Id of the oldest message that is there, or of the next one. Ids have no gaps.
        self.oldest_id = 1
        self._next_id = 1
        #: By the id of its first message, the oldest sending first.
        self._sendings: dict[int, Sending] = {}
        #: The same ids to search among, behind so many that were taken off.
        self._first_ids: list[int] = []
        self._taken_off = 0
        #: Id of the newest message to each number.
        self._newest: dict[str, int] = {}
        #: Ids of those before it, the oldest first, where there are any.
        self._earlier: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """Count the messages."""
        return self._next_id - self.oldest_id

    def put(self, sending: Sending, first_id: int | None = None) -> range:
        """Put a sending behind the others; gives the ids of its messages.

        Args:
            sending: gets its id.
            first_id: of its first message, on an empty shelf only; None: the next one.
        """
        if first_id is not None and not self._sendings:
            self.oldest_id = self._next_id = first_id
        sending.first_id = self._next_id
        ids = sending.ids
        self._next_id = ids.stop
        self._sendings[ids.start] = sending
        self._first_ids.append(ids.start)
        newest = self._newest
        phones = [row[1] for row in sending.rows]
        if newest.keys().isdisjoint(phones) and len(set(phones)) == len(phones):
            newest.update(zip(phones, ids, strict=True))
            return ids
        for message_id, phone in zip(ids, phones, strict=True):
            before = newest.get(phone)
            if before is not None:
                self._earlier.setdefault(phone, []).append(before)
            newest[phone] = message_id
        return ids

    def take_back(self, sending: Sending) -> None:
        """Undo the last `put`."""
        del self._sendings[sending.first_id]
        self._first_ids.pop()
        self._next_id = sending.first_id
        for row in reversed(sending.rows):
            phone = row[1]
            if phone in self._earlier:
                self._newest[phone] = self._earlier[phone].pop()
                self._tidy(phone)
            else:
                del self._newest[phone]

    def drop_oldest(self) -> Sending:
        """Take the oldest sending off; gives it."""
        sending = self._sendings.pop(self.oldest_id)
        self._taken_off += 1
        if self._taken_off * 2 > len(self._first_ids):
            del self._first_ids[: self._taken_off]
            self._taken_off = 0
        self.oldest_id = sending.ids.stop
        newest, earlier = self._newest, self._earlier
        for row in sending.rows:
            phone = row[1]
            if phone in earlier:
                del earlier[phone][0]
                self._tidy(phone)
            else:
                del newest[phone]
        return sending

    def _tidy(self, phone: str) -> None:
        if not self._earlier[phone]:
            del self._earlier[phone]

    def find(self, message_id: int) -> Found:
        """Find a message by its id.

        Raises:
            KeyError: it is not there.
        """
        if not self.oldest_id <= message_id < self._next_id:
            raise KeyError(message_id)
        place = bisect_right(self._first_ids, message_id, self._taken_off) - 1
        sending = self._sendings[self._first_ids[place]]
        return sending, message_id - sending.first_id

    def knows(self, phone: str) -> bool:
        """Say whether a number was sent anything that is still there."""
        return phone in self._newest

    def known_of(self, phones: Set[str]) -> Set[str]:
        """Give those of some numbers that were sent anything that is still there."""
        return self._newest.keys() & phones

    def sent_to(self, phone: str) -> list[Found]:
        """List what a number was sent, deleted or not, the oldest first."""
        return [self.find(message_id) for message_id in self._ids_of(phone)]

    def _ids_of(self, phone: str) -> list[int]:
        newest = self._newest.get(phone)
        return [] if newest is None else [*self._earlier.get(phone, ()), newest]

    def newest_first(
        self, phone: str | None = None, after: int = 0, before: int | None = None
    ) -> Iterator[Found]:
        """Go through the messages that nobody has deleted: of one number, with ids between two."""
        everybody = range(self.oldest_id, self._next_id)
        ids: Sequence[int] = everybody if phone is None else self._ids_of(phone)
        until = bisect_left(ids, self._next_id if before is None else before)
        for place in range(until - 1, bisect_right(ids, after) - 1, -1):
            sending, position = self.find(ids[place])
            if position not in sending.deleted:
                yield sending, position

    def of_ids(self, message_ids: Iterable[int]) -> list[Found]:
        """Find messages that nobody has deleted by their ids, the oldest first; others are left out."""
        found = [self.find(each) for each in sorted(message_ids) if self.oldest_id <= each < self._next_id]
        return [(sending, position) for sending, position in found if position not in sending.deleted]
