"""`jsms doctor`: check the setup of this machine and the connection to the service. Sends nothing.

The look at the address uses sockets, TLS and proxies of the standard library: the client shows nothing of a connection.
No finding holds a secret; of a key the first four characters are shown, enough to tell two apart.
"""

from __future__ import annotations

import base64
import http.client
import os
import platform
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

import click
from jsms_api import limits
from jsms_api.operations import BASE_URL, SPEC_SHA256, SPEC_VERSION

from jsmskit import JsmsClient
from jsmskit._config.environment import read_guard
from jsmskit._config.options import is_loopback
from jsmskit._validation.fields import SERVICE_TIMEZONE
from jsmskit.errors import ConfigurationError, JsmsError

from .. import keyring_store
from ..connection import KEY_NAMES, ConnectionOptions, Setting, connection_options, guard_lines, make_client
from ..errors import CommandError, as_command_error
from ..exit_codes import ExitCode
from ..framework import Command
from ..language import gettext as _
from ..language import mark
from ..output import Table, json_option, show, stderr, wants_json

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
        return http.client.HTTPConnection(host, port, timeout=_SECONDS), _("{host} directly").format(host=host)
    if not used:
        return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=context), _("{host} directly").format(
            host=host
        )
    proxy = urlsplit(used if "://" in used else f"http://{used}")
    made = http.client.HTTPSConnection(proxy.hostname or "", proxy.port or 80, timeout=_SECONDS, context=context)
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


_ADDRESS: Final = "JSMS_BASE_URL"
#: With a larger difference between two clocks, scheduled messages are sent noticeably early or late.
_SKEW: Final = timedelta(seconds=30)
_CERTIFICATE_DAYS: Final = 14
_PARTS: Final = ("click", "rich", "keyring", "uvicorn", "psycopg", "procrastinate")


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `state` is ok, look or wrong; `code` is the exit code that it leads to."""

    check: str
    state: str
    what: str
    remedy: str = ""
    code: ExitCode | None = None


def findings(connection: ConnectionOptions, *, offline: bool) -> Iterator[Finding]:
    """Return all findings, in the order in which you would look."""
    yield _versions()
    try:
        settings = dict(connection.settings)
    except CommandError as failure:  # the keyring
        yield Finding(mark("settings"), "wrong", failure.what, failure.remedy, failure.code)
        return
    yield from _settings(settings)
    yield _recipients()
    yield _keyring()
    address = _address(settings)
    yield from _proxies(address)
    yield _zone()
    if offline:
        return
    if address:
        yield from _seen(probe(address), near=_is_near(urlsplit(address).hostname or ""))
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


def _settings(settings: dict[str, Setting]) -> Iterator[Finding]:
    for name in (*KEY_NAMES, _ADDRESS):
        setting = settings.get(name)
        if setting is None:
            if name == _ADDRESS:
                yield Finding(name, "ok", _("{address} (the service)").format(address=BASE_URL))
            elif name in KEY_NAMES[:2]:
                remedy = _("Set {name} (or {name}_FILE), or run: jsms login").format(name=name)
                yield Finding(name, "wrong", _("not set"), remedy, ExitCode.CREDENTIALS)
            else:
                yield Finding(name, "ok", _("not set; only `jsms balance --account` needs it"))
            continue
        shown = _("{value}, from {origin}").format(value=_shown(name, setting), origin=setting.origin)
        yield Finding(name, "ok", shown)


def _recipients() -> Finding:
    guard = read_guard(os.environ, None, "raise")
    if isinstance(guard, ConfigurationError):
        failure = as_command_error(guard)
        return Finding(mark("recipients"), "wrong", failure.what, failure.remedy, failure.code)
    if guard is None:
        return Finding("recipients", "ok", _("everyone (neither JSMS_ONLY_TO nor JSMS_REDIRECT_TO is set)"))
    return Finding("recipients", "look", " ".join(guard_lines(guard)), _("For staging; unset it in production."))


def _shown(name: str, setting: Setting) -> str:
    if setting.is_file:
        return setting.value  # a path
    if name == _ADDRESS:
        return _without_password(setting.value)
    if name.endswith("_KEY"):
        return f"{setting.value[:4]}..."
    return _("hidden ({count} characters)").format(count=len(setting.value))


def _without_password(address: str) -> str:
    front, mark, rest = address.rpartition("@")
    return f"{front.partition('://')[0]}://****@{rest}" if mark else address


def _keyring() -> Finding:
    if not keyring_store.installed():
        return Finding(mark("keyring"), "ok", _("not installed; the environment is enough (or: pip install keyring)"))
    try:
        return Finding("keyring", "ok", keyring_store.backend())
    except keyring_store.NoKeyringError:
        return Finding("keyring", "ok", _("none on this system; the environment is enough"))


def _address(settings: dict[str, Setting]) -> str:
    """Return the address that is used; empty if it cannot be read."""
    setting = settings.get(_ADDRESS)
    if setting is None:
        return BASE_URL
    if not setting.is_file:
        return setting.value
    try:
        with open(setting.value, encoding="utf-8") as file:
            return file.read().strip()
    except (OSError, ValueError):
        return ""


def _proxies(address: str) -> Iterator[Finding]:
    from urllib.request import getproxies_environment, proxy_bypass

    parts = urlsplit(address)
    named = getproxies_environment()
    used = named.get(parts.scheme) or named.get("all")
    if not used:
        yield Finding(mark("proxy"), "ok", _("none"))
    elif _is_near(parts.hostname or "") or proxy_bypass(parts.hostname or ""):
        yield Finding("proxy", "ok", _("{proxy}, but not for this address").format(proxy=_without_password(used)))
    else:
        yield Finding("proxy", "ok", _without_password(used))
    if file := os.environ.get("JSMS_CA_FILE"):
        there = os.path.isfile(file)
        yield Finding(
            "JSMS_CA_FILE",
            "ok" if there else "wrong",
            file if there else _("{file}: no such file").format(file=file),
            "" if there else _("Set JSMS_CA_FILE to a file of certificates in PEM."),
            None if there else ExitCode.CREDENTIALS,
        )


def _is_near(host: str) -> bool:
    from jsmskit._config.options import is_loopback

    return is_loopback(host)


def _zone() -> Finding:
    now = datetime.now(UTC)
    here, there = now.astimezone(), now.astimezone(SERVICE_TIMEZONE)
    same = here.utcoffset() == there.utcoffset()
    told = _("here {here}, at the service {there} (UTC{zone})").format(
        here=f"{here:%Y-%m-%d %H:%M %z}", there=f"{there:%Y-%m-%d %H:%M}", zone=limits.TIME_ZONE
    )
    advice = "" if same else _("--at without an offset is read in the time zone of the service, not in yours.")
    return Finding(mark("time zone"), "ok" if same else "look", told, advice)


def _seen(seen: Probe, *, near: bool) -> Iterator[Finding]:
    if seen.problem:
        yield Finding(
            mark("connection"),
            "wrong",
            seen.problem,
            _("Check the network, the address and the proxy."),
            ExitCode.NOT_SENT,
        )
        return
    yield Finding("connection", "ok", seen.how)
    if seen.certificate_until is not None:
        left = (seen.certificate_until - datetime.now(UTC)).days
        yield Finding(
            mark("certificate"),
            "ok" if left > _CERTIFICATE_DAYS else "look",
            _("issued by {issuer}, valid for {days} days").format(issuer=seen.certificate_of or "?", days=left),
        )
    if seen.server_time is None:
        yield Finding(mark("clock"), "look", _("the server does not send its time"))
        return
    skew = seen.looked_at - seen.server_time
    told = _("{seconds} s against the server's").format(seconds=f"{skew.total_seconds():+.0f}")
    if abs(skew) <= _SKEW:
        yield Finding("clock", "ok", told)
    elif near:
        yield Finding("clock", "look", _("{difference}; a mock has a clock of its own").format(difference=told))
    else:
        advice = _("Set the clock of this machine: scheduled messages and callbacks depend on it.")
        yield Finding("clock", "wrong", told, advice, ExitCode.FAILED)


def _keys(connection: ConnectionOptions) -> Iterator[Finding]:
    try:
        client = make_client(connection)
    except (ConfigurationError, OSError) as error:
        failure = as_command_error(error)
        yield Finding(mark("keys"), "wrong", failure.what, failure.remedy, failure.code)
        return
    with client:
        yield _asked(client, "application")
        if "JSMS_DEV_KEY" in connection.settings:
            yield _asked(client, "account")


def _asked(client: JsmsClient, whose: str) -> Finding:
    check = mark("keys of the application") if whose == "application" else mark("keys of the account")
    try:
        found = client.accounts.app_balance() if whose == "application" else client.accounts.account_balance()
    except JsmsError as error:
        failure = as_command_error(error)
        return Finding(check, "wrong", failure.what, failure.remedy, failure.code)
    kinds = {
        mark("general"): found.general,
        mark("voice"): found.voice,
        mark("industry"): found.industry,
        mark("market"): found.market,
    }
    left = ", ".join(f"{count} {_(kind)}" for kind, count in kinds.items() if count is not None)
    quota = left or _("no quota was ever assigned")
    return Finding(check, "ok", _("accepted; left: {quota}").format(quota=quota))


_STATES = {"ok": "ok", "look": mark("note"), "wrong": mark("WRONG")}


@click.command(cls=Command)
@click.option("--offline", is_flag=True, help="Do not contact the service: no clock, no TLS, no balance.")
@connection_options
@json_option
def command(connection: ConnectionOptions, offline: bool) -> None:
    """Check the setup of this machine. Costs nothing and sends nothing.

    It checks versions, where each setting comes from (secrets hidden), keyring, address, proxies, certificate, the
    clock against the server's, the time zone, and the keys, with a balance call. The exit code is that of the first
    check that fails.
    """
    found = list(findings(connection, offline=offline))
    data = [{"check": one.check, "state": one.state, "what": one.what, "remedy": one.remedy} for one in found]
    rows = [(_(_STATES[one.state]), _(one.check), one.what) for one in found]
    show({"findings": data}, Table(("state", "check", "what"), rows, {"state": "bold"}))
    wrong = [one for one in found if one.state == "wrong"]
    if not wants_json():
        for one in found:
            if one.remedy:
                stderr(f"{_(one.check)}: {one.remedy}")
        stderr(_("{count} checks failed.").format(count=len(wrong)) if wrong else _("All checks passed."))
    if wrong:
        raise click.exceptions.Exit(wrong[0].code or ExitCode.FAILED)
