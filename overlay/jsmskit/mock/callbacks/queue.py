"""What the service tells an application: callbacks with their repeats, or records that wait to be pulled.

A receiver may call the mock while it is being called, so deliveries are carried out of every lock, and told about
afterwards.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import orjson
from jsms_api import limits

from ..model.random_ids import RandomIds
from ..model.records import CallbackAttempt, CallbackType, Delivery
from ..state.messages import InboxReader
from ..state.state import State
from ..state.timers import CallbackSink, TimerKind
from .sender import AttemptResult, CallbackSender

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
        attempt = CallbackAttempt(delivery.id, number, delivery.app_key, delivery.url, delivery.type, delivery.data, at)
        self._state.database.after_commit(lambda: self._try(attempt))

    def _try(self, attempt: CallbackAttempt) -> None:
        ok = False if self.sink is None else self.sink.attempt(attempt)
        delivery = self._state.callbacks.get(attempt.delivery_id)
        if ok is not None and delivery is not None:
            self._end(delivery, ok=ok, detail=NO_SENDER if self.sink is None else "delivered" if ok else "failed")


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
            self._sender.check_form(url)
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


logger = logging.getLogger("jsmskit.mock")

#: Real seconds that a stop waits for an attempt under way; the result of a longer one is lost.
STOP_SECONDS = 0.5

#: Makes the request of one try.
Deliver = Callable[[CallbackAttempt], AttemptResult]
#: Records how an attempt went, and runs what that causes.
Record = Callable[[CallbackAttempt, AttemptResult], None]


class DeliveryQueue:
    """The sink of the callback queue: takes attempts at once, and makes them when drained."""

    def __init__(self, deliver: Deliver, record: Record, woken: Callable[[], None]) -> None:
        self._deliver = deliver
        self._record = record
        self._woken = woken
        self._waiting: deque[CallbackAttempt] = deque()
        self._draining = threading.Lock()
        self._age = 0

    def attempt(self, attempt: CallbackAttempt) -> bool | None:
        """Take over one try; how it went is told later."""
        self._waiting.append(attempt)
        self._woken()
        return None

    def clear(self) -> None:
        """Forget what waits and what is under way: the state it belongs to is gone."""
        self._age += 1
        self._waiting.clear()

    def drain(self) -> int:
        """Deliver out what waits, in order; returns how many tries when all are told about, by whomever.

        Blocks, up to a receiver's time for each. Hold no lock of the mock.
        """
        done = 0
        with self._draining:
            while self._waiting:
                age = self._age
                try:
                    attempt = self._waiting.popleft()
                except IndexError:  # forgotten in between
                    break
                result = self._deliver(attempt)
                if age == self._age:
                    self._record(attempt, result)
                done += 1
        return done


class DeliveryThread:
    """A thread that keeps a served mock going: runs what falls due, and drains the queue.

    Args:
        next_at: the instant of the mock's clock at which something falls due; None if nothing is noted.
        due_in: real seconds until such an instant; None if the clock stands still.
        work: do what is due now.
    """

    def __init__(
        self, next_at: Callable[[], float | None], due_in: Callable[[float], float | None], work: Callable[[], object]
    ) -> None:
        self._next_at = next_at
        self._due_in = due_in
        self._work = work
        self._condition = threading.Condition()
        self._alarm = math.inf
        self._woken = False
        self._users = 0
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Something is to be done: look again. From any thread, whether the thread runs or not."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def notify_at(self, at: float | None) -> None:
        """Something may have been noted for an instant: look again if that is before the next alarm.

        Called after every change of the state, so it wakes the thread only when needed.
        """
        if self._thread is not None and at is not None and at < self._alarm:
            self.wake()

    def start(self) -> None:
        """Begin, or count one more user."""
        with self._condition:
            self._users += 1
            if self._users > 1:
                return
            self._thread = threading.Thread(target=self._run, name="jsms-mock-callbacks", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Count one user less; with the last one end. A receiver that takes its time is not waited for."""
        with self._condition:
            self._users -= 1
            if self._users > 0:
                return
            thread, self._thread = self._thread, None
            self._condition.notify_all()
        if thread is not None:
            thread.join(STOP_SECONDS)

    def _run(self) -> None:
        me = threading.current_thread()
        while True:
            with self._condition:
                # What is noted from here on calls. A call is forgotten by the work it asked for and by nothing else:
                # one that comes while work is ending, or before the first line here, is none that was heard.
                self._alarm = math.inf
            at = self._next_at()
            seconds = None if at is None else self._due_in(at)
            with self._condition:
                self._alarm = math.inf if at is None else at
                if self._thread is me and not self._woken and (seconds is None or seconds > 0):
                    self._condition.wait(seconds)
                if self._thread is not me:
                    return
            self._work_despite_failures(me)

    def _work_despite_failures(self, me: threading.Thread) -> None:
        """Do what is due. What fails stays due, so it is not tried again at once, but with the next call."""
        while self._thread is me:
            with self._condition:
                self._woken = False
            try:
                self._work()
            except Exception:
                logger.exception("what is due has failed; it is tried again when something changes")
                self._wait_until_woken(me)
            else:
                return

    def _wait_until_woken(self, me: threading.Thread) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._woken or self._thread is not me)
