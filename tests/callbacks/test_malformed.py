"""Whatever arrives: an event or a CallbackError, an answer of the list, and no memory kept.

300 cases of each kind on every push; `python -m tools.hostile_answers` is the long run.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import tracemalloc
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsmskit.callbacks import CallbackEndpoint, CallbackEvent, CallbackVerifier
from jsmskit.errors import CallbackError

from tests.callbacks.signing import (
    APP_KEY,
    MASTER_SECRET,
    REPLY,
    REPORT,
    SIGN,
    TEMPLATE,
    TIMESTAMP,
    Clock,
    signed,
)

CASES = int(os.environ.get("CALLBACK_CASES", "300"))
LONG = settings(max_examples=CASES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

TEXT = st.text() | st.text(st.characters(categories=["Cs", "Cc", "Nd", "Lu"]))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**30)
    | st.floats()
    | TEXT
    | st.sampled_from(
        ["", "4001", "-0", "1e5", "2017-04-14 14:19:01", "2017-02-30 00:00:00", "9" * 19, "【】"]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
KINDS = st.sampled_from(["SMS_REPORT", "SMS_STATE", "SMS_REPLY", "SMS_TEMPLATE", "SMS_SIGN", "SMS_NEW", ""])
PAYLOADS = st.sampled_from([REPORT, REPLY, TEMPLATE, SIGN])


@st.composite
def damaged_data(draw: st.DrawFn) -> str:
    """A payload with members changed, added or left out; or its text cut, mixed up or doubled."""
    payload: dict[str, Any] = dict(draw(PAYLOADS))
    for name in draw(st.lists(st.sampled_from(sorted(payload)), max_size=3)):
        if draw(st.booleans()):
            payload.pop(name, None)
        else:
            payload[name] = draw(JSON)
    payload |= draw(st.dictionaries(TEXT, JSON, max_size=2))
    text = json.dumps(payload, ensure_ascii=draw(st.booleans()))
    if draw(st.booleans()):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(TEXT) + text[place + draw(st.integers(0, 3)) :]
    return text


@st.composite
def signed_forms(draw: st.DrawFn) -> dict[str, Any]:
    """Correctly signed, with a payload of any kind: what a stranger with one captured signature can send."""
    data = draw(damaged_data() | TEXT | JSON.map(lambda value: json.dumps(value, ensure_ascii=False)))
    nonce = draw(st.integers(-(2**63), 2**63 - 1))
    timestamp = draw(st.just(TIMESTAMP) | st.integers(0, 10**16 - 1))
    return signed(draw(KINDS), data, nonce=nonce, timestamp=timestamp)


@st.composite
def damaged_forms(draw: st.DrawFn) -> dict[str, Any]:
    """The same with fields changed after signing."""
    form = draw(signed_forms())
    for name in draw(st.lists(st.sampled_from(sorted(form)), min_size=1)):
        form[name] = draw(SCALARS | st.lists(TEXT, max_size=3) | st.binary())
    return form


@st.composite
def damaged_bodies(draw: st.DrawFn) -> bytes:
    """An encoded form with bytes changed, cut, doubled."""
    encoded = urlencode(draw(signed_forms()), errors="surrogatepass").encode()
    place = draw(st.integers(0, len(encoded)))
    return (
        encoded[:place]
        + draw(st.binary(max_size=8))
        + encoded[place + draw(st.integers(0, 8)) :] * draw(st.integers(0, 2))
    )


FORMS = (
    signed_forms() | damaged_forms() | damaged_bodies() | st.binary() | TEXT | st.dictionaries(TEXT, SCALARS)
)


def verifier() -> CallbackVerifier:
    """One at the time of the samples."""
    return CallbackVerifier(APP_KEY, MASTER_SECRET, clock=Clock())


@given(FORMS)
@LONG
def test_a_form_is_an_event_or_a_callback_error(form: Any) -> None:
    """Nothing else ever comes out of `parse`; what comes out can be shown, and shows no number."""
    try:
        event = verifier().parse(form)
    except CallbackError:
        return
    assert isinstance(event, CallbackEvent)
    assert event.identity
    shown = repr(event)
    assert "15822889320" not in shown
    assert "13720481024" not in shown


@given(
    damaged_bodies()
    | signed_forms().map(lambda form: urlencode(form, errors="surrogatepass").encode())
    | st.binary()
)
@LONG
def test_a_body_is_answered_with_a_status_of_the_list(body: bytes) -> None:
    """200, 400, 403; never an exception, never 5xx."""
    answer = CallbackEndpoint(verifier(), lambda event: None).respond("POST", "", {}, body)
    assert answer.status in {200, 400, 403}


@given(TEXT | st.binary() | TEXT.map(lambda text: "echostr=" + text))
@LONG
def test_a_query_is_echoed_or_refused(query: str | bytes) -> None:
    """Only letters and digits ever come back."""
    try:
        echoed = verifier().echo(query)
    except CallbackError:
        return
    assert echoed.isalnum()
    assert len(echoed) <= 64


def test_large_and_malformed_bodies_leave_no_memory_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand refusals, bodies of 64 MiB among them: nothing stays, and nothing is copied whole."""
    monkeypatch.setattr(
        logging.getLogger("jsmskit.callbacks"), "disabled", True
    )  # pytest keeps what is logged
    endpoint = CallbackEndpoint(verifier(), lambda event: None)
    large = b"nonce=" + bytes(2**26)
    deep = signed(data="[" * 60_000)
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(500):
            endpoint.respond("POST", "", {}, urlencode(signed(nonce=number) | {"signature": "0"}).encode())
            endpoint.respond("POST", "", {}, urlencode(signed(data="{", nonce=number)).encode())
        for _ in range(20):
            assert endpoint.respond("POST", "", {}, large).status == 413
            with pytest.raises(CallbackError):
                verifier().parse(large)
            with pytest.raises(CallbackError):
                verifier().parse(deep)
        gc.collect()
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2**20
    assert peak < 8 * 2**20
