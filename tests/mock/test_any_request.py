"""Whatever is sent, the answer is a documented one, and a refusal leaves nothing behind."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsmskit.mock.model.http import Request

from tests.mock.bench import APP, DEV, Bench, check_refusal, form_body

#: Lives through all examples.
BENCH = Bench()


def _send(path: str, body: Any, **more: Any) -> None:
    before = BENCH.dump() if BENCH.clock.now() % 7 == 0 else None
    answer = BENCH.post(path, body, **more)
    assert answer.status != 500 or answer.rule in {"magic.number", "magic.id"}
    if before is not None and answer.status != 200:
        assert BENCH.dump() == before
    BENCH.clock.advance(1)


@settings(max_examples=25)
@given(body=st.binary(max_size=200), content_type=st.none() | st.text(max_size=60))
def test_any_bytes_under_any_type_have_a_documented_answer(body: bytes, content_type: str | None) -> None:
    for path in ("/messages", "/sign"):
        _send(path, body, content_type=content_type)


@settings(max_examples=25)
@given(
    parts=st.dictionaries(
        st.sampled_from(["sign", "type", "remark", "idCardImage", "image0", "legalPersonName", "x"]),
        st.text(max_size=12) | st.binary(max_size=12),
    ),
    cut=st.integers(0, 40),
)
def test_any_form_has_a_documented_answer(parts: dict[str, Any], cut: int) -> None:
    body = form_body({name: value for name, value in parts.items() if value != ""})
    body = body[: len(body) - cut] if cut > 20 else body
    _send("/sign", body, content_type="multipart/form-data; boundary=xyz")


@settings(max_examples=100)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "get", ""]) | st.text(max_size=8),
    path=st.lists(
        st.sampled_from(["v1", "codes", "valid", "schedule", "batch", "sign", "templates", "1", "%2F", "%zz", "é", ""])
        | st.text(max_size=6),
        max_size=5,
    ).map(lambda parts: "/" + "/".join(parts)),
    headers=st.dictionaries(
        st.sampled_from(["authorization", "content-type", "x-mock-code"]),
        st.sampled_from([APP, DEV, "Basic", "application/json", "50014", "50019"]) | st.text(max_size=20),
    ),
    client_ip=st.sampled_from(["127.0.0.1", "", "x", "::1"]),
)
def test_any_request_has_a_documented_answer(method: str, path: str, headers: dict[str, str], client_ip: str) -> None:
    check_refusal(BENCH.dispatcher.handle(Request(method, path, "a=b&%", headers, b"{}", client_ip)))
