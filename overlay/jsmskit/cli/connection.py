"""How a command reaches the service: the options for it, and where each setting comes from.

Order of precedence: an option, the environment (a variable, or the file that its counterpart `..._FILE` names), the
keyring. All keys come from one of them, never some from each. Every command that is shown repeats the options that
chose ledger, address and keys, so that it can be pasted.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

import click
from click.core import ParameterSource

from .calls_made import calls_made
from .errors import CommandError, as_command_error
from .exit_codes import ExitCode
from .language import gettext as _
from .output import escape_control_chars, json_option, stderr, wants_json
from .parameters import options
from .signals import prompt_signals

if TYPE_CHECKING:
    from jsmskit import AsyncJsmsClient, JsmsClient, RecipientGuard

P = ParamSpec("P")
T = TypeVar("T")

MOCK_ORIGIN: Final = "http://127.0.0.1:5767"
"""The default address of `jsms mock serve`: 5767 is JSMS on the keys of a phone."""
DEFAULT_PORT: Final = 5767
KEY_NAMES: Final = ("JSMS_APP_KEY", "JSMS_MASTER_SECRET", "JSMS_DEV_KEY", "JSMS_DEV_SECRET")
ADDRESS: Final = "JSMS_BASE_URL"
DEFAULT_PROFILE: Final = "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of a variable and where it comes from; the repr hides the value."""

    value: str = field(repr=False)
    origin: str


@dataclass(frozen=True)
class ConnectionOptions:
    """The options that say how to reach the service.

    Attributes:
        base_url: address to use instead of the configured one.
        mock: use a mock, with its sample keys: its address, or empty for the configured place; None: do not.
        profile: entry of the keyring to use; None: the environment first.
        deadline: seconds for one call.
        verbose: show one line for each request.
    """

    base_url: str | None = None
    mock: str | None = None
    profile: str | None = None
    deadline: float | None = None
    verbose: bool = False

    @cached_property
    def settings(self) -> Mapping[str, Setting]:
        """Every variable that is set, as the client reads it. Files (`..._FILE`) are named, not read."""
        if self.mock is not None:
            return self._of_the_mock(self.mock)
        found = {} if self.profile is not None else _in_environment(*KEY_NAMES, ADDRESS)
        if not any(name.removesuffix("_FILE") in KEY_NAMES for name in found):
            stored = self._in_keyring()
            found = stored if ADDRESS in stored else _in_environment(ADDRESS) | stored
        if self.base_url is not None:
            found.pop(f"{ADDRESS}_FILE", None)
            found[ADDRESS] = Setting(self.base_url, "--base-url")
        return found

    @property
    def address(self) -> str | None:
        """The address that is set, also by a file; empty if the file cannot be read, None if none is set."""
        file = self.settings.get(f"{ADDRESS}_FILE")
        if file is None:
            return self.settings[ADDRESS].value if ADDRESS in self.settings else None
        try:
            with open(file.value, encoding="utf-8") as opened:
                return opened.read().rstrip("\r\n")
        except (OSError, ValueError):
            return ""

    def _of_the_mock(self, named: str) -> dict[str, Setting]:
        from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET

        origin = _("--mock: a sample key of the vendor's documentation")
        keys = zip(KEY_NAMES, (APP_KEY, MASTER_SECRET, DEV_KEY, DEV_SECRET), strict=True)
        address, where = (without_path(named), _("the option")) if named else mock_origin()
        return {name: Setting(value, origin) for name, value in keys} | {
            ADDRESS: Setting(f"{address}/v1", f"--mock: {where}")
        }

    def _in_keyring(self) -> dict[str, Setting]:
        from . import keyring_store

        is_named = self.profile is not None
        if not is_named and not (keyring_store.installed() and keyring_store.backend()):
            return {}
        profile = self.profile or os.environ.get("JSMS_PROFILE") or DEFAULT_PROFILE
        stored = keyring_store.load(profile)
        if stored is None and is_named:
            raise CommandError(
                _("the keyring has no profile {profile!r}.").format(profile=profile),
                remedy=_("Run: jsms login --profile {profile}").format(profile=profile),
                code=ExitCode.CREDENTIALS,
            )
        origin = _("keyring, profile {profile}").format(profile=profile)
        names = (*KEY_NAMES, ADDRESS)
        return {name: Setting(value, origin) for name, value in (stored or {}).items() if name in names}

    @contextmanager
    def client(self) -> Generator[JsmsClient]:
        """Make a client for these settings. Raises `ConfigurationError`, which names what is missing."""
        from jsmskit.errors import APIConnectionError, Outcome

        if self.verbose:
            _show_log()
        if self.mock is not None and not wants_json():
            told = _("--mock: {origin}, sample keys; nothing reaches a phone, nothing is billed.")
            stderr(told.format(origin=self.settings[ADDRESS].value))
        try:
            with make_client(self) as client, prompt_signals():
                if not wants_json():
                    for line in guard_lines(client.recipient_guard):
                        stderr(line)
                yield client
        except APIConnectionError as error:
            if self.mock is None or error.outcome is not Outcome.NOT_SENT:
                raise
            failure = as_command_error(error)
            remedy = _("Start a mock: {serve}. Or name its address: --mock=URL or JSMS_MOCK_URL.")
            failure.remedy = remedy.format(serve=serve_command(self.settings[ADDRESS].value))
            raise failure from None

    @property
    def is_free(self) -> bool:
        """Whether requests stay on this machine, so that nothing reaches a phone or costs money."""
        return self.address is not None and _stays_here(self.address)


def _in_environment(*names: str) -> dict[str, Setting]:
    """Return what is set of these. A variable that is set beside its file is refused by the client, which says so."""
    origins = {name: name for name in names}
    origins |= {f"{name}_FILE": _("the file in {variable}").format(variable=f"{name}_FILE") for name in names}
    return {name: Setting(os.environ[name], origin) for name, origin in origins.items() if os.environ.get(name)}


def guard_lines(guard: RecipientGuard | None) -> list[str]:
    """Say whom messages may reach; nothing if everyone."""
    if guard is None:
        return []
    from jsmskit import OnlyTo

    return [
        _("{setting}: only {recipients} can be reached; messages to anyone else are withheld.").format(
            setting=setting, recipients=str(rule)
        )
        if isinstance(rule, OnlyTo)
        else _("{setting}: every message goes to {recipients}.").format(setting=setting, recipients=str(rule))
        for setting, rule in guard.rules
    ]


def serve_command(address: str) -> str:
    """The command that starts a mock at an address of this machine."""
    from urllib.parse import urlsplit

    try:
        port = urlsplit(address).port
    except ValueError:
        port = None
    return "jsms mock serve" + ("" if port in (None, DEFAULT_PORT) else f" --port {port}")


def without_path(address: str) -> str:
    return address.rstrip("/").removesuffix("/v1")


def mock_origin() -> tuple[str, str]:
    """Return the address of the mock of this machine, without a path, and what names it."""
    for name in ("JSMS_MOCK_URL", ADDRESS):
        address = without_path(os.environ.get(name, ""))
        if address and (name == "JSMS_MOCK_URL" or _stays_here(address)):
            return address, name
    return MOCK_ORIGIN, _("the default")


def _stays_here(address: str) -> bool:
    from urllib.parse import urlsplit

    from jsmskit._config.options import is_loopback

    try:
        return is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False


def make_client(connection: ConnectionOptions) -> JsmsClient:
    """Make the client from the settings that were found. Raises `ConfigurationError`."""
    from jsmskit import JsmsClient

    return JsmsClient.from_env(**_for_client(connection))


def make_async_client(connection: ConnectionOptions) -> AsyncJsmsClient:
    """The same for asyncio."""
    from jsmskit import AsyncJsmsClient

    return AsyncJsmsClient.from_env(**_for_client(connection))


def _for_client(connection: ConnectionOptions) -> dict[str, Any]:
    return {
        "environ": {name: setting.value for name, setting in connection.settings.items()},
        "deadline": connection.deadline,
        "observer": calls_made(),
        "ca_file": os.environ.get("JSMS_CA_FILE") or None,
        # As every command line does: HTTPS_PROXY, NO_PROXY. Looked for here, since finding none is costly there.
        "trust_env": any(name.lower().endswith("_proxy") and os.environ[name] for name in os.environ),
    }


def _show_log() -> None:
    import logging

    class Formatter(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return escape_control_chars(super().format(record))

    handler = logging.StreamHandler()
    handler.setFormatter(Formatter("%(asctime)s %(name)s %(message)s"))
    logger = logging.getLogger("jsmskit")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


_OPTIONS: Final = (
    click.option(
        "--mock",
        is_flag=False,
        flag_value="",
        metavar="[=URL]",
        help=f"Use a mock with its sample keys: at URL, JSMS_MOCK_URL or {MOCK_ORIGIN}.",
    ),
    click.option("--base-url", metavar="URL", help="Address of the service; default: JSMS_BASE_URL."),
    click.option("--profile", metavar="NAME", help="Use the keys that `jsms login` stored under this name."),
    click.option(
        "--deadline",
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help="Give up after this time; default: 20, and 60 for batches.",
    ),
    click.option("--verbose", is_flag=True, help="Show one line for each request, without numbers and keys."),
)


def connection_options(function: Callable[Concatenate[ConnectionOptions, P], T]) -> Callable[P, T]:
    """Add the options for reaching the service to a command, which gets them as its first argument."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        given: dict[str, Any] = {entry.name: kwargs.pop(entry.name) for entry in fields(ConnectionOptions)}
        return function(ConnectionOptions(**given), *args, **kwargs)

    return options(*_OPTIONS)(wrapped)


def service_options(function: Callable[Concatenate[ConnectionOptions, P], T]) -> Callable[P, T]:
    """Add the same options to a command, and `--json`."""
    return connection_options(json_option(function))


_REACHES: Final = frozenset({"plan", "run", "resume", "test", "pull"})
"""The commands of campaigns that take the options of the way to the service; the others look into the ledger only."""
_COMMAND: Final = re.compile(
    r"\bjsms (?:campaign (?P<name>plan|run|resume|test|pull|status|stop|unknown|resolve|report|purge)"
    r"|(?P<reaches>worker|codes\sverify|schedules\scancel|(?:templates|signs)\sget|mock\sstate))\b"
    r"(?: (?:\d+|[0-9a-f-]{36}|[A-Z]{2,}|N|-o report\.[a-z]+|--[a-z-]+|sent\|not-sent|sent)(?![\w-]))*"
)


def typed_target() -> tuple[str, ...]:
    """Return the options that were typed to choose address and keys: `--mock`, `--base-url URL`, `--profile NAME`.

    Of `jsms mock ...`, which needs no keys: `--url URL`.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return ()
    words: list[str] = []
    if _typed(context, "mock"):
        address = context.params["mock"]
        words.append(f"--mock={address}" if address else "--mock")
    for name in ("base_url", "profile", "url"):
        if _typed(context, name):
            words += [f"--{name.replace('_', '-')}", str(context.params[name])]
    return tuple(words)


def repeat_target(words: str, planned_for: Sequence[str] = ()) -> str:
    """Put the options that chose the target behind the commands in a text, quoted for the shell.

    planned_for: the options with which the campaign was planned, for commands that do not take them themselves.
    """
    context = click.get_current_context(silent=True)
    if context is None or "jsms " not in words:
        return words
    ledger = ["--ledger", str(context.params["place"])] if _typed(context, "place") else []
    target = typed_target() or tuple(planned_for)

    def repeated(found: re.Match[str]) -> str:
        options = [*ledger, *(target if found["reaches"] or found["name"] in _REACHES else ())]
        return found[0] + (f" {shlex.join(options)}" if options else "")

    return _COMMAND.sub(repeated, words)


def _typed(context: click.Context, name: str) -> bool:
    return name in context.params and context.get_parameter_source(name) is ParameterSource.COMMANDLINE
