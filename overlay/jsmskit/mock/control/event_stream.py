"""Server-sent events: what changed, for the pages that are open.

A change is sent at once, and then nothing for 50 ms (longer with many pages) while
more of them gather: one read and one text for all pages, twenty times a second at most, however much happens.
While no page is open, nothing is done at all.

An event's id is an epoch and a count. A new epoch begins with the server and whenever no page listened, so
an id from before never names something else: a page whose id is still known gets what it missed, any other is
told to read everything again. Nothing is lost either way.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.responses import StreamingResponse

from ..model.clock import Clock, run_unless, write_send_time
from ..model.http import Receive, Scope, Send, disconnected

if TYPE_CHECKING:
    from ..jsms_mock import JsmsMock

#: Seconds for which changes gather after an event, and for each open page beyond the first dozen: what pages cost
#: in a second is bounded, however many there are.
GATHER_SECONDS: Final = 0.05
GATHER_SECONDS_PER_PAGE: Final = 0.004
#: Messages that an event carries at most; of more, a page is told that it missed some and reads them itself.
MOST_CARRIED: Final = 200
#: Events that are kept for pages that come back or are slow; with 200 messages each about 6 MB at the worst.
KEPT_EVENTS: Final = 64

#: Digits of a count that can be one of ours.
_LONGEST_COUNT: Final = 15

#: Changes of single messages: newly there, verified, reported.
_MESSAGE_KINDS: Final = frozenset({"message", "code", "report"})
#: What else changes, and the part of the page that shows it.
_PARTS: Final[Mapping[str, str]] = {
    "reply": "replies",
    "template": "reviews",
    "sign": "reviews",
    "schedule": "schedules",
    "balance": "balances",
    "application": "balances",
    "delivery": "callbacks",
    "callbacks": "callbacks",
    "fault": "faults",
    "settings": "settings",
    "request": "requests",
}


def clock_state(clock: Clock) -> dict[str, Any]:
    """Return the clock as pages and control calls see it."""
    moves = clock.moves  # read first: an account that a move runs into counts as the older one
    now = clock.now()
    return {"mode": clock.mode, "now": now, "send_time": write_send_time(now), "moves": moves}


class EventFeed:
    """Turns the mock's changes into events for open pages. Serves one event loop at a time.

    Args:
        mock: that is watched while pages are open.
    """

    def __init__(self, mock: JsmsMock) -> None:
        self._mock = mock
        self._gathered: deque[tuple[str, Any]] = deque()
        self._is_armed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stops: list[Callable[[], None]] = []
        self._pages: set[asyncio.Event] = set()
        self._kept: deque[bytes] = deque(maxlen=KEPT_EVENTS)
        self._epoch = ""
        self._count = 0
        self._sent_at = 0.0

    async def listen(self, last_id: str) -> AsyncGenerator[bytes]:
        """Listen for a page: first what came after an id, or the word to read everything again, then what happens."""
        if not self._pages:
            self._begin(asyncio.get_running_loop())
        is_news = asyncio.Event()
        self._pages.add(is_news)
        try:
            position = self._missed_since(last_id)
            if position is not None:
                yield self._greeting(position, fresh=False)
            while True:
                missing = 0 if position is None else self._count - position
                if position is None or missing > len(self._kept):  # new, or too slow for what is kept
                    position = self._count
                    yield self._greeting(position, fresh=True)
                elif missing:
                    position = self._count
                    yield b"".join(list(self._kept)[-missing:])
                else:
                    is_news.clear()
                    await is_news.wait()
        finally:
            self._pages.discard(is_news)
            if not self._pages:
                self._end()

    def _greeting(self, position: int, *, fresh: bool) -> bytes:
        """Write the first event of a stream; fresh: the page has to read everything again."""
        return self._write("hello", position, {"fresh": fresh, "clock": clock_state(self._mock.clock)})

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoch = f"{os.getpid():x}{int(loop.time() * 1000):x}"  # names a stretch of listening, no more
        self._count = 0
        self._sent_at = 0.0
        self._kept.clear()
        self._gathered.clear()
        self._is_armed = False
        self._stops = [
            self._mock.state.changes.subscribe(self._note),
            self._mock.clock.changes.subscribe(lambda _: self._note(("clock", 0))),
            self._mock.requests.noted.subscribe(lambda number: self._note(("request", number))),
        ]

    def _end(self) -> None:
        for stop in self._stops:
            stop()
        self._stops, self._loop = [], None

    def _missed_since(self, last_id: str) -> int | None:
        """Return the count in an id; None if what came after it is not known any more."""
        epoch, _, count = last_id.rpartition("-")
        if epoch != self._epoch or not count.isdecimal() or len(count) > _LONGEST_COUNT:
            return None
        return int(count) if 0 <= self._count - int(count) <= len(self._kept) else None

    def _note(self, change: tuple[str, Any]) -> None:
        """Keep a change for the next event. Called from any thread, often with the lock of the mock held."""
        self._gathered.append(change)
        if not self._is_armed and self._loop is not None:
            self._is_armed = True
            self._loop.call_soon_threadsafe(self._arm)

    def _arm(self) -> None:
        if self._loop is not None:
            gather = max(GATHER_SECONDS, GATHER_SECONDS_PER_PAGE * len(self._pages))
            wait = self._sent_at + gather - self._loop.time()
            if wait > 0:
                self._loop.call_later(wait, self._flush)
            else:
                self._flush()

    def _flush(self) -> None:
        self._is_armed = False  # first: what is noted from here on arms again
        changes = [self._gathered.popleft() for _ in range(len(self._gathered))]
        if self._loop is None or not changes:
            return
        self._sent_at = self._loop.time()
        self._count += 1
        self._kept.append(self._write("change", self._count, self._told(changes)))
        for is_news in self._pages:
            is_news.set()

    def _told(self, changes: list[tuple[str, Any]]) -> dict[str, Any]:
        told: dict[str, Any] = {"clock": clock_state(self._mock.clock)}
        resets = [number for number, (kind, _) in enumerate(changes) if kind in ("reset", "restored")]
        if resets:
            told["reset"] = True
            changes = changes[resets[-1] + 1 :]
        messages = {identity for kind, identity in changes if kind in _MESSAGE_KINDS}
        if messages:
            newest = sorted(messages)[-MOST_CARRIED:]
            with self._mock.state.database.lock:
                told["messages"] = self._mock.state.messages.shown_by_id(newest)
            told["arrived"] = sum(kind == "message" for kind, _ in changes)
            told["missed"] = len(messages) - len(newest)
        if deleted := [identity for kind, identity in changes if kind == "deleted"]:
            told["deleted"] = deleted
        if parts := {_PARTS[kind] for kind, _ in changes if kind in _PARTS}:
            told["changed"] = sorted(parts)
        return told

    def _write(self, kind: str, position: int, told: Mapping[str, Any]) -> bytes:
        head = f"id: {self._epoch}-{position}\nevent: {kind}\ndata: "
        return head.encode() + orjson.dumps(told) + b"\n\n"


class EventStream(StreamingResponse):
    """Answers a request with the events, until either side ends it.

    Args:
        feed: where the events come from.
        last_id: the last id that the page has seen, empty if none.
        headers: of the answer, beside its content type.
    """

    media_type = "text/event-stream"

    def __init__(self, feed: EventFeed, last_id: str, headers: Mapping[str, str]) -> None:
        super().__init__(feed.listen(last_id), headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream. Starlette leaves it to some servers to say that a page has gone: they do with the next event."""
        await run_unless(self.stream_response(send), disconnected(receive))
