"""No secret, no code, no value and no whole phone number anywhere that people or tools look.

Plants recognisable ones, lets everything succeed and everything fail, and then searches: reprs of all
objects, log lines of all loggers at all levels, exceptions, their chains, and tracebacks with the local
variables of every frame of this package.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import logging
import pickle
import signal
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsms_api.models.send_code_request import SendCodeRequest
from jsmskit import (
    AsyncJsmsClient,
    ConfigurationError,
    JsmsClient,
    OnlyTo,
    PartialFailureError,
    Recipient,
    RetryPolicy,
    Secret,
    TemplateType,
    WithheldError,
)
from jsmskit._http.errors import ReadError

from tests.client.callers import APP, DEV, Caller, answer, failed, refusal
from tests.client.faults.wire import Wire, serving
from tests.client.operations import GENERATED, PNG
from tests.client.servers import url
from tests.judges_of_secrets import shown_by_frames, shown_by_tools

Calling = Callable[..., Caller]
Logged = Callable[[], list[str]]
PHONE, OTHER = "13987654321", "13711112222"
CODE = "739164"
VALUE = "Zaubertrank"
LEGAL_NAME, LEGAL_NUMBER, CREDIT = "Rumpelstilzchen", "11010519000101000X", "91440300MA0000000Z"
PICTURE = PNG + b"Zauberbild"
PAIR = base64.b64encode(":".join(APP).encode()).decode()
DEV_PAIR = base64.b64encode(f"{DEV['dev_key']}:{DEV['dev_secret']}".encode()).decode()
FORBIDDEN = {
    "phone": PHONE,
    "other phone": OTHER,
    "code": CODE,
    "value": VALUE,
    "legal name": LEGAL_NAME,
    "legal number": LEGAL_NUMBER,
    "credit code": CREDIT,
    "picture": "Zauberbild",
    "secret": APP[1],
    "dev secret": DEV["dev_secret"],
    "header": PAIR,
    "dev header": DEV_PAIR,
}


def later() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


ASKS: dict[str, Callable[[Any], Any]] = {
    "codes.send": lambda c: c.codes.send(PHONE),
    "codes.send_voice": lambda c: c.codes.send_voice(PHONE, code=CODE),
    "codes.verify": lambda c: c.codes.verify("288193860302", CODE),
    "messages.send": lambda c: c.messages.send(PHONE, 1, {"name": VALUE}),
    "messages.send_batch": lambda c: c.messages.send_batch(1, [Recipient(PHONE, {"name": VALUE}), OTHER]),
    "schedules.create": lambda c: c.schedules.create(PHONE, 1, later(), {"name": VALUE}),
    "schedules.create_batch": lambda c: c.schedules.create_batch(1, [(PHONE, {"name": VALUE})], later()),
    "schedules.update": lambda c: c.schedules.update("abc", PHONE, 1, later(), {"name": VALUE}),
    "schedules.update_batch": lambda c: c.schedules.update_batch("abc", 1, [(PHONE, {"name": VALUE})], later()),
    "schedules.get": lambda c: c.schedules.get("abc"),
    "reports.fetch": lambda c: c.reports.fetch(),
    "replies.fetch": lambda c: c.replies.fetch(),
    "accounts.account_balance": lambda c: c.accounts.account_balance(),
    "signs.create": lambda c: c.signs.create(
        "极光",
        legal_person_name=LEGAL_NAME,
        legal_person_id_number=LEGAL_NUMBER,
        social_credit_code=CREDIT,
        id_card_image=PICTURE,
    ),
    "call": lambda c: c.call(GENERATED["sendCode"], body=SendCodeRequest(mobile=PHONE, temp_id=1)),
}
WRONG: dict[str, Callable[[Any], Any]] = {
    "codes.send": lambda c: c.codes.send(PHONE + "0"),
    "codes.send, second argument": lambda c: c.codes.send(PHONE, template_id=0),
    "codes.send_voice": lambda c: c.codes.send_voice(PHONE, code=CODE + "0000000"),
    "codes.send_voice, third argument": lambda c: c.codes.send_voice(PHONE, code=CODE, ttl=0),
    "codes.verify": lambda c: c.codes.verify("../..", CODE),
    "messages.send": lambda c: c.messages.send(PHONE, 1, {"name": VALUE + "】"}),
    "messages.send, sign": lambda c: c.messages.send(PHONE, 1, {"name": VALUE}, sign_id=-1),
    "messages.send_batch": lambda c: c.messages.send_batch(1, [(PHONE, {"name": VALUE}), OTHER + "1"]),
    "messages.send_batch, tag": lambda c: c.messages.send_batch(1, [(PHONE, {"name": VALUE})], tag="x" * 11),
    "schedules.create": lambda c: c.schedules.create(PHONE, 1, datetime.now(UTC), {"name": VALUE}),
    "schedules.update": lambda c: c.schedules.update("/", PHONE, 1, later(), {"name": VALUE}),
    "schedules.create_batch": lambda c: c.schedules.create_batch(0, [(PHONE, {"name": VALUE})], later()),
    "signs.create": lambda c: c.signs.create(
        "极光", legal_person_name=LEGAL_NAME, legal_person_id_number=LEGAL_NUMBER + "1", id_card_image=PICTURE
    ),
    "signs.create, picture": lambda c: c.signs.create("极光", social_credit_code=CREDIT, id_card_image=b"Zauberbild"),
    "templates.preview": lambda c: c.templates.preview("{{name}}", {"name": VALUE + "【"}),
    "templates.create": lambda c: c.templates.create("", type=TemplateType.NOTICE),
    "call": lambda c: c.call(GENERATED["sendCode"], body={"mobile": PHONE}),
}
ECHO = f"{PHONE} {CODE} {PAIR} {APP[1]}"
ENDINGS: dict[str, Any] = {
    "unreachable": ConnectionRefusedError(f"{PHONE}"),
    "lost": ReadError(),
    "strange": RuntimeError(ECHO),
    "refusal": refusal(403, 50006, ECHO),
    "unknown code": refusal(403, 99999, ECHO),
    "failure": refusal(500, 50019, ECHO),
    "not JSON": (200, {"content-type": "text/html"}, ECHO.encode()),
    "wrong shape": answer(200, {"msg_id": ECHO, "schedule_id": ECHO, "recipients": ECHO, "dev_balance": ECHO}),
    "redirect": (302, {"location": f"https://{PHONE}.example/{CODE}"}, ECHO.encode()),
    "bad gateway": (502, {"retry-after": ECHO}, ECHO.encode()),
}


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """What every logger of the process said since it was asked last, formatted, and every field of the records."""
    caplog.set_level(logging.DEBUG)

    def lines() -> list[str]:
        said = [caplog.text, *(repr(record.__dict__) for record in caplog.records)]
        caplog.clear()
        return said

    return lines


def leaks(texts: Iterable[str]) -> list[str]:
    return [f"{name} in {text[:200]}" for text in texts for name, secret in FORBIDDEN.items() if secret in text]


@pytest.mark.parametrize("ask", ASKS)
def test_nothing_private_leaves_with_an_error(calling: Calling, logged: Logged, ask: str) -> None:
    """Also when the server echoes what it was sent, in every place that an answer has."""
    for ending, given in ENDINGS.items():
        if (ask, ending) == ("call", "wrong shape"):
            continue  # the generated reader takes any text for an id, so that one is no failure
        error = failed(calling(given, retry=RetryPolicy(max_attempts=1), **DEV), ASKS[ask])
        assert leaks([*shown_by_frames(error), *logged()]) == [], ending
        assert (error.__context__, error.__cause__) == (None, None)
        assert not any(secret.encode() in pickle.dumps(error) for secret in FORBIDDEN.values()), ending


@pytest.mark.parametrize("ask", WRONG)
def test_nothing_private_leaves_with_a_refused_argument(calling: Calling, logged: Logged, ask: str) -> None:
    """The frames that can stand in a traceback hold what is private only in wrappers."""
    error = failed(calling(answer(200, {})), WRONG[ask])
    assert leaks([*shown_by_frames(error), *logged()]) == []


@pytest.mark.parametrize("ask", ["codes.send", "codes.send_voice", "messages.send_batch", "schedules.update", "call"])
def test_nothing_private_leaves_with_a_withheld_message(calling: Calling, logged: Logged, ask: str) -> None:
    """The recipient guard reads numbers, and raises where no frame of it is left."""
    error = failed(calling(answer(200, {}), recipients=OnlyTo("13800138000")), ASKS[ask])
    assert isinstance(error, WithheldError)
    assert leaks([*shown_by_frames(error), *logged()]) == []


TAKEN = {"mobile": PHONE, "msg_id": "1", "temp_para": {"name": VALUE}}
REFUSED = {"mobile": OTHER, "error_code": "50006", "temp_para": {"name": VALUE}}
TASK = {"schedule_id": "a", "send_time": "2030-01-01 00:00:00", "temp_id": 1}


@pytest.mark.parametrize(
    ("ask", "data"),
    [
        ("codes.send", {"msg_id": "1"}),
        ("codes.verify", {"is_valid": True, "echo": CODE}),
        ("messages.send_batch", {"success_count": 1, "failure_count": 1, "recipients": [TAKEN, REFUSED]}),
        ("messages.send_batch", {"success_count": 0, "failure_count": 0, "recipients": []}),
        ("schedules.create_batch", {**TASK, "success_count": 0, "failure_count": 1, "failure_recipients": [REFUSED]}),
        ("schedules.get", {**TASK, "recipients": [TAKEN]}),
        ("reports.fetch", [{"msgId": "1", "phone": PHONE, "receiveTime": 1, "status": 4001}, {"phone": OTHER}]),
        ("replies.fetch", [{"phone": PHONE, "replyTime": 1, "content": f"{CODE} {VALUE}"}, {"content": VALUE}]),
    ],
)
def test_nothing_private_shows_in_a_result(calling: Calling, logged: Logged, ask: str, data: Any) -> None:
    """Results hold numbers and values, since callers need them; their repr does not show them."""
    result = calling(answer(200, data), **DEV)(ASKS[ask])
    assert leaks([repr(result), str(result), *logged()]) == []


def test_nothing_private_shows_in_the_error_of_a_partial_failure(calling: Calling) -> None:
    result = calling(answer(200, {"recipients": [REFUSED]}))(ASKS["messages.send_batch"])
    with pytest.raises(PartialFailureError) as caught:
        result.raise_for_rejected()
    assert (caught.value.rejected, caught.value.unknown) == (1, 1)
    assert leaks(shown_by_frames(caught.value)) == []


@pytest.mark.parametrize("kind", [JsmsClient, AsyncJsmsClient])
def test_arguments_do_not_show_themselves(kind: Any) -> None:
    recipient = Recipient(PHONE, {"name": VALUE})
    assert leaks([repr(recipient), repr([recipient]), f"{recipient}"]) == []
    client = kind(*APP, **DEV, transport=object())
    executor = client._executor
    for shown in (client, executor, executor._credentials, *executor._credentials.pairs.values()):
        assert leaks([repr(shown), str(shown)]) == []
    with pytest.raises(TypeError, match="one in each process"):
        pickle.dumps(client)


def interrupting(interrupt: Callable[[], object]) -> Callable[[Wire], None]:
    """Interrupts the client, once the server has read a request, while it waits for the response."""

    def act(wire: Wire) -> None:
        wire.read_body()
        interrupt()
        wire.wait()

    return act


def by_signal(ask: Callable[[Any], Any], number: signal.Signals, handler: Any) -> None:
    main = threading.get_ident()
    before = signal.signal(number, handler)
    try:
        with (
            serving(interrupting(lambda: signal.pthread_kill(main, number))) as server,
            JsmsClient(*APP, **DEV, base_url=url(server)) as client,
        ):
            ask(client)
    finally:
        signal.signal(number, before)


def time_limit(number: int, frame: object) -> None:
    """As task queues have it: a handler of the application raises."""
    raise TimeoutError("the time limit of the task")


def by_cancelling(ask: Callable[[Any], Any]) -> None:
    async def story() -> None:
        arrived, loop = asyncio.Event(), asyncio.get_running_loop()
        with serving(interrupting(lambda: loop.call_soon_threadsafe(arrived.set))) as server:
            async with AsyncJsmsClient(*APP, **DEV, base_url=url(server)) as client:
                task = asyncio.ensure_future(ask(client))
                await arrived.wait()
                task.cancel()
                await task

    asyncio.run(story())


INTERRUPTIONS: dict[str, Callable[[Callable[[Any], Any]], None]] = {
    "Ctrl-C": lambda ask: by_signal(ask, signal.SIGINT, signal.default_int_handler),
    "a time limit of the application": lambda ask: by_signal(ask, signal.SIGALRM, time_limit),
    "cancel": by_cancelling,
}


@pytest.mark.parametrize(
    ("interruption", "ask"),
    [*itertools.product(["Ctrl-C", "cancel"], ASKS), ("a time limit of the application", "codes.send_voice")],
)
def test_nothing_private_leaves_with_an_interruption(logged: Logged, interruption: str, ask: str) -> None:
    """While the client waits for the response: what error trackers and debuggers make of every frame."""
    with pytest.raises((KeyboardInterrupt, TimeoutError, asyncio.CancelledError)) as caught:
        INTERRUPTIONS[interruption](ASKS[ask])
    assert leaks([shown_by_tools(caught.value), *logged()]) == []


CONSTRUCTIONS: dict[str, Callable[[Any], Any]] = {
    "secret too long": lambda kind: kind(APP[0], APP[1] + "x"),
    "secret as bytes": lambda kind: kind(APP[0], APP[1].encode()),
    "secret in a list": lambda kind: kind(APP[0], [APP[1]]),
    "secret for a key": lambda kind: kind(APP[1] + ":", APP[1]),
    "secret wrapped": lambda kind: kind(APP[0], Secret(APP[1] + "x")),
    "no secret": lambda kind: kind(APP[1]),
    "too many": lambda kind: kind(*APP, APP[1]),
    "half a pair": lambda kind: kind(*APP, dev_secret=DEV["dev_secret"]),
    "plain http": lambda kind: kind(*APP, base_url="http://api.sms.jpush.cn/v1"),
    "secret in the address": lambda kind: kind(*APP, base_url=f"https://x:{APP[1]}@example.com"),
    "another proxy": lambda kind: kind(*APP, proxy=f"socks5://u:{APP[1]}@proxy:1"),
    "proxy in a list": lambda kind: kind(*APP, proxy=[f"http://u:{APP[1]}@p:1"]),
    "deadline": lambda kind: kind(*APP, deadline=-1, base_url="http://127.0.0.1:9"),
    "sample keys": lambda kind: kind(*APP),
    "unknown option": lambda kind: kind(*APP, secret=APP[1]),
    "transport as text": lambda kind: kind(*APP, transport="httpx"),
    "transport and proxy": lambda kind: kind(*APP, transport=object(), proxy=f"http://u:{APP[1]}@p:1"),
    "environment": lambda kind: kind.from_env(environ=environment(JSMS_MASTER_SECRET=APP[1] + "x")),
    "environment, proxy": lambda kind: kind.from_env(environ=environment(), proxy=f"http://u:{APP[1]}@p"),
    "environment, unknown option": lambda kind: kind.from_env(environ=environment(), secret=APP[1]),
    "environment, list of recipients": lambda kind: kind.from_env(
        environ=environment(JSMS_ONLY_TO=f"{PHONE},{OTHER}1")
    ),
    "recipients": lambda kind: kind(*APP, base_url="http://127.0.0.1:9", recipients=PHONE),
    "a copy": lambda kind: kind(*APP, base_url="http://127.0.0.1:9").with_options(retry=3),
}


def environment(**variables: str) -> dict[str, str]:
    return {"JSMS_APP_KEY": "a" * 24, "JSMS_MASTER_SECRET": APP[1], **variables}


@pytest.mark.parametrize("kind", [JsmsClient, AsyncJsmsClient])
@pytest.mark.parametrize("row", CONSTRUCTIONS)
def test_a_client_that_cannot_be_made_shows_no_key(row: str, kind: Any) -> None:
    """The keys are in the frames of the constructor, and constructors fail in places that are logged."""
    with pytest.raises((ConfigurationError, TypeError)) as caught:
        CONSTRUCTIONS[row](kind)
    assert leaks(shown_by_frames(caught.value)) == []
