"""The client: what it is made of, and its resources.

Knows the settings of the constructor and which resources there are. Must not know operations or answers,
nor decide anything about a call: that is the pipeline's.

Long, because every setting is named and explained in it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypedDict, TypeVar, Unpack

from jsms_api.operations import BASE_URL
from jsms_api.types import Operation

from .._hidden import Hidden
from .._http.backends.sleep_asyncio import Sleep
from .._http.backends.sleep_asyncio import sleep as real_sleep
from .._http.protocols import AsyncTransport
from .._masking import Secret
from .._retries import RetryPolicy
from .._settings import (
    checked_policy,
    checked_seconds,
    credentials_of,
    endpoint_of,
    environment_proxy,
    read_environment,
    refuse_sample_keys,
)
from ..errors import ConfigurationError
from .pipeline import AsyncPipeline

if TYPE_CHECKING:
    from .._observing import CallObserver
    from .accounts import AsyncAccounts
    from .codes import AsyncCodes
    from .messages import AsyncMessages
    from .reports import AsyncReplies, AsyncReports
    from .schedules import AsyncSchedules
    from .signs import AsyncSigns
    from .templates import AsyncTemplates

__all__ = ["AsyncClientOptions", "AsyncJsmsClient"]

P = ParamSpec("P")
T = TypeVar("T")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _draw() -> float:
    from random import random  # for the wait before a repeat, so hardly ever

    return random()  # noqa: S311  # it spreads waits and guards nothing


class AsyncClientOptions(TypedDict, total=False):
    """The options that the constructor and `from_env` share."""

    timeout: float
    connect_timeout: float
    deadline: float | None
    retry: RetryPolicy
    proxy: str | None
    ca_file: str | os.PathLike[str] | None
    trust_env: bool
    max_connections: int
    transport: AsyncTransport | None
    clock: Callable[[], float]
    now: Callable[[], datetime]
    sleep: Sleep
    rng: Callable[[], float]
    observer: CallObserver | None


class AsyncJsmsClient:
    """A client of the service for asyncio. Make one and keep it: it holds a pool of connections.

    It may be used from many tasks and several event loops at once; each loop has its own connections. Leave it
    with `aclose()`, or use it as a context manager, also after calls have been made.

    Args:
        app_key: key of the application (console: application settings).
        master_secret: its secret.
        dev_key: key of the account (console: personal information); only `accounts.account_balance` needs it.
        dev_secret: its secret.
        base_url: address of the service, or of a mock. Plain http is for loopback only.
        timeout: longest wait in seconds for one step of an exchange; more than a day counts as a day.
        connect_timeout: longest wait in seconds for a connection, TLS included.
        deadline: seconds for a whole call, repeats included; None means 20, and 60 for batches.
        retry: how what certainly did not arrive is repeated.
        proxy: `http://[user:password@]host:port` of a proxy to CONNECT through.
        ca_file: a PEM file of authorities to trust instead of the public ones. Verification cannot be
            switched off.
        trust_env: take the proxy from the environment (HTTPS_PROXY, NO_PROXY) if none is given.
        max_connections: most connections at once in one event loop; further calls wait.
        transport: another way to make exchanges, such as the mock's. It brings its own connections.
        clock: monotonic seconds, for deadlines.
        now: the current time, aware; for checks that a schedule lies in the future.
        sleep: how to wait between tries and pulls.
        rng: a number from 0 to 1, for the jitter of waits.
        observer: is told of every call, for traces and metrics (`jsmskit.telemetry` has one).

    Raises:
        ConfigurationError: if a setting cannot be right; the text names it, and shows no key.
    """

    def __init__(
        self,
        app_key: str,
        master_secret: str | Secret,
        *,
        dev_key: str | None = None,
        dev_secret: str | Secret | None = None,
        base_url: str = BASE_URL,
        timeout: float = 10.0,
        connect_timeout: float = 3.0,
        deadline: float | None = None,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008  # frozen
        proxy: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        trust_env: bool = False,
        max_connections: int = 100,
        transport: AsyncTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
        sleep: Sleep = real_sleep,
        rng: Callable[[], float] = _draw,
        observer: CallObserver | None = None,
    ) -> None:
        keys = (
            Hidden[object](app_key),
            Hidden[object](master_secret),
            Hidden[object](dev_key),
            Hidden[object](dev_secret),
        )
        route, address = Hidden(proxy), Hidden[object](base_url)
        # Tracebacks with local variables must not show them, whatever goes wrong below.
        del app_key, master_secret, dev_key, dev_secret, proxy, base_url
        credentials = credentials_of(keys)
        endpoint = endpoint_of(address)
        if isinstance(transport, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(
                "transport is a text, not a transport.",
                field="transport",
                remedy="Leave it out, or pass an object with exchange() and close().",
            )
        if transport is None:
            refuse_sample_keys(credentials, endpoint)
        elif route.value is not None or ca_file is not None:
            raise ConfigurationError(
                "proxy and ca_file belong to the transport of this package, but another one is given.",
                field="transport",
                remedy="Set them on the transport that you pass.",
            )
        if trust_env and route.value is None and transport is None:
            route = Hidden(environment_proxy(endpoint))
        self._made_transport: AsyncTransport | None = transport
        self._borrowed = transport is not None
        self._owner = True
        self._closed = False
        self._making = threading.Lock()
        if transport is None:
            from .._http.config import transport_config

            self._wire = transport_config(
                endpoint.scheme,
                endpoint.host,
                endpoint.port,
                connect_timeout=checked_seconds("connect_timeout", connect_timeout),
                read_timeout=checked_seconds("timeout", timeout),
                proxy=route,
                ca_file=ca_file,
                max_connections=max_connections,
            )
        self._pipeline = AsyncPipeline(
            base=endpoint.base,
            credentials=credentials,
            transport=self._transport,
            deadline=None if deadline is None else checked_seconds("deadline", deadline),
            retry=checked_policy(retry),
            clock=clock,
            now=now,
            sleep=sleep,
            rng=rng,
            observer=observer,
        )

    @classmethod
    def from_env(
        cls,
        *,
        environ: Mapping[str, str] | None = None,
        base_url: str | None = None,
        **options: Unpack[AsyncClientOptions],
    ) -> Self:
        """Make a client with the keys that the environment holds.

        Read are JSMS_APP_KEY, JSMS_MASTER_SECRET, JSMS_DEV_KEY, JSMS_DEV_SECRET and JSMS_BASE_URL, each
        also as `..._FILE`, the path of a file with the value.

        Args:
            environ: where to read them; the process's environment if left out.
            base_url: goes before JSMS_BASE_URL.
            **options: as in the constructor.

        Raises:
            ConfigurationError: naming the variable that is missing or wrong.
        """
        variables = Hidden[Mapping[str, str]](os.environ if environ is None else environ)
        address, rest = Hidden(base_url), Hidden(options)  # a proxy's address may hold a password
        del environ, base_url, options
        found = read_environment(variables)
        if address.value is not None:
            found["base_url"] = Hidden(address.value)
        dev_key, dev_secret = found.get("dev_key"), found.get("dev_secret")
        return cls(
            found["app_key"].value,
            Secret(found["master_secret"].value),
            dev_key=None if dev_key is None else dev_key.value,
            dev_secret=None if dev_secret is None else Secret(dev_secret.value),
            base_url=found["base_url"].value if "base_url" in found else BASE_URL,
            **rest.value,
        )

    def with_options(self, *, deadline: float | None = None, retry: RetryPolicy | None = None) -> Self:
        """A view of this client with another deadline or retry policy, on the same connections and retry
        budget.

        What is left out stays as it is. Closing a view closes nothing: the connections belong to the client.

        Raises:
            ConfigurationError: if a value cannot be right.
        """
        seen = type(self).__new__(type(self))
        seen._owner = False
        seen._pipeline = self._pipeline.view(
            deadline=self._pipeline.deadline if deadline is None else checked_seconds("deadline", deadline),
            retry=self._pipeline.retry if retry is None else checked_policy(retry),
        )
        return seen

    def _transport(self) -> AsyncTransport:
        if self._closed:
            raise ConfigurationError(
                "The client is closed.", remedy="Make a new client, or close this one later."
            )
        found = self._made_transport
        if found is None:
            with self._making:
                found = self._made_transport
                if found is None:
                    found = self._made_transport = self._make_transport()
        return found

    def _make_transport(self) -> AsyncTransport:
        from .._http._async.transport import AsyncHttpTransport

        return AsyncHttpTransport(self._wire)

    @property
    def base_url(self) -> str:
        """The address that requests go to."""
        return self._pipeline.base_url

    @property
    def application(self) -> str:
        """What tells one application from another without showing its key: the first characters and a digest."""
        return self._pipeline.application

    @cached_property
    def codes(self) -> AsyncCodes:
        """Verification codes: send, send_voice, verify."""
        from .codes import AsyncCodes

        return AsyncCodes(self._pipeline)

    @cached_property
    def messages(self) -> AsyncMessages:
        """Template messages: send, send_batch."""
        from .messages import AsyncMessages

        return AsyncMessages(self._pipeline)

    @cached_property
    def accounts(self) -> AsyncAccounts:
        """Balances: app_balance, account_balance."""
        from .accounts import AsyncAccounts

        return AsyncAccounts(self._pipeline)

    @cached_property
    def schedules(self) -> AsyncSchedules:
        """Timed messages: create, create_batch, update, update_batch, get, cancel."""
        from .schedules import AsyncSchedules

        return AsyncSchedules(self._pipeline)

    @cached_property
    def templates(self) -> AsyncTemplates:
        """Templates: create, update, get, delete, preview."""
        from .templates import AsyncTemplates

        return AsyncTemplates(self._pipeline)

    @cached_property
    def signs(self) -> AsyncSigns:
        """Signs: create, update, get, delete."""
        from .signs import AsyncSigns

        return AsyncSigns(self._pipeline)

    @cached_property
    def reports(self) -> AsyncReports:
        """Delivery reports: fetch, iterate."""
        from .reports import AsyncReports

        return AsyncReports(self._pipeline)

    @cached_property
    def replies(self) -> AsyncReplies:
        """What people sent back: fetch, iterate."""
        from .reports import AsyncReplies

        return AsyncReplies(self._pipeline)

    async def call(self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run any generated operation (`jsms_api.api...OPERATION`) with keys, deadline, retries and errors
        as usual.

        The arguments and the result are the operation's own; nothing is checked beyond what the operation
        checks.

        Raises:
            JsmsError: as every call; `InvalidRequestError` if the arguments do not make a request.
        """
        from .._plans.generated import generated_call

        given = Hidden((args, kwargs))
        del args, kwargs
        return await self._pipeline.run(generated_call(operation, given))

    async def aclose(self) -> None:
        """Close the connections. Calls under way come to their end; calls after it fail.

        A transport that was passed in stays open: it is its maker's. Closing twice, or closing a view, does
        nothing.
        """
        if not self._owner or self._closed:
            return
        self._closed = True
        if self._made_transport is not None and not self._borrowed:
            await self._made_transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(hidden)"

    def __reduce__(self) -> Any:
        raise TypeError("a client holds keys and connections: make one in each process instead")
