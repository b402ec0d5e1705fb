"""What the service tells an application: callbacks with their repeats, or records that wait to be pulled."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import orjson
from jsms_api import limits

from ..model.clock import milliseconds
from ..model.random_ids import RandomIds
from ..model.records import Attempt, CallbackAddress, CallbackType, Delivery, TimerKind
from ..state.applications import find_key
from ..state.state import State
from .sender import CallbackResult, CallbackSender, event_form, split_address

#: Length of the text of an address check (callback page).
ECHO_LENGTH: Final = 8


class Callbacks:
    """Callbacks of all applications: where they go, their deliveries, and how those went.

    Args:
        state: where addresses and deliveries are kept.
        random_ids: draw nonces, and the texts of echo checks.
        keep: how many deliveries the log keeps; 0: all.

    Attributes:
        sender: carries them.
    """

    def __init__(self, state: State, random_ids: RandomIds, *, keep: int) -> None:
        self._state = state
        self._random_ids = random_ids
        self._keep = keep
        self.sender = CallbackSender()
        self._waiting: deque[Delivery] = deque()
        self._draining = threading.Lock()
        self._on_waiting: Callable[[], object] = lambda: None
        state.timers.handle(TimerKind.CALLBACK, self._due)

    # Addresses.

    def address(self, app_key: str, kind: CallbackType) -> str | None:
        """Return the receiver of an application for one type."""
        found = self._state.callback_addresses.get(app_key, kind)
        return None if found is None else found.url

    def addresses(self, app_key: str | None = None) -> dict[CallbackType, str | None]:
        """Return the receiver of every type; None: none, and reports and replies wait to be pulled.

        Args:
            app_key: whose; left out, as for `JsmsMock`.
        """
        with self._state.database.lock:
            key = find_key(self._state.applications, app_key)
            return {kind: self.address(key, kind) for kind in CallbackType}

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
            url: http or https, on this machine unless `remote_callbacks` is set; any port.
            types: SMS_REPORT, SMS_REPLY, SMS_TEMPLATE, SMS_SIGN; all of them by default.
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
        key = find_key(self._state.applications, app_key)
        for url in dict.fromkeys(filter(None, urls.values())):
            split_address(url)
            if check:
                with self._state.database.lock:
                    echo = self._random_ids.echo(ECHO_LENGTH)
                self.sender.check_address(url, echo)  # without a lock: the receiver may call the mock
        with self._state.database:
            for kind, receiver in urls.items():
                if receiver is None:
                    self._state.callback_addresses.delete(key, kind)
                else:
                    self._state.callback_addresses.put(CallbackAddress(key, kind, receiver))
            self._state.tell("callbacks", key)

    # The log.

    def deliveries(self, app_key: str | None = None, *, limit: int | None = None) -> list[Delivery]:
        """Return the delivery log, oldest first, every try of each.

        Args:
            app_key: only this application's; left out: of all.
            limit: the newest so many; left out: all that are kept.
        """
        with self._state.database.lock:
            condition = "app_key = coalesce(?, app_key) ORDER BY id DESC LIMIT ?"
            newest = self._state.deliveries.find(condition, app_key, -1 if limit is None else limit)
        return [*reversed(newest)]

    def repeat(self, delivery_id: int, at: float) -> Delivery | None:
        """Let a callback be tried once more at an instant, whatever became of it; None if it is not there.

        It goes out with `run_due`. A try that is under way is left alone.
        """
        with self._state.database:
            delivery = self._state.deliveries.get(delivery_id)
            if delivery is not None and delivery.under_way is None:
                self._state.deliveries.put(replace(delivery, next_at=at))
                self._state.timers.schedule(at, TimerKind.CALLBACK, str(delivery_id))
                self._state.tell("delivery", delivery_id)
        return delivery

    # Delivering.

    def enqueue(self, app_key: str, kind: CallbackType, data: Mapping[str, Any], at: float) -> int | None:
        """Let an event be delivered from an instant on; None if the application has no receiver for it.

        Inside a transaction only.
        """
        url = self.address(app_key, kind)
        if url is None:
            return None
        delivery_id = self._state.deliveries.next_id()
        self._state.deliveries.put(Delivery(delivery_id, app_key, kind, url, orjson.dumps(data).decode(), at, at, ()))
        self._state.timers.schedule(at, TimerKind.CALLBACK, str(delivery_id))
        self._state.tell("delivery", delivery_id)
        if self._keep and delivery_id % 256 == 0:
            for old in self._state.deliveries.find("id <= ? AND next_at IS NULL", delivery_id - self._keep):
                if old.under_way is None:
                    self._state.deliveries.delete(old.id)
        return delivery_id

    def on_waiting(self, listener: Callable[[], object]) -> None:
        """Have a function called when a try waits to be made."""
        self._on_waiting = listener

    def deliver_waiting(self) -> None:
        """Make the tries that wait, in order, and record how they went.

        Blocks, up to a receiver's time for each. Hold no lock of the mock: a receiver may call it while it is called.
        """
        with self._draining:
            while waiting := self._waiting:
                delivery = waiting.popleft()
                with self._state.database.lock:
                    form = None if waiting is not self._waiting else self._form(delivery)
                gone = CallbackResult(problem="the application is gone")
                result = gone if form is None else self.sender.send(delivery.url, form)
                with self._state.database.lock:
                    if waiting is self._waiting:
                        self._record(delivery, result)

    def clear(self) -> None:
        """Forget what waits and what is under way: the state it belongs to is gone."""
        self._waiting = deque()

    def _due(self, ref: str, at: float) -> None:
        delivery = self._state.deliveries.get(int(ref))
        if delivery is None:
            return
        # An attempt that was cut off because the mock was killed is made again under its old number.
        ended = delivery.attempts if delivery.under_way is None else delivery.attempts[:-1]
        attempts = (*ended, Attempt(len(ended) + 1, at, ok=None, detail=""))
        started = replace(delivery, next_at=None, attempts=attempts)
        self._state.deliveries.put(started)
        self._state.database.after_commit(lambda: self._wait(started))

    def _wait(self, delivery: Delivery) -> None:
        self._waiting.append(delivery)
        self._on_waiting()

    def _form(self, delivery: Delivery) -> bytes | None:
        """Make the body of a callback; None if its application is gone."""
        application = self._state.applications.get(delivery.app_key)
        if application is None:
            return None
        return event_form(
            application.app_key,
            application.master_secret,
            nonce=self._random_ids.nonce(),
            timestamp=milliseconds(delivery.attempts[-1].at),
            kind=delivery.type,
            data=delivery.data,
        )

    def _record(self, delivery: Delivery, result: CallbackResult) -> None:
        """Note how a try went. A failed one is repeated, each delay counted from the try before it (G13)."""
        attempt, delays = delivery.attempts[-1], limits.CALLBACK_REPEAT_DELAYS_SECONDS
        is_last = result.delivered or attempt.number > len(delays)
        next_at = None if is_last else attempt.at + delays[attempt.number - 1]
        ended = replace(attempt, ok=result.delivered, detail=result.detail)
        with self._state.database:
            self._state.deliveries.put(replace(delivery, next_at=next_at, attempts=(*delivery.attempts[:-1], ended)))
            if next_at is not None:
                self._state.timers.schedule(next_at, TimerKind.CALLBACK, str(delivery.id))
            self._state.tell("delivery", delivery.id)
