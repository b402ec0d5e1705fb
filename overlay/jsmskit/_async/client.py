"""The client: its settings, each explained, and its resources."""

from __future__ import annotations

import os
import time
from asyncio import sleep as real_sleep
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypedDict, TypeVar, Unpack

from jsms_api.operations import BASE_URL
from jsms_api.types import Operation

from .._calls.classification import RetryPolicy
from .._calls.failures import LOGGER
from .._calls.request import raw_request
from .._config.credentials import build_credentials
from .._config.options import (
    environment_proxy,
    parse_base_url,
    parse_proxy,
    read_environment,
    read_guard,
    reject_foreign_options,
    reject_plain_http,
    reject_sample_keys,
    transport_config,
    unwrap,
    validate_retry_policy,
    validate_seconds,
)
from .._http.protocols import AsyncSleep, AsyncTransport
from .._privacy import Secret
from .executor import AsyncCallExecutor, AsyncLazyTransport

if TYPE_CHECKING:
    from .._calls.observer import CallObserver
    from ..recipient_guard import OnWithheld, RecipientGuard, RecipientRule
    from .accounts import AsyncAccounts
    from .codes import AsyncCodes
    from .messages import AsyncMessages
    from .reports import AsyncReplies, AsyncReports
    from .schedules import AsyncSchedules
    from .signs import AsyncSigns
    from .templates import AsyncTemplates

P = ParamSpec("P")
T = TypeVar("T")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _draw() -> float:
    from random import random  # for the wait before a repeat, so hardly ever

    return random()  # noqa: S311  # it spreads waits and guards nothing


class _Resource:
    """A part of a client: its module is loaded, and it is made, when it is first asked for; then it is an attribute."""

    def __init__(self, module: str, kind: str) -> None:
        self._module = module
        self._kind = kind

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, client: AsyncJsmsClient | None, owner: type) -> Any:
        if client is None:
            return self  # for `help`
        from importlib import import_module

        kind = getattr(import_module(self._module, __package__), self._kind)
        made = client.__dict__[self._name] = kind(client._executor)  # pyright: ignore[reportPrivateUsage]
        return made


def _resource(module: str, kind: str) -> Any:
    return _Resource(module, kind)


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
    sleep: AsyncSleep
    rng: Callable[[], float]
    observer: CallObserver | None
    recipients: RecipientRule | RecipientGuard | None
    on_withheld: OnWithheld


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
        timeout: longest wait in seconds for one step of an exchange. Of all times, more than a day counts as a day.
        connect_timeout: longest wait in seconds for a connection, TLS included.
        deadline: seconds for a whole call, repeats included; None means 20, and 60 for batches.
        retry: how what certainly did not arrive is repeated.
        proxy: `http://[user:password@]host:port` of a proxy to CONNECT through.
        ca_file: a PEM file of authorities to trust instead of the public ones. Verification cannot be switched off.
        trust_env: take the proxy from the environment (HTTPS_PROXY, NO_PROXY) if none is given.
        max_connections: most connections at once in one event loop; further calls wait.
        transport: another way to make exchanges, such as the mock's. It brings its own connections, proxy and trust.
        clock: monotonic seconds, for deadlines.
        now: the current time, aware; for checks that a schedule lies in the future.
        sleep: how to wait between tries and pulls.
        rng: a number from 0 to 1, for the jitter of waits.
        observer: is told of every call, for traces and metrics (`jsmskit.telemetry` has one).
        recipients: whom messages may reach, for staging: `OnlyTo(...)` or `RedirectTo(...)`; None means everyone.
            JSMS_ONLY_TO and JSMS_REDIRECT_TO of the process's environment hold for every client, whatever is passed.
            With both, a message has to pass both.
        on_withheld: what a call does whose message is withheld: `"raise"` a `WithheldError`, or `"return"` a result
            that says so. A batch of which a part is withheld always returns.

    Raises:
        ConfigurationError: if a setting cannot be right; the text names it, and shows no key.
    """

    codes: AsyncCodes = _resource(".codes", "AsyncCodes")
    """Verification codes: send, send_voice, verify."""
    messages: AsyncMessages = _resource(".messages", "AsyncMessages")
    """Template messages: send, send_batch."""
    accounts: AsyncAccounts = _resource(".accounts", "AsyncAccounts")
    """Balances: app_balance, account_balance."""
    schedules: AsyncSchedules = _resource(".schedules", "AsyncSchedules")
    """Scheduled messages: create, create_batch, update, update_batch, get, cancel."""
    templates: AsyncTemplates = _resource(".templates", "AsyncTemplates")
    """Templates: create, update, get, delete, preview."""
    signs: AsyncSigns = _resource(".signs", "AsyncSigns")
    """Signs: create, update, get, delete."""
    reports: AsyncReports = _resource(".reports", "AsyncReports")
    """Delivery reports: fetch, iterate."""
    replies: AsyncReplies = _resource(".reports", "AsyncReplies")
    """What recipients sent back: fetch, iterate."""

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
        sleep: AsyncSleep = real_sleep,
        rng: Callable[[], float] = _draw,
        observer: CallObserver | None = None,
        recipients: RecipientRule | RecipientGuard | None = None,
        on_withheld: OnWithheld = "raise",
    ) -> None:
        credentials = build_credentials(app_key, master_secret, dev_key, dev_secret)
        endpoint, route = parse_base_url(base_url), parse_proxy(proxy)
        # Nothing was raised so far, and tracebacks with local variables must not show these, whatever goes wrong below.
        del app_key, master_secret, dev_key, dev_secret, proxy, base_url
        credentials, endpoint, route = unwrap(credentials), unwrap(endpoint), unwrap(route)
        reject_plain_http(credentials, endpoint)
        guard_or_error = read_guard(os.environ, recipients, on_withheld)
        del recipients  # perhaps a number that is no rule
        guard = unwrap(guard_or_error)
        if transport is None:
            reject_sample_keys(credentials, endpoint)
            if trust_env and route is None:
                route = unwrap(parse_proxy(environment_proxy(endpoint)))
            config = transport_config(
                endpoint,
                connect_timeout=connect_timeout,
                read_timeout=timeout,
                proxy=route,
                ca_file=ca_file,
                max_connections=max_connections,
            )
            self._transport = AsyncLazyTransport(config)
        else:
            reject_foreign_options(transport, proxy=route, ca_file=ca_file)
            self._transport = AsyncLazyTransport(None, transport)
        self._is_view = False
        self._executor = AsyncCallExecutor(
            base=endpoint.base,
            credentials=credentials,
            transport=self._transport,
            deadline=None if deadline is None else validate_seconds("deadline", deadline),
            retry=validate_retry_policy(retry),
            clock=clock,
            now=now,
            sleep=sleep,
            rng=rng,
            observer=observer,
            guard=guard,
        )
        if guard is not None:
            LOGGER.info("recipients are restricted: %r", guard)

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
        also as `..._FILE`, the path of a file with the value; and JSMS_ONLY_TO or JSMS_REDIRECT_TO (see `recipients`).

        Args:
            environ: where to read them; the process's environment if left out.
            base_url: goes before JSMS_BASE_URL.
            **options: as in the constructor.

        Raises:
            ConfigurationError: naming the variable that is missing or wrong.
        """
        if base_url is not None:
            options = {**options, "base_url": base_url}  # type: ignore[typeddict-unknown-key]
        arguments = read_environment(os.environ if environ is None else environ, options)
        del environ, base_url, options  # a traceback with local variables must not show them
        return cls(**unwrap(arguments).by_name)

    def with_options(self, *, deadline: float | None = None, retry: RetryPolicy | None = None) -> Self:
        """A copy of this client with another deadline or retry policy, on the same connections and retry budget.

        What is left out stays as it is. Closing the copy closes nothing: the connections belong to the client.

        Raises:
            ConfigurationError: if a value cannot be right.
        """
        copy = type(self).__new__(type(self))
        copy._is_view = True
        copy._transport = self._transport
        copy._executor = self._executor.copy(
            deadline=self._executor.deadline if deadline is None else validate_seconds("deadline", deadline),
            retry=self._executor.retry if retry is None else validate_retry_policy(retry),
        )
        return copy

    @property
    def base_url(self) -> str:
        """The address that requests go to."""
        return self._executor.base_url

    @property
    def application(self) -> str:
        """What tells one application from another without showing its key: the first characters and a digest."""
        return self._executor.application

    @property
    def recipient_guard(self) -> RecipientGuard | None:
        """Whom messages may reach: the rules of the argument `recipients` and of the environment. None: everyone."""
        return self._executor.guard

    async def call(self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run any generated operation (`jsms_api.api...OPERATION`) with keys, deadline, retries and errors as usual.

        The arguments and the result are the operation's own; nothing is checked beyond what the operation
        checks. The recipient guard counts here too; a batch of which it withholds a part is refused as a whole.

        Raises:
            JsmsError: as every call; `InvalidRequestError` if the arguments do not make a request.
        """
        request = raw_request(operation, args, kwargs)
        del args, kwargs  # a traceback with local variables must not show them
        return await self._executor.run(request)

    async def aclose(self) -> None:
        """Close the connections. Calls under way come to their end; calls after it fail.

        A transport that was passed in stays open: it is its maker's. Closing twice, or closing a copy, does nothing.
        """
        if not self._is_view:
            await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        guard = self._executor.guard if hasattr(self, "_executor") else None  # a traceback of the constructor asks too
        return f"{type(self).__name__}(hidden{f', {guard!r}' if guard else ''})"

    def __reduce__(self) -> Any:
        raise TypeError("a client holds keys and connections: make one in each process instead")


def _finish_imports() -> None:
    """Load what the first call loads. A module that another thread is loading at a fork hangs the child for ever."""
    from .._http._async import transport
    from . import accounts, codes, messages, reports, schedules, signs, templates

    del transport, accounts, codes, messages, reports, schedules, signs, templates


if hasattr(os, "register_at_fork"):  # pragma: no branch  # Windows has no fork
    os.register_at_fork(before=_finish_imports)
