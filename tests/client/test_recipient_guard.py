"""The recipient guard: over every operation that takes a number, no request reaches one that is not allowed."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsms_api.operations import OPERATIONS, Effect
from jsmskit import (
    AsyncJsmsClient,
    BatchResult,
    ConfigurationError,
    JsmsClient,
    JsmsError,
    OnlyTo,
    Outcome,
    PartialFailureError,
    RedirectTo,
    WithheldError,
    spec,
)
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock

from tests.client.callers import APP, Caller, Script, Sent, answer, failed, sent
from tests.client.operations import CALLS, GENERATED, OTHER, PHONE, SCHEDULE
from tests.client.test_generated_calls import _arguments

Calling = Callable[..., Caller]
OWN: Final = "13900001111"
DOCUMENT: Final = spec.load(spec.Form.OPENAPI)


def places_of_numbers(schema: dict[str, Any], place: str = "") -> Iterator[str]:
    """Where the schema of a request has a phone number: `mobile` is what the contract calls one everywhere."""
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from places_of_numbers(part, place)
    if "items" in schema:
        yield from places_of_numbers(schema["items"], f"{place}[]")
    for name, inner in schema.get("properties", {}).items():
        if name == "mobile":
            yield f"{place}.{name}"
        yield from places_of_numbers(inner, f"{place}.{name}")


PLACES: Final = {
    operation["operationId"]: set(places_of_numbers(media["schema"]))
    for path in DOCUMENT["paths"].values()
    for operation in path.values()
    if isinstance(operation, dict)
    for media in operation.get("requestBody", {}).get("content", {}).values()
}
SENDING: Final = sorted(operation for operation, places in PLACES.items() if places)
BATCHES: Final = sorted(operation for operation in SENDING if ".mobile" not in PLACES[operation])


def test_the_guard_knows_every_place_where_the_contract_has_a_number() -> None:
    """A new operation that sends, or a number in a new place, fails here until the guard reads it."""
    assert {place for places in PLACES.values() for place in places} == {".mobile", ".recipients[].mobile"}
    assert {name for name, info in OPERATIONS.items() if info.effect is Effect.SEND} <= set(SENDING)
    assert len(SENDING) == 8
    assert BATCHES == ["createScheduleBatch", "sendMessageBatch", "updateScheduleBatch"]


def test_requests_leave_where_the_guard_is_asked(root: Path) -> None:
    """The executor of the client, and live-check, whose requests no client would make: it asks for itself."""
    package = root / "overlay" / "jsmskit"
    found = {
        str(path.relative_to(package)) for path in package.rglob("*.py") if ".exchange(" in path.read_text("utf-8")
    }
    assert {place for place in found if not place.startswith("mock/")} == {
        "_async/executor.py",
        "_sync/executor.py",
        "live_check/run.py",
    }


def numbers_in(body: bytes | str) -> list[str]:
    document = json.loads(body)
    entries = document.get("recipients", [document])
    return [entry["mobile"] for entry in entries if "mobile" in entry]


def with_mock(client_kind: str, mock: JsmsMock, **options: Any) -> Caller:
    transport = mock.transport if client_kind == "sync" else mock.async_transport
    return Caller(client_kind, keys=(APP_KEY, MASTER_SECRET), transport=transport, **options)


@pytest.mark.parametrize("rule", [OnlyTo(OWN), OnlyTo(OTHER, "139*"), RedirectTo(OWN)], ids=repr)
@pytest.mark.parametrize("generated", [False, True], ids=["typed", "generated"])
@pytest.mark.parametrize("operation", SENDING)
def test_no_request_reaches_another_number(
    client_kind: str, mock: JsmsMock, operation: str, generated: bool, rule: OnlyTo | RedirectTo
) -> None:
    """By the mock's own log of requests, for the typed methods and for `client.call`."""
    positional, named = _arguments(operation)

    def ask(client: Any) -> Any:
        return client.call(GENERATED[operation], *positional, **named) if generated else CALLS[operation](client)

    with with_mock(client_kind, mock, recipients=rule) as caller, contextlib.suppress(JsmsError):
        caller(ask)  # what the service makes of what goes out is not asked here
    reached = [number for request in mock.requests.listed() for number in numbers_in(request["request"])]
    allowed = {OWN} if rule != OnlyTo(OTHER, "139*") else {OTHER}
    assert set(reached) <= allowed
    assert bool(reached) == (
        isinstance(rule, RedirectTo) or (operation in BATCHES and OTHER in allowed and not generated)
    )


@pytest.mark.parametrize("operation", SENDING)
def test_the_error_names_the_masked_number_the_setting_and_the_remedy(calling: Calling, operation: str) -> None:
    """It is ours, can be pickled, and says that nothing was sent; nothing was asked of the service."""
    caller = calling(answer(200, {}), recipients=OnlyTo("139*"))
    error = failed(caller, CALLS[operation])
    assert isinstance(error, WithheldError)
    assert (error.outcome, error.attempts, error.operation) == (Outcome.NOT_SENT, 0, operation)
    assert "138****5678" in str(error)
    assert PHONE not in str(error) + repr(error)
    assert "recipients" in error.message
    assert "Nothing was sent." in str(error)
    assert error.remedy.startswith("Add the number to recipients")
    assert "配置项" in error.remedy_zh
    assert pickle.loads(pickle.dumps(error)).field == error.field == "recipients"
    assert sent(caller) == []


def response_to(request: Sent) -> tuple[int, Any, bytes]:
    """Accept everything, in the shape of the operation."""
    listed = [{"mobile": number, "msg_id": str(place)} for place, number in enumerate(numbers_in(request.body), 1)]
    told = {"msg_id": "1", "schedule_id": SCHEDULE, "success_count": len(listed), "failure_count": 0}
    return answer(200, {**told, "recipients": listed, "failure_recipients": []})


@pytest.mark.parametrize("operation", SENDING)
def test_a_redirect_changes_the_number_and_nothing_else(calling: Calling, operation: str) -> None:
    """Not a byte beside it, and the result says where the message went."""
    plain, guarded = calling(response_to), calling(response_to, recipients=RedirectTo(OWN))
    plainly, redirected = plain(CALLS[operation]), guarded(CALLS[operation])
    (before,), (after,) = sent(plain), sent(guarded)
    expected = before.body.replace(PHONE.encode(), OWN.encode()).replace(OTHER.encode(), OWN.encode())
    assert _without_time(after.body) == _without_time(expected)
    assert (plainly.redirected_to, redirected.redirected_to) == (None, OWN)
    assert "139****1111" in repr(redirected)
    assert OWN not in repr(redirected)
    assert "redirected" not in repr(plainly)
    if operation in BATCHES:
        assert redirected.complete
        assert [getattr(one, "phone", one) for one in redirected.accepted] == [OWN, OWN]


def _without_time(body: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(body)
    document.pop("send_time", None)
    return document


@pytest.mark.parametrize("operation", BATCHES)
def test_of_a_batch_the_rest_goes_out_and_each_withheld_recipient_is_named(calling: Calling, operation: str) -> None:
    """Such a batch is not complete, whatever the service says of the rest."""
    caller = calling(response_to, recipients=OnlyTo(OTHER))
    result = caller(CALLS[operation])
    assert numbers_in(sent(caller)[0].body) == [OTHER]
    assert result.withheld == (PHONE,)
    assert (len(result.accepted), result.rejected, result.unknown, result.warnings) == (1, (), (), ())
    assert not result.complete
    assert PHONE not in repr(result)
    with pytest.raises(PartialFailureError, match="1 withheld by the recipient guard") as caught:
        result.raise_for_rejected()
    assert (caught.value.withheld, caught.value.outcome) == (1, Outcome.NOT_SENT)


PHONES: Final = st.from_regex(r"1[38]9000[01]{2}[0-2]{3}", fullmatch=True)


@settings(max_examples=40)
@given(
    asked=st.lists(PHONES, min_size=1, max_size=30),
    listed=st.lists(st.one_of(PHONES, st.sampled_from(["139*", "18900*", "1390001*"])), min_size=1),
)
def test_of_any_batch_exactly_the_listed_numbers_are_asked_for(asked: list[str], listed: list[str]) -> None:
    """In their order, repeated ones too, and everyone is accounted for."""
    prefixes = tuple(entry[:-1] for entry in listed if entry.endswith("*"))
    allowed = [phone for phone in asked if phone in listed or phone.startswith(prefixes)]
    script = Script(response_to)
    with JsmsClient(*APP, transport=script, recipients=OnlyTo(*listed), on_withheld="return") as client:
        result = client.messages.send_batch(1, asked)
    assert [numbers_in(request.body) for request in script.sent] == ([allowed] if allowed else [])
    assert [one.phone for one in result.accepted] == allowed
    assert sorted([*allowed, *result.withheld]) == sorted(asked)


@pytest.mark.parametrize("operation", SENDING)
def test_withheld_is_a_value_for_those_who_ask_for_one(calling: Calling, operation: str) -> None:
    """With the same facts as the error, and without a request."""
    caller = calling(answer(200, {}), recipients=OnlyTo(OWN), on_withheld="return")
    result = caller(CALLS[operation])
    assert sent(caller) == []
    if operation in BATCHES:
        assert (result.withheld, result.complete) == ((PHONE, OTHER), False)
    else:
        assert isinstance(result.withheld, WithheldError)
        assert "138****5678" in repr(result)


@pytest.mark.parametrize("operation", SENDING)
def test_an_allowed_message_goes_out_as_it_is(calling: Calling, operation: str) -> None:
    plain, guarded = calling(response_to), calling(response_to, recipients=OnlyTo(PHONE, OTHER))
    assert plain(CALLS[operation]) == guarded(CALLS[operation])
    assert _without_time(sent(plain)[0].body) == _without_time(sent(guarded)[0].body)


def test_requests_beside_the_client_ask_for_themselves(calling: Calling) -> None:
    """As those of `jsms live-check`, which no method of a client would make."""
    error = calling(recipients=OnlyTo(OTHER)).client.recipient_guard.refusal(PHONE)
    assert "138****5678 must not be reached while recipients is set" in error.message
    assert calling(recipients=RedirectTo(OTHER)).client.recipient_guard.refusal(PHONE) is not None
    assert calling(recipients=OnlyTo(PHONE)).client.recipient_guard.refusal(PHONE) is None


def test_more_than_ten_of_a_batch_are_not_redirected(calling: Calling) -> None:
    """A thousand messages to one phone are a mistake; ten are a test."""
    caller = calling(response_to, recipients=RedirectTo(OWN))
    assert isinstance(caller(lambda c: c.messages.send_batch(1, [f"137000000{n:02}" for n in range(10)])), BatchResult)
    error = failed(caller, lambda c: c.messages.send_batch(1, [f"137000000{n:02}" for n in range(11)]))
    assert isinstance(error, WithheldError)
    assert "not 11" in error.message
    assert len(sent(caller)) == 1


@pytest.mark.parametrize(
    "document",
    [
        *({"mobile": odd, "temp_id": 1} for odd in ("+86" + PHONE, PHONE + " ", int(PHONE), None, [PHONE])),
        {"mobile": PHONE, "recipients": [{"mobile": OTHER}]},
        {"temp_id": 1},
        {"recipients": {"mobile": PHONE}},
        {"recipients": [PHONE]},
    ],
)
def test_what_cannot_be_read_is_withheld(calling: Calling, document: dict[str, Any]) -> None:
    """A generated operation puts any number on the wire, also one that only looks like another."""
    caller = calling(response_to, recipients=OnlyTo("138*"))
    body = SimpleNamespace(to_dict=lambda: document)
    assert isinstance(failed(caller, lambda c: c.call(GENERATED["sendCode"], body=body)), WithheldError)
    assert sent(caller) == []


def test_calls_that_reach_nobody_are_not_touched(calling: Calling) -> None:
    """Looking up, verifying, cancelling: 15 of the 23 operations."""
    for operation in sorted(set(CALLS) - set(SENDING)):
        caller = calling(answer(500, {}), recipients=OnlyTo(OWN), dev_key="7e503edcb0cb725e331b0311", dev_secret=APP[1])
        assert not isinstance(failed(caller, CALLS[operation]), WithheldError)
        assert sent(caller)


# Where the rule comes from.

CLIENTS: Final = (JsmsClient, AsyncJsmsClient)


def withheld_by(client: JsmsClient | AsyncJsmsClient, phone: str) -> bool:
    return client.recipient_guard.route(phone) is None


@pytest.mark.parametrize("kind", CLIENTS)
def test_no_client_of_the_process_forgets_the_environment(
    kind: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither an explicit None, nor another environment, nor a copy, nor a wider rule switches it off."""
    monkeypatch.setenv("JSMS_ONLY_TO", f" {OWN}, 138-0013-8000，\n137* ,")
    keys = {"JSMS_APP_KEY": APP[0], "JSMS_MASTER_SECRET": APP[1]}
    address = {"base_url": "http://127.0.0.1:9/v1"}
    for client in (
        kind(*APP, **address),
        kind(*APP, recipients=None, **address),
        kind.from_env(environ=keys, **address),
        kind.from_env(environ=keys, recipients=OnlyTo("137*", "139*", "138*"), **address),
        kind(*APP, **address).with_options(deadline=1),
    ):
        assert withheld_by(client, PHONE)
        assert not withheld_by(client, OWN)
        assert not withheld_by(client, "13800138000")
        assert not withheld_by(client, "13700000000")
    same = {**keys, "JSMS_ONLY_TO": os.environ["JSMS_ONLY_TO"]}
    assert repr(kind.from_env(environ=same, **address)).count("JSMS_ONLY_TO") == 1
    both = kind(*APP, recipients=OnlyTo("138*"), **address)
    assert [withheld_by(both, phone) for phone in (PHONE, OWN, "13800138000")] == [True, True, False]
    assert withheld_by(kind(*APP, recipients=RedirectTo(PHONE), **address), OWN)
    monkeypatch.delenv("JSMS_ONLY_TO")
    list_file = tmp_path / "list"
    list_file.write_text(f"{OWN}\n137*\n", encoding="utf-8")
    found = kind.from_env(environ={**keys, "JSMS_ONLY_TO_FILE": str(list_file)}, **address)
    assert withheld_by(found, PHONE)
    assert not withheld_by(found, "13700000000")
    found = kind.from_env(environ={**keys, "JSMS_REDIRECT_TO": OWN}, **address)
    assert found.recipient_guard.route(PHONE) == OWN
    assert kind(*APP, **address).recipient_guard is None


MALFORMED: Final = [
    ({"JSMS_ONLY_TO": ""}, "JSMS_ONLY_TO: it names no recipient"),
    ({"JSMS_ONLY_TO": " , ,"}, "JSMS_ONLY_TO: it names no recipient"),
    ({"JSMS_ONLY_TO": "*"}, "JSMS_ONLY_TO: entry 1: a prefix"),
    ({"JSMS_ONLY_TO": f"{OWN},1*"}, "JSMS_ONLY_TO: entry 2: a prefix"),
    ({"JSMS_ONLY_TO": "13900001*"}, "JSMS_ONLY_TO: entry 1: a prefix"),
    ({"JSMS_ONLY_TO": "139*1"}, "JSMS_ONLY_TO: entry 1: "),
    ({"JSMS_ONLY_TO": "139"}, "JSMS_ONLY_TO: entry 1: .* has 3 digits"),
    ({"JSMS_ONLY_TO": "13900001111;13900002222"}, "JSMS_ONLY_TO: entry 1: "),
    ({"JSMS_ONLY_TO_FILE": "/nowhere/at/all"}, "JSMS_ONLY_TO_FILE names cannot be read"),
    ({"JSMS_REDIRECT_TO": ""}, "JSMS_REDIRECT_TO: the number is empty"),
    ({"JSMS_REDIRECT_TO": "139*"}, "JSMS_REDIRECT_TO: "),
    ({"JSMS_REDIRECT_TO": f"{OWN},{OTHER}"}, "JSMS_REDIRECT_TO: "),
    ({"JSMS_ONLY_TO": OWN, "JSMS_REDIRECT_TO": OWN}, "JSMS_ONLY_TO and JSMS_REDIRECT_TO are both set"),
    ({"JSMS_ONLY_TO": OWN, "JSMS_ONLY_TO_FILE": "x"}, "JSMS_ONLY_TO and JSMS_ONLY_TO_FILE are both set"),
]


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize(("variables", "words"), MALFORMED)
def test_a_malformed_setting_makes_no_client(
    kind: Any, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], words: str
) -> None:
    """The variable is named; a list that got lost does not mean everyone."""
    keys = {"JSMS_APP_KEY": APP[0], "JSMS_MASTER_SECRET": APP[1]}
    with pytest.raises(ConfigurationError, match=words):
        kind.from_env(environ={**keys, **variables})
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=words) as caught:
        kind(*APP, base_url="http://127.0.0.1:9/v1")
    assert OWN not in str(caught.value)


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_malformed_argument_makes_no_client(kind: Any) -> None:
    """Nor does something that is no rule, which would otherwise be found at the first message."""
    for make in (
        OnlyTo,
        lambda: OnlyTo("12345"),
        lambda: RedirectTo(""),
        lambda: kind(*APP, recipients=OWN),
        lambda: kind(*APP, recipients=[OnlyTo(OWN)]),
        lambda: kind(*APP, on_withheld="ignore"),
    ):
        with pytest.raises(ConfigurationError, match=r"recipients|on_withheld"):
            make()


def test_the_client_and_its_log_say_that_the_guard_is_on(calling: Calling, caplog: pytest.LogCaptureFixture) -> None:
    """Once when it is made, and for every message that is withheld or redirected. No line shows a number."""
    caplog.set_level(logging.INFO, "jsmskit")
    caller = calling(response_to, recipients=OnlyTo(OTHER, "139*"))
    assert repr(caller.client).endswith("Client(hidden, recipients=OnlyTo(186****0709, 139*))")
    caller(CALLS["sendMessageBatch"])
    failed(caller, CALLS["sendCode"])
    calling(response_to, recipients=RedirectTo(OWN))(CALLS["sendCode"])
    told = [record.getMessage() for record in caplog.records]
    assert told[0] == "recipients are restricted: recipients=OnlyTo(186****0709, 139*)"
    assert "sendMessageBatch withheld=1 redirected=0 by=recipients" in told
    assert "sendCode withheld=1 redirected=0 by=recipients" in told
    assert "sendCode withheld=0 redirected=1 by=recipients" in told
    assert not any(number in "\n".join(told) for number in (PHONE, OTHER, OWN))
