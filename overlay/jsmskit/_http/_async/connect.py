"""Make a connection ready for requests: through the proxy if there is one, and with TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..backends.asyncio import Stream, now, open_stream
from ..config import TransportConfig, ssl_context
from ..errors import ProxyError, TransportError
from ..response_parser import ResponseParser

if TYPE_CHECKING:
    from ..proxy import Proxy

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
    stream.deadline = deadline
    return stream


async def _open_tunnel(stream: Stream, config: TransportConfig, proxy: Proxy) -> None:
    response = ResponseParser(_MAX_PROXY_BYTES)
    try:
        await stream.write(proxy.tunnel_request(config.host, config.port), config.connect_timeout)
        while response.status is None:
            response.feed(await stream.read(config.connect_timeout))
        refused = None if 200 <= response.status <= 299 else f"status {response.status}"
        if response.content and refused is None:
            refused = "bytes behind its response"  # the server does not speak before us
    except TransportError as error:  # whatever a proxy does, the service got nothing
        refused = type(error).__name__
    if refused is not None:
        raise ProxyError(refused)
