"""The mock as tests and applications use it: state, clock, faults and callbacks put together, and every way in."""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import asdict
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import orjson

from .callbacks.sender import CallbackSender
from .faults import ActiveFault, ConnectionEnd, Fault, FaultedResponse, FaultKind, FaultPlan, inject_faults
from .model.clock import Clock, ClockMode
from .model.from_json import read_record
from .model.http import Request, Response
from .model.message_text import mask_phone
from .model.random_ids import RandomIds
from .model.records import Message, Sign, Template
from .model.settings import DEFAULT_SEED, DEFAULT_SETTINGS, ApplicationSeed, Seed, Settings
from .service.dispatcher import Dispatcher
from .service.request_log import RequestLog
from .service.reviews import SIGNS, TEMPLATES
from .state.applications import find_key
from .state.inbox import WAIT_SECONDS, Inbox, without_country_code
from .state.state import State
from .transports import AsyncMockTransport, HttpxMockTransport, MockTransport

if TYPE_CHECKING:
    from .server.asgi import MockApp
    from .server.uvicorn_server import ServerThread

logger = logging.getLogger("jsmskit.mock")

#: Messages that a failed assertion lists.
_LISTED: Final = 20
#: Real seconds that a stop waits for a callback under way; the result of a longer one is lost.
STOP_SECONDS: Final = 0.5


class JsmsMock:
    """The simulated service and its state.

    In process, nothing happens until the next call: scheduled messages, reviews and reports happen
    when they are due by then; callbacks go out in `advance` and `run_due`. While the mock is served, everything
    happens automatically.

    Args:
        seed: of the generator that draws codes and ids: equal seeds and equal requests give equal responses.
        clock: the only time; None: the wall clock, from which it can be moved, or as the file's clock went.
        db: a file that keeps everything over restarts, kill -9 included: the state, settings, faults and how the
            clock goes. None: all in memory.
        state: what is there at the start and after a reset; None: the vendor's sample pairs, the ready-made
            template 1 and one approved default sign.
        settings: at the start and after a reset; those that a file keeps go before.
        remote_callbacks: callbacks may also go to other machines.

    Raises:
        DatabaseError: the file cannot be used; the text names it, what is wrong, and the remedy.
    """

    def __init__(
        self,
        seed: int = 0,
        clock: Clock | None = None,
        db: str | Path | None = None,
        state: Seed = DEFAULT_SEED,
        settings: Settings = DEFAULT_SETTINGS,
        *,
        remote_callbacks: bool = False,
    ) -> None:
        self.clock = Clock() if clock is None else clock
        random_ids = RandomIds(seed)
        self.state = State(random_ids, state, None if db is None else Path(db))
        self._settings = settings
        self._dispatcher = Dispatcher(self.state, self.clock, random_ids, settings)
        self.callbacks = self._dispatcher.components.callbacks
        self.callbacks.sender = CallbackSender(allow_remote=remote_callbacks)
        self.requests = RequestLog()
        self.faults = FaultPlan(self.state.database.lock, self._faults_changed)
        self.inbox = Inbox(self.state, lambda: self.state.timers.run_until(self.clock.now()))
        self._saved: dict[str, str] = {}
        self._load(clock=clock is None)
        self._save()
        self._is_closed = False
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._users = 0
        self._is_woken = False
        self._alarm = math.inf
        self.callbacks.on_waiting(self._wake)
        self.state.timers.on_scheduled(self._notify_at)
        self.clock.changes.subscribe(self._clock_moved)

    # Transports.

    @cached_property
    def transport(self) -> MockTransport:
        """For `JsmsClient(..., transport=mock.transport)`: no socket, no waiting."""
        return MockTransport(self._receive, self.advance_without_callbacks)

    @cached_property
    def async_transport(self) -> AsyncMockTransport:
        """For `AsyncJsmsClient(..., transport=mock.async_transport)`: no socket, no waiting."""
        return AsyncMockTransport(self._receive, self.advance_without_callbacks)

    @cached_property
    def httpx_transport(self) -> Any:
        """For `httpx.Client(transport=...)` and `httpx.AsyncClient(transport=...)`, and the same of httpx2.

        Any for type checkers: each library wants its own base class.
        """
        return HttpxMockTransport(self._receive, self.advance_without_callbacks)

    @cached_property
    def asgi(self) -> MockApp:
        """The ASGI application: the service, and the control API under /_mock/. Needs the extra mock."""
        from .server.asgi import MockApp

        return MockApp(self)

    def serve(self, host: str = "127.0.0.1", port: int = 0, *, token: str | None = None) -> ServerThread:
        """Serve over HTTP from a thread: `with mock.serve() as server: ... server.url`.

        Args:
            host: loopback unless a token is given.
            port: 0 takes a free one.
            token: what control calls must show.

        Raises:
            ServeError: the port is taken, or the host would let other machines in without a token.
        """
        from .server.asgi import MockApp
        from .server.uvicorn_server import ServerThread, listen

        return ServerThread(MockApp(self, token=token, host=host), listen(host, port, token))

    # Requests.

    def handle(self, request: Request) -> Response:
        """Answer one request by the service's rules alone, without faults."""
        with self.state.database.lock:
            response = self._handle(request)
            self.requests.note(request, FaultedResponse(ConnectionEnd.ANSWERED, response), self.clock.now())
            return response

    def _receive(self, request: Request) -> FaultedResponse:
        """Take one request through faults and rules; a transport carries out what comes of it."""
        with self.state.database.lock:
            if self.faults:
                operation = self._dispatcher.operation_of(request.method, request.path)
                refuse = self._dispatcher.refuse
                outcome = inject_faults(request, operation, plan=self.faults, handle=self._handle, refuse=refuse)
                self._save()
            else:
                outcome = FaultedResponse(ConnectionEnd.ANSWERED, self._handle(request))
            self.requests.note(request, outcome, self.clock.now())
            return outcome

    def _handle(self, request: Request) -> Response:
        try:
            return self._dispatcher.handle(request)
        except Exception:  # noqa: BLE001  # a defect must look like one of the service's, not of the network's
            return self._dispatcher.failed(request)

    def _body_limit(self, method: str, path: str) -> int:
        """Largest body, in bytes, that is worth reading of a request; one byte more is too large."""
        return self._dispatcher.body_limit(method, path)

    @property
    def settings(self) -> Settings:
        """Every setting; assign a changed copy (`Settings.with_changes`) to change them."""
        return self._dispatcher.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._dispatcher.settings = settings
        self._save()
        self.state.changes.publish(("settings", 0))

    # What arrived.

    def messages(
        self, phone: str | None = None, *, app_key: str | None = None, after: int | None = None
    ) -> list[Message]:
        """List what arrived on the phones, oldest first; narrowed to a number, an application, a time."""
        return self.inbox.messages(phone, app_key=app_key, after=after)

    def wait_for_message(
        self, phone: str | None = None, timeout: float = WAIT_SECONDS, *, app_key: str | None = None
    ) -> Message:
        """Return the next message that was not waited for yet; block until there is one.

        Raises:
            NoMessageError: none came within `timeout` real seconds.
        """
        return self.inbox.wait(phone, app_key=app_key, seconds=timeout)

    def wait_for_code(
        self, phone: str | None = None, timeout: float = WAIT_SECONDS, *, app_key: str | None = None
    ) -> str:
        """Return the newest verification code that was not waited for yet; block until there is one.

        Raises:
            NoMessageError: none came within `timeout` real seconds.
        """
        return self.inbox.wait(phone, app_key=app_key, code=True, seconds=timeout).code or ""

    async def wait_for_message_async(
        self,
        phone: str | None = None,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109  # the name that the blocking counterpart has
        *,
        app_key: str | None = None,
    ) -> Message:
        """As `wait_for_message`, without blocking the event loop (asyncio)."""
        return await self.inbox.wait_async(phone, app_key=app_key, seconds=timeout)

    async def wait_for_code_async(
        self,
        phone: str | None = None,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109  # the name that the blocking counterpart has
        *,
        app_key: str | None = None,
    ) -> str:
        """As `wait_for_code`, without blocking the event loop (asyncio)."""
        return (await self.inbox.wait_async(phone, app_key=app_key, code=True, seconds=timeout)).code or ""

    def assert_sent(
        self,
        phone: str | None = None,
        *,
        template: int | None = None,
        contains: str | None = None,
        count: int | None = None,
        app_key: str | None = None,
        masked: bool = True,
    ) -> list[Message]:
        """Check that messages were sent; return them, oldest first.

        Args:
            phone: to this number.
            template: from the template with this id.
            contains: with this in the text.
            count: exactly so many; None: at least one.
            app_key: by this application.
            masked: hide numbers and codes in the text of a failure.

        Raises:
            AssertionError: they were not. The text lists what was sent instead.
        """
        found = [
            message
            for message in self.messages(phone, app_key=app_key)
            if template in (None, message.temp_id) and (contains is None or contains in message.text)
        ]
        if len(found) == count or (found and count is None):
            return found
        wanted = {None: "at least 1 message", 0: "no message", 1: "1 message"}.get(count, f"{count} messages")
        to = "" if phone is None else f" to {mask_phone(phone) if masked else phone}"
        of = "" if template is None else f" from template {template}"
        holding = "" if contains is None else f" containing {contains!r}"
        by = "" if app_key is None else f" by application {app_key}"
        sent = [_describe(message, masked=masked) for message in self.messages()]
        listed = "\n".join(f"  {line}" for line in sent[-_LISTED:]) or "  nothing"
        newest = f" (the newest {_LISTED} of {len(sent)})" if len(sent) > _LISTED else ""
        raise AssertionError(f"expected {wanted}{to}{of}{holding}{by}, found {len(found)}; sent{newest}:\n{listed}")

    def assert_not_sent(
        self,
        phone: str | None = None,
        *,
        template: int | None = None,
        contains: str | None = None,
        app_key: str | None = None,
        masked: bool = True,
    ) -> None:
        """Check that no such message was sent; for the arguments see `assert_sent`.

        Raises:
            AssertionError: one was. The text lists what was sent.
        """
        self.assert_sent(phone, template=template, contains=contains, count=0, app_key=app_key, masked=masked)

    # Time.

    def set_clock(self, mode: ClockMode | str | None = None, now: float | None = None) -> None:
        """Change how the clock goes, or set it; what is due by then is done, callbacks not.

        Args:
            mode: real forgets every shift; shifted goes on (or runs again); frozen stops. None: as it goes.
            now: the instant, in seconds since 1970; None: the present one. Back runs nothing again.

        Raises:
            ValueError: no such mode, an instant for the real clock, or one before 1970 or after 9999.
        """
        wanted = self.clock.mode if mode is None else ClockMode(mode)
        with self.state.database.lock:
            if wanted is ClockMode.REAL and mode is not None:
                if now is not None:
                    raise ValueError("the real clock cannot be set; ask for shifted or frozen")
                self.clock.follow_wall()
            elif wanted is ClockMode.FROZEN:
                self.clock.freeze(now)
            else:
                self.clock.run()
                self.clock.set(self.clock.now() if now is None else now)

    def advance(self, seconds: float | timedelta) -> int:
        """Let time pass: run everything that falls due, in order of time, callbacks included.

        Args:
            seconds: 0 or more.

        Returns:
            How many timers fell due.

        Raises:
            ValueError: less than 0, or beyond the year 9999.
        """
        seconds = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
        if not seconds >= 0:
            raise ValueError(f"time cannot be advanced by {seconds} s; clock.set() goes back")
        return self._run_to(self.clock.now() + seconds)

    def run_due(self) -> int:
        """Run everything that is due now, callbacks included; return how many timers it was."""
        return self._run_to(self.clock.now())

    def advance_without_callbacks(self, seconds: float) -> None:
        """Let time pass instead of sleeping: as `advance`, but callbacks wait for `run_due`.

        It blocks on nothing, and may be called inside an event loop.
        """
        with self.state.database.lock:
            self.clock.advance(seconds)

    def _run_to(self, until: float) -> int:
        """Go to an instant in steps, so that each try of a callback ends before anything later begins."""
        done = 0
        while True:
            self.callbacks.deliver_waiting()
            with self.state.database.lock:
                if self._is_closed:
                    return done
                at = self.state.timers.next_at()
                if at is None or at > until:
                    if until > self.clock.now():
                        self.clock.set(until)
                    return done
                ran = self.state.timers.run_until(at)
                if at > self.clock.now():
                    self.clock.set(at)
            if not ran:  # called from inside a run that is under way: that one goes on
                return done
            done += ran

    # The whole.

    def reset(self) -> None:
        """Go back to the beginning: state, ids, settings, faults, waits, callbacks. The clock stays."""
        with self.state.database.lock:
            self.faults.clear()
            self.requests.clear()
            self.settings = self._settings
            self.state.reset()
            self._state_replaced()

    def snapshot(self) -> bytes:
        """Copy the whole state."""
        return self.state.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Put a copy back.

        Raises:
            DatabaseError: these bytes are no snapshot of this version; the state is untouched.
        """
        with self.state.database.lock:
            self.state.restore(snapshot)
            self._state_replaced()

    def load_seed(self, state: Seed) -> None:
        """Take another state as the beginning, and reset to it."""
        with self.state.database.lock:
            self.state.load_seed(state)
            self.reset()

    def add(self, state: Seed) -> None:
        """Add accounts and applications to those that are there; one with the same key is replaced."""
        self.state.add(state)

    def add_application(self, application: ApplicationSeed) -> None:
        """Add one application with all it has; one with the same key is replaced."""
        self.add(Seed(applications=(application,)))

    # Faults, reviews, replies.

    def fail_next(self, code: int, *, operation: str | None = None, times: int = 1, **narrow: Any) -> ActiveFault:
        """Answer the next request (or the next few) with a return code.

        Args:
            code: one of the documented return codes.
            operation: only calls of this operationId, such as sendCode.
            times: how many requests.
            narrow: further fields of `Fault`: phone, app_key, accepted.
        """
        return self.faults.add(Fault(FaultKind.CODE, code=int(code), operation=operation, times=times, **narrow))

    def review_template(
        self, temp_id: int, approve: bool = True, reason: str | None = None, *, app_key: str | None = None
    ) -> Template:
        """Decide about a template, as the vendor does.

        Raises:
            LookupError: there is no such template or application.
        """
        return self._dispatcher.review(
            TEMPLATES, find_key(self.state.applications, app_key), temp_id, approved=approve, reason=reason
        )

    def review_sign(
        self, sign_id: int, approve: bool = True, reason: str | None = None, *, app_key: str | None = None
    ) -> Sign:
        """Decide about a sign, as the vendor does.

        Raises:
            LookupError: there is no such sign or application.
        """
        return self._dispatcher.review(
            SIGNS, find_key(self.state.applications, app_key), sign_id, approved=approve, reason=reason
        )

    def reply(self, phone: str, content: str, *, app_key: str | None = None) -> str:
        """Let a recipient reply; return the key of the application that hears of it.

        Args:
            phone: whose phone.
            content: the text.
            app_key: left out: the application that last sent to the number.

        Raises:
            LookupError: no such application, or nothing was sent to the number.
        """
        return self._dispatcher.reply(without_country_code(phone) or "", content, app_key)

    # Life. While the mock is served, a thread lets time pass.

    def _begin(self) -> None:
        """Serving starts: from now on what falls due happens automatically. Counts its users."""
        with self._condition:
            self._users += 1
            if self._users == 1:
                self._thread = threading.Thread(target=self._run, name="jsms-mock-callbacks", daemon=True)
                self._thread.start()

    def _finish(self) -> None:
        """One user less. Blocks a moment while a callback is under way; a slow receiver is not waited for."""
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
        failed = False
        while True:
            with self._condition:
                self._alarm = math.inf  # whatever is scheduled from here on wakes
            # What fails stays due, so it is not tried again at once, but when something changes.
            at, seconds = (math.inf, None) if failed else self._next_due()
            with self._condition:
                self._alarm = at
                if self._thread is me and not self._is_woken and (seconds is None or seconds > 0):
                    self._condition.wait(seconds)
                if self._thread is not me:
                    return
                self._is_woken = False
            try:
                self.run_due()
                failed = False
            except Exception:
                logger.exception("what is due has failed; it is tried again when something changes")
                failed = True

    def _next_due(self) -> tuple[float, float | None]:
        """Return when something falls due, and in how many real seconds; None if nothing does."""
        with self.state.database.lock:
            at = None if self._is_closed else self.state.timers.next_at()
        if at is None:
            return math.inf, None
        left = at - self.clock.now()
        return at, None if left > 0 and self.clock.is_frozen else max(left, 0.0)

    def _wake(self) -> None:
        """Let the thread look again, whether it runs yet or not."""
        with self._condition:
            self._is_woken = True
            self._condition.notify_all()

    def _notify_at(self, at: float | None) -> None:
        """Wake the thread for what falls due before its alarm; this is called at every change of the state."""
        if self._thread is not None and at is not None and at < self._alarm:
            self._wake()

    def _clock_moved(self, _: float) -> None:
        self._save()
        self._wake()

    def _state_replaced(self) -> None:
        """Go on with another state; the lock is held."""
        self.inbox.forget()
        self.callbacks.clear()
        self._save(everything=True)
        self._notify_at(self.state.timers.next_at())

    def close(self) -> None:
        """Close the state; a file is left complete. Callbacks under way are tried again when it is opened next."""
        with self.state.database.lock:
            self._is_closed = True
            self.callbacks.clear()
            self.state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    # What a file keeps beside the state, so that a mock that is started again on it is the same mock: a frozen clock
    # is still frozen, a fault that was to strike twice and struck once strikes once more.

    def _save(self, *, everything: bool = False) -> None:
        """Write settings, faults and the clock's way where they have changed, or all if the database was replaced."""
        database = self.state.database
        if not database.is_file:
            return
        with database.lock:
            values = {
                "settings": orjson.dumps(asdict(self.settings)).decode(),
                "faults": orjson.dumps(self.faults.to_state()).decode(),
                "clock": orjson.dumps(self.clock.to_state()).decode(),
            }
            changed = [each for each in values.items() if everything or self._saved.get(each[0]) != each[1]]
            if changed:
                with database as connection:
                    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", changed)
                self._saved = values

    def _load(self, *, clock: bool) -> None:
        """Load what the file keeps; the clock only if asked to."""
        stored = dict(self.state.database.connection.execute("SELECT name, value FROM meta").fetchall())
        if "faults" in stored:
            self.faults.restore(orjson.loads(stored["faults"]))
        if clock and "clock" in stored:
            self.clock.restore(orjson.loads(stored["clock"]))
        if "settings" in stored:  # one that this version does not know any more is left out
            self._dispatcher.settings = read_record(Settings, orjson.loads(stored["settings"]))

    def _faults_changed(self) -> None:
        self._save()
        self.state.changes.publish(("fault", 0))


def _describe(message: Message, *, masked: bool) -> str:
    phone, text = message.phone, message.text
    if masked:
        phone = mask_phone(phone)
        text = text if message.code is None else text.replace(message.code, "*" * len(message.code))
    template = "voice" if message.temp_id is None else f"template {message.temp_id}"
    return f"{message.id}. {phone}, {template}: {text}"
