"""`jsms doctor`: check the setup of this machine and the connection to the service. Sends nothing.

It connects as the client would, with `http.client`: the client shows nothing of a connection. No finding holds a
secret; of a key the first four characters are shown, enough to tell two apart.
"""

from __future__ import annotations

import http.client
import os
import platform
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, cast
from urllib.parse import urlsplit

import click
from jsms_api import limits
from jsms_api.operations import BASE_URL, SPEC_SHA256, SPEC_VERSION

from jsmskit import JsmsClient
from jsmskit._config.options import Endpoint, environment_proxy, parse_base_url, parse_proxy, read_guard
from jsmskit._http.config import Proxy, ssl_context
from jsmskit._validation.fields import SERVICE_TIMEZONE
from jsmskit.errors import ConfigurationError, JsmsError

from .. import keyring_store
from ..connection import ADDRESS, KEY_NAMES, ConnectionOptions, Setting, guard_lines, make_client, service_options
from ..errors import CommandError, as_command_error
from ..exit_codes import ExitCode
from ..framework import Command
from ..language import gettext as _
from ..language import mark
from ..output import Table, show, stderr, wants_json

_SECONDS: Final = 10.0
#: With a larger difference between two clocks, scheduled messages are sent noticeably early or late.
_SKEW: Final = timedelta(seconds=30)
_CERTIFICATE_DAYS: Final = 14
_PARTS: Final = ("click", "rich", "keyring", "uvicorn", "psycopg", "procrastinate")
_STATES: Final = {"ok": "ok", "look": mark("note"), "wrong": mark("WRONG")}


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `state` is ok, look or wrong; `code` is the exit code that it leads to."""

    check: str
    state: str
    what: str
    remedy: str = ""
    code: ExitCode = ExitCode.FAILED


def _failed(check: str, error: Exception) -> Finding:
    failure = as_command_error(error)
    return Finding(check, "wrong", failure.what, failure.remedy, failure.code)


@click.command(cls=Command)
@click.option("--offline", is_flag=True, help="Do not contact the service: no clock, no TLS, no balance.")
@service_options
def command(connection: ConnectionOptions, offline: bool) -> None:
    """Check the setup of this machine. Costs nothing and sends nothing.

    It checks versions, where each setting comes from (secrets hidden), keyring, address, proxies, certificate, the
    clock against the server's, the time zone, and the keys, with a balance call. The exit code is that of the first
    check that fails.
    """
    found = list(_findings(connection, offline=offline))
    data = [{"check": one.check, "state": one.state, "what": one.what, "remedy": one.remedy} for one in found]
    rows = [(_(_STATES[one.state]), _(one.check), one.what) for one in found]
    show({"findings": data}, Table(("state", "check", "what"), rows))
    wrong = [one for one in found if one.state == "wrong"]
    if not wants_json():
        for one in found:
            if one.remedy:
                stderr(f"{_(one.check)}: {one.remedy}")
        stderr(_("{count} checks failed.").format(count=len(wrong)) if wrong else _("All checks passed."))
    if wrong:
        raise click.exceptions.Exit(wrong[0].code)


def _findings(connection: ConnectionOptions, *, offline: bool) -> Iterator[Finding]:
    """Yield all findings, in the order in which you would look."""
    yield _versions()
    try:
        settings = connection.settings
    except CommandError as error:  # the keyring
        yield _failed(mark("settings"), error)
        return
    yield from _settings(settings)
    yield _recipients()
    yield _keyring()
    endpoint = parse_base_url(BASE_URL if connection.address is None else connection.address)
    if isinstance(endpoint, Endpoint):
        url = environment_proxy(endpoint)
        yield Finding(mark("proxy"), "ok", _("none") if url is None else _without_password(url))
        file = os.environ.get("JSMS_CA_FILE") or None
        try:
            context = ssl_context(file)
        except ConfigurationError as error:
            yield _failed("JSMS_CA_FILE", error)
        else:
            if file is not None:
                yield Finding("JSMS_CA_FILE", "ok", file)
            proxy = parse_proxy(url)
            if not offline and not isinstance(proxy, ConfigurationError):
                yield from _server(endpoint, proxy, context)
    yield _zone()
    if not offline:
        yield from _keys(connection)


def _versions() -> Finding:
    parts = [f"jsmskit {_version('jsmskit')}", f"spec {SPEC_VERSION} ({SPEC_SHA256[:12]})"]
    parts += [f"Python {platform.python_version()}", platform.system()]
    parts += [f"{name} {found}" for name in _PARTS if (found := _version(name))]
    return Finding(mark("versions"), "ok", ", ".join(parts))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _settings(settings: Mapping[str, Setting]) -> Iterator[Finding]:
    for name in (*KEY_NAMES, ADDRESS):
        setting = settings.get(name, settings.get(f"{name}_FILE"))
        if setting is not None:
            shown = _shown(name, setting.value) if name in settings else setting.value  # a path
            yield Finding(name, "ok", _("{value}, from {origin}").format(value=shown, origin=setting.origin))
        elif name == ADDRESS:
            yield Finding(name, "ok", _("{address} (the service)").format(address=BASE_URL))
        elif name in KEY_NAMES[:2]:
            remedy = _("Set {name} (or {name}_FILE), or run: jsms login").format(name=name)
            yield Finding(name, "wrong", _("not set"), remedy, ExitCode.CREDENTIALS)
        else:
            yield Finding(name, "ok", _("not set; only `jsms balance --account` needs it"))


def _shown(name: str, value: str) -> str:
    if name == ADDRESS:
        return _without_password(value)
    if name.endswith("_KEY"):
        return f"{value[:4]}..."
    return _("hidden ({count} characters)").format(count=len(value))


def _without_password(address: str) -> str:
    front, mark, rest = address.rpartition("@")
    return f"{front.partition('://')[0]}://****@{rest}" if mark else address


def _recipients() -> Finding:
    guard = read_guard(os.environ, None, "raise")
    if isinstance(guard, ConfigurationError):
        return _failed(mark("recipients"), guard)
    if guard is None:
        return Finding("recipients", "ok", _("everyone (neither JSMS_ONLY_TO nor JSMS_REDIRECT_TO is set)"))
    return Finding("recipients", "look", " ".join(guard_lines(guard)), _("For staging; unset it in production."))


def _keyring() -> Finding:
    if not keyring_store.installed():
        return Finding(mark("keyring"), "ok", _("not installed; the environment is enough (or: pip install keyring)"))
    told = keyring_store.backend() or _("none on this system; the environment is enough")
    return Finding("keyring", "ok", told)


def _zone() -> Finding:
    now = datetime.now(UTC)
    here, there = now.astimezone(), now.astimezone(SERVICE_TIMEZONE)
    same = here.utcoffset() == there.utcoffset()
    told = _("here {here}, at the service {there} (UTC{zone})").format(
        here=f"{here:%Y-%m-%d %H:%M %z}", there=f"{there:%Y-%m-%d %H:%M}", zone=limits.TIME_ZONE
    )
    advice = "" if same else _("--at without an offset is read in the time zone of the service, not in yours.")
    return Finding(mark("time zone"), "ok" if same else "look", told, advice)


def _server(endpoint: Endpoint, proxy: Proxy | None, context: ssl.SSLContext) -> Iterator[Finding]:
    """Send HEAD without keys; yield how the server was reached, its certificate and its clock."""
    how = (
        _("{host} directly").format(host=endpoint.host)
        if proxy is None
        else _("{host} through the proxy {proxy}").format(host=endpoint.host, proxy=proxy.host)
    )
    to = (endpoint.host, endpoint.port) if proxy is None else (proxy.host, proxy.port)
    connection = (
        http.client.HTTPConnection(*to, timeout=_SECONDS)
        if endpoint.scheme == "http"
        else http.client.HTTPSConnection(*to, timeout=_SECONDS, context=context)
    )
    if proxy is not None:
        headers = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
        connection.set_tunnel(endpoint.host, endpoint.port, headers)
    certificate: dict[str, Any] = {}
    try:
        connection.connect()
        if isinstance(connection.sock, ssl.SSLSocket):
            how += f", {connection.sock.version()}"
            certificate = cast("dict[str, Any]", connection.sock.getpeercert() or {})
        connection.request("HEAD", urlsplit(endpoint.base).path or "/")
        date = connection.getresponse().headers.get("date", "")
    except (OSError, ValueError, http.client.HTTPException) as error:
        problem = f"{how}: {getattr(error, 'strerror', None) or error or type(error).__name__}"
        if isinstance(error, ssl.SSLCertVerificationError):
            problem = _("the certificate is not trusted: {why}").format(why=error.verify_message)
        advice = _("Check the network, the address and the proxy.")
        yield Finding(mark("connection"), "wrong", problem, advice, ExitCode.NOT_SENT)
        return
    finally:
        connection.close()
    yield Finding("connection", "ok", how)
    if "notAfter" in certificate:
        issuer = {name: value for part in certificate.get("issuer", ()) for name, value in part}
        until = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
        days = (until - datetime.now(UTC)).days
        told = _("issued by {issuer}, valid for {days} days").format(
            issuer=issuer.get("organizationName", "?"), days=days
        )
        yield Finding(mark("certificate"), "ok" if days > _CERTIFICATE_DAYS else "look", told)
    yield _clock(date, near=endpoint.is_loopback)


def _clock(date: str, *, near: bool) -> Finding:
    try:
        skew = datetime.now(UTC) - parsedate_to_datetime(date)
    except ValueError:
        return Finding(mark("clock"), "look", _("the server does not send its time"))
    told = _("{seconds} s against the server's").format(seconds=f"{skew.total_seconds():+.0f}")
    if abs(skew) <= _SKEW:
        return Finding("clock", "ok", told)
    if near:
        return Finding("clock", "look", _("{difference}; a mock has a clock of its own").format(difference=told))
    advice = _("Set the clock of this machine: scheduled messages and callbacks depend on it.")
    return Finding("clock", "wrong", told, advice)


def _keys(connection: ConnectionOptions) -> Iterator[Finding]:
    try:
        client = make_client(connection)
    except (ConfigurationError, OSError) as error:
        yield _failed(mark("keys"), error)
        return
    with client:
        yield _asked(client, mark("keys of the application"))
        if any(name.startswith("JSMS_DEV_KEY") for name in connection.settings):
            yield _asked(client, mark("keys of the account"))


def _asked(client: JsmsClient, check: str) -> Finding:
    accounts = client.accounts
    try:
        found = accounts.app_balance() if check == "keys of the application" else accounts.account_balance()
    except JsmsError as error:
        return _failed(check, error)
    kinds = {kind: getattr(found, kind) for kind in ("general", "voice", "industry", "market")}
    left = ", ".join(f"{count} {_(kind)}" for kind, count in kinds.items() if count is not None)
    quota = left or _("no quota was ever assigned")
    return Finding(check, "ok", _("accepted; left: {quota}").format(quota=quota))
