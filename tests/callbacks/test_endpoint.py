"""From a request to an answer: the statuses, and when a callback counts as handled."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from jsmskit.callbacks import (
    CallbackEndpoint,
    CallbackEvent,
    CallbackResponse,
    CallbackVerifier,
    DeliveryReport,
    NonceState,
    SignReview,
    TemplateReview,
    UnknownEvent,
)
from jsmskit.callbacks._endpoint import MAX_BODY_BYTES, CallbackRequest
from jsmskit.errors import ConfigurationError

from tests.callbacks.signing import APP_KEY, MASTER_SECRET, REPLY, REPORT, Clock, body

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Inbox:
    """A handler that keeps events, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.events: list[CallbackEvent] = []
        self.failures: list[Exception] = []

    def __call__(self, event: CallbackEvent) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.events.append(event)


class AsyncInbox(Inbox):
    """The same as a coroutine function."""

    async def __call__(self, event: CallbackEvent) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        super().__call__(event)


Ask = Callable[..., CallbackResponse]


@pytest.fixture(params=["plain", "plain in asyncio", "coroutine function"])
def client_kind(request: pytest.FixtureRequest) -> str:
    """The three ways a handler can be run."""
    return str(request.param)


@pytest.fixture
def inbox(client_kind: str) -> Inbox:
    return AsyncInbox() if client_kind == "coroutine function" else Inbox()


def asker(endpoint: CallbackEndpoint, client_kind: str) -> Ask:
    def ask(
        body: bytes = b"", *, method: str = "POST", query: str = "", headers: dict[str, str] = FORM
    ) -> CallbackResponse:
        if client_kind == "plain":
            return endpoint.respond(method, query, headers, body)
        return asyncio.run(endpoint.respond_async(method, query, headers, body))

    return ask


@pytest.fixture
def ask(verifier: CallbackVerifier, inbox: Inbox, client_kind: str) -> Ask:
    return asker(CallbackEndpoint(verifier, inbox), client_kind)


def test_an_event_is_handled_and_answered(ask: Ask, inbox: Inbox) -> None:
    """200, in plain text that no browser reinterprets."""
    status, headers, text = ask(body())
    assert (status, text) == (200, b"ok")
    assert headers == {
        "content-type": "text/plain; charset=utf-8",
        "content-length": "2",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    assert isinstance(inbox.events[0], DeliveryReport)


def test_the_address_check_is_answered(ask: Ask, inbox: Inbox) -> None:
    answer = ask(method="GET", query="echostr=a8Bc1234")
    assert (answer.status, answer.body) == (200, b"a8Bc1234")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not inbox.events


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("SMS_NEW", {"phone": "15822889320"}, "This version does not know the type."),
        ("SMS_REPORT", REPORT | {"receiveTime": None}, "data.receiveTime is missing or not a whole number."),
    ],
)
def test_an_unknown_event_is_handed_over_and_logged_by_its_type(
    ask: Ask, inbox: Inbox, caplog: pytest.LogCaptureFixture, kind: str, data: object, reason: str
) -> None:
    """200, once: the service will not call again, so the application has to keep it. A forged one is refused."""
    assert ask(body(kind, data).replace(b"signature=", b"signature=0")).status == 403
    assert (ask(body(kind, data)).status, ask(body(kind, data)).body) == (200, b"duplicate")
    (event,) = inbox.events
    assert isinstance(event, UnknownEvent)
    assert (event.type, event.reason) == (kind, reason)
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert f"type='{kind}'" in warnings[1]
    assert "15822889320" not in caplog.text


def test_a_duplicate_can_be_passed_on(verifier: CallbackVerifier, inbox: Inbox, client_kind: str) -> None:
    ask = asker(CallbackEndpoint(verifier, inbox, pass_duplicates=True), client_kind)
    ask(body())
    ask(body())
    assert [event.duplicate for event in inbox.events] == [False, True]


def test_a_handler_that_fails_gets_the_event_again(ask: Ask, inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    """503 each time, so the service repeats; the first success counts, and only then comes the 200."""
    inbox.failures = [RuntimeError("disk full"), ValueError("no row for 15822889320")]
    assert [ask(body()).status for _ in range(4)] == [503, 503, 200, 200]
    assert [event.duplicate for event in inbox.events] == [False]
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert errors[0].endswith("\nRuntimeError: disk full")
    assert errors[1].endswith("\nValueError: no row for 158****9320")
    assert "15822889320" not in caplog.text


class BrokenStore:
    """A store that fails when told to."""

    def __init__(self) -> None:
        self.register_fails = False
        self.mark_fails = False

    def register(self, nonce: str, payload: bytes, *, now: float, keep_until: float) -> NonceState:
        if self.register_fails:
            raise OSError("store away")
        return NonceState.FRESH

    def mark_handled(self, nonce: str) -> None:
        if self.mark_fails:
            raise OSError("store away")


def test_a_store_that_fails_means_later(
    clock: Clock, inbox: Inbox, client_kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """503 before handling; 200 after it, since the work is done and calling again would only repeat it."""
    store = BrokenStore()
    verifier = CallbackVerifier(APP_KEY, MASTER_SECRET, store=store, clock=clock)
    ask = asker(CallbackEndpoint(verifier, inbox), client_kind)
    store.register_fails = True
    assert (ask(body()).status, inbox.events) == (503, [])
    store.register_fails, store.mark_fails = False, True
    assert (ask(body()).status, len(inbox.events)) == (200, 1)
    assert caplog.text.count("OSError: store away") == 2
    assert [record.getMessage().split("\n")[0] for record in caplog.records if record.levelno == logging.ERROR] == [
        "callback not read, the nonce store failed",
        "callback handled, but the nonce store failed",
    ]


def test_every_answer_and_every_line_of_the_log(
    ask: Ask, inbox: Inbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Word for word, in the order of a life: what the service is told, and what the operator reads."""
    caplog.set_level(logging.DEBUG, logger="jsmskit.callbacks")
    shown = (
        "DeliveryReport(nonce='7659972084945889195', sent_at=2017-04-14T14:19:00.274000+08:00, duplicate={},"
        " msg_id='1652496', phone='158****9320', status=4001, received_at=2017-04-14T14:19:01.392000+08:00)"
    )

    def step(status: int, text: bytes, level: int | None, line: str, *request: bytes, **other: Any) -> None:
        caplog.clear()
        answer = ask(*request, **other)
        assert (answer.status, answer.body) == (status, text)
        told = [(record.levelno, record.getMessage().split("\n")[0]) for record in caplog.records]
        assert told == ([] if level is None else [(level, line)])

    inbox.failures = [RuntimeError()]
    failed = "callback not handled, the service will call again: " + shown.format(False)
    step(503, b"try again later", logging.ERROR, failed, body())
    step(200, b"ok", logging.DEBUG, "callback handled: " + shown.format(False), body())
    step(200, b"duplicate", logging.INFO, "duplicate callback ignored: " + shown.format(True), body())
    replayed = "callback refused: The nonce of the callback came before with another payload."
    step(409, b"nonce used before", logging.ERROR, replayed, body("SMS_REPLY", REPLY))
    compressed = "callback refused: The body is compressed, which no documented callback is."
    step(400, b"malformed callback", logging.WARNING, compressed, body(), headers={"content-encoding": "br"})
    unsigned = "callback refused: The signature of the callback does not match the keys."
    step(403, b"invalid signature", logging.WARNING, unsigned, body().replace(b"signature=", b"signature=0"))
    step(405, b"method not allowed", None, "", method="PUT")
    step(413, b"body too large", None, "", b"x" * (MAX_BODY_BYTES + 1))
    no_form = "callback refused: The body is not a form (application/x-www-form-urlencoded, UTF-8)."
    step(400, b"malformed callback", logging.WARNING, no_form, b"x" * MAX_BODY_BYTES)
    clock.advance(timedelta(days=1))
    stale = "callback refused: The callback was signed more than 14:00:00 ago."
    step(403, b"outside of the time window", logging.WARNING, stale, body())


@pytest.mark.parametrize("given", [TemplateReview, SignReview, CallbackRequest])
def test_what_was_received_cannot_be_changed(given: type[Any]) -> None:
    """A handler hands it on; and it has no other fields than those that were verified."""
    values = {field.name: None for field in dataclasses.fields(given) if field.init}
    received = given(**values)
    for name in (*values, "another"):
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
            setattr(received, name, 1)


def test_a_coroutine_function_needs_asyncio(verifier: CallbackVerifier) -> None:
    """Told at the first request, as a programming error: without an event loop it could never run."""
    inbox = AsyncInbox()
    for handler in (inbox, inbox.__call__, functools.partial(inbox.__call__)):
        endpoint = CallbackEndpoint(verifier, handler)
        assert endpoint.is_async
        with pytest.raises(ConfigurationError, match=r"^The handler .* is a coroutine function: use respond_async\. "):
            endpoint.respond("POST", "", FORM, body())


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_an_awaitable_that_nobody_can_await_is_no_success(
    verifier: CallbackVerifier, caplog: pytest.LogCaptureFixture
) -> None:
    """A plain function that gives a coroutine: 200 would lose the event."""
    inbox = AsyncInbox()
    endpoint = CallbackEndpoint(verifier, lambda event: inbox(event))
    assert endpoint.respond("POST", "", FORM, body()).status == 503
    assert "The handler of the callbacks returned an awaitable: use respond_async. " in caplog.text

    class Later:
        def __await__(self):  # type: ignore[no-untyped-def]
            yield

    assert CallbackEndpoint(verifier, lambda event: Later()).respond("POST", "", FORM, body()).status == 503
    assert not inbox.events
    assert asyncio.run(endpoint.respond_async("POST", "", FORM, body())).status == 200
    assert len(inbox.events) == 1


def test_a_cancelled_handler_leaves_the_event_open(verifier: CallbackVerifier) -> None:
    """The server goes down in the middle: the repeat is no duplicate."""
    events: list[CallbackEvent] = []

    async def slow(event: CallbackEvent) -> None:
        events.append(event)
        if len(events) == 1:
            await asyncio.Event().wait()

    async def scenario() -> int:
        endpoint = CallbackEndpoint(verifier, slow)
        first = asyncio.create_task(endpoint.respond_async("POST", "", FORM, body()))
        while not events:
            await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return (await endpoint.respond_async("POST", "", FORM, body())).status

    assert asyncio.run(scenario()) == 200
    assert [event.duplicate for event in events] == [False, False]
