"""Whatever is sent, the answer is a documented one, and a refusal leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsms_api.operations import OPERATIONS
from jsmskit.mock.service.dispatcher import Request

from tests.mock.bench import APP, DEV, Bench, Judge, form_body
from tests.mock.recipes import Prepared, prepare


@pytest.fixture(scope="module")
def prepared(judge: Judge) -> dict[str, Prepared]:
    """A call of every operation, each on a mock of its own that lives through all examples."""
    return {name: prepare(Bench(judge), name) for name in OPERATIONS}


def _send(call: Prepared, body: Any, **more: Any) -> None:
    bench = call.bench
    before = bench.dump() if bench.clock.now() % 7 == 0 else None
    answer = bench.call(call.method, call.path, body, auth=call.auth, **more)
    assert answer.status != 500 or answer.rule in {"magic.number", "magic.id"}
    if before is not None and answer.status != 200:
        assert bench.dump() == before
    bench.clock.advance(1)


@settings(max_examples=25)
@given(body=st.binary(max_size=200), content_type=st.none() | st.text(max_size=60))
def test_any_bytes_under_any_type_have_a_documented_answer(
    prepared: dict[str, Prepared], body: bytes, content_type: str | None
) -> None:
    for operation in ("sendMessage", "createSign"):
        _send(prepared[operation], body, content_type=content_type)


@settings(max_examples=25)
@given(
    parts=st.dictionaries(
        st.sampled_from(["sign", "type", "remark", "idCardImage", "image0", "legalPersonName", "x"]),
        st.text(max_size=12) | st.binary(max_size=12),
    ),
    cut=st.integers(0, 40),
)
def test_any_form_has_a_documented_answer(prepared: dict[str, Prepared], parts: dict[str, Any], cut: int) -> None:
    body = form_body({name: value for name, value in parts.items() if value != ""})
    body = body[: len(body) - cut] if cut > 20 else body
    _send(prepared["createSign"], body, content_type="multipart/form-data; boundary=xyz")


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
def test_any_request_has_a_documented_answer(
    prepared: dict[str, Prepared], judge: Judge, method: str, path: str, headers: dict[str, str], client_ip: str
) -> None:
    request = Request(method, path, "a=b&%", headers, b"{}", client_ip)
    judge.judge(request, prepared["getAppBalance"].bench.dispatcher.handle(request))
