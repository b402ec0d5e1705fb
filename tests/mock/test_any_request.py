"""Whatever is sent, the answer is a documented one, and a refusal leaves nothing behind."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsms_api.operations import OPERATIONS
from jsmskit.mock.model.magic_numbers import PREFIX
from jsmskit.mock.service.dispatcher import Request

from tests.mock.bench import APP, DEV, IN_AUDIT, MARKETING, NOTICE, PHONE, REFUSED, Bench, Judge, form_body
from tests.mock.recipes import Prepared, prepare

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
#: Values that mean something to some field, so that the deep rules are reached.
PLAUSIBLE = st.sampled_from(
    [
        PHONE,
        13800138000,
        "+8613800138001",
        f"{PREFIX}50014",
        f"{PREFIX}04003",
        "1",
        1,
        NOTICE,
        MARKETING,
        IN_AUDIT,
        REFUSED,
        37582,
        2**63,
        -1,
        "",
        "2024-05-07 09:00:00",
        "2024-02-30 09:00:00",
        {"number": "1"},
        {"what": "书"},
        {"code": "1"},
        {},
        {"number": None},
        {"number": "【"},
        {"number": "\u0000"},
        [],
        [{"mobile": PHONE, "temp_para": {"number": "1"}}],
        [{"mobile": PHONE}, {"mobile": "x"}, {}],
        [{"mobile": f"{PREFIX}50006", "temp_para": {}}],
        "您好{{name}}",
        "{{code}}",
        "{{url}}",
        300,
        "https://a.example",
        "标" * 10,
        "标" * 600,
    ]
)
FIELDS = sorted(
    {
        "mobile",
        "temp_id",
        "sign_id",
        "temp_para",
        "recipients",
        "send_time",
        "tag",
        "code",
        "voice_lang",
        "ttl",
    }
    | {"template", "type", "remark", "unknown"}
)
BODIES = st.dictionaries(st.sampled_from(FIELDS), PLAUSIBLE | ANYTHING, max_size=6)


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


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("operation", [name for name, info in OPERATIONS.items() if info.content_type])
@given(body=BODIES | ANYTHING, keep=st.booleans())
def test_any_body_has_a_documented_answer(
    prepared: dict[str, Prepared], operation: str, body: Any, keep: bool
) -> None:
    """Judged by the second validator; never a failure of the mock itself."""
    call = prepared[operation]
    if keep and isinstance(body, dict) and call.body is not None:
        body = {**call.body, **body}
    try:
        data = orjson.dumps(body)
    except TypeError:  # an integer that the fast writer does not write
        return
    _send(call, data)


@settings(max_examples=60)
@given(body=st.binary(max_size=200), content_type=st.none() | st.text(max_size=60))
def test_any_bytes_under_any_type_have_a_documented_answer(
    prepared: dict[str, Prepared], body: bytes, content_type: str | None
) -> None:
    for operation in ("sendMessage", "createSign"):
        _send(prepared[operation], body, content_type=content_type)


@settings(max_examples=60)
@given(
    parts=st.dictionaries(
        st.sampled_from(["sign", "type", "remark", "idCardImage", "image0", "legalPersonName", "x"]),
        st.text(max_size=12) | st.binary(max_size=12),
    ),
    cut=st.integers(0, 40),
)
def test_any_form_has_a_documented_answer(
    prepared: dict[str, Prepared], parts: dict[str, Any], cut: int
) -> None:
    body = form_body({name: value for name, value in parts.items() if value != ""})
    body = body[: len(body) - cut] if cut > 20 else body
    _send(prepared["createSign"], body, content_type="multipart/form-data; boundary=xyz")


@settings(max_examples=200)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "get", ""]) | st.text(max_size=8),
    path=st.lists(
        st.sampled_from(
            ["v1", "codes", "valid", "schedule", "batch", "sign", "templates", "1", "%2F", "%zz", "é", ""]
        )
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
    prepared: dict[str, Prepared],
    judge: Judge,
    method: str,
    path: str,
    headers: dict[str, str],
    client_ip: str,
) -> None:
    request = Request(method, path, "a=b&%", headers, b"{}", client_ip)
    judge.judge(request, prepared["getAppBalance"].bench.dispatcher.handle(request))
