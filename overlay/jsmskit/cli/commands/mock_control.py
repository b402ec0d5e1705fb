"""`jsms mock ...` for a mock that is served: what arrived, faults, reviews, replies, time, callbacks, state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from ..framework import Command
from ..language import gettext as _
from ..language import mark
from ..output import KeyValues, Shown, Table, Verbatim, show, stderr_if_tty, stdout_is_tty
from ..parameters import duration, moment

_phone_option = click.option("--phone", metavar="NUMBER", help="Only this number.")
_after_option = click.option("--after", type=int, metavar="ID", help="Only messages after this one.")
_app_option = click.option("--app", metavar="KEY", help="Of this application; the sample one if left out.")

_COLUMNS: Final = ("id", "arrived_at", "phone", "kind", "code", "text")
_CALLBACK_TYPES: Final = ("SMS_REPORT", "SMS_REPLY", "SMS_TEMPLATE", "SMS_SIGN")
_DONE: Final = mark("No: only a mock was changed.")

COMMANDS: list[click.Command] = []


class Mock:
    """The mock that is asked, and how the result is shown."""

    def __init__(self, url: str | None, token: str | None, as_json: bool) -> None:
        self.url, self.token, self.as_json = url, token, as_json

    def call(self, method: str, path: str, body: object = None, *, patience: float = 0, **query: object) -> Any:
        """Make a control call; raises `CommandError`."""
        from ..mock_client import call

        return call(method, path, url=self.url, token=self.token, query=query, body=body, seconds=patience)

    def show(self, data: object, *parts: Shown, done: str = "") -> None:
        """Show the result in the form that was asked for."""
        show(self.as_json, data, *parts, done=done)


def _control(function: Callable[..., object]) -> click.Command:
    """List a command. Its function gets a `Mock` first."""

    @click.pass_context
    def run(context: click.Context, /, url: str | None, token: str | None, as_json: bool, **given: Any) -> object:
        return function(Mock(url, token, as_json), **given)

    run.__doc__ = function.__doc__
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option("--token", envvar="JSMS_MOCK_TOKEN", show_envvar=True, help="Token of the mock."),
        click.option(
            "--url",
            metavar="URL",
            help="Address of the mock; default: JSMS_MOCK_URL, JSMS_BASE_URL or http://127.0.0.1:5767.",
        ),
    ):
        option(run)
    run.__click_params__ += getattr(function, "__click_params__", ())  # type: ignore[attr-defined]
    made = click.command(function.__name__.rstrip("_"), cls=Command)(run)
    COMMANDS.append(made)
    return made


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
    mock.show(found, Table(_COLUMNS, [_row(one) for one in found["messages"]]))
    if not mock.as_json and not found["messages"]:
        stderr_if_tty(_("Nothing has arrived."))
    if not mock.as_json and found["dropped"]:
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
    found = mock.call(
        "GET",
        "/messages/wait",
        patience=seconds,
        seconds=seconds,
        phone=phone,
        after=after,
        code=1 if want_code else None,
    )
    mock.show(found, str(found["code"] if want_code else found["text"]))


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
    from ..mock_client import follow

    last = after
    if last is None:
        last = max((one["id"] for one in mock.call("GET", "/messages", limit=1)["messages"]), default=0)
    shown = 0
    for _event in follow(url=mock.url, token=mock.token):
        for message in mock.call("GET", "/messages", phone=phone, after=last)["messages"]:
            last = message["id"]
            row = _row(message)
            cells = "  ".join(str(cell) for cell in row if cell is not None)
            mock.show(message, cells if stdout_is_tty() else Table(_COLUMNS, [row]))
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

    from ..connection import mock_origin

    mock.call("GET", "/clock")
    page = (mock_origin()[0] if mock.url is None else mock.url.rstrip("/").removesuffix("/v1")) + "/_mock/"
    webbrowser.open(page)
    mock.show({"page": page}, page)


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
        mock.show(found, Table(columns, rows), done=_DONE if clear else "")
        if not mock.as_json and not rows:
            stderr_if_tty(_("No active faults."))
        return
    fault: dict[str, object] = {"operation": operation, "phone": phone, "times": times or None}
    if what.isdecimal():
        name = "status" if len(what) == len("503") else "code"
        fault |= {"kind": name, name: int(what), "accepted": accepted or None}
    else:
        fault |= {"kind": what, "seconds": seconds}
    body = {name: value for name, value in fault.items() if value is not None}
    made = mock.call("POST", "/faults", body)
    mock.show(made, KeyValues(list(made.items())), done=_DONE)


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
    body = {"phone": phone, "content": text} | ({} if app is None else {"app_key": app})
    made = mock.call("POST", "/replies", body)
    mock.show(made, KeyValues(list(made.items())), done=_DONE)


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
    body = {"approve": approve, "reason": reason, "app_key": app}
    given = {name: value for name, value in body.items() if value is not None}
    made = mock.call("POST", f"/{kind}s/{number}/review", given)
    mock.show(made, KeyValues(list(made.items())), done=_DONE)


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
    mock.show(told, KeyValues([("now", told["clock"]["send_time"]), ("done", told["done"])]), done=done)


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
    mock.show(clock, KeyValues([("mode", clock["mode"]), ("now", clock["send_time"])]), done=_DONE)


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
        body |= {"check": check} | ({} if app is None else {"app_key": app})
        found = mock.call("PUT", "/callbacks", body)
        mock.show(found, KeyValues([(name, url or "none") for name, url in found.items()]), done=_DONE)
        return
    addresses = mock.call("GET", "/callbacks", app_key=app)
    log = mock.call("GET", "/callbacks/deliveries", app_key=app, limit=20)["deliveries"]
    rows = [[one["id"], one["type"], one["delivered"], len(one["attempts"]), one["url"]] for one in log]
    columns = ("id", "type", "delivered", "attempts", "url")
    mock.show(
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
    import json

    from ..errors import CommandError

    if load is None:
        found = mock.call("GET", "/state")
        mock.show(found, Verbatim(json.dumps(found, ensure_ascii=True, indent=2)))
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
    mock.show(found, KeyValues([("applications", len(found["applications"]))]), done=_DONE)


@_control
def reset(mock: Mock) -> None:
    """Reset a served mock: messages, templates, faults, everything but the clock.

    \b
    Example:
      jsms mock reset
    """
    mock.show(mock.call("POST", "/reset"), _("reset"), done=_("No: a mock was reset."))
