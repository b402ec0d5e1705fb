"""No secret, no number, no text of a callback in what an error tracker or a traceback with locals shows.

Each row ends a callback in another way: refused, interrupted, failed in the store or in the handler. Nothing
private stands in a variable of this file, whose frames are shown as well.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from jsmskit.callbacks import AsgiCallbacks, CallbackEndpoint, CallbackVerifier, NonceState, WsgiCallbacks

from tests.callbacks import signing
from tests.callbacks.signing import APP_KEY, Clock, body, signed
from tests.judges_of_secrets import shown_by_tools

REPLY = signing.REPLY | {"content": "Zauber" + "trank"}
FORBIDDEN = {
    "secret": signing.MASTER_SECRET,
    "phone": signing.REPORT["phone"],
    "other phone": signing.REPLY["phone"],
    "text": "Zauber" + "trank",
    "the right signature": signing.signature(7659972084945889195, signing.TIMESTAMP),
}


class Store:
    """A store in which something happens to the process."""

    def __init__(self, happening: BaseException) -> None:
        self.happening = happening

    def register(self, nonce: str, payload: bytes, *, now: float, keep_until: float) -> NonceState:
        raise self.happening

    def mark_handled(self, nonce: str) -> None:
        raise self.happening


def verifier(*, store: Any = None, clock: Callable[[], datetime] | None = None) -> CallbackVerifier:
    return CallbackVerifier(APP_KEY, signing.MASTER_SECRET, store=store, clock=clock or Clock())


def used() -> CallbackVerifier:
    """One that has seen the nonce."""
    made = verifier()
    made.parse(signed("SMS_TEMPLATE", signing.TEMPLATE))
    return made


def broken_clock() -> datetime:
    raise OSError("no clock")


PARSES: dict[str, Callable[[], object]] = {
    "wrong signature, mapping": lambda: verifier().parse(signed("SMS_REPLY", REPLY) | {"signature": "0" * 40}),
    "wrong signature, body": lambda: verifier().parse(body().replace(b"signature=2", b"signature=3")),
    "a field missing": lambda: verifier().parse(signed() | {"nonce": None}),
    "a field twice": lambda: verifier().parse(body() + b"&nonce=1"),
    "not a form": lambda: verifier().parse(body() + b"&x"),
    "too large": lambda: verifier().parse(body() + b"&x=" + b"1" * 70_000),
    "neither body nor mapping": lambda: verifier().parse(list(signed().items())),  # type: ignore[arg-type]
    "data damaged": lambda: verifier().parse(body(data=signed()["data"][:-1])),
    "outside of the calendar": lambda: verifier().parse(signed(timestamp="9" * 16)),
    "too old": lambda: verifier(clock=lambda: Clock().now + timedelta(days=2)).parse(signed()),
    "from the future": lambda: verifier(clock=lambda: Clock().now - timedelta(days=2)).parse(signed()),
    "a clock that fails": lambda: verifier(clock=broken_clock).parse(signed("SMS_REPLY", REPLY)),
    "a clock without a zone": lambda: verifier(clock=lambda: datetime(2017, 4, 14)).parse(body()),  # noqa: DTZ001
    "replayed": lambda: used().parse(signed("SMS_REPLY", REPLY)),
    "a store that fails": lambda: verifier(store=Store(OSError("away"))).parse(signed("SMS_REPLY", REPLY)),
    "Ctrl-C in the store": lambda: verifier(store=Store(KeyboardInterrupt())).parse(body()),
    "SIGTERM in the store": lambda: verifier(store=Store(SystemExit(1))).parse(signed("SMS_REPLY", REPLY)),
}


def raises(happening: BaseException) -> Callable[[object], None]:
    def handle(event: object) -> None:
        raise happening

    return handle


async def cancelled(event: object) -> None:
    """A handler whose task is cancelled."""
    await cancel()


async def cancel() -> None:
    """Cancel the task that this runs in."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


async def cancelled_from_a_thread() -> None:
    """A plain handler runs in a thread, and the task that waits for it is cancelled."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    await endpoint(lambda event: loop.call_soon_threadsafe(task.cancel)).respond_async("POST", "", {}, body())


def endpoint(handler: Any = print, store: Any = None) -> CallbackEndpoint:
    return CallbackEndpoint(verifier(store=store), handler)


def wsgi(app: WsgiCallbacks) -> object:
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": str(len(body("SMS_REPLY", REPLY))),
        "wsgi.input": io.BytesIO(body("SMS_REPLY", REPLY)),
    }
    return app(environ, lambda *_: None)


def asgi(app: AsgiCallbacks, *pieces: bytes) -> Any:
    """Send the pieces; then the server is shut down."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": []}

    async def receive() -> Any:
        if not messages:
            await cancel()
        return messages.pop(0)

    async def send(message: Any) -> None: ...

    return app(scope, receive, send)


REQUESTS: dict[str, Callable[[], object]] = {
    "Ctrl-C in the handler": lambda: endpoint(raises(KeyboardInterrupt())).respond(
        "POST", "", {}, body("SMS_REPLY", REPLY)
    ),
    "SIGTERM in the store": lambda: endpoint(store=Store(SystemExit(1))).respond("POST", "", {}, body()),
    "a plain handler is interrupted in asyncio": lambda: asyncio.run(
        endpoint(raises(SystemExit(1))).respond_async("POST", "", {}, body())
    ),
    "a coroutine handler is cancelled": lambda: asyncio.run(
        endpoint(cancelled).respond_async("POST", "", {}, body("SMS_REPLY", REPLY))
    ),
    "cancelled while a plain handler runs": lambda: asyncio.run(cancelled_from_a_thread()),
    "the wrong kind of handler": lambda: endpoint(cancelled).respond("POST", "", {}, body()),
    "WSGI, Ctrl-C in the handler": lambda: wsgi(WsgiCallbacks(endpoint(raises(KeyboardInterrupt())))),
    "ASGI, cancelled while the body is read": lambda: asyncio.run(
        asgi(AsgiCallbacks(endpoint()), body()[:-9], b"more")
    ),
}

CONSTRUCTIONS: dict[str, Callable[[], object]] = {
    "no key": lambda: CallbackVerifier("", signing.MASTER_SECRET),
    "a key of another kind": lambda: CallbackVerifier(None, signing.MASTER_SECRET),  # type: ignore[arg-type]
    "swapped, one with a line break": lambda: CallbackVerifier(signing.MASTER_SECRET + "\n", APP_KEY),
    "a secret with a line break": lambda: CallbackVerifier(APP_KEY, signing.MASTER_SECRET + "\n"),
    "a secret of another kind": lambda: CallbackVerifier(APP_KEY, signing.MASTER_SECRET.encode()),  # type: ignore[arg-type]
    "no window": lambda: CallbackVerifier(APP_KEY, signing.MASTER_SECRET, max_age=timedelta(0)),
    "a window of another kind": lambda: CallbackVerifier(APP_KEY, signing.MASTER_SECRET, max_age=5),  # type: ignore[arg-type]
}

ROWS = {
    f"{group}: {name}": end
    for group, rows in (("parse", PARSES), ("request", REQUESTS), ("constructor", CONSTRUCTIONS))
    for name, end in rows.items()
}


@pytest.mark.parametrize("row", ROWS)
def test_nothing_private_is_shown_however_a_callback_ends(row: str) -> None:
    """By sentry-sdk with its defaults, by rich with locals, and in the repr of any local of any frame."""
    with pytest.raises(BaseException) as caught:  # Ctrl-C and SystemExit among them
        ROWS[row]()
    shown = shown_by_tools(caught.value)
    assert [name for name, secret in FORBIDDEN.items() if secret in shown] == []


def test_the_judges_see_what_a_frame_holds() -> None:
    """Each of them: a judge that is blind would let everything pass."""
    from tests.judges_of_secrets import shown_by_frames, shown_by_rich, shown_by_sentry

    def careless(form: dict[str, str]) -> None:
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused") as caught:
        careless(signed("SMS_REPLY", REPLY))
    for shown in (shown_by_sentry(caught.value), shown_by_rich(caught.value), "".join(shown_by_frames(caught.value))):
        assert FORBIDDEN["other phone"] in shown
        assert FORBIDDEN["text"] in shown
