"""Every request of the table: timing, links, bounds, every documented refusal on demand, and what no generator makes.

Some responses (a failing server, a frequency limit that has no number) come on demand only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsms_api.operations import OPERATIONS, Credential, OperationInfo

from tests.fuzz.oracle.bodies import request_schema
from tests.fuzz.oracle.exchange import MAGIC_HEADER, Sent, basic, phone_for
from tests.fuzz.oracle.initial_state import (
    BARE,
    CODE_WITH_BLACK_WORD,
    DEV,
    EMPTY_TEXT_FITS,
    IN_AUDIT,
    LISTED_INVALID,
    MAIN,
    NO_VARIABLES,
    ONE_VARIABLE,
    POOR,
    READY_MADE,
    SECOND_SIGN,
    SEVERAL_VARIABLES,
    SHUT,
    SHUT_DEVS,
    TO_MEMBERS,
    TURNED_DOWN,
    TURNED_DOWN_SIGN,
    UNSUBSCRIBED,
    WITH_BLACK_WORD,
)
from tests.fuzz.oracle.world import World
from tests.fuzz.requests.bounds import bounds
from tests.fuzz.requests.calls import PICTURE, call, good_body, message, send_time, waiting_task
from tests.fuzz.requests.links import follow_links
from tests.fuzz.requests.timing import SEQUENCES
from tests.fuzz.requests.variants import variants
from tests.fuzz.run import Run


def _sent(info: OperationInfo, headers: dict[str, str], body: bytes = b"", path_id: str = "42") -> Sent:
    plain = call(info.operation_id, path_id=path_id)
    own = {"authorization": plain.headers["authorization"], **headers}
    return Sent(info.method, plain.target, {**own, "content-type": "application/json"} if body else own, body)


def refusals(state: World, number_of: Iterator[str]) -> Iterator[Sent]:
    """Demand every documented code of every operation, by the header, number, id in the path, template and sign."""
    for name, info in OPERATIONS.items():
        fields = request_schema(name)["properties"] if info.content_type is not None else {}
        for code in (code for codes in info.codes.values() for code in codes):
            carried = phone_for(code)
            yield _sent(info, {MAGIC_HEADER: str(code)})
            if "{" in info.path:
                body = good_body(name, state, next(number_of)) if fields else None
                yield call(name, body, carried)
            if "recipients" in fields:
                entries = [{"mobile": next(number_of)}, {"mobile": carried}]
                body = {**good_body(name, state, ""), "recipients": entries}
                yield call(name, body, waiting_task(state.apps[MAIN], is_batch=True))
            for field in sorted({"mobile", "temp_id", "sign_id"} & fields.keys()):
                body = good_body(name, state, next(number_of))
                value: object = carried if field == "mobile" else int(carried)
                yield call(name, {**body, field: value}, waiting_task(state.apps[MAIN], is_batch="recipients" in body))


def entry_refusals(state: World) -> Iterator[Sent]:
    """Give a request for every batch call, with one entry for each code that entries of it can carry."""
    task_id = waiting_task(state.apps[MAIN], is_batch=True)
    for info in OPERATIONS.values():
        if info.entry_codes:
            body = {
                "temp_id": EMPTY_TEXT_FITS,
                "send_time": send_time(state.now + 3600),
                "recipients": [
                    {"mobile": phone_for(code), "temp_para": {"text": str(code)}} for code in info.entry_codes
                ],
            }
            yield _sent(info, {}, json.dumps(body).encode(), task_id)


def everywhere(state: World, number_of: Iterator[str]) -> Iterator[Sent]:
    """Give for every operation a request without and with wrong credentials, of another method, type, body and id."""
    for name, info in OPERATIONS.items():
        body = good_body(name, state, next(number_of)) if info.content_type is not None else None
        right = call(name, body, "99999999")
        yield right  # of an id that does not exist, where there is one
        plain = {"content-type": right.headers.get("content-type", "")} if body is not None else {}
        keys = SHUT_DEVS if info.credential is Credential.DEV else SHUT
        values = (basic(key, key[::-1]) for key in (*keys, "nobody"))
        for headers in (plain, *({**plain, "authorization": value} for value in values)):
            yield Sent(info.method, right.target, headers, right.body)
        yield Sent("PATCH", right.target, right.headers, right.body)
        yield Sent("PATCH", right.target, {}, b"")
        if body is not None:
            for sent_body, media_type in ((b"", ""), (b"{", ""), (right.body, "application/xml")):
                own = {**right.headers, "content-type": media_type or right.headers["content-type"]}
                yield Sent(info.method, right.target, own, sent_body)
            for field in request_schema(name)["properties"]:
                yield call(name, {key: value for key, value in body.items() if key != field}, "99999999")


def sending(state: World) -> Iterator[Sent]:
    """Give for every sending call what the state of template, sign, number and balance refuses."""
    at = send_time(state.now + 3600)
    rows: tuple[tuple[str, int, str, dict[str, str]], ...] = (
        (MAIN, IN_AUDIT, "16600000031", {"name": "x"}),
        (MAIN, TURNED_DOWN, "16600000031", {"name": "x"}),
        (MAIN, SEVERAL_VARIABLES, "16600000031", {"name": "x"}),
        (MAIN, TO_MEMBERS, UNSUBSCRIBED, {"name": "x"}),
        (MAIN, CODE_WITH_BLACK_WORD, "16600000032", {"code": "1"}),
        (MAIN, EMPTY_TEXT_FITS, "16600000033", {"text": "【"}),
        (MAIN, EMPTY_TEXT_FITS, "16600000033", {"text": "字" * 495}),
        (BARE, READY_MADE, "16600000034", {"code": "1"}),
        (POOR, NO_VARIABLES, "16600000035", {}),
        (POOR, EMPTY_TEXT_FITS, "16600000036", {"text": "字" * 480}),
        (POOR, 99, "16600000036", {}),
    )
    for key, temp_id, mobile, values in rows:
        single = {"mobile": mobile, "temp_id": temp_id, "temp_para": values, "send_time": at}
        entries = [{"mobile": mobile, "temp_para": values}]
        batch = {"temp_id": temp_id, "recipients": entries, "send_time": at}
        app = state.apps[key]
        for name in ("sendCode", "sendMessage", "createSchedule", "updateSchedule"):
            yield call(name, single, waiting_task(app, is_batch=False), key)
        for name in ("sendMessageBatch", "createScheduleBatch", "updateScheduleBatch"):
            yield call(name, batch, waiting_task(app, is_batch=True), key)
    entries = [{"mobile": f"139{position:08d}"} for position in range(1001)]
    many = {"temp_id": NO_VARIABLES, "recipients": entries, "send_time": at}
    yield call("updateScheduleBatch", many, waiting_task(state.apps[MAIN], is_batch=True))
    yield _form("idCardImage", b"GIF89a", "updateSign", str(TURNED_DOWN_SIGN), MAIN)


def spending(number_of: Iterator[str]) -> Iterator[Sent]:
    """Give codes until nothing is left to pay them."""
    for name, more in (("sendCode", {"temp_id": READY_MADE}), ("sendVoiceCode", {})):
        for _ in range(10):
            yield call(name, {"mobile": next(number_of), **more}, key=POOR)


#: What is no JSON object, or no JSON in UTF-8, each a slip that was seen in some client or parser.
_ODD_BODIES: Final = (
    b"", b" ", b"null", b"[]", b"0", b'"text"', b"{", b"{}", b"{} {}", b"{'mobile': 1}", b'{"mobile": NaN}',
    b'{"mobile": Infinity, "temp_id": 1}', b'\xef\xbb\xbf{"mobile": "13800138000", "temp_id": 1}',
    '{"mobile": "13800138000"}'.encode("utf-16"), b'{"mobile": "13800138000\xff", "temp_id": 1}',
    b'{"mobile": "\\ud800", "temp_id": 1}',
    b'{"mobile": "13800138000", "mobile": "13812345678", "temp_id": 1, "code": "1234"}',
    b'{"mobile": "13800138000", "temp_id": 1, "temp_para": {"code": "1", "code": "2"}}',
    b'{"mobile": "13800138000", "temp_id": 1, "code": "1234", "c\\u006fde": "4321"}',
    b'{"mobile": "13800138000", "temp_id": 1, "tag":' + b"[" * 3000 + b"]" * 3000 + b"}",
    b'{"mobile": "13800138000", "temp_id": 1e0, "ttl": 60.0}', b'{"mobile": "13800138000\\n", "temp_id": 1}',
    b'{"mobile": "\\u0661\\u0663800138000", "temp_id": "\\u0661"}',
)  # fmt: skip
_TYPES: Final = ("application/json", "text/plain", "", "application/json; charset=utf-16", "APPLICATION/JSON")


def access() -> Iterator[Sent]:
    """Give good requests with other credentials and media types, and entries of batches that are wrong."""
    good = {"mobile": "16600000001", "temp_id": NO_VARIABLES}
    for name, body in (("getAppBalance", b""), ("sendMessage", json.dumps(good).encode())):
        info = OPERATIONS[name]
        pairs = [(key, key[::-1]) for key in (MAIN, POOR, BARE, *SHUT)]
        pairs += [(MAIN, secret) for secret in ("", "x", MAIN, MAIN[::-1][:-1])]
        pairs += [(DEV, DEV[::-1]), ("", ""), ("nobody", "ydobon")]
        values = [basic(*pair) for pair in pairs]
        right = basic(MAIN, MAIN[::-1])
        for value in (*values, "", "Basic", "Basic !!!!", right.replace("Basic", "Bearer"), right.lower()):
            yield _sent(info, {"authorization": value}, body)
    for pair in ((DEV, DEV[::-1]), (SHUT_DEVS[0], SHUT_DEVS[0][::-1]), (MAIN, MAIN[::-1])):
        yield _sent(OPERATIONS["getAccountBalance"], {"authorization": basic(*pair)})
    for media_type in ("text/html", "application/xml", "image/png", "application/json;charset=UTF-8"):
        plain = _sent(OPERATIONS["sendMessage"], {}, json.dumps(good).encode())
        yield Sent(plain.method, plain.target, {**plain.headers, "content-type": media_type}, plain.body)
    for mobile in ("", "1660000000", "abc", "166000000011"):
        many = {"temp_id": NO_VARIABLES, "recipients": [{"mobile": mobile}, {"mobile": "16600000006"}, {}]}
        yield _sent(OPERATIONS["sendMessageBatch"], {}, json.dumps(many).encode())
    # Found by the long run, seed 1009: a number that demands a refusal of the whole, in an entry that is wrong itself.
    entry = {"mobile": phone_for(ErrorCode.TOO_MUCH_RECIPIENTS), "temp_para": {"text": "x" * 501}}
    yield _sent(
        OPERATIONS["sendMessageBatch"], {}, json.dumps({"temp_id": EMPTY_TEXT_FITS, "recipients": [entry]}).encode()
    )


def oddities(state: World) -> Iterator[Sent]:
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
                {"mobile": f"167{count:04d}{position:04d}", "temp_para": {"text": "x"}} for position in range(count)
            ]
            many = {"temp_id": EMPTY_TEXT_FITS, "send_time": send_time(state.now + 3600), "recipients": entries}
            yield _sent(OPERATIONS[name], {}, json.dumps(many).encode())
    for part in ("idCardImage", "image0"):
        # The larger one first: once the other is accepted, it is in review, and that would be reason enough.
        for size in (limits.SIGN_IMAGE_SIZE_BYTES + 1, limits.SIGN_IMAGE_SIZE_BYTES):
            yield _form(part, PICTURE.ljust(size, b"."))


def _form(part: str, content: bytes, name: str = "createSign", path_id: str = "", key: str = BARE) -> Sent:
    """Give a form with a picture, by default of a caller with nothing in review."""
    plain = call(name, {"sign": "极光"}, path_id, key)
    head = f'--b\r\nContent-Disposition: form-data; name="{part}"; filename="a.png"\r\n\r\n'
    return Sent(plain.method, plain.target, plain.headers, head.encode() + content + b"\r\n" + plain.body)


def states() -> Iterator[Sent]:
    """Give requests in order that the state of templates, signs, numbers and words refuses, and their neighbours."""
    yield message("16600000011", READY_MADE, BARE, code="1")  # without a sign
    yield call("createTemplate", {"template": "您好", "type": 2}, key=BARE)
    for text in ("含【括号】", "右】", "有黑词的", "a CasINO b", "", 'é\u200f🙏\u0000\u2028\\"', "{{text}}"):
        yield message("16600000011", EMPTY_TEXT_FITS, text=text)
    full: dict[str, Any] = {"name": 1.5, "shop": "{{date}}", "date": "%s", "x": "y"}
    for values in ({}, {"x": "1"}, {"name": "1"}, {"name": None}, full):
        yield message("16600000011", SEVERAL_VARIABLES, **values)
    for temp_id in (WITH_BLACK_WORD, IN_AUDIT, TURNED_DOWN, 99):
        yield message("16600000011", temp_id, name="x")
        yield call("sendMessageBatch", {"temp_id": temp_id, "recipients": [{"mobile": "16600000012"}]})
    for sign_id in (SECOND_SIGN, TURNED_DOWN_SIGN, 99):
        yield call("sendMessage", {"mobile": "16600000013", "temp_id": NO_VARIABLES, "sign_id": sign_id})
    for mobile in (LISTED_INVALID, UNSUBSCRIBED):
        yield message(mobile, TO_MEMBERS, name="x")
        yield message(mobile)
        yield call("sendCode", {"mobile": mobile, "temp_id": READY_MADE})
        yield call("sendVoiceCode", {"mobile": mobile})
    yield call("sendCode", {"mobile": "16600000014", "temp_id": ONE_VARIABLE})
    for body in (
        {"template": "码{{code}}", "type": 1},
        {"template": "码{{name}}", "type": 1, "ttl": 60},
        {"template": "见{{url}}", "type": 2},
        {"template": "见{{url}}", "type": 2, "remark": "http://a.example"},
        {"template": "a CASINO", "type": 2},
        *({"template": text, "type": 3} for text in ("{{_a}}", "{{ a }}", "{{}}", "{{a", "{{A1_b}}", "{a}", "【")),
    ):
        yield call("createTemplate", body)
    yield call("updateTemplate", {"template": "a CASINO", "type": 2}, TURNED_DOWN)
    for name in ("getTemplate", "deleteTemplate"):
        for temp_id in (READY_MADE, 99, "x"):
            yield call(name, path_id=temp_id)
    values = ({}, {"name": "1"}, {"name": "【", "shop": "", "date": ""}, {"name": "数" * 490, "shop": "", "date": ""})
    full = [{"mobile": "16600000017", "temp_para": {"name": str(n), "shop": "", "date": ""}} for n in (1, 1, 2)]
    rows = [{"mobile": "16600000016", "temp_para": each} for each in values] + [{"mobile": "123"}, {}, *full]
    for name, more in (("sendMessageBatch", {}), ("createScheduleBatch", {"send_time": "2027-05-07 09:00:00"})):
        yield call(name, {"temp_id": SEVERAL_VARIABLES, "recipients": rows, **more})
    yield message("16600000011", NO_VARIABLES, unknown="x")
    entries = [{"mobile": "16600000015", "temp_para": {"name": name}} for name in "abbcde【"]
    yield call("sendMessageBatch", {"temp_id": TO_MEMBERS, "recipients": entries})
    yield call("sendMessageBatch", {"temp_id": TO_MEMBERS, "recipients": entries}, key=POOR)


def send_sequences(run: Run) -> None:
    """Send what `timing` lists.

    Raises:
        WrongResponseError: a response is wrong.
    """
    for sequence in SEQUENCES:
        for step in sequence(run.world, run.unused_number()):
            if isinstance(step, Sent):
                run.send("timing", step)
            else:
                run.happen(step)


def send_table(run: Run) -> None:
    """Send everything of this folder once, in an order in which each finds what it needs.

    Raises:
        WrongResponseError: a response is wrong.
    """
    numbers, world = iter(run.unused_number, None), run.world
    for phase, requests in (
        ("states", states()), ("everywhere", everywhere(world, numbers)), ("sending", sending(world)),
    ):  # fmt: skip
        for sent in requests:
            run.send(phase, sent)
    send_sequences(run)
    follow_links(run)
    for phase, requests in (
        ("access", access()), ("bounds", bounds(world, numbers)), ("variants", variants(world, numbers)),
        ("refusals", refusals(world, numbers)), ("oddities", oddities(world)), ("spending", spending(numbers)),
    ):  # fmt: skip
        for sent in requests:
            run.send(phase, sent)
    # Twice: the first round makes the task that the second one changes.
    for _ in range(2):
        for sent in entry_refusals(world):
            run.send("entries", sent)
