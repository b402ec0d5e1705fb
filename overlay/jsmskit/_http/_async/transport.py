"""The default transport: one origin, HTTP/1.1, a small pool, and evidence of how far every request came.

Why not an HTTP library's pool: the best-known one looks through all its connections at each step (milliseconds
of CPU with many in flight), and none can be told to use a new one, or tells how far a request has come.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Final, final

from ..config import LONGEST_WAIT, TransportConfig, ssl_context
from ..errors import ClosedError, PoolTimeout, ProxyError, TransportError, UnsupportedProtocol, WriteError
from ..http11 import OutgoingBytes, RequestHeaders, ResponseParser, write_request, write_tunnel_request
from ..protocols import TransportRequest
from ..streams_asyncio import Lease, Stream, current_home, is_gone, now, open_stream

if TYPE_CHECKING:
    from ..config import Proxy


_LOOK_AGAIN: Final = 0.1
"""Seconds after which a waiting call looks for itself, should the one that was to wake it have been interrupted."""


@final
class ConnectionLimiter:
    """Calls in the order in which they came; the first `limit` of them may have a connection.

    There is no counter, no token and no lock: an interruption (Ctrl-C, a cancelled task, a fork) could come between
    taking one and writing it down, and it would be lost for ever. A call is in the line or it is not.
    """

    __slots__ = ("_limit", "line")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.line: dict[Lease, None] = {}
        """Leave it with `line.pop(lease, None)`, a method of C that no interruption can come into."""

    async def acquire(self, lease: Lease, deadline: float) -> None:
        """Get in line and wait for a connection. Raises `PoolTimeout` when the deadline comes first."""
        line = self.line
        line[lease] = None
        if len(line) <= self._limit:
            return
        while list(line).index(lease) >= self._limit:
            left = deadline - now()
            if left <= 0:
                raise PoolTimeout
            await lease.wait(min(left, _LOOK_AGAIN))

    def admit(self) -> None:
        """Wake those that may go on, after a call has left the line."""
        if len(self.line) >= self._limit:
            for lease in list(self.line)[: self._limit]:
                lease.wake()


_MAX_PROXY_BYTES: Final = 64 * 1024


async def connect(config: TransportConfig, deadline: float) -> Stream:
    """Connect and shake hands. Nothing of a request is sent.

    Raises `ConnectError`, `ConnectTimeout`, `ProxyError` or `CertificateRefusedError`.
    """
    end = min(deadline, now() + config.connect_timeout)
    proxy = config.proxy
    host, port = (config.host, config.port) if proxy is None else (proxy.host, proxy.port)
    stream = await open_stream(host, port, end)
    try:
        if proxy is not None:
            await _open_tunnel(stream, config, proxy)
        if config.scheme == "https":
            await stream.start_tls(ssl_context(config.ca_file), config.host, config.connect_timeout)
    except BaseException:
        await stream.aclose()
        raise
    return stream


async def _open_tunnel(stream: Stream, config: TransportConfig, proxy: Proxy) -> None:
    response = ResponseParser(_MAX_PROXY_BYTES)
    try:
        await stream.write(write_tunnel_request(proxy, config.host, config.port), config.connect_timeout)
        while response.status is None:
            response.feed(await stream.read(config.connect_timeout))
        refused = None if 200 <= response.status <= 299 else f"status {response.status}"
        if response.content and refused is None:
            refused = "bytes behind its response"  # the server does not speak before us
    except TransportError as error:  # whatever a proxy does, the service got nothing
        refused = type(error).__name__
    if refused is not None:
        raise ProxyError(refused)


@final
class ExchangeState:
    """How far one exchange came: was the end of the request handed over, has the head of a response come?"""

    __slots__ = ("body_sent", "response")

    def __init__(self, max_response_bytes: int) -> None:
        self.response = ResponseParser(max_response_bytes)
        self.body_sent = False

    def mark_body_sent(self) -> None:
        """The last byte of the request was handed over."""
        self.body_sent = True


@final
class _Pool:
    """The connections of one process, or of one event loop in it. No other may touch them.

    `idle` has them in the order of their return, so that the first is the first to be too old.
    """

    __slots__ = ("idle", "limiter")

    def __init__(self, max_connections: int) -> None:
        self.idle: deque[Stream] = deque()
        self.limiter = ConnectionLimiter(max_connections)

    async def reuse_connection(self) -> Stream | None:
        """Return the connection that was used last and is still good. The others are closed as they are met."""
        moment = now()
        # Taken out before it is looked at: another thread may do the same at the same time.
        while (oldest := _pop_or_none(self.idle.popleft)) is not None:
            if moment <= oldest.good_until:
                self.idle.appendleft(oldest)
                break
            await oldest.aclose()
        while (newest := _pop_or_none(self.idle.pop)) is not None:
            if not newest.is_readable():  # else the other side has said something: its goodbye, most likely
                return newest
            await newest.aclose()
        return None


@final
class AsyncHttpTransport:
    """Exchanges with one origin. Safe for many tasks and several event loops at once; each loop has its connections."""

    def __init__(self, config: TransportConfig) -> None:
        self._config = config
        self._host = config.origin.partition("://")[2]
        self._prefix = config.origin + "/"
        self._headers: RequestHeaders | None = None
        self._pools: dict[Hashable, _Pool] = {}
        self._closed = False

    async def exchange(
        self,
        request: TransportRequest,
        *,
        timeout: float,  # noqa: ASYNC109  # what is left of the deadline of a call that has many steps
        new_connection: bool,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request, read its response. Raises `TransportError`, and nothing else but interruptions."""
        state = ExchangeState(request.max_response_bytes)
        response = state.response
        try:
            await self._exchange(request, now() + min(timeout, LONGEST_WAIT), new_connection, state)
            return response.status or 0, response.headers, response.content
        except TransportError as error:
            failure = error
        failure.body_sent, failure.status = state.body_sent, response.status
        # Outside of the handler, without the frames in which it began.
        raise failure.with_traceback(None)

    async def aclose(self) -> None:
        """Close the idle connections and refuse further exchanges; those under way come to their end."""
        self._closed = True
        for home, pool in list(self._pools.items()):
            if is_gone(home):  # never touched: they belong to the parent of this process, or to a loop that is closed
                continue
            while (stream := _pop_or_none(pool.idle.pop)) is not None:
                await stream.aclose()

    async def _exchange(
        self, request: TransportRequest, deadline: float, new_connection: bool, state: ExchangeState
    ) -> None:
        if self._closed:
            raise ClosedError
        if not request.url.startswith(self._prefix):
            raise UnsupportedProtocol
        outgoing = write_request(
            request, self._headers_of(request), len(self._prefix) - 1, new_connection=new_connection
        )
        pool = self._pool()
        lease = Lease()
        try:
            await pool.limiter.acquire(lease, deadline)
            stream = None if new_connection or not pool.idle else await pool.reuse_connection()
            if stream is None:
                stream = await connect(self._config, deadline)
            reusable = False
            try:
                stream.deadline = deadline
                await self._send_and_receive(stream, outgoing, state)
                reusable = state.body_sent and state.response.reusable and not new_connection and not self._closed
            finally:
                if reusable:
                    stream.good_until = now() + self._config.keepalive_seconds
                    pool.idle.append(stream)
                else:
                    await stream.aclose()
        finally:
            pool.limiter.line.pop(lease, None)
            pool.limiter.admit()

    async def _send_and_receive(self, stream: Stream, outgoing: OutgoingBytes, state: ExchangeState) -> None:
        step = self._config.read_timeout
        try:
            await stream.write(outgoing, step)
            state.mark_body_sent()
        except WriteError:
            # A server that refuses a request before its end responds, then closes: the response is still to be had.
            pass
        response = state.response
        while not response.feed(await stream.read(step)):
            pass

    def _headers_of(self, request: TransportRequest) -> RequestHeaders:
        headers = self._headers
        if headers is None or not headers.are_of(request):
            headers = self._headers = RequestHeaders(self._host, request.headers)
        return headers

    def _pool(self) -> _Pool:
        """The pool of this process and event loop."""
        home = current_home()
        pool = self._pools.get(home)
        if pool is None:
            for gone in filter(is_gone, list(self._pools)):
                self._pools.pop(gone, None)
            pool = self._pools.setdefault(home, _Pool(self._config.max_connections))
        return pool


def _pop_or_none(pop: Callable[[], Stream]) -> Stream | None:
    try:
        return pop()
    except IndexError:
        return None
