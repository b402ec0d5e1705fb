"""The checks of `jsms doctor`.

Knows what can be looked at and what is wrong about it. Must not know how it is shown. No finding holds a
secret; of a key the first four characters are shown, which is enough to tell two apart.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from urllib.parse import urlsplit

from jsms_api import limits
from jsms_api.operations import BASE_URL, SPEC_SHA256, SPEC_VERSION

from jsmskit import JsmsClient
from jsmskit._validation.times import SERVICE_TIMEZONE
from jsmskit.errors import ConfigurationError, JsmsError

from ... import keyring_store
from ...connection import KEY_NAMES, ConnectionOptions, Setting, make_client
from ...errors import CommandError, as_command_error
from ...exit_codes import ExitCode
from .probe import Probe, probe

__all__ = ["Finding", "findings"]

_ADDRESS: Final = "JSMS_BASE_URL"
#: More than this between two clocks, and what is timed goes out at another time than people expect.
_SKEW: Final = timedelta(seconds=30)
_CERTIFICATE_DAYS: Final = 14
_PARTS: Final = ("click", "rich", "keyring", "uvicorn", "psycopg", "procrastinate")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `state` is ok, look or wrong; `code` is how to end because of it."""

    check: str
    state: str
    what: str
    remedy: str = ""
    code: ExitCode | None = None


def findings(connection: ConnectionOptions, *, offline: bool) -> Iterator[Finding]:
    """Everything, in the order in which a person would look."""
    yield _versions()
    try:
        settings = dict(connection.settings)
    except CommandError as failure:  # the keyring
        yield Finding("settings", "wrong", failure.what, failure.remedy, failure.code)
        return
    yield from _settings(settings)
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
    return Finding("versions", "ok", ", ".join(parts))


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
                yield Finding(name, "ok", f"{BASE_URL} (the service)")
            elif name in KEY_NAMES[:2]:
                yield Finding(name, "wrong", "not set", f"Set {name} (or {name}_FILE), or type: jsms login",
                              ExitCode.CREDENTIALS)  # fmt: skip
            else:
                yield Finding(name, "ok", "not set; only `jsms balance --account` needs it")
            continue
        yield Finding(name, "ok", f"{_shown(name, setting)}, from {setting.origin}")


def _shown(name: str, setting: Setting) -> str:
    if setting.origin.startswith("the file "):
        return setting.value  # a path
    if name == _ADDRESS:
        return _without_password(setting.value)
    if name.endswith("_KEY"):
        return f"{setting.value[:4]}..."
    return f"hidden ({len(setting.value)} characters)"


def _without_password(address: str) -> str:
    front, mark, rest = address.rpartition("@")
    return f"{front.partition('://')[0]}://****@{rest}" if mark else address


def _keyring() -> Finding:
    if not keyring_store.installed():
        return Finding("keyring", "ok", "not installed; the environment is enough (or: jsmskit[keyring])")
    try:
        return Finding("keyring", "ok", keyring_store.backend())
    except keyring_store.NoKeyringError:
        return Finding("keyring", "ok", "none on this system; the environment is enough")


def _address(settings: dict[str, Setting]) -> str:
    """The address that will be used; empty if it cannot be read."""
    setting = settings.get(_ADDRESS)
    if setting is None:
        return BASE_URL
    if not setting.origin.startswith("the file "):
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
        yield Finding("proxy", "ok", "none")
    elif _is_near(parts.hostname or "") or proxy_bypass(parts.hostname or ""):
        yield Finding("proxy", "ok", f"{_without_password(used)}, but not for this address")
    else:
        yield Finding("proxy", "ok", _without_password(used))
    if file := os.environ.get("JSMS_CA_FILE"):
        there = os.path.isfile(file)
        yield Finding(
            "JSMS_CA_FILE",
            "ok" if there else "wrong",
            file if there else f"{file}: there is no such file",
            "" if there else "Let it name a file of certificates in PEM.",
            None if there else ExitCode.CREDENTIALS,
        )


def _is_near(host: str) -> bool:
    from jsmskit._config.endpoint import is_loopback

    return is_loopback(host)


def _zone() -> Finding:
    now = datetime.now(UTC)
    here, there = now.astimezone(), now.astimezone(SERVICE_TIMEZONE)
    same = here.utcoffset() == there.utcoffset()
    told = f"here {here:%Y-%m-%d %H:%M %z}, at the service {there:%Y-%m-%d %H:%M} (UTC{limits.TIME_ZONE})"
    advice = "" if same else "--at without an offset is read in the zone of the service, not in yours."
    return Finding("zone", "ok" if same else "look", told, advice)


def _seen(seen: Probe, *, near: bool) -> Iterator[Finding]:
    if seen.problem:
        yield Finding(
            "connection",
            "wrong",
            seen.problem,
            "Check the network, the address and the proxy.",
            ExitCode.NOT_SENT,
        )
        return
    yield Finding("connection", "ok", seen.how)
    if seen.certificate_until is not None:
        left = (seen.certificate_until - datetime.now(UTC)).days
        yield Finding(
            "certificate",
            "ok" if left > _CERTIFICATE_DAYS else "look",
            f"of {seen.certificate_of or 'unknown'}, good for {left} days",
        )
    if seen.server_time is None:
        yield Finding("clock", "look", "the server does not tell its time")
        return
    skew = seen.looked_at - seen.server_time
    told = f"{skew.total_seconds():+.0f} s against the server's"
    if abs(skew) <= _SKEW:
        yield Finding("clock", "ok", told)
    elif near:
        yield Finding("clock", "look", f"{told}; a mock has a clock of its own")
    else:
        advice = "Set the clock of this machine: timed messages and callbacks depend on it."
        yield Finding("clock", "wrong", told, advice, ExitCode.FAILED)


def _keys(connection: ConnectionOptions) -> Iterator[Finding]:
    try:
        client = make_client(connection)
    except (ConfigurationError, OSError) as error:
        failure = as_command_error(error)
        yield Finding("keys", "wrong", failure.what, failure.remedy, failure.code)
        return
    with client:
        yield _asked(client, "application")
        if "JSMS_DEV_KEY" in connection.settings:
            yield _asked(client, "account")


def _asked(client: JsmsClient, whose: str) -> Finding:
    check = f"keys of the {whose}"
    try:
        found = client.accounts.app_balance() if whose == "application" else client.accounts.account_balance()
    except JsmsError as error:
        failure = as_command_error(error)
        return Finding(check, "wrong", failure.what, failure.remedy, failure.code)
    kinds = {
        "general": found.general,
        "voice": found.voice,
        "industry": found.industry,
        "market": found.market,
    }
    left = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count is not None)
    return Finding(check, "ok", f"accepted; left: {left or 'nothing was ever assigned'}")
