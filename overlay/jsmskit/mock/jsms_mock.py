"""The mock as tests and applications use it: transports, server, waits for messages; `activate` for the unchanged."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from contextlib import ContextDecorator, ExitStack
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from .engine import MockEngine
from .model.message_text import mask_phone
from .model.records import Message
from .model.settings import SAMPLE_ENVIRONMENT
from .state.inbox import WAIT_SECONDS
from .transports import AsyncMockTransport, MockTransport

if TYPE_CHECKING:
    from .server.asgi import MockApp
    from .server.uvicorn_server import ServerThread


#: Messages that a failed assertion lists.
_LISTED: Final = 20


class JsmsMock(MockEngine):
    """The simulated service, ready for use; for the arguments see `MockEngine`."""

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
        from .transports import HttpxMockTransport

        return HttpxMockTransport(self._receive, self.advance_without_callbacks)

    @cached_property
    def asgi(self) -> MockApp:
        """The ASGI application: the service, and the control API under /_mock/. Needs the extra mock."""
        from .server.asgi import make_app

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
        from .server.asgi import make_app
        from .server.uvicorn_server import ServerThread, listen

        sock = listen(host, port, token)
        return ServerThread(make_app(self, token=token, host=host), sock)

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


def _describe(message: Message, *, masked: bool) -> str:
    phone, text = message.phone, message.text
    if masked:
        phone = mask_phone(phone)
        text = text if message.code is None else text.replace(message.code, "*" * len(message.code))
    template = "voice" if message.temp_id is None else f"template {message.temp_id}"
    return f"{message.id}. {phone}, {template}: {text}"


_F = TypeVar("_F", bound=Callable[..., Any])


class activate(ContextDecorator):  # noqa: N801  # used as a function: `with activate() as mock`, `@activate()`
    """Serve a mock on this machine, and point the environment of this process at it.

        with activate() as mock:
            my_application.send_code("13800138000")  # uses JsmsClient.from_env() somewhere inside
            mock.assert_sent("13800138000")

    Also a decorator, of functions and of coroutine functions. Clients that are made inside, with
    `JsmsClient.from_env()`, `AsyncJsmsClient.from_env()` or the command line, use the mock; clients that exist
    already keep their service. Processes started inside inherit it. Not for several threads at once.

    Args:
        mock: to be used; None: a fresh one for each entry.
    """

    def __init__(self, mock: JsmsMock | None = None) -> None:
        self._given = mock
        self._entered: list[ExitStack] = []

    def __enter__(self) -> JsmsMock:
        with ExitStack() as stack:
            mock = stack.enter_context(JsmsMock()) if self._given is None else self._given
            server = stack.enter_context(mock.serve())
            wanted: dict[str, str | None] = {**SAMPLE_ENVIRONMENT, "JSMS_BASE_URL": server.url}
            wanted |= {f"{name}_FILE": None for name in tuple(wanted)}
            stack.callback(_set_environment, {name: os.environ.get(name) for name in wanted})
            _set_environment(wanted)
            self._entered.append(stack.pop_all())
        return mock

    def __exit__(self, *raised: object) -> None:
        self._entered.pop().close()

    def __call__(self, function: _F) -> _F:
        """Decorate a function: each call has its own mock, unless one was given."""
        if not inspect.iscoroutinefunction(function):
            return super().__call__(function)

        @wraps(function)
        async def in_async(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await function(*args, **kwargs)

        return cast("_F", in_async)


def _set_environment(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
