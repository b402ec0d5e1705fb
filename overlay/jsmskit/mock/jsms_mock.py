"""The mock's Python face: everything that the control API can do, as methods.

Knows how brain, faults, callbacks and mouths hang together. Must not decide anything of the service: that is
the brain's. More than 300 lines, because a user looks for all of it in one class; nearly all are words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .callback_desk import CallbackDesk
from .clock import Clock, ClockMode
from .exchange import Exchange
from .faults import Fault, FaultKind, FaultPlan, StandingFault
from .inbox import WAIT_SECONDS, Inbox, bare
from .keeping import Keeper
from .passage import Passage
from .postman import Postman
from .reception import End, Outcome, receive
from .records import Message, Sign, Template
from .request_log import RequestLog
from .seeds import APP_KEY, DEFAULT_SEED, ApplicationSeed, Seed
from .settings import DEFAULT_SETTINGS, Settings
from .source import Source
from .state import Change, State
from .transports import AsyncMockTransport, MockTransport
from .waiting import Bell
from .wire import Reply, Request

if TYPE_CHECKING:
    from .app import MockApp
    from .server import ServerThread


class UnknownApplicationError(LookupError):
    """No such application, or none named where there are several. The text says what to do."""


class JsmsMock:
    """A twin of the service.

    In process it does nothing by itself: timed messages, audits and reports happen when their time has come
    and somebody calls or looks; callbacks go out in `advance` and `settle`. While it is served, everything
    happens by itself.

    Args:
        seed: of the generator that draws codes and ids: equal seeds and equal requests give equal answers.
        clock: the only time; None: the wall clock, from which it can be moved, or as the file's clock went.
        db: a file that keeps everything over restarts, kill -9 included: the state, settings, faults and how the
            clock goes. None: all in memory.
        state: what is there at the start and after a reset; None: the vendor's sample pairs, the ready-made
            template 1 and one approved default sign.
        settings: the switches at the start and after a reset; those that a file keeps go before.
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
        self._source = Source(seed)
        self.state = State(self._source, state, None if db is None else Path(db))
        self._exchange = Exchange(self.state, self.clock, self._source, settings)
        self._settings = settings
        self._postman = Postman(allow_remote=remote_callbacks)
        self._passage = Passage(self.state, self.clock, self._source, self._exchange.callbacks, self._postman)
        self.happened = self.state.happened
        self.told: Bell[Change] = Bell()
        self.requests = RequestLog()
        self.faults = FaultPlan(self.state.database.lock, self._faults_changed)
        self._keeper = Keeper(self.state.database, self.clock, self.faults, lambda: self.settings)
        kept = self._keeper.resume(clock=clock is None)
        if kept is not None:
            self._exchange.settings = kept
        self._keeper.keep()
        self.clock.on_advance(lambda _: self._keeper.keep())
        self.callbacks = CallbackDesk(self.state, self._source, self._postman, self.key_of)
        self.inbox = Inbox(self.state, self.happened, self._passage.catch_up)
        self.state.on_replaced(self._replaced)

    # The service.

    def handle(self, request: Request) -> Reply:
        """Answer one request by the service's rules alone: no fault strikes."""
        with self.state.database.lock:
            reply = self._handle(request)
            self.requests.note(request, Outcome(End.ANSWERED, reply), self.clock.now())
            return reply

    def receive(self, request: Request) -> Outcome:
        """Take one request through faults and rules; a mouth carries out what comes of it."""
        with self.state.database.lock:
            if self.faults:
                outcome = receive(
                    request,
                    plan=self.faults,
                    handle=self._handle,
                    operation_of=self._exchange.operation_of,
                )
                self._keeper.keep()
            else:
                outcome = Outcome(End.ANSWERED, self._handle(request))
            self.requests.note(request, outcome, self.clock.now())
            return outcome

    def _handle(self, request: Request) -> Reply:
        try:
            return self._exchange.handle(request)
        except Exception:  # noqa: BLE001  # a defect must look like one of the service's, not of the network's
            return self._exchange.failed(request)

    def body_limit(self, method: str, path: str) -> int:
        """Largest body, in bytes, that is worth reading of a request; one byte more is too large."""
        return self._exchange.body_limit(method, path)

    @property
    def settings(self) -> Settings:
        """Every switch; assign a changed copy (`Settings.with_changes`) to change them."""
        return self._exchange.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._exchange.settings = settings
        self._keeper.keep()
        self.told.ring(("settings", 0))

    # Mouths.

    @cached_property
    def transport(self) -> MockTransport:
        """For `JsmsClient(..., transport=mock.transport)`: no socket, no waiting."""
        return MockTransport(self.receive, self.let_pass)

    @cached_property
    def async_transport(self) -> AsyncMockTransport:
        """For `AsyncJsmsClient(..., transport=mock.async_transport)`: no socket, no waiting."""
        return AsyncMockTransport(self.receive, self.let_pass)

    @cached_property
    def httpx_transport(self) -> Any:
        """For `httpx.Client(transport=...)` and `httpx.AsyncClient(transport=...)`, and the same of httpx2.

        Any for type checkers: each library wants its own base class.
        """
        from .httpx_transport import HttpxMockTransport

        return HttpxMockTransport(self.receive, self.let_pass)

    @cached_property
    def asgi(self) -> MockApp:
        """The ASGI application: the service, and the control API under /_mock/. Needs the extra mock."""
        from .assembly import make_app

        return make_app(self)

    def serve(self, host: str = "127.0.0.1", port: int = 0, *, token: str | None = None) -> ServerThread:
        """Serve over HTTP from a thread: `with mock.serve() as server: ... server.url`.

        Args:
            host: loopback unless a token is given.
            port: 0 takes a free one.
            token: what control calls must show.

        Raises:
            ServeError: the port is taken, or the host would let other machines in without a token.
        """
        from .assembly import serve_in_thread

        return serve_in_thread(self, host, port, token=token)

    def serve_forever(
        self, host: str, port: int, *, token: str | None = None, ready: Callable[[str], object] | None = None
    ) -> None:
        """Serve over HTTP in this thread until SIGINT or SIGTERM.

        Args:
            host: as for `serve`.
            port: as for `serve`.
            token: as for `serve`.
            ready: called with scheme, host and port once requests are answered.

        Raises:
            ServeError: as for `serve`.
        """
        from .assembly import reserve, serve_here

        serve_here(self, reserve(host, port, token), host, token=token, ready=ready)

    # What arrived.

    def messages(
        self, phone: str | None = None, *, app_key: str | None = None, after: int | None = None
    ) -> list[Message]:
        """List what arrived on the phones, oldest first; narrowed to a number, an application, a time."""
        return self.inbox.messages(phone, app_key=app_key, after=after)

    def wait_for_message(
        self, phone: str | None = None, timeout: float = WAIT_SECONDS, *, app_key: str | None = None
    ) -> Message:
        """Give the next message that was not waited for yet; block until there is one.

        Raises:
            NoMessageError: none came within `timeout` real seconds.
        """
        return self.inbox.wait(phone, app_key=app_key, seconds=timeout)

    def wait_for_code(
        self, phone: str | None = None, timeout: float = WAIT_SECONDS, *, app_key: str | None = None
    ) -> str:
        """Give the newest verification code that was not waited for yet; block until there is one.

        Raises:
            NoMessageError: none came within `timeout` real seconds.
        """
        return self.inbox.wait(phone, app_key=app_key, code=True, seconds=timeout).code or ""

    async def wait_for_message_async(
        self,
        phone: str | None = None,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109  # the name that the blocking twin has
        *,
        app_key: str | None = None,
    ) -> Message:
        """As `wait_for_message`, without blocking the event loop (asyncio)."""
        return await self.inbox.wait_async(phone, app_key=app_key, seconds=timeout)

    async def wait_for_code_async(
        self,
        phone: str | None = None,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109  # the name that the blocking twin has
        *,
        app_key: str | None = None,
    ) -> str:
        """As `wait_for_code`, without blocking the event loop (asyncio)."""
        return (await self.inbox.wait_async(phone, app_key=app_key, code=True, seconds=timeout)).code or ""

    # Time.

    def set_clock(self, mode: ClockMode | str | None = None, now: float | None = None) -> None:
        """Let the clock go another way, or to another instant; what is due by then is done, callbacks not.

        Args:
            mode: real forgets every shift; shifted goes on (or runs again); frozen stops. None: as it goes.
            now: the instant, in seconds since 1970; None: the present one. Back runs nothing again.

        Raises:
            ValueError: no such mode, an instant for the real clock, or one before 1970 or after 9999.
        """
        self._passage.set_clock(mode, now)

    def advance(self, seconds: float | timedelta) -> int:
        """Let time pass: run everything that falls due, in order of time, callbacks included.

        Returns when it has settled.

        Args:
            seconds: 0 or more.

        Returns:
            How many entries of the agenda fell due.

        Raises:
            ValueError: less than 0, or beyond the year 9999.
        """
        return self._passage.advance(
            seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
        )

    def settle(self) -> int:
        """Run everything that is due now, callbacks included; say how many entries of the agenda it was."""
        return self._passage.settle()

    def let_pass(self, seconds: float) -> None:
        """Let time pass for somebody who would have slept: as `advance`, but callbacks wait for `settle`.

        So it blocks on nothing, and may be called from inside an event loop.
        """
        self._passage.let_pass(seconds)

    # The whole.

    def reset(self) -> None:
        """Go back to the beginning: state, ids, settings, faults, waits, callbacks. The clock stays."""
        with self.state.database.lock:
            self.faults.clear()
            self.requests.clear()
            self.settings = self._settings
            self.state.reset()
            self._keeper.keep(anew=True)

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
            self._keeper.keep(anew=True)

    def plant(self, state: Seed) -> None:
        """Take another state as the beginning, and reset to it."""
        with self.state.database.lock:
            self.state.plant(state)
            self.reset()

    def add(self, state: Seed) -> None:
        """Add accounts and applications to those that are there; one with the same key is replaced."""
        with self.state.database:
            for account in state.accounts:
                self.state.add_account(account)
            for application in state.applications:
                self.state.add_application(application)

    def add_application(self, application: ApplicationSeed) -> None:
        """Add one application with all it has; one with the same key is replaced."""
        self.add(Seed(applications=(application,)))

    # Faults, decisions, people.

    def fail_next(
        self, code: int, *, operation: str | None = None, times: int = 1, **narrow: Any
    ) -> StandingFault:
        """Answer the next request (or the next few) with a return code.

        Args:
            code: one of the documented return codes.
            operation: only calls of this operationId, such as sendCode.
            times: how many requests.
            narrow: further fields of `Fault`: phone, app_key, accepted.
        """
        return self.faults.add(
            Fault(FaultKind.CODE, code=int(code), operation=operation, times=times, **narrow)
        )

    def audit_template(
        self, temp_id: int, approve: bool = True, reason: str | None = None, *, app_key: str | None = None
    ) -> Template:
        """Decide about a template, as the vendor's people would.

        Raises:
            LookupError: there is no such template or application.
        """
        return self._exchange.audit_template(self.key_of(app_key), temp_id, approved=approve, reason=reason)

    def audit_sign(
        self, sign_id: int, approve: bool = True, reason: str | None = None, *, app_key: str | None = None
    ) -> Sign:
        """Decide about a sign, as the vendor's people would.

        Raises:
            LookupError: there is no such sign or application.
        """
        return self._exchange.audit_sign(self.key_of(app_key), sign_id, approved=approve, reason=reason)

    def reply(self, phone: str, content: str, *, app_key: str | None = None) -> str:
        """Let a person write back; says which application hears of it.

        Args:
            phone: whose phone.
            content: the text.
            app_key: left out: the application that last sent to the number.

        Raises:
            LookupError: no such application, or nobody has sent anything to the number.
        """
        return self._exchange.reply(bare(phone) or "", content, app_key)

    def key_of(self, app_key: str | None) -> str:
        """Fill in the application where none is named: the sample pair's, or the only one there is.

        Raises:
            UnknownApplicationError: no such application, or none named where there are several others.
        """
        with self.state.database.lock:
            known = self.state.accounts.application_keys()
        if app_key is None:
            if APP_KEY in known:
                return APP_KEY
            if len(known) == 1:
                return known[0]
            raise UnknownApplicationError(f"name one of the {len(known)} applications by its app_key")
        if app_key not in known:
            raise UnknownApplicationError(f"there is no application {app_key!r}; seed or add it first")
        return app_key

    def close(self) -> None:
        """Close the state; a file is left complete. Whoever opens it next makes tries under way again."""
        with self.state.database.lock:
            self._passage.close()
            self.state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # For the mouths.

    @property
    def moved(self) -> Bell[float]:
        """Rings with the new instant when the clock was set or advanced."""
        return self._passage.moved

    def begin(self) -> None:
        """Serving starts: from now on what falls due happens by itself."""
        self._passage.begin()

    def finish(self) -> None:
        """Serving stops. Blocks a moment while a callback is under way."""
        self._passage.finish()

    def _faults_changed(self) -> None:
        self._keeper.keep()
        self.told.ring(("fault", 0))

    def _replaced(self) -> None:
        """Hear that the state is another one; the lock is held."""
        self.inbox.forget()
        self._passage.forget()
