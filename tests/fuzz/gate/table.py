"""Every documented refusal of every operation, demanded once by the mock's header: the table beside the fuzzing.

Fuzzing reaches what requests and histories deserve; some answers (a failing server, a frequency limit that has no
number) come on demand only. Knows the documented pairs. Must not know how requests are sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsms_api.operations import OPERATIONS, Credential, OperationInfo

from tests.fuzz.gate import stage
from tests.fuzz.gate.magic import phone_for
from tests.fuzz.gate.seasoning import PICTURE, send_time
from tests.fuzz.gate.wire import BASE_PATH, MAGIC_HEADER, Sent, basic


def _sent(info: OperationInfo, headers: dict[str, str], body: bytes = b"", path_id: str = "42") -> Sent:
    key = stage.DEV if info.credential is Credential.DEV else stage.MAIN.key
    path = info.path
    for name in ("msg_id", "temp_id", "sign_id", "schedule_id"):
        path = path.replace("{" + name + "}", path_id)
    told = {"authorization": basic(key, key[::-1]), **headers}
    if body:
        told["content-type"] = "application/json"
    return Sent(info.method, BASE_PATH + path, told, body)


def demands() -> Iterator[Sent]:
    """Give a request for every documented code of every operation."""
    for info in OPERATIONS.values():
        for codes in info.codes.values():
            for code in codes:
                yield _sent(info, {MAGIC_HEADER: str(code)})


def entry_demands(now: float, task_id: str) -> Iterator[Sent]:
    """Give a request for every batch call, with one entry for each code that entries of it can carry.

    Args:
        now: the instant of the call.
        task_id: of a batch task that is waiting.
    """
    for info in OPERATIONS.values():
        if info.entry_codes:
            body = {
                "temp_id": stage.EMPTY_TEXT_FITS,
                "send_time": send_time(now + 3600),
                "recipients": [
                    {"mobile": phone_for(code), "temp_para": {"text": str(code)}} for code in info.entry_codes
                ],
            }
            yield _sent(info, {}, json.dumps(body).encode(), task_id)


#: What is no JSON object, or no JSON in UTF-8, each a slip that was seen in some client or parser.
_ODD_BODIES: Final = (
    b"",
    b" ",
    b"null",
    b"[]",
    b"0",
    b'"text"',
    b"{",
    b"{}",
    b"{} {}",
    b"{'mobile': 1}",
    b'{"mobile": NaN}',
    b'{"mobile": Infinity, "temp_id": 1}',
    b'\xef\xbb\xbf{"mobile": "13800138000", "temp_id": 1}',
    '{"mobile": "13800138000"}'.encode("utf-16"),
    b'{"mobile": "13800138000\xff", "temp_id": 1}',
    b'{"mobile": "\\ud800", "temp_id": 1}',
    b'{"mobile": "13800138000", "mobile": "13812345678", "temp_id": 1, "code": "1234"}',
    b'{"mobile": "13800138000", "temp_id": 1, "temp_para": {"code": "1", "code": "2"}}',
    b'{"mobile": "13800138000", "temp_id": 1, "code": "1234", "c\\u006fde": "4321"}',
    b'{"mobile": "13800138000", "temp_id": 1, "tag":' + b"[" * 3000 + b"]" * 3000 + b"}",
    b'{"mobile": "13800138000", "temp_id": 1e0, "ttl": 60.0}',
    b'{"mobile": "13800138000\\n", "temp_id": 1}',
    b'{"mobile": "\\u0661\\u0663800138000", "temp_id": "\\u0661"}',
)
_TYPES: Final = ("application/json", "text/plain", "", "application/json; charset=utf-16", "APPLICATION/JSON")


def doors() -> Iterator[Sent]:
    """Give good requests with every kind of credentials and media type, and bodies as real clients write them."""
    good = {"mobile": "16600000001", "temp_id": stage.NO_VARIABLES}
    for name, body in (("getAppBalance", b""), ("sendMessage", json.dumps(good).encode())):
        info = OPERATIONS[name]
        pairs = [(cast.key, cast.secret) for cast in stage.CAST]
        pairs += [(stage.MAIN.key, secret) for secret in ("", "x", stage.MAIN.key, stage.MAIN.secret[:-1])]
        pairs += [(stage.DEV, stage.DEV[::-1]), ("", ""), ("nobody", "ydobon")]
        values = [basic(*pair) for pair in pairs]
        right = basic(stage.MAIN.key, stage.MAIN.secret)
        for value in (*values, "", "Basic", "Basic !!!!", right.replace("Basic", "Bearer"), right.lower()):
            yield _sent(info, {"authorization": value}, body)
    for pair in (
        (stage.DEV, stage.DEV[::-1]),
        (stage.SHUT_DEV, stage.SHUT_DEV[::-1]),
        (stage.MAIN.key, stage.MAIN.secret),
    ):
        yield _sent(OPERATIONS["getAccountBalance"], {"authorization": basic(*pair)})
    for media_type in ("text/html", "application/xml", "image/png", "application/json;charset=UTF-8"):
        plain = _sent(OPERATIONS["sendMessage"], {}, json.dumps(good).encode())
        yield Sent(plain.method, plain.target, {**plain.headers, "content-type": media_type}, plain.body)
    variants: tuple[dict[str, Any], ...] = (
        {"mobile": 16600000002},
        {"mobile": "+8616600000003"},
        {"mobile": "8616600000004"},
        {"mobile": "19900000005"},
        {"temp_id": str(stage.NO_VARIABLES)},
        {"temp_id": "0" + str(stage.NO_VARIABLES)},
        {"temp_id": stage.IN_AUDIT, "temp_para": {"name": "x"}},
        {"temp_id": stage.TURNED_DOWN, "temp_para": {"name": "x"}},
        {"sign_id": ""},
        {"temp_para": None},
        {"field_of_tomorrow": 1},
    )
    for variant in variants:
        yield _sent(OPERATIONS["sendMessage"], {}, json.dumps(good | variant).encode())
    for mobile in ("", "1660000000", "abc", "166000000011"):
        many = {
            "temp_id": stage.NO_VARIABLES,
            "recipients": [{"mobile": mobile}, {"mobile": "16600000006"}, {}],
        }
        yield _sent(OPERATIONS["sendMessageBatch"], {}, json.dumps(many).encode())
    # Found by the long run, seed 1009: a number that demands a refusal of the whole, in an entry that is wrong itself.
    entry = {"mobile": phone_for(ErrorCode.TOO_MUCH_RECIPIENTS), "temp_para": {"text": "x" * 501}}
    yield _sent(
        OPERATIONS["sendMessageBatch"],
        {},
        json.dumps({"temp_id": stage.EMPTY_TEXT_FITS, "recipients": [entry]}).encode(),
    )
    for temp_id in ("1", "01", str(stage.IN_AUDIT), str(stage.TURNED_DOWN), str(stage.SHORT_LIFE), "1x"):
        yield _sent(OPERATIONS["getTemplate"], {}, path_id=temp_id)


def oddities(now: float) -> Iterator[Sent]:
    """Give requests that no generator makes: odd bodies under several media types, and the largest ones."""
    for position, body in enumerate(_ODD_BODIES):
        for info in OPERATIONS.values():
            if info.content_type == "application/json" and (position + len(info.operation_id)) % 4 == 0:
                yield _sent(info, {}, body)
        for name in ("sendMessage", "verifyCode"):
            for media_type in _TYPES:
                plain = _sent(OPERATIONS[name], {})
                headers = {**plain.headers, **({"content-type": media_type} if media_type else {})}
                yield Sent(plain.method, plain.target, headers, body)
    for name in ("sendMessageBatch", "createScheduleBatch"):
        for count in (1000, 1001):
            entries = [
                {"mobile": f"167{count:04d}{position:04d}", "temp_para": {"text": "x"}}
                for position in range(count)
            ]
            many = {
                "temp_id": stage.EMPTY_TEXT_FITS,
                "send_time": send_time(now + 3600),
                "recipients": entries,
            }
            yield _sent(OPERATIONS[name], {}, json.dumps(many).encode())
    for part in ("idCardImage", "image0"):
        # The larger one first: once the other is accepted, it is in review, and that would be reason enough.
        for size in (limits.SIGN_IMAGE_SIZE_BYTES + 1, limits.SIGN_IMAGE_SIZE_BYTES):
            yield _form(part, PICTURE.ljust(size, b"."))


def _form(part: str, content: bytes) -> Sent:
    plain = _sent(OPERATIONS["createSign"], {})
    body = (
        '--b\r\nContent-Disposition: form-data; name="sign"\r\n\r\n极光\r\n'.encode()
        + f'--b\r\nContent-Disposition: form-data; name="{part}"; filename="a.png"\r\n\r\n'.encode()
        + content
        + b"\r\n--b--\r\n"
    )
    # A caller of its own, with nothing in review: the last scene before has approved what was.
    headers = {"authorization": basic(stage.BARE.key, stage.BARE.secret)}
    return Sent(
        plain.method, plain.target, {**headers, "content-type": "multipart/form-data; boundary=b"}, body
    )
