"""Callbacks that no service should send: payloads spoilt before signing, fields after it, and the encoded form.

And what may become of them: the suite draws a few hundred, `python -m experiments.hostile_input` tens of thousands.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st
from jsmskit.callbacks import CallbackEndpoint, CallbackEvent, CallbackVerifier
from jsmskit.errors import CallbackError

from tests.callbacks.signing import APP_KEY, MASTER_SECRET, REPLY, REPORT, SIGN, TEMPLATE, TIMESTAMP, Clock, signed

TEXT = st.text() | st.text(st.characters(categories=["Cs", "Cc", "Nd", "Lu"]))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**30)
    | st.floats()
    | TEXT
    | st.sampled_from(["", "4001", "-0", "1e5", "2017-04-14 14:19:01", "2017-02-30 00:00:00", "9" * 19, "【】"])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=10
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


FORMS = signed_forms() | damaged_forms() | damaged_bodies() | st.binary() | TEXT | st.dictionaries(TEXT, SCALARS)
BODIES = (
    damaged_bodies() | signed_forms().map(lambda form: urlencode(form, errors="surrogatepass").encode()) | st.binary()
)
QUERIES = TEXT | st.binary() | TEXT.map(lambda text: "echostr=" + text)


def verifier() -> CallbackVerifier:
    return CallbackVerifier(APP_KEY, MASTER_SECRET, clock=Clock())


def judge_form(form: Any) -> str:
    """Nothing but an event or a CallbackError comes out of `parse`; an event can be shown, and shows no number."""
    try:
        event = verifier().parse(form)
    except CallbackError as error:
        return type(error).__name__
    assert isinstance(event, CallbackEvent)
    assert event.identity
    assert not any(number in repr(event) for number in ("15822889320", "13720481024"))
    return type(event).__name__


def judge_body(body: bytes) -> str:
    """A body is answered 200, 400 or 403; never an exception, never 5xx."""
    status = CallbackEndpoint(verifier(), lambda event: None).respond("POST", "", {}, body).status
    assert status in {200, 400, 403}
    return str(status)


def judge_query(query: str | bytes) -> str:
    """Only letters and digits ever come back."""
    try:
        echoed = verifier().echo(query)
    except CallbackError as error:
        return type(error).__name__
    assert echoed.isalnum()
    assert len(echoed) <= 64
    return "echo"
