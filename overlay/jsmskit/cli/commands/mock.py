"""`jsms mock`: serve the mock of the service, and control one that is served: faults, reviews, time, state."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..connection import DEFAULT_PORT, MOCK_ORIGIN, mock_origin, serve_command, without_path
from ..errors import CommandError
from ..exit_codes import ExitCode
from ..framework import Command, Group
from ..language import gettext as _
from ..language import is_chinese, mark, translate_message
from ..output import KeyValues, Table, Verbatim, json_option, show, stderr_if_tty, stdout_is_tty, write
from ..parameters import duration, moment

if TYPE_CHECKING:
    import http.client

_SERVES: Final = mark("No, a mock sends nothing.")
_TALKS: Final = mark("No, this only talks to a mock.")
_DONE: Final = mark("No: only a mock was changed.")
_SECONDS: Final = 30.0
_COLUMNS: Final = ("id", "arrived_at", "phone", "kind", "verification_code", "text")
_CALLBACK_TYPES: Final = ("SMS_REPORT", "SMS_REPLY", "SMS_TEMPLATE", "SMS_SIGN")

_url_option = click.option(
    "--url", metavar="URL", help=f"Address of the mock; default: JSMS_MOCK_URL, JSMS_BASE_URL or {MOCK_ORIGIN}."
)
_phone_option = click.option("--phone", metavar="NUMBER", help="Only this number.")
_after_option = click.option("--after", type=int, metavar="ID", help="Only messages after this one.")
_app_option = click.option("--app", metavar="KEY", help="Of this application; the sample one if left out.")


class Mock:
    """A mock that is served, and its control API. Proxies are not used: a mock is on this machine, or beside it."""

    def __init__(self, url: str | None, token: str | None = None) -> None:
        self.origin = mock_origin()[0] if url is None else without_path(url)
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, body: object = None, *, patience: float = 0, **query: object) -> Any:
        """Make one control call, with the parameters of the query that are not None, and return its response.

        patience: how many seconds the mock itself may take. Raises `CommandError` if there is no mock, or it refuses.
        """
        from urllib.parse import urlencode

        asked = urlencode({name: value for name, value in query.items() if value is not None})
        content = None if body is None else json.dumps(body)
        with self._exchange(method, path + (f"?{asked}" if asked else ""), content, _SECONDS + patience) as response:
            status, answer = response.status, json.loads(response.read())
        if status < 300:
            return answer
        problem = answer.get("error", {})
        why = str(problem.get("what") or _("no reason was given"))
        if (status, method, path) == (404, "GET", "/messages/wait"):
            remedy = _("Send first, or wait longer with --seconds.")
            what = translate_message(why) + ("。" if is_chinese() else ".")
            raise CommandError(what, sent=_TALKS, remedy=remedy, code=ExitCode.NEGATIVE)
        raise CommandError(
            _("the mock refused it: {where}: {what}.").format(where=problem.get("where", ""), what=why),
            sent=_TALKS,
            remedy=str(problem.get("remedy") or _("See the control API: /_mock/openapi.json.")),
            code=ExitCode.CREDENTIALS if status in (401, 403) else ExitCode.REFUSED,
        )

    def follow(self) -> Iterator[None]:
        """Return at each event of the mock, until it ends. Raises `CommandError` as `call` does."""
        with self._exchange("GET", "/events", None, None) as response:
            for line in response:
                if line.startswith(b"event: "):
                    yield

    @contextmanager
    def _exchange(
        self, method: str, target: str, content: str | None, seconds: float | None
    ) -> Generator[http.client.HTTPResponse]:
        import http.client
        from urllib.parse import urlsplit

        try:
            parts = urlsplit(self.origin)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(_("it is not an http address"))
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            connection = kind(parts.hostname, parts.port, timeout=seconds)
            try:
                headers = {"content-type": "application/json", **self._headers}
                connection.request(method, f"{parts.path.rstrip('/')}/_mock{target}", content, headers)
                with connection.getresponse() as response:
                    # Checked before anything is believed: another server may listen on that port.
                    if response.headers.get("x-mock") != "jsmskit":
                        raise ValueError(_("another server answers there"))
                    yield response
            finally:
                connection.close()
        except (OSError, ValueError, http.client.HTTPException) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            remedy = _("Start one: {serve}. Or name its address: --url or JSMS_MOCK_URL.")
            raise CommandError(
                _("no mock answers at {origin} ({why}).").format(origin=self.origin, why=why),
                sent=_TALKS,
                remedy=remedy.format(serve=serve_command(self.origin)),
                code=ExitCode.NOT_SENT,
            ) from None


@click.group(cls=Group)
def command() -> None:
    """Serve and control the mock: the whole service on this machine, without an account."""


def _failure(text: str) -> CommandError:
    text = translate_message(text)
    what, _mark, remedy = text.partition("；" if "；" in text else "; ")
    remedy = remedy or _("Correct it, and run the command again.")
    what = what if what.endswith((".", "。")) else what + ("。" if is_chinese() else ".")
    return CommandError(what, sent=_SERVES, remedy=remedy[:1].upper() + remedy[1:])


@command.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to bind; any but loopback requires --token."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0: any free port."
)
@click.option("--db", type=click.Path(path_type=Path, dir_okay=False), help="Keep the state in this file (SQLite).")
@click.option("--seed", type=click.Path(path_type=Path, dir_okay=False), help="Start with this state (JSON).")
@click.option("--token", envvar="JSMS_MOCK_TOKEN", show_envvar=True, help="Token that control calls must send.")
@click.option("--remote-callbacks", is_flag=True, help="Also send callbacks to other machines.")
@click.option(
    "--log",
    type=click.Choice(["json", "text", "off"]),
    default="off",
    show_default=True,
    help="Print a line for each request.",
)
def serve(
    host: str, port: int, db: Path | None, seed: Path | None, token: str | None, remote_callbacks: bool, log: str
) -> None:
    """Serve the mock over HTTP until it is stopped.

    The service is at /v1, the control API and the inbox of all phones at /_mock/. With --db, state, settings, faults
    and clock survive a restart; --seed is used when that file is new. Prints one line when it is ready.
    """
    from jsmskit.mock.control.seed_json import SeedError, read_seed_file
    from jsmskit.mock.jsms_mock import JsmsMock
    from jsmskit.mock.model.settings import DEFAULT_SEED
    from jsmskit.mock.server.asgi import MockApp
    from jsmskit.mock.server.uvicorn_server import ServeError, listen, serve_here
    from jsmskit.mock.state.database import DatabaseError

    try:
        state = DEFAULT_SEED if seed is None else read_seed_file(seed)
        # The port first: a mock that cannot be served leaves no new file behind.
        with listen(host, port, token) as sock, JsmsMock(db=db, state=state, remote_callbacks=remote_callbacks) as mock:
            serve_here(MockApp(mock, token=token, host=host, log=_LOGS[log]), sock, _say_ready)
    except (ServeError, SeedError, DatabaseError) as error:
        raise _failure(str(error)) from None


def _log_text(line: dict[str, Any]) -> None:
    call = line["operation"] or f"{line['method']} {ascii(line['path'])[1:-1]}"
    parts = (line["time"], call, line["fault"] or line["status"], line["code"], f"{line['milliseconds']:.1f} ms")
    click.echo("  ".join(str(part) for part in (*parts, line["recipient"]) if part is not None))


_LOGS: Final[dict[str, Callable[[dict[str, Any]], None] | None]] = {
    "json": lambda line: click.echo(json.dumps(line)),
    "text": _log_text,
    "off": None,
}


def _say_ready(origin: str) -> None:
    write(
        _(
            "The mock of JSMS is ready: service {origin}/v1, control and inbox {origin}/_mock/, API page {origin}/docs"
        ).format(origin=origin)
    )
    mock = "--mock" if origin.endswith(f":{DEFAULT_PORT}") else f"--mock={origin}"
    stderr_if_tty(
        _("Try it from another terminal: jsms codes send 13800138000 {mock} (Ctrl-C stops the mock)").format(mock=mock)
    )


@command.command()
@_url_option
def env(url: str | None) -> None:
    """Print the settings of a served mock for your shell: its address, and the sample keys it accepts.

    \b
    Example:
      eval "$(jsms mock env)"
    """
    from shlex import quote

    from jsmskit.mock.model.settings import SAMPLE_ENVIRONMENT

    for name, value in {"JSMS_BASE_URL": f"{Mock(url).origin}/v1", **SAMPLE_ENVIRONMENT}.items():
        click.echo(f"export {name}={quote(value)}")


def _control(function: Callable[..., object]) -> None:
    """Make a command of a function, which gets a `Mock` first."""

    def run(url: str | None, token: str | None, **given: Any) -> object:
        return function(Mock(url, token), **given)

    run.__doc__ = function.__doc__
    json_option(run)
    click.option("--token", envvar="JSMS_MOCK_TOKEN", show_envvar=True, help="Token of the mock.")(run)
    _url_option(run)
    run.__click_params__ += getattr(function, "__click_params__", ())  # type: ignore[attr-defined]  # as click keeps them
    command.command(function.__name__.rstrip("_"), cls=Command)(run)


def _show_changed(made: dict[str, Any]) -> None:
    show(made, KeyValues(list(made.items())), done=_DONE)


def _present(**values: object) -> dict[str, object]:
    """Return the values that were given."""
    return {name: value for name, value in values.items() if value is not None}


# What arrived.


@_control
@_phone_option
@_after_option
@click.option("--limit", type=click.IntRange(min=1), metavar="COUNT", help="At most this many, the newest.")
def messages(mock: Mock, phone: str | None, after: int | None, limit: int | None) -> None:
    """List what arrived on the phones: id, time, phone, kind, code, text.

    The mock keeps the newest 10,000 messages unless its setting keep_messages says otherwise.
    """
    found = mock.call("GET", "/messages", phone=phone, after=after, limit=limit)
    show(found, Table(_COLUMNS, [_row(one) for one in found["messages"]]))
    if not found["messages"]:
        stderr_if_tty(_("Nothing has arrived."))
    if found["dropped"]:
        stderr_if_tty(_("Older messages were dropped: the mock keeps the newest ones only (setting keep_messages)."))


def _row(message: dict[str, Any]) -> list[object]:
    from jsmskit._validation.fields import from_millis

    arrived = f"{from_millis(int(message['sent_at'] * 1000)):%Y-%m-%d %H:%M:%S}"
    return [message["id"], arrived, message["phone"], message["kind"], message["code"], message["text"]]


@_control
@_phone_option
@_after_option
@click.option("--code", "want_code", is_flag=True, help="Wait for a code, and print only that.")
@click.option("--seconds", type=click.FloatRange(0, 3600), default=5.0, show_default=True, help="How long to wait.")
def wait(mock: Mock, phone: str | None, after: int | None, want_code: bool, seconds: float) -> None:
    """Wait for the next message, and print its text; each is returned once.

    Exit code 10 if nothing arrives in time.

    \b
    Example:
      jsms mock wait --code --phone 13800138000
    """
    query = _present(seconds=seconds, phone=phone, after=after, code=1 if want_code else None)
    found = mock.call("GET", "/messages/wait", patience=seconds, **query)
    show(found, str(found["code"] if want_code else found["text"]))


@_control
@_phone_option
@_after_option
@click.option("--limit", type=click.IntRange(min=1), metavar="COUNT", help="End after so many messages.")
def tail(mock: Mock, phone: str | None, after: int | None, limit: int | None) -> None:
    """Follow messages as they arrive, until Ctrl-C: one line each, or one JSON document each with --json.

    \b
    Example:
      jsms mock tail --phone 13800138000
    """
    last = after
    if last is None:
        last = max((one["id"] for one in mock.call("GET", "/messages", limit=1)["messages"]), default=0)
    shown = 0
    for _event in mock.follow():
        for message in mock.call("GET", "/messages", phone=phone, after=last)["messages"]:
            last = message["id"]
            row = _row(message)
            cells = "  ".join(str(cell) for cell in row if cell is not None)
            show(message, cells if stdout_is_tty() else Table(_COLUMNS, [row]))
            shown += 1
            if shown == limit:
                return


@_control
def open_(mock: Mock) -> None:
    """Open the inbox page in the browser, and print its address.

    \b
    Example:
      jsms mock open
    """
    import webbrowser

    mock.call("GET", "/clock")
    page = f"{mock.origin}/_mock/"
    webbrowser.open(page)
    show({"page": page}, page)


# Faults, reviews, replies.


@_control
@click.argument("what", required=False)
@click.option("--operation", metavar="ID", help="Only calls of this operation, such as sendCode.")
@_phone_option
@click.option("--times", type=click.IntRange(min=0), default=1, show_default=True, help="0: until removed.")
@click.option("--seconds", type=click.FloatRange(0, 86_400), help="Of latency.")
@click.option("--accepted", is_flag=True, help="Of a code or status: take the request all the same.")
@click.option("--list", "list_only", is_flag=True, help="List the active faults.")
@click.option("--clear", is_flag=True, help="Remove all faults.")
def fail(
    mock: Mock,
    what: str | None,
    operation: str | None,
    phone: str | None,
    times: int,
    seconds: float | None,
    accepted: bool,
    list_only: bool,
    clear: bool,
) -> None:
    """Let the next request fail: with a return code, an HTTP status, or a broken connection.

    WHAT is a return code (50014), an HTTP status (503), or refuse, drop, hang, malformed, latency.

    \b
    Examples:
      jsms mock fail 50014
      jsms mock fail drop --operation sendMessage --times 2
      jsms mock fail latency --seconds 3
      jsms mock fail --clear
    """
    if clear or list_only or what is None:
        found = mock.call("DELETE" if clear else "GET", "/faults")
        columns = ("id", "kind", "code", "status", "operation", "phone", "struck", "remaining")
        rows = [[one.get(name) for name in columns] for one in found["faults"]]
        show(found, Table(columns, rows), done=_DONE if clear else "")
        if not rows:
            stderr_if_tty(_("No active faults."))
        return
    fault = _present(operation=operation, phone=phone, times=times or None)
    if what.isdecimal():
        name = "status" if len(what) == len("503") else "code"
        fault |= {"kind": name, name: int(what), **_present(accepted=accepted or None)}
    else:
        fault |= {"kind": what, **_present(seconds=seconds)}
    made = mock.call("POST", "/faults", fault)
    _show_changed(made)


@_control
@click.argument("phone")
@click.argument("text")
@_app_option
def reply(mock: Mock, phone: str, text: str, app: str | None) -> None:
    """Reply TEXT from PHONE, to the application that last wrote to it. T, TD or 退订 unsubscribes.

    \b
    Example:
      jsms mock reply 13800138000 T
    """
    made = mock.call("POST", "/replies", _present(phone=phone, content=text, app_key=app))
    _show_changed(made)


@_control
@click.argument("kind", type=click.Choice(["template", "sign"]))
@click.argument("number", type=int)
@click.option("--approve/--reject", "approve", default=True, help="The result of the review.")
@click.option("--reason", help="Why it is rejected.")
@_app_option
def review(mock: Mock, kind: str, number: int, approve: bool, reason: str | None, app: str | None) -> None:
    """Decide about a template or a sign in the vendor's place.

    \b
    Examples:
      jsms mock review template 37583
      jsms mock review sign 37584 --reject --reason 内容不规范
    """
    body = _present(approve=approve, reason=reason, app_key=app)
    made = mock.call("POST", f"/{kind}s/{number}/review", body)
    _show_changed(made)


# Time.


@_control
@click.argument("time", type=duration)
def advance(mock: Mock, time: timedelta) -> None:
    """Advance the clock by TIME (90s, 6m, 2h, 1d12h), and run what becomes due.

    \b
    Example:
      jsms mock advance 6m
    """
    told = mock.call("POST", "/clock/advance", {"seconds": time.total_seconds()})
    done = _("No: the clock of a mock was advanced.")
    show(told, KeyValues([("now", told["clock"]["send_time"]), ("done", told["done"])]), done=done)


@_control
@click.option(
    "--at",
    type=moment,
    metavar="'YYYY-MM-DD HH:MM:SS'",
    help="Stop at this time, China Standard Time; now if left out.",
)
@click.option("--release", is_flag=True, help="Let the clock run on.")
@click.option("--real", is_flag=True, help="Go back to the real time.")
def freeze(mock: Mock, at: datetime | None, release: bool, real: bool) -> None:
    """Stop the clock.

    \b
    Examples:
      jsms mock freeze --at '2026-05-01 09:00:00'
      jsms mock freeze --release
    """
    body: dict[str, object] = {"mode": "real" if real else "shifted" if release else "frozen"}
    if at is not None and not real:
        body["now"] = at.timestamp()
    clock = mock.call("PUT", "/clock", body)
    show(clock, KeyValues([("mode", clock["mode"]), ("now", clock["send_time"])]), done=_DONE)


# Callbacks and state.


@_control
@click.argument("address", required=False)
@click.option("--type", "types", type=click.Choice(_CALLBACK_TYPES), multiple=True, help="Only these; all if left out.")
@click.option("--remove", is_flag=True, help="Post no callbacks any more.")
@click.option("--check/--no-check", default=True, help="Ask the address for its echo first.")
@_app_option
def callbacks(
    mock: Mock, address: str | None, types: tuple[str, ...], remove: bool, check: bool, app: str | None
) -> None:
    """Set the address that callbacks are posted to; without one, show the addresses and the last deliveries.

    \b
    Example:
      jsms mock callbacks http://127.0.0.1:8000/jsms-callback
    """
    if address is not None or remove:
        url = None if remove else address
        body: dict[str, object] = dict.fromkeys(types, url) if types else {"url": url}
        body |= _present(check=check, app_key=app)
        found = mock.call("PUT", "/callbacks", body)
        show(found, KeyValues([(name, url or "none") for name, url in found.items()]), done=_DONE)
        return
    addresses = mock.call("GET", "/callbacks", app_key=app)
    log = mock.call("GET", "/callbacks/deliveries", app_key=app, limit=20)["deliveries"]
    rows = [[one["id"], one["type"], one["delivered"], len(one["attempts"]), one["url"]] for one in log]
    columns = ("id", "type", "delivered", "attempts", "url")
    show(
        {"addresses": addresses, "deliveries": log},
        KeyValues([(name, url or "none") for name, url in addresses.items()]),
        Table(columns, rows),
    )


@_control
@click.option(
    "--load", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Take this state instead (JSON)."
)
def state(mock: Mock, load: Path | None) -> None:
    """Print accounts and applications with all they have, as JSON; --load puts such a file back.

    \b
    Examples:
      jsms mock state > state.json
      jsms mock state --load state.json
    """
    if load is None:
        found = mock.call("GET", "/state")
        show(found, Verbatim(json.dumps(found, ensure_ascii=True, indent=2)))
        return
    try:
        body: object = json.loads(load.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(
            _("{file} cannot be read as JSON: {why}.").format(file=load, why=error),
            sent=_DONE,
            remedy=_("Write it with: jsms mock state"),
        ) from None
    found = mock.call("PUT", "/state", body)
    show(found, KeyValues([("applications", len(found["applications"]))]), done=_DONE)


@_control
def reset(mock: Mock) -> None:
    """Reset a served mock: messages, templates, faults, everything but the clock.

    \b
    Example:
      jsms mock reset
    """
    show(mock.call("POST", "/reset"), _("reset"), done=_("No: a mock was reset."))
