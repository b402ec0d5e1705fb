"""Fields as real clients and careless ones write them; each stands in a request that is in order otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsms_api.operations import OPERATIONS

from tests.fuzz.oracle.exchange import Sent
from tests.fuzz.oracle.initial_state import IN_AUDIT, SHORT_LIFE, TURNED_DOWN
from tests.fuzz.oracle.world import World
from tests.fuzz.requests.calls import call, good_body

Row = dict[str, Any]

_MOBILE: Final[tuple[object, ...]] = (
    13800138000, "+8613800138000", "8613800138000", None, "", True, ["13800138000"], 1380013800, 13800138000.0,
    "+8513800138000", "12800138000", "138001380001", "1380013800０", "13800138000\n",
)  # fmt: skip
_TEMP_ID: Final = ("1", 1.0, "", None, True, "one", "１", 1.5, 0, -1, 10**30, "9" * 19)
_SIGN_ID: Final[tuple[object, ...]] = ("37582", None, "", 0, [])
_SEND_TIME: Final = (
    "1969-12-31 23:59:59", "0000-00-00 00:00:00", "2027-02-30 09:00:00", "2027-05-07 24:00:00",
    "2027-05-07 09:00:60", "2027-5-7 9:00:00", "2027-05-07T09:00:00", "2027-05-07 09:00", "２０２7-05-07 09:00:00",
    "tomorrow", "", None, 1, "9999-12-31 23:59:59", "2028-02-29 09:00:00",
)  # fmt: skip
_ENTRY: Final = {"mobile": "16600000021"}
_RECIPIENTS: Final[tuple[object, ...]] = (
    [], None, "13800138000", _ENTRY, ["13800138000"], [None], [{"mobile": True}], [{**_ENTRY, "temp_para": "x"}],
    [_ENTRY, {**_ENTRY, "temp_para": {"number": []}}], [{"mobile": 13800138000}, {"mobile": 123, "unknown": 1}],
    [{"temp_para": {"x": "1"}}], [{**_ENTRY, "temp_para": {"x": "数" * 501}}],
)  # fmt: skip
_TEMPLATES: Final[tuple[Row, ...]] = (
    {"template": "【我】"}, {"template": None}, {"template": 1}, {"template": "字" * 495}, {"template": "字" * 494},
    {"template": "字" * 491, "type": 3}, {"template": "字" * 490, "type": 3}, {"template": "没有变量", "type": 1},
    {"template": "{{code}}{{time}}", "type": 1}, {"ttl": None}, {"type": None}, {"type": 0}, {"type": "x"},
    {"template": "{{url}}", "type": 2, "remark": "ftp://a"}, {"template": "{{url}}", "type": 2, "remark": "https:// x"},
    {"type": "2"}, {"temp_id": 0}, {"ttl": 60, "type": 2}, {"remark": ""}, {"template": "{{a}}{{a}}} }", "type": 2},
    *({"template": text, "type": 2} for text in ("{{a_}}", "a}}", "{{{a}}}", "{{名}}", "{{a-b}}", "{{a\n}}")),
)  # fmt: skip

_SIGNS: Final = (
    "字", "九个汉字组成的签名", "a b", "有-符", "【签名】", "[签名]", "签名🙏", "", "ｆｕｌｌ", "Jiguang8", "极光2号",
)  # fmt: skip

#: Values of one field, and several fields at once, by operation.
_VALUES: Final[Mapping[str, Mapping[str, tuple[object, ...]]]] = {
    "sendCode": {"mobile": _MOBILE, "temp_id": _TEMP_ID, "sign_id": _SIGN_ID, "type": (1,), "tag": ("x" * 50,)},
    "sendVoiceCode": {
        "code": ("123", "123456789", "12a4", "１２３４", 394821, "0000", "01234567"),
        "voice_lang": (3, -1, "cn", "2"),
        "ttl": (0, 86_401, 1.5, "90", None),
    },
    "verifyCode": {"code": ("", None, "1" * 33, 394821, [])},
    "sendMessage": {
        "temp_para": ({"x": True}, {"x": []}, {"x": {}}, [], None, {"x": 741627}),
        "mobile": ("19900000005",),
        "temp_id": ("1251", "01251"),
        "tag": ("x" * 50,),
    },
    "sendMessageBatch": {"recipients": _RECIPIENTS, "tag": ("标" * 10, "标" * 11), "temp_id": ("1251",)},
    "createSchedule": {"send_time": _SEND_TIME},
    "createScheduleBatch": {"recipients": _RECIPIENTS, "send_time": _SEND_TIME},
    "createSign": {
        "sign": _SIGNS,
        "type": ("0", "8", "x", "2", ""),
        "legalPersonIdNumber": ("1",),
        "idCardImage": ("text",),
    },
}
#: Ids in paths, by operation.
_IDS: Final = {
    "verifyCode": ("9" * 18, "9" * 64, "06890980-6789-4054-bba9-90fb66ab2fce", "x", "%00", "%EF%BC%91"),
    "getTemplate": (
        "1",
        "01",
        "1x",
        "%31",
        "0",
        "x",
        "9" * 30,
        "-1",
        "1.0",
        "%EF%BC%91",
        "1/",
        str(IN_AUDIT),
        str(TURNED_DOWN),
        str(SHORT_LIFE),
    ),
    "getSchedule": ("a%2Fb", "00000000-0000-0000-0000-015400050028"),
}
_PATHS: Final = (
    "/v1/nothing", "/v1/", "/v1", "/v1//codes", "/v1/codes//valid", "/v1/messages/batch/x", "/v1/CODES", "/x",
)  # fmt: skip
_SCHEMES: Final = ("Basic ???", "Basic YWJj", "Basic //8=", "Basic    ", "   ", "bASIC")


def variants(state: World, number_of: Iterator[str]) -> Iterator[Sent]:
    """Give a request for each row. Of the changes of a template the first that is right ends its state."""
    for name, fields in _VALUES.items():
        for field, values in fields.items():
            for value in values:
                yield call(name, {**good_body(name, state, next(number_of)), field: value}, "1")
    for row in _TEMPLATES:
        body = {**good_body("createTemplate", state, ""), **row}
        yield call("createTemplate", body)
        yield call("updateTemplate", body, TURNED_DOWN)
    for name, ids in _IDS.items():
        body = {"code": "123456"} if OPERATIONS[name].content_type else None
        yield from (call(name, body, path_id) for path_id in ids)
    for path in _PATHS:
        yield from (Sent(method, path, {}, b"{") for method in ("GET", "POST", "PATCH"))
    plain = call("getAppBalance")
    right = plain.headers["authorization"].removeprefix("Basic")
    for scheme in _SCHEMES:
        value = scheme if " " in scheme else scheme + right
        yield Sent(plain.method, plain.target, {"authorization": value}, b"")
    code = call("sendCode", good_body("sendCode", state, next(number_of)))
    for target in (code.target + "/", code.target + "?a=b&%"):
        yield Sent("POST", target, code.headers, code.body)
    deep = json.loads(code.body) | {"x": json.loads("[" * 60 + "]" * 60)}
    yield call("sendCode", deep)
