"""Bodies that no client should send: refused clearly. JSON that is none: tests/fuzz/requests/table.py."""

from __future__ import annotations

import pytest
from jsms_api.error_table import ErrorCode

from tests.mock.bench import Bench, form_body

GOOD = b'{"mobile":"13800138000","temp_id":1}'


def test_nesting_that_json_readers_stand_is_no_fault_in_an_unknown_field(bench: Bench) -> None:
    """Unknown fields are ignored, also ones that are deeper than the fast writer goes."""
    deep = b'{"mobile":"13800138000","temp_id":1,"x":' + b"[" * 300 + b"]" * 300 + b"}"
    assert bench.post("/codes", deep).status == 200


def test_a_form_may_be_larger_than_json(bench: Bench) -> None:
    """Pictures have up to 2 MB each; the form as a whole has a limit of its own."""
    limit = bench.settings.max_form_bytes
    parts: dict[str, str | bytes] = {f"unknown{i}": bytes(2**20) for i in range(12)}
    assert bench.form("/sign", {"sign": "新签名", **parts}).status == 200
    answer = bench.form("/sign", {"sign": "新签名", "unknown": bytes(limit)})
    assert (answer.code, answer.rule) == (ErrorCode.INVALID_BODY, "body.too-large")


FORMS = {
    "no boundary": (form_body({"sign": "新签名"}), "multipart/form-data"),
    "another boundary": (form_body({"sign": "新签名"}), "multipart/form-data; boundary=other"),
    "cut off": (form_body({"sign": "新签名"})[:-8], "multipart/form-data; boundary=xyz"),
    "no name": (b"--x\r\nContent-Type: text/plain\r\n\r\na\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    "not utf-8": (
        b'--x\r\nContent-Disposition: form-data; name="sign"\r\n\r\n\xff\xfe\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "a text twice": (
        form_body({"sign": "新签名"})[:-9] + form_body({"sign": "另签名"}),
        "multipart/form-data; boundary=xyz",
    ),
    "not a form": (b"sign=abc", "multipart/form-data; boundary=x"),
}


@pytest.mark.parametrize(("body", "content_type"), FORMS.values(), ids=list(FORMS))
def test_a_broken_form_is_refused(bench: Bench, body: bytes, content_type: str) -> None:
    """403 with 50007."""
    answer = bench.post("/sign", body, content_type=content_type)
    assert (answer.code, answer.rule) == (ErrorCode.INVALID_BODY, "body.not-a-form")


def test_paths_are_known_with_one_slash_at_the_end_and_percent_encoded(bench: Bench) -> None:
    """The PHP SDK posts to /sign/ (C24); %63 is a c like any other."""
    assert bench.post("/%63odes/", GOOD).status == 200
    assert bench.post("/codes//", GOOD).status == 404
    assert bench.get("/templates/%31").json["temp_id"] == 1
    assert bench.get("/schedule/a%2Fb").code == ErrorCode.INVALID_SCHEDULE_ID
