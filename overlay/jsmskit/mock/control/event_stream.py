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
import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from starlette.responses import Response

from ..engine import MockEngine
from ..model.clock import Clock, write_send_time

if TYPE_CHECKING:
    from ..model.http import Receive, Scope, Send

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


@dataclass(slots=True)
class _PendingEvents:
    """What has happened since the last event."""

    messages: set[int] = field(default_factory=set[int])
    arrived: int = 0
    deleted: list[int] = field(default_factory=list[int])
    parts: set[str] = field(default_factory=set[str])
    is_reset: bool = False


class EventFeed:
    """Turns the mock's changes into events for open pages. Serves one event loop at a time.

    Args:
        engine: that is watched while pages are open.
    """

    def __init__(self, engine: MockEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._gathered = _PendingEvents()
        self._is_armed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stops: list[Callable[[], None]] = []
        self._streams: set[_Stream] = set()
        self._kept: deque[bytes] = deque(maxlen=KEPT_EVENTS)
        self._epoch = ""
        self._count = 0
        self._sent_at = 0.0

    @contextmanager
    def listening(self, last_id: str) -> Generator[_Stream]:
        """Listen: first what came after an id, or the word to read everything again, then what happens."""
        if not self._streams:
            self._begin(asyncio.get_running_loop())
        stream = _Stream(self, self._missed_since(last_id))
        self._streams.add(stream)
        try:
            yield stream
        finally:
            self._streams.discard(stream)
            if not self._streams:
                self._end()

    def kept_from(self, position: int) -> list[bytes] | None:
        """Return the events after a count; None if some of them are no longer kept."""
        missing = self._count - position
        if missing > len(self._kept):
            return None
        return list(self._kept)[len(self._kept) - missing :] if missing else []

    @property
    def position(self) -> int:
        """Count of the newest event."""
        return self._count

    def greeting(self, position: int, *, fresh: bool) -> bytes:
        """Write the first event of a stream; fresh: the page has to read everything again."""
        return self._write("hello", position, {"fresh": fresh, "clock": clock_state(self._engine.clock)})

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoch = f"{os.getpid():x}{int(loop.time() * 1000):x}"  # names a stretch of listening, no more
        self._count = 0
        self._sent_at = 0.0
        self._kept.clear()
        with self._lock:
            self._gathered, self._is_armed = _PendingEvents(), False
        self._stops = [
            self._engine.state.changes.subscribe(self._note),
            self._engine.clock_changes.subscribe(lambda _: self._note(("clock", 0))),
            self._engine.requests.noted.subscribe(lambda number: self._note(("request", number))),
        ]

    def _end(self) -> None:
        for stop in self._stops:
            stop()
        self._stops, self._loop = [], None

    def _missed_since(self, last_id: str) -> int | None:
        epoch, _, count = last_id.rpartition("-")
        if epoch != self._epoch or not count.isdecimal() or len(count) > _LONGEST_COUNT:
            return None
        return int(count) if int(count) <= self._count else None

    def _note(self, change: object) -> None:
        """Hear of a change; from any thread, often with the lock of the mock held."""
        kind, identity = cast("tuple[str, Any]", change)  # by `State.tell`
        with self._lock:
            gathered = self._gathered
            if kind in _MESSAGE_KINDS:
                gathered.messages.add(identity)
                gathered.arrived += kind == "message"
            elif kind == "deleted":
                gathered.deleted.append(identity)
            elif kind in ("reset", "restored"):
                gathered = self._gathered = _PendingEvents(is_reset=True)
            elif kind in _PARTS:
                gathered.parts.add(_PARTS[kind])
            if self._is_armed or self._loop is None:
                return
            self._is_armed = True
            self._loop.call_soon_threadsafe(self._arm)

    def _arm(self) -> None:
        if self._loop is not None:
            gather = max(GATHER_SECONDS, GATHER_SECONDS_PER_PAGE * len(self._streams))
            wait = self._sent_at + gather - self._loop.time()
            if wait > 0:
                self._loop.call_later(wait, self._flush)
            else:
                self._flush()

    def _flush(self) -> None:
        if self._loop is None:
            return
        with self._lock:
            gathered, self._gathered, self._is_armed = self._gathered, _PendingEvents(), False
        self._sent_at = self._loop.time()
        self._count += 1
        self._kept.append(self._write("change", self._count, self._told(gathered)))
        for stream in self._streams:
            stream.wake()

    def _told(self, gathered: _PendingEvents) -> dict[str, Any]:
        told: dict[str, Any] = {"clock": clock_state(self._engine.clock)}
        if gathered.is_reset:
            told["reset"] = True
        if gathered.messages:
            newest = sorted(gathered.messages)[-MOST_CARRIED:]
            with self._engine.state.database.lock:
                told["messages"] = self._engine.inbox.reader.messages_of(newest)
            told["arrived"] = gathered.arrived
            told["missed"] = len(gathered.messages) - len(newest)
        if gathered.deleted:
            told["deleted"] = gathered.deleted
        if gathered.parts:
            told["changed"] = sorted(gathered.parts)
        return told

    def _write(self, kind: str, position: int, told: Mapping[str, Any]) -> bytes:
        head = f"id: {self._epoch}-{position}\nevent: {kind}\ndata: "
        return head.encode() + orjson.dumps(told) + b"\n\n"


class _Stream:
    """One open page: how far it has read, and its sleep."""

    __slots__ = ("_feed", "_first", "_position", "_sleep")

    def __init__(self, feed: EventFeed, position: int | None) -> None:
        self._feed = feed
        self._position = feed.position if position is None else position
        self._first = [feed.greeting(self._position, fresh=position is None)]
        self._sleep: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Let it look again."""
        if self._sleep is not None and not self._sleep.done():
            self._sleep.set_result(None)

    def take(self) -> bytes:
        """Return what is to be sent now; empty if nothing is."""
        kept = self._feed.kept_from(self._position)
        self._position = self._feed.position
        if kept is None:  # too slow: what it missed is not kept any more
            self._first, kept = [], [self._feed.greeting(self._position, fresh=True)]
        first, self._first = self._first, []
        return b"".join(first + kept)

    async def sleep(self) -> None:
        """Wait until woken."""
        self._sleep = asyncio.get_running_loop().create_future()
        await self._sleep


class EventStream(Response):
    """Answers a request with the events, until the page goes.

    Args:
        feed: whence.
        last_id: the last id that the page has seen, empty if none.
        headers: of the answer, beside its content type.
    """

    media_type = "text/event-stream"

    def __init__(self, feed: EventFeed, last_id: str, headers: Mapping[str, str]) -> None:
        super().__init__(None, 200, headers)
        del self.headers["content-length"]
        self._feed = feed
        self._last_id = last_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with self._feed.listening(self._last_id) as page:
            await _stream_events(page, receive, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _stream_events(page: _Stream, receive: Receive, send: Send) -> None:
    # One watcher for the whole stream, not one for each event: that keeps fifty pages cheap.
    gone = asyncio.ensure_future(_disconnected(receive))
    gone.add_done_callback(lambda _: page.wake())
    try:
        while not gone.done():
            chunk = page.take()
            if chunk:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            else:
                await page.sleep()
    finally:
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)


async def _disconnected(receive: Receive) -> None:
    """Wait for the page to go. The request's own, empty body comes first."""
    while (await receive())["type"] != "http.disconnect":
        pass
