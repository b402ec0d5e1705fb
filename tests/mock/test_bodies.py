"""Bodies that no client should send: refused clearly, and nothing changes."""

from __future__ import annotations

import json

import orjson
import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.service import request_body

from tests.mock.bench import APP, PHONE, Bench, form_body
from tests.mock.recipes import prepare

GOOD = b'{"mobile":"13800138000","temp_id":1}'

UNREADABLE = {
    "broken": b'{"mobile":',
    "two texts": GOOD + GOOD,
    "nan": b'{"mobile":"13800138000","temp_id":NaN}',
    "infinity": b'{"mobile":"13800138000","temp_id":-Infinity}',
    "too large a number": b'{"mobile":"13800138000","temp_id":1e999}',
    "half a surrogate pair": b'{"mobile":"13800138000","temp_id":1,"x":"\\ud800"}',
    "a name twice": b'{"mobile":"13800138000","temp_id":1,"mobile":"13800138001"}',
    "a name twice, once escaped": b'{"mobile":"13800138000","temp_id":1,"\\u006dobile":"1"}',
    "a name twice behind an escaped colon": b'{"mobile":"1","mobile":"\\u003a","temp_id":1}',
    "a name twice deep inside": b'{"mobile":"13800138000","temp_id":1,"x":[{"a":1,"a":2}]}',
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "utf-16": GOOD.decode().encode("utf-16"),
    "latin-1": b'{"mobile":"13800138000","temp_id":1,"x":"\xe9"}',
    "a trailing comma": b'{"mobile":"13800138000","temp_id":1,}',
    "a comment": b'{"mobile":"13800138000","temp_id":1} // hi',
    "too deep": b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "a null byte": b"\x00",
    "only blanks": b"  \n",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=list(UNREADABLE))
def test_a_body_that_is_no_json_is_refused_and_changes_nothing(bench: Bench, body: bytes) -> None:
    """403 with 50007, by the rule that says so; what is stored is what was stored."""
    before = bench.dump()
    answer = bench.post("/codes", body)
    assert (answer.code, answer.rule) == (ErrorCode.INVALID_BODY, "body.unreadable")
    assert bench.dump() == before


def test_nesting_that_json_readers_stand_is_no_fault_in_an_unknown_field(bench: Bench) -> None:
    """Unknown fields are ignored, also ones that are deeper than the fast writer goes."""
    deep = b'{"mobile":"13800138000","temp_id":1,"x":' + b"[" * 300 + b"]" * 300 + b"}"
    assert bench.post("/codes", deep).status == 200


def test_a_body_over_the_limit_is_refused(bench: Bench) -> None:
    """1 MiB is read, one byte more is not."""
    limit = bench.settings.max_body_bytes
    padded = GOOD[:-1] + b',"x":"' + b"a" * (limit - len(GOOD) - 7) + b'"}'
    assert len(padded) == limit
    assert bench.post("/codes", padded).status == 200
    answer = bench.post("/codes", padded[:-2] + b'a"}')
    assert (answer.code, answer.rule) == (ErrorCode.INVALID_BODY, "body.too-large")


def test_a_form_may_be_larger_than_json(bench: Bench) -> None:
    """Pictures have up to 2 MB each; the form as a whole has a limit of its own."""
    limit = bench.settings.max_form_bytes
    parts: dict[str, str | bytes] = {f"unknown{i}": bytes(2**20) for i in range(12)}
    assert bench.form("/sign", {"sign": "新签名", **parts}).status == 200
    answer = bench.form("/sign", {"sign": "新签名", "unknown": bytes(limit)})
    assert (answer.code, answer.rule) == (ErrorCode.INVALID_BODY, "body.too-large")


def test_a_mouth_learns_how_much_is_worth_reading(bench: Bench) -> None:
    """The limit depends on the call; an unknown one is worth no more than JSON."""
    settings = bench.settings
    assert bench.dispatcher.body_limit("POST", "/v1/sign") == settings.max_form_bytes
    assert bench.dispatcher.body_limit("POST", "/v1/sign/7/") == settings.max_form_bytes
    for method, path in [("POST", "/v1/codes"), ("GET", "/v1/sign/7"), ("POST", "/elsewhere")]:
        assert bench.dispatcher.body_limit(method, path) == settings.max_body_bytes


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "application/json;charset=UTF-8",
        "APPLICATION/JSON",
        "text/plain; charset=utf-8",
        "application/x-www-form-urlencoded",
    ],
)
def test_json_is_read_under_every_type_that_real_clients_send_it_with(bench: Bench, content_type: str | None) -> None:
    """The official Python SDK sends no type, the C# one text/plain, old curl samples a form type."""
    assert bench.post("/codes", GOOD, content_type=content_type).status == 200


@pytest.mark.parametrize(
    "content_type",
    ["application/xml", "multipart/form-data; boundary=x", "image/png", "text/html", "application/jsonx"],
)
def test_a_clearly_wrong_type_is_refused_even_if_the_body_is_json(bench: Bench, content_type: str) -> None:
    """415 with 50017."""
    answer = bench.post("/codes", GOOD, content_type=content_type)
    assert (answer.code, answer.rule) == (ErrorCode.MEDIA_NOT_SUPPORTED, "media.mismatch")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_lenient_type_is_the_wrong_one_if_the_body_is_not_json(bench: Bench, content_type: str) -> None:
    answer = bench.post("/codes", b"mobile=13800138000&temp_id=1", content_type=content_type)
    assert (answer.code, answer.rule) == (ErrorCode.MEDIA_NOT_SUPPORTED, "media.not-json")


@pytest.mark.parametrize("content_type", ["application/json", "application/xml", None])
def test_json_sent_to_a_sign_call_has_the_wrong_type(bench: Bench, content_type: str | None) -> None:
    answer = bench.post("/sign", {"sign": "新签名"}, content_type=content_type)
    assert answer.code == ErrorCode.MEDIA_NOT_SUPPORTED


def test_an_empty_body_without_a_type_is_a_missing_body_everywhere(bench: Bench) -> None:
    """400 with 50003, for forms as for JSON."""
    for path in ("/codes", "/sign"):
        assert bench.post(path, b"", content_type=None).code == ErrorCode.MISSING_BODY


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


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/codes", "POST"),
        ("PUT", "/sign/37582", "DELETE, GET, POST"),
        ("GET", "/schedule/batch", "POST"),
        ("DELETE", "/schedule/batch/x", "PUT"),
        ("OPTIONS", "/messages", "POST"),
        ("HEAD", "/accounts/app", "GET"),
        ("post", "/codes", "POST"),
    ],
)
def test_a_method_that_a_path_does_not_have_is_told_with_those_it_has(
    bench: Bench, method: str, path: str, allow: str
) -> None:
    """405 with 50018 and Allow; PUT on a sign is one of them, whatever the English page says (C5)."""
    answer = bench.call(method, path, auth=None)
    assert (answer.code, answer.reply.headers["allow"]) == (ErrorCode.REQUEST_METHOD_NOT_SUPPORT, allow)


def test_each_kind_of_pair_is_refused_where_the_other_is_wanted(bench: Bench) -> None:
    """The account's pair reads the account's balance and nothing else (C4)."""
    assert prepare(bench, "getAccountBalance").make(auth=APP).code == ErrorCode.AUTH_FAILED
    assert prepare(bench, "getAppBalance").make(auth=prepare(bench, "getAccountBalance").auth).status == 401


def test_the_query_is_ignored(bench: Bench) -> None:
    """The service knows no query parameter."""
    assert bench.dispatcher.operation_of("GET", "/v1/accounts/app") == "getAppBalance"
    assert bench.dispatcher.operation_of("GET", "/v1/codes") is None
    assert bench.dispatcher.operation_of("GET", "/elsewhere") is None


@pytest.mark.parametrize("escaped", [True, False])
def test_reading_by_counting_colons_agrees_with_reading_by_hook(escaped: bool) -> None:
    """Both ways read the same values, with colons in names and texts."""
    value = {"a:b": ":", "c": [{"d": "::"}, {"d:": {}}], "时间": "09:00:00"}
    body = json.dumps(value, ensure_ascii=escaped, indent=1).encode()
    assert request_body.read_json_text(body) == value == orjson.loads(body)


def test_a_message_to_a_foreign_phone_is_never_stored_by_a_refused_call(bench: Bench) -> None:
    before = bench.get("/accounts/app").json
    assert bench.notice(PHONE, "数" * 490).code == ErrorCode.INVALID_CONTENT_LENGTH
    assert bench.messages() == []
    assert bench.get("/accounts/app").json == before
