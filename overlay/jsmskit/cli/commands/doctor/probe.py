"""A look at the address of the service without keys: is it reachable, who issued its certificate, what is its time.

It uses sockets, TLS and proxies of the standard library: the client shows nothing of a connection.
"""

from __future__ import annotations

import base64
import http.client
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

from jsmskit._config.options import is_loopback

from ...language import gettext as _

_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Probe:
    """What was seen; `problem` is empty if the address responded."""

    problem: str
    how: str
    server_time: datetime | None
    looked_at: datetime
    certificate_of: str | None
    certificate_until: datetime | None


def probe(address: str) -> Probe:
    """Send HEAD without keys, through the proxy of the environment."""
    how, problem, answer_date = "", "", None
    whose: str | None = None
    until: datetime | None = None
    try:
        parts = urlsplit(address)
        connection, how = _connection(parts.scheme, parts.hostname or "", parts.port)
        try:
            connection.connect()
            if isinstance(connection.sock, ssl.SSLSocket):
                how += f", {connection.sock.version()}"
                whose, until = _certificate(connection.sock)
            connection.request("HEAD", parts.path or "/")
            answer_date = connection.getresponse().headers.get("date")
        finally:
            connection.close()
    except ssl.SSLCertVerificationError as error:
        problem = _("the certificate is not trusted: {why}").format(why=error.verify_message)
    except (OSError, ValueError, http.client.HTTPException) as error:
        problem = f"{how or address}: {getattr(error, 'strerror', None) or error or type(error).__name__}"
    return Probe(problem, how, _time(answer_date), datetime.now(UTC), whose, until)


def _connection(scheme: str, host: str, port: int | None) -> tuple[http.client.HTTPConnection, str]:
    from urllib.request import getproxies_environment, proxy_bypass

    context = ssl.create_default_context(cafile=os.environ.get("JSMS_CA_FILE") or None)
    named = getproxies_environment()
    used = None if is_loopback(host) or proxy_bypass(host) else named.get(scheme) or named.get("all")
    if scheme != "https":
        return http.client.HTTPConnection(host, port, timeout=_SECONDS), _("{host} directly").format(
            host=host
        )
    if not used:
        return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=context), _(
            "{host} directly"
        ).format(host=host)
    proxy = urlsplit(used if "://" in used else f"http://{used}")
    made = http.client.HTTPSConnection(
        proxy.hostname or "", proxy.port or 80, timeout=_SECONDS, context=context
    )
    headers: dict[str, str] = {}
    if proxy.username is not None:
        pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(pair).decode()
    made.set_tunnel(host, port or 443, headers)
    return made, _("{host} through the proxy {proxy}").format(host=host, proxy=proxy.hostname)


def _certificate(sock: ssl.SSLSocket) -> tuple[str | None, datetime | None]:
    shown = cast("dict[str, Any]", sock.getpeercert() or {})
    issuer = {name: value for part in shown.get("issuer", ()) for name, value in part}
    text = shown.get("notAfter")
    until = None if text is None else datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
    return issuer.get("organizationName"), until


def _time(header: str | None) -> datetime | None:
    try:
        return None if header is None else parsedate_to_datetime(header)
    except ValueError:
        return None
