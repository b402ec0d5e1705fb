"""Faults to plant in the mock, each one line of a real slip: does the table of requests find it?

A row names what is wrong, a file below jsmskit/mock, a piece of its text that stands there once, and what to put in
its place.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any, Final

import jsmskit
from jsms_api.error_table import ErrorCode as Code

PACKAGE: Final = Path(jsmskit.__file__).parent / "mock"


@dataclass(frozen=True, slots=True)
class Fault:
    """A change of one file."""

    file: str
    old: str
    new: str


def plant(fault: Fault) -> None:
    """Put a fault into the mock that this process imports from now on; what it has imported is forgotten.

    Raises:
        LookupError: the row is out of date.
    """
    code = compile_with(fault)
    for name in [name for name in sys.modules if name.startswith(("jsmskit.mock", "tests.fuzz"))]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(fault.file, code))


def compile_with(fault: Fault) -> CodeType:
    """Compile the file that a fault is in, with it.

    Raises:
        LookupError: the text does not stand there once: the row is out of date.
    """
    source = (PACKAGE / fault.file).read_text("utf-8")
    if (count := source.count(fault.old)) != 1:
        raise LookupError(f"{fault.file} holds {fault.old!r} {count} times")
    return compile(source.replace(fault.old, fault.new), str(PACKAGE / fault.file), "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def __init__(self, file: str, code: CodeType) -> None:
        self._file, self._code = str(PACKAGE / file), code
        self._module = "jsmskit.mock." + file.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        loader = _Loader(fullname, self._file)
        loader.code = self._code
        return importlib.util.spec_from_file_location(fullname, self._file, loader=loader)


class _Loader(SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.code


_DISPATCHER, _SENDING, _SCHEDULES = "service/dispatcher.py", "service/sending.py", "service/schedules.py"
_REPORTS, _REVIEWS, _BODY = "service/reports.py", "service/reviews.py", "service/request_body.py"
_SETTINGS, _RULES = "model/settings.py", "model/rule_catalog.py"
_TEXT, _STORE = "model/message_text.py", "state/messages.py"


def _spec(schema: str, field: str, **bounds: Any) -> Fault:
    """Let the mock read other bounds of a field in the spec."""
    place = f'loaded["components"]["schemas"]["{schema}"]["properties"]["{field}"]'
    return Fault(_BODY, "    return loaded\n", f"    {place}.update({bounds!r})\n    return loaded\n")


def _field_code(field: str, right: Code, wrong: Code) -> Fault:
    """Let the defects of a field bring another code than the spec says."""
    old = 'return codes.get(name, codes.get("invalid", ErrorCode.INVALID_BODY))'
    return Fault(_BODY, old, old.replace("return", "found =") + (
        f"\n    return {int(wrong)} if (field, found) == ({field!r}, {int(right)}) else found"
    ))  # fmt: skip


def _rule_code(rule: str, right: Code, wrong: Code) -> Fault:
    """Let a rule bring another code."""
    return Fault(_RULES, f'Rule("{rule}", Code.{right.name},', f'Rule("{rule}", Code.{wrong.name},')


def _status(code: Code, status: int) -> Fault:
    """Answer a code with another status."""
    old = "status = info.http_status"
    return Fault(_DISPATCHER, old, f"status = {status} if code == {int(code)} else info.http_status")


def _message(code: Code, words: str) -> Fault:
    """Answer a code in other words."""
    old = '"message": readings.read_message(settings, info)'
    return Fault(_DISPATCHER, old, f'"message": {words!r} if code == {int(code)} else info.message')


_FILLED: Final = "self.form % tuple(map(params.__getitem__, self.variables))"
_NORMALIZED: Final = "    call.body = _normalize(properties, call.sent)\n"
_NOT_WAITING: Final = (
    '    if schedule.state is not ScheduleState.WAITING:\n        raise Refusal("schedule.not-waiting")\n'
)

#: All faults: by kind, and by what is wrong.
KINDS: Final[dict[str, dict[str, Fault]]] = {
    "limit off by one": {
        "a tag of 11 characters": _spec("SendMessageBatchRequest", "tag", maxLength=11),
        "no tag of 10 characters": _spec("ScheduleBatchRequest", "tag", maxLength=9),
        "1001 recipients": _spec("SendMessageBatchRequest", "recipients", maxItems=1001),
        "no 1000 recipients": _spec("SendMessageBatchRequest", "recipients", maxItems=999),
        "a voice code of 9 digits": _spec("SendVoiceCodeRequest", "code", maxLength=9),
        "no voice code of 4 digits": _spec("SendVoiceCodeRequest", "code", minLength=5),
        "a voice code that lives 86401 seconds": _spec("SendVoiceCodeRequest", "ttl", maximum=86_401),
        "a template whose codes live 0 seconds": _spec("TemplateRequest", "ttl", minimum=0),
        "a remark of 101 characters": Fault(_SETTINGS, "remark_limit: int = 100", "remark_limit: int = 101"),
        "a text of 501 characters": Fault(_SETTINGS, "text_limit: int = 500", "text_limit: int = 501"),
        "texts of 350 characters at most": Fault(_SETTINGS, "text_limit: int = 500", "text_limit: int = 350"),
        "a sign of 9 characters": _spec("SignForm", "sign", maxLength=9),
        "no number that begins with 19": _spec("SendMessageRequest", "mobile", pattern="^1[3-8][0-9]*$"),
        "four marketing messages in ten minutes": Fault(
            _SENDING, ">= limits.MARKETING_PER_WINDOW", "> limits.MARKETING_PER_WINDOW"
        ),
        "two of the same notice in ten minutes": Fault(
            _SENDING, ">= limits.NOTICE_SAME_TEXT", ">= limits.NOTICE_SAME_TEXT - 1"
        ),
        "a picture one byte too large": Fault(
            _BODY, "> limits.SIGN_IMAGE_SIZE_BYTES", "> limits.SIGN_IMAGE_SIZE_BYTES + 1"
        ),
        "one report in one pull": Fault(
            _REPORTS, "take_reports(call.owner_key, since=since, limit=limits.PULL_PAGE_SIZE)",
            "take_reports(call.owner_key, since=since, limit=1)",
        ),
    },
    "sums wrong": {
        "long texts cost a unit for every 70 characters": Fault(_TEXT, "/ limits.BILLING_PART_LENGTH", "/ 70"),
        "71 characters cost one unit": Fault(_TEXT, "<= limits.BILLING_SINGLE_LENGTH", "<= 71"),
        "a line break counts one": Fault(_TEXT, 'if "\\n" in text:', "if not text:"),
        "the brackets of the sign are not counted": Fault(
            _TEXT, "length, _price(length)", "length, _price(length - 2)"
        ),
        "notices are paid as marketing": Fault(
            _SENDING, '"market" if template_type == TemplateType.MARKETING else "industry"',
            '"industry" if template_type == TemplateType.VERIFICATION else "market"',
        ),
        "the general balance pays first": Fault(_SENDING, '(self._kind, "balance")', '("balance", self._kind)'),
        "a batch is not paid": Fault(_SENDING, "            charge.commit()\n", ""),
        "balances fall below zero": Fault(_SENDING, "if holds >= units:", "if units:"),
        "success_count and failure_count exchanged": Fault(
            _SENDING, '"success_count": len(messages), "failure_count": len(answers) - len(messages)',
            '"failure_count": len(messages), "success_count": len(answers) - len(messages)',
        ),
        "success_count counts every entry": Fault(
            _SENDING, '"success_count": len(messages)', '"success_count": len(answers)'
        ),
        "the last refused entry of a timed batch is not listed": Fault(
            _SCHEDULES, '"failure_recipients": refused', '"failure_recipients": refused[:-1]'
        ),
        "the entries of a batch come in reverse": Fault(
            _SENDING, '"recipients": answers}', '"recipients": answers[::-1]}'
        ),
    },
    "another application's": {
        "any password will do": Fault(_DISPATCHER, "app.master_secret == secret", "app.master_secret"),
        "another application's schedule can be read": Fault(_SCHEDULES, " or schedule.app_key != call.owner_key", ""),
        "another application's code can be verified": Fault(
            _STORE, "msg_id = ? AND app_key = ? AND code IS NOT NULL", "msg_id = ? AND ? != '' AND code IS NOT NULL"
        ),
        "another application's template can be used": Fault(
            _SENDING, "= self._state.templates.get(call.owner_key, temp_id)",
            '= next(iter(self._state.templates.find("temp_id = ?", temp_id)), None)',
        ),
        "a blacklisted application is served": Fault(_DISPATCHER, "if flags.blacklisted:", "if not flags:"),
        "an application is served from anywhere": Fault(_DISPATCHER, "if flags.allowed_ips and", "if not flags and"),
    },
    "bytes for characters": {
        "a tag of 10 bytes": Fault(_BODY, _NORMALIZED, _NORMALIZED + (
            '    if len(str(call.body.get("tag", "")).encode()) > 10:\n        raise Refusal("body.not-an-object")\n'
        )),
        "a remark of 100 UTF-16 units": Fault(
            _REVIEWS, "len(remark) > settings.remark_limit",
            'len(remark.encode("utf-16-le")) > 2 * settings.remark_limit',
        ),
        "prices by bytes": Fault(_TEXT, "length, _price(length)", "length, max(1, -(-len(text.encode()) // 140))"),
        "texts of 500 bytes": Fault(_SENDING, "if length > self._settings", "if len(text.encode()) > self._settings"),
        "no sign outside the basic Chinese block's first half": _spec(
            "SignForm", "sign", pattern="^[0-9A-Za-z一-龥]+$"
        ),
    },
    "tolerance": {
        "an unknown field is refused": Fault(_BODY, _NORMALIZED, _NORMALIZED + (
            '    if set(call.sent) - set(properties):\n        raise Refusal("body.not-an-object")\n'
        )),
        "digit text is no template id": Fault(_BODY, '    "temp_id": _integer,\n', ""),
        "+86 is an invalid number": Fault(_BODY, r'r"\+?86(1[0-9]{10})"', 'r"(?!)(1)"'),
        "JSON under text/plain is refused": Fault(
            _BODY, 'frozenset({"text/plain", "application/x-www-form-urlencoded"})', "frozenset()"
        ),
        "JSON under any media type is read": Fault(_BODY, "if not fits:", "if not request:"),
        "a name that stands twice is read": Fault(_BODY, "if len(value) != len(pairs):", "if not pairs and value:"),
        "values with braces are filled in again": Fault(_TEXT, f"        return {_FILLED}\n", (
            f"        text = {_FILLED}\n        for name, value in params.items():\n"
            '            text = text.replace("{{" + name + "}}", value)\n        return text\n'
        )),
        "a form with empty parts is refused": Fault(
            _BODY, "        if content:\n",
            '        if not content:\n            raise UnreadableError("empty")\n        if content:\n',
        ),
        "a magic number is an ordinary one": Fault("model/magic_numbers.py", "if PREFIX not in text:", "if text:"),
        "a number in front of the path's zeros is the same id": Fault(
            "model/http.py", "found[1] if pattern.groups", 'found[1].lstrip("0") if pattern.groups'
        ),
    },
    "wrong status": {
        "401 for a request without credentials": _status(Code.MISSING_AUTH, 401),
        "400 for an invalid number": _status(Code.INVALID_MOBILE, 400),
        "404 for an unknown template": _status(Code.INVALID_TEMP_ID, 404),
        "429 for too many requests": _status(Code.OUT_OF_FREQ, 429),
        "201 for a created template": Fault(
            _DISPATCHER, "Response(200, headers",
            'Response(201 if info.operation_id == "createTemplate" else 200, headers',
        ),
        "400 for a wrong media type": _status(Code.MEDIA_NOT_SUPPORTED, 400),
        "200 for a refused verification": _status(Code.INVALID_CODE, 200),
        "403 for a missing code": _status(Code.MISSING_CODE, 403),
    },
    "wrong message": {
        "an exclamation mark behind invalid mobile": _message(Code.INVALID_MOBILE, "invalid mobile!"),
        "the old words of 50038": _message(Code.INVALID_CONTENT_LENGTH, "invalid code length"),
        "two blanks in missing temp_id": _message(Code.MISSING_TEMP_ID, "missing  temp_id"),
        "no words at all for a wrong method": _message(Code.REQUEST_METHOD_NOT_SUPPORT, ""),
        "entries of a batch say another code's words": Fault(_SENDING, "ERRORS[refusal.code].message", '"repeat send"'),
        "the words in capitals where the schedule is unknown": _message(
            Code.INVALID_SCHEDULE_ID, "INVALID SCHEDULE_ID"
        ),
    },
    "missing field": {
        "a schedule is read without its template": Fault(_SCHEDULES, '        "temp_id": schedule.temp_id,\n', ""),
        "recipients of a schedule are read without their values": Fault(
            _SCHEDULES, '{} if each.params is None else {"temp_para": each.params}', "{}"
        ),
        "a batch answers without failure_count": Fault(_SENDING, ', "failure_count": len(answers) - len(messages)', ""),
        "a refused entry has no msg_id": Fault(_SENDING, ', "msg_id": str(msg_id)})\n        else', "})\n        else"),
        "a refused entry does not echo its values": Fault(_SENDING, '{**entry, "temp_para": params}', "entry"),
        "a refused verification has no is_valid": Fault(_DISPATCHER, '{"is_valid": False, **envelope}', "envelope"),
        "every refusal of verifyCode has is_valid": Fault(_DISPATCHER, "and code in _VERDICTS:", "and code:"),
        "a sign is read without is_default": Fault(_REVIEWS, '        "is_default": int(sign.is_default),\n', ""),
        "a template is read without the life it was given": Fault(_REVIEWS, '{"ttl": template.ttl, ', "{"),
        "405 without Allow": Fault(_DISPATCHER, 'headers["allow"] = allow', "pass"),
        "a report without receiveTime": Fault(_REPORTS, '        "receiveTime": milliseconds(at),\n', ""),
    },
    "wrong type": {
        "a number as msg_id of a code": Fault(
            _SENDING, 'str(sending.send_one(phone, {"code": code}, code))',
            'sending.send_one(phone, {"code": code}, code)',
        ),
        "text as msg_id of a message": Fault(
            _SENDING, 'sending.send_one(phone, call.body.get("temp_para"))',
            'str(sending.send_one(phone, call.body.get("temp_para")))',
        ),
        "a number as error_code of an entry": Fault(_SENDING, "str(refusal.code)", "refusal.code"),
        "text as temp_id of a new template": Fault(
            _REVIEWS, "_submit(call, TEMPLATES)}", "str(_submit(call, TEMPLATES))}"
        ),
        "text as code in the envelope": Fault(_DISPATCHER, '"code": int(code)', '"code": str(int(code))'),
        "true as is_default": Fault(_REVIEWS, '"is_default": int(sign.is_default)', '"is_default": sign.is_default'),
        "a deletion answers with a body": Fault(_DISPATCHER, '(b"", _JSON_EMPTY)', '(b"{}", _JSON)'),
        "refusals as text/plain": Fault(
            _DISPATCHER, "headers = dict(ERROR_HEADERS)", 'headers = {"content-type": "text/plain"}'
        ),
        "receiveTime in seconds": Fault(_REPORTS, '"receiveTime": milliseconds(at)', '"receiveTime": int(at)'),
    },
    "wrong code": {
        "50007 for an invalid number": _field_code("mobile", Code.INVALID_MOBILE, Code.INVALID_BODY),
        "50006 for a missing number": _field_code("mobile", Code.MISSING_MOBILE, Code.INVALID_MOBILE),
        "50004 for an entry's invalid number": _field_code(
            "recipients[].mobile", Code.INVALID_MOBILE, Code.MISSING_MOBILE
        ),
        "50030 for too many recipients": _field_code("recipients", Code.TOO_MUCH_RECIPIENTS, Code.RECIPIENTS_IS_EMPTY),
        "50039 for a voice code of the wrong length": _field_code(
            "code", Code.INVALID_CONTENT_LENGTH, Code.INVALID_CODE_TYPE
        ),
        "50029 for an unknown schedule": _rule_code(
            "schedule.unknown", Code.INVALID_SCHEDULE_ID, Code.WRONG_SCHEDULE_STATUS
        ),
        "50022 where no value is given at all": _rule_code(
            "params.none", Code.PARAMETERS_IS_EMPTY, Code.PARAMETERS_NOT_ALL_REPLACED
        ),
        "50010 for a code that was verified before": _rule_code(
            "code.verified", Code.VERIFIED_CODE, Code.INVALID_CODE
        ),
        "50010 for a code that has expired": _rule_code("code.expired", Code.EXPIRED_CODE, Code.INVALID_CODE),
        "50102 for the default sign": _rule_code(
            "sign.is-default", Code.DEFAULT_SIGNATURE_CANNOT_BE_DELETED, Code.INVALID_SIGN_ID
        ),
        "50020 for a template that was refused": _rule_code(
            "template.refused", Code.TEMPLATE_NOT_PASS, Code.TEMPLATE_AUDITING
        ),
        "50013 for a change of a template that is not refused": _rule_code(
            "template.not-refused", Code.MODIFY_TEMPLATE_NOT_ALLOW, Code.INVALID_TEMP_ID
        ),
        "50104 for a bad picture": _rule_code("sign.picture-format", Code.INVALID_IMAGE, Code.INVALID_SIGNATURE),
    },
    "state not kept": {
        "a code can be verified again and again": Fault(
            _SENDING, "if found.verified_at is not None and", "if False and"
        ),
        "any code verifies": Fault(_SENDING, 'if found.code != call.body["code"]:', "if not found:"),
        "a deleted schedule can be read": Fault(_SCHEDULES, "is ScheduleState.DELETED and not", "is None and not"),
        "a deleted schedule can be changed": Fault(_SCHEDULES, _NOT_WAITING + "    return at", "    return at"),
        "a deleted schedule goes out all the same": Fault(
            _SCHEDULES, "or schedule.state is not ScheduleState.WAITING", "or schedule.state is ScheduleState.SENT"
        ),
        "a change of a schedule is answered and forgotten": Fault(
            _SCHEDULES, "    with state.database:\n        state.schedules.put(schedule)", (
                "    if changed is not None:\n        return changed.schedule_id\n"
                "    with state.database:\n        state.schedules.put(schedule)"
            )
        ),
        "a change of a timed batch keeps its old recipients too": Fault(
            _SCHEDULES, "recipients=tuple(", "recipients=(changed.recipients if changed else ()) + tuple("
        ),
        "a deleted template stays": Fault(_REVIEWS, "kind.store(state).delete(call.owner_key, number)", "pass"),
        "a changed template stays refused": Fault(
            _REVIEWS, "        store.put(kind.read(call, number))\n", (
                "        before = store.get(call.owner_key, number)\n        made = kind.read(call, number)\n"
                "        store.put(replace(made, status=before.status) if before else made)\n"
            )
        ),
        "reports are handed out twice": Fault(_STORE, "SET waiting = 0 WHERE id = ?", "SET waiting = 1 WHERE id = ?"),
        "a person who writes TD is not unsubscribed": Fault(_REPORTS, '{"T", "TD", "退订"}', "()"),
        "message ids come again": Fault(
            "model/random_ids.py", "        return self._last_message_id\n",
            "        return self._last_message_id // 50\n",
        ),
        "the first approved sign does not become the default": Fault(
            _REVIEWS, "(decided.is_default or state.default_sign(app_key) is None)", "decided.is_default"
        ),
        "only the first of several variables is filled in": Fault(
            _TEXT, _FILLED, 'self.form % tuple(params[n] if n == self.variables[0] else "" for n in self.variables)'
        ),
    },
    "time off by one": {
        "the mock's clock runs a second ahead for schedules": Fault(
            "model/clock.py", "return int(at * 1000)", "return int(at * 1000) + 1000"
        ),
        "a voice code after 19 seconds": Fault(
            _SENDING, "< limits.VOICE_CODE_INTERVAL_SECONDS", "< limits.VOICE_CODE_INTERVAL_SECONDS - 1"
        ),
        "no voice code after exactly 20 seconds": Fault(
            _SENDING, "< limits.VOICE_CODE_INTERVAL_SECONDS", "<= limits.VOICE_CODE_INTERVAL_SECONDS"
        ),
        "a pull after 4 seconds": Fault(_REPORTS, "limits.PULL_INTERVAL_SECONDS", "limits.PULL_INTERVAL_SECONDS - 1"),
        "a code lives a second longer": Fault(_SENDING, "now >= found.expires_at", "now >= found.expires_at + 1"),
        "a code is alive at the very end of its life": Fault(
            _SENDING, "now >= found.expires_at", "now > found.expires_at"
        ),
        "a voice code lives 61 seconds by default": Fault(
            _SENDING, "limits.VOICE_CODE_DEFAULT_LIFE_SECONDS)", "limits.VOICE_CODE_DEFAULT_LIFE_SECONDS + 1)"
        ),
        "send_time may be now": Fault(_SCHEDULES, "if at <= call.now:", "if at < call.now:"),
        "send_time is read as UTC": Fault(
            _SCHEDULES, 'read_send_time(call.body["send_time"])', 'read_send_time(call.body["send_time"]) + 8 * 3600'
        ),
        "reports come a second late": Fault(
            _SETTINGS, "report_delay_seconds: float = 5", "report_delay_seconds: float = 6"
        ),
        "the ten minutes of the limits are eleven": Fault(_SENDING, "= 10 * 60.0", "= 11 * 60.0"),
        "a review takes an hour longer": Fault(
            _SETTINGS, "template_review_seconds: float = 3", "template_review_seconds: float = 4"
        ),
    },
}  # fmt: skip
FAULTS: Final = {name: fault for faults in KINDS.values() for name, fault in faults.items()}
