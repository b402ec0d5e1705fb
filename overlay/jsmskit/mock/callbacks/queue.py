"""What the service tells an application: callbacks with their repeats, or records that wait to be pulled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from jsms_api import limits

from ..model.records import CallbackAttempt, CallbackType, Delivery
from ..state.state import State
from ..state.timers import CallbackSink, TimerKind

#: Detail of an attempt where there is no sender.
NO_SENDER: Final = "no callbacks are delivered here"


class CallbackQueue:
    """Events of all applications.

    Args:
        state: where addresses, deliveries and waiting records are kept.
        keep: how many deliveries the log keeps; 0: all.

    Attributes:
        sink: makes the requests; None, and every attempt fails.
    """

    __slots__ = ("_keep", "_state", "sink")

    def __init__(self, state: State, *, keep: int) -> None:
        self._state = state
        self._keep = keep
        self.sink: CallbackSink | None = None
        state.timers.handle(TimerKind.CALLBACK, self._due)

    def address(self, app_key: str, kind: CallbackType) -> str | None:
        """Return the receiver of an application for one type."""
        return self._state.callbacks.addresses(app_key).get(kind)

    def enqueue(self, app_key: str, kind: CallbackType, data: Mapping[str, Any], at: float) -> int | None:
        """Let an event be delivered from an instant on; None if the application has no receiver for it.

        Inside a transaction only.
        """
        url = self.address(app_key, kind)
        if url is None:
            return None
        delivery_id = self._state.callbacks.add(app_key, kind, url, orjson.dumps(data).decode(), at)
        self._state.timers.schedule(at, TimerKind.CALLBACK, str(delivery_id))
        self._state.tell("delivery", delivery_id)
        if delivery_id % 256 == 0:
            self._state.callbacks.prune(self._keep)
        return delivery_id

    def record(self, delivery_id: int, *, ok: bool, detail: str, now: float) -> float | None:
        """Tell how the newest try of a delivery went.

        A failed one is repeated after 3 minutes, 1 hour and 12 hours, each counted from the try before it
        (G13); then it is given up. What has fallen due by then is done at once.

        Args:
            delivery_id: which.
            ok: the receiver took it.
            detail: for the log, in a few words.
            now: the mock's clock.

        Returns:
            When the next try is, None if there is none. Telling twice changes nothing.
        """
        with self._state.database.lock:
            delivery = self._state.callbacks.get(delivery_id)
            if delivery is None or not delivery.attempts or delivery.attempts[-1].ok is not None:
                return None if delivery is None else delivery.next_at
            next_at = self._end(delivery, ok=ok, detail=detail)
            self._state.timers.run_until(now)
            return next_at

    def _end(self, delivery: Delivery, *, ok: bool, detail: str) -> float | None:
        last = delivery.attempts[-1]
        delays = limits.CALLBACK_REPEAT_DELAYS_SECONDS
        next_at = last.at + delays[last.number - 1] if not ok and last.number <= len(delays) else None
        with self._state.database:
            self._state.callbacks.end_attempt(delivery.id, last.number, ok=ok, detail=detail, next_at=next_at)
            if next_at is not None:
                self._state.timers.schedule(next_at, TimerKind.CALLBACK, str(delivery.id))
            self._state.tell("delivery", delivery.id)
        return next_at

    def _due(self, ref: str, at: float) -> None:
        delivery = self._state.callbacks.get(int(ref))
        if delivery is None:
            return
        # An attempt that was cut off because the mock was killed is made again under its old number.
        unfinished = bool(delivery.attempts) and delivery.attempts[-1].ok is None
        number = len(delivery.attempts) + (0 if unfinished else 1)
        self._state.callbacks.start_attempt(delivery.id, number, at)
        attempt = CallbackAttempt(
            delivery.id, number, delivery.app_key, delivery.url, delivery.type, delivery.data, at
        )
        self._state.database.after_commit(lambda: self._try(attempt))

    def _try(self, attempt: CallbackAttempt) -> None:
        ok = False if self.sink is None else self.sink.attempt(attempt)
        delivery = self._state.callbacks.get(attempt.delivery_id)
        if ok is not None and delivery is not None:
            self._end(
                delivery, ok=ok, detail=NO_SENDER if self.sink is None else "delivered" if ok else "failed"
            )
