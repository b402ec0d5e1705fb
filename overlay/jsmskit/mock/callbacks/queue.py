"""What the service tells an application: callbacks with their repeats, or records that wait to be pulled.

A receiver may call the mock while it is being called, so tries are made outside of every lock, and recorded afterwards.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from jsms_api import limits

from ..model.random_ids import RandomIds
from ..model.records import CallbackAttempt, CallbackType, Delivery
from ..state.messages import InboxReader
from ..state.state import State
from ..state.timers import TimerKind
from .sender import CallbackResult, CallbackSender, split_address


class CallbackQueue:
    """Events of all applications.

    Args:
        state: where addresses, deliveries and waiting records are kept.
        keep: how many deliveries the log keeps; 0: all.

    Attributes:
        on_waiting: called when a try waits to be made.
    """

    __slots__ = ("_draining", "_keep", "_state", "_waiting", "on_waiting")

    def __init__(self, state: State, *, keep: int) -> None:
        self._keep = keep
        self._state = state
        self._waiting: deque[CallbackAttempt] = deque()
        self._draining = threading.Lock()
        self.on_waiting: Callable[[], None] = lambda: None
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

    def drain(self, deliver: Callable[[CallbackAttempt], CallbackResult]) -> None:
        """Make the tries that wait, in order, and record how they went.

        Blocks, up to a receiver's time for each. Hold no lock of the mock.
        """
        with self._draining:
            while waiting := self._waiting:
                attempt = waiting.popleft()
                result = deliver(attempt)
                with self._state.database.lock:
                    if waiting is self._waiting:
                        self._record(attempt, result)

    def clear(self) -> None:
        """Forget what waits and what is under way: the state it belongs to is gone."""
        self._waiting = deque()

    def _record(self, attempt: CallbackAttempt, result: CallbackResult) -> None:
        """Note how a try went. A failed one is repeated, each delay counted from the try before it (G13)."""
        delays = limits.CALLBACK_REPEAT_DELAYS_SECONDS
        is_last = result.delivered or attempt.number > len(delays)
        next_at = None if is_last else attempt.at + delays[attempt.number - 1]
        with self._state.database:
            self._state.callbacks.end_attempt(
                attempt.delivery_id, attempt.number, ok=result.delivered, detail=result.detail, next_at=next_at
            )
            if next_at is not None:
                self._state.timers.schedule(next_at, TimerKind.CALLBACK, str(attempt.delivery_id))
            self._state.tell("delivery", attempt.delivery_id)

    def _due(self, ref: str, at: float) -> None:
        delivery = self._state.callbacks.get(int(ref))
        if delivery is None:
            return
        # An attempt that was cut off because the mock was killed is made again under its old number.
        unfinished = bool(delivery.attempts) and delivery.attempts[-1].ok is None
        number = len(delivery.attempts) + (0 if unfinished else 1)
        self._state.callbacks.start_attempt(delivery.id, number, at)
        attempt = CallbackAttempt(delivery.id, number, delivery.app_key, delivery.url, delivery.type, delivery.data, at)
        self._state.database.after_commit(lambda: self._wait(attempt))

    def _wait(self, attempt: CallbackAttempt) -> None:
        self._waiting.append(attempt)
        self.on_waiting()


#: Length of the text of an address check (callback page).
ECHO_LENGTH = 8


class CallbackAdmin:
    """Where callbacks go, and how they went.

    Args:
        state: where addresses and the log are.
        random_ids: draw the text of an echo check.
        sender: makes the check.
        key_of: fills in the application where none is named.
    """

    def __init__(
        self, state: State, random_ids: RandomIds, sender: CallbackSender, key_of: Callable[[str | None], str]
    ) -> None:
        self._state = state
        self._random_ids = random_ids
        self._sender = sender
        self._key_of = key_of
        self._reader = InboxReader(state.database)

    def addresses(self, app_key: str | None = None) -> dict[CallbackType, str | None]:
        """Return the receiver of every type; None: none, and reports and replies wait to be pulled.

        Args:
            app_key: whose; left out, as for `JsmsMock`.
        """
        with self._state.database.lock:
            known = self._state.callbacks.addresses(self._key_of(app_key))
            return {kind: known.get(kind) for kind in CallbackType}

    def set(
        self,
        url: str | None,
        types: Iterable[CallbackType | str] = tuple(CallbackType),
        *,
        app_key: str | None = None,
        check: bool = True,
    ) -> None:
        """Set the receiver of some types, after asking it for its echo; None takes it away.

        A receiver of reports or replies switches the pull call of the same name off for the application.

        Args:
            url: http or https, on this machine unless the mock was told otherwise; any port.
            types: SMS_REPORT, SMS_REPLY, SMS_TEMPLATE, SMS_SIGN; all of them unless told.
            app_key: whose; left out, as for `JsmsMock`.
            check: False leaves the echo check out, which the service never does.

        Raises:
            CallbackAddressError: the address cannot be, does not answer, or does not echo. Nothing is set.
        """
        self.set_each({CallbackType(kind): url for kind in types}, app_key=app_key, check=check)

    def set_each(
        self, urls: Mapping[CallbackType, str | None], *, app_key: str | None = None, check: bool = True
    ) -> None:
        """Set receivers by type; all or, when one of them does not pass, none. Else as `set`.

        Raises:
            CallbackAddressError: an address cannot be, does not answer, or does not echo. Nothing is set.
        """
        key = self._key_of(app_key)
        for url in dict.fromkeys(filter(None, urls.values())):
            split_address(url)
            if check:
                with self._state.database.lock:
                    echo = self._random_ids.echo(ECHO_LENGTH)
                self._sender.check_address(url, echo)  # without a lock: the receiver may call the mock
        with self._state.database:
            for kind, receiver in urls.items():
                self._state.callbacks.set_address(key, kind, receiver)
            self._state.tell("callbacks", key)

    def deliveries(self, app_key: str | None = None, *, limit: int | None = None) -> list[Delivery]:
        """Return the delivery log, oldest first, every try of each.

        Args:
            app_key: only this application's; left out: of all.
            limit: the newest so many; left out: all that are kept.
        """
        with self._state.database.lock:
            return self._state.callbacks.log(app_key, limit=limit)

    def repeat(self, delivery_id: int, at: float) -> Delivery | None:
        """Let a callback be tried once more at an instant, whatever became of it; None if it is not there.

        It goes out when the mock settles. A try that is under way is left alone.
        """
        with self._state.database:
            delivery = self._state.callbacks.get(delivery_id)
            if delivery is not None and self._reader.repeat_delivery(delivery_id, at):
                self._state.timers.schedule(at, TimerKind.CALLBACK, str(delivery_id))
                self._state.tell("delivery", delivery_id)
        return delivery
