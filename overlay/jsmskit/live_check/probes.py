"""The probes, as a table: what is asked, what is expected, and which open questions the answer decides.

A body holds placeholders: `{phone}` is the given number, `{unknown}` an id that no application has. Until the first
schedule the key, the template or the number of each request is a bad one, and the first success ends the run. A probe
with `costs` may send a text; where it need not, the text counts until that is sure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, Final, NamedTuple

from jsms_api.error_table import ERRORS
from jsms_api.error_table import ErrorCode as E

from .answers import NO_RESPONSE, UNREADABLE

UNKNOWN_ID: Final = 2**31 - 1
_ACCOUNT: Final = E.NO_SMS_CODE_AUTH, E.NO_MONEY, E.ILLEGAL_IP, E.APP_IN_BLACK, E.SIGNATURE_NOT_SET
_SAYS_NOTHING: Final = (NO_RESPONSE, UNREADABLE, *(str(int(code)) for code in _ACCOUNT))
"""How an answer ends that speaks of the account, or of nothing."""


class Stage(IntEnum):
    """When a probe is asked.

    HARMLESS: nothing can come of it.
    MAKING: may make a schedule far in the future, a template or a sign, which is deleted at once.
    SENDING: sends a text, or speaks of one that was sent.
    """

    HARMLESS = 1
    MAKING = 2
    SENDING = 3


class Fact(NamedTuple):
    """What is expected of one thing in an answer: `taken` are the words that agree, `means` what each word decides."""

    what: str
    taken: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    means: Mapping[str, str] = {}  # never changed

    def describe(self, found: str, translate: Callable[[str], str] = str) -> str:
        """Name the reading that an answer shows."""
        return f"{found}: {translate(self.means[found])}" if found in self.means else found

    def decides(self, found: str) -> bool:
        """Whether an answer settles the open questions: a known reading, or any clear answer where none are listed."""
        known = found in (*self.taken, *self.means)
        return bool(self.doubts) and (known or not (self.means or found.endswith(_SAYS_NOTHING)))


@dataclass(frozen=True, slots=True)
class Probe:
    """One request, and what is expected of its answer."""

    name: str
    stage: Stage
    method: str
    path: str
    body: Any
    facts: tuple[Fact, ...]
    pair: str = "app"
    media_type: str | None = "application/json"
    costs: int = 0
    keeps: str = ""
    """The id in the answer under this name is used by later probes; the schedule stays until one deletes it."""
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    """Placeholders that change for this probe and the later ones."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """The open questions that its answer may decide."""
        return tuple(dict.fromkeys(doubt for fact in self.facts for doubt in fact.doubts))


def _said(answer: E | int) -> str:
    return f"{ERRORS[answer].http_status} {int(answer)}" if isinstance(answer, E) else str(answer)


def _fact(what: str, taken: str, doubts: str = "", means: Mapping[str, str] | None = None) -> Fact:
    return Fact(what, tuple(taken.split("|")), tuple(doubts.split()), means or {})


def _probe(
    name: str,
    call: str,
    body: Any,
    expected: E | int | tuple[E | int, ...],
    doubts: str = "",
    *facts: Fact,
    means: Mapping[E | int, str] | None = None,
    **options: Any,
) -> Probe:
    method, _, path = call.partition(" ")
    taken = expected if isinstance(expected, tuple) else (expected,)
    said = {_said(answer): words for answer, words in (means or {}).items()}
    answer = Fact("answer", tuple(map(_said, taken)), tuple(doubts.split()), said)
    return Probe(name, Stage.HARMLESS, method, path, body, (answer, *facts), **options)


_UNSENDABLE: Final = {"mobile": "{phone}", "temp_id": "{unknown}"}
_CODE: Final = {"code": "246810"}
_SCHEDULE: Final = {"mobile": "{phone}", "temp_id": 1, "send_time": "{time}", "temp_para": _CODE}
_MESSAGE: Final = {"mobile": "{phone}", "temp_id": 1, "temp_para": _CODE}
_FORM: Final = "multipart/form-data; boundary=live"


def _form(sign: str) -> bytes:
    head = b'--live\r\nContent-Disposition: form-data; name="sign"\r\n\r\n'
    return head + sign.encode() + b"\r\n--live--\r\n"


def _check(
    name: str, msg_id: str, body: Any, refused: E, doubts: str = "", means: Mapping[str, str] | None = None
) -> Probe:
    """A verification that is refused: C2 asks for its status, so it is told from the code."""
    code = _fact("code", str(int(refused)), doubts, means)
    facts = code, _fact("status", str(ERRORS[refused].http_status), "C2"), _fact("is_valid", "false", "C2")
    return Probe(name, Stage.HARMLESS, "POST", f"/codes/{msg_id}/valid", body, facts)


_NO_LIMIT: Final = _fact("limit header", "none", "G14")

_HARMLESS: Final = (
    # Who asks.
    _probe("no credentials", "POST /codes", _UNSENDABLE, E.MISSING_AUTH, "",
           _fact("media type", "application/json;charset=utf-8", "G14"), _NO_LIMIT, pair="none"),
    _probe("wrong pair", "POST /codes", _UNSENDABLE, E.AUTH_FAILED, pair="wrong"),
    _probe("application's pair for the account", "GET /accounts/dev", None, E.AUTH_FAILED, "C4",
           means={E.AUTH_FAILED: "the dev pair only", 200: "the app pair as well"}),
    # What is asked for.
    _probe("unknown path", "GET /live-check", None, E.API_NOT_FOUND),
    _probe("wrong method", "GET /codes", None, E.REQUEST_METHOD_NOT_SUPPORT),
    _probe("PUT on a sign", "PUT /sign/{unknown}", b"-", E.REQUEST_METHOD_NOT_SUPPORT, "C5",
           means={E.REQUEST_METHOD_NOT_SUPPORT: "POST", E.MEDIA_NOT_SUPPORTED: "PUT", E.INVALID_SIGN_ID: "PUT"}),
    _probe("slash at the end", "GET /sign/{unknown}/", None, E.INVALID_SIGN_ID, "C24",
           means={E.INVALID_SIGN_ID: "the same path", E.API_NOT_FOUND: "another path"}),
    # How it is written.
    _probe("XML as media type", "POST /codes", _UNSENDABLE, E.MEDIA_NOT_SUPPORTED, media_type="application/xml"),
    _probe("text as media type", "POST /codes", _UNSENDABLE, E.INVALID_TEMP_ID, "C23", media_type="text/plain",
           means={E.INVALID_TEMP_ID: "any type with a JSON body", E.MEDIA_NOT_SUPPORTED: "JSON demanded"}),
    _probe("no media type", "POST /codes", _UNSENDABLE, E.INVALID_TEMP_ID, "C23", media_type=None,
           means={E.INVALID_TEMP_ID: "none is taken for JSON", E.MEDIA_NOT_SUPPORTED: "JSON demanded"}),
    _probe("no body", "POST /codes", None, E.MISSING_BODY),
    _probe("broken body", "POST /codes", b"{", E.INVALID_BODY),
    _probe("list as body", "POST /codes", b"[]", E.INVALID_BODY),
    # Fields.
    _probe("no mobile", "POST /codes", {"temp_id": "{unknown}"}, E.MISSING_MOBILE),
    _probe("no temp_id", "POST /codes", {"mobile": "1"}, E.MISSING_TEMP_ID, "", _fact("words", "newest", "C7")),
    _probe("mobile of one digit", "POST /codes", {"mobile": "1", "temp_id": 1}, E.INVALID_MOBILE),
    _probe("mobile with +86", "POST /codes", {**_UNSENDABLE, "mobile": "+86{phone}"}, E.INVALID_TEMP_ID, "C33",
           means={E.INVALID_TEMP_ID: "a country prefix as well", E.INVALID_MOBILE: "11 digits"}),
    _probe("mobile as a number", "POST /codes", {**_UNSENDABLE, "mobile": "{number}"}, E.INVALID_TEMP_ID, "C33"),
    _probe("temp_id as text", "POST /codes", {**_UNSENDABLE, "temp_id": "0{unknown}"}, E.INVALID_TEMP_ID),
    _probe("temp_id as an object", "POST /codes", {**_UNSENDABLE, "temp_id": {}}, E.INVALID_BODY),
    _probe("voice to a mobile of one digit", "POST /voice_codes", {"mobile": "1"}, E.INVALID_MOBILE),
    _probe("tag of 11 characters", "POST /messages/batch",
           {"temp_id": "{unknown}", "tag": "t" * 11, "recipients": [{"mobile": "{phone}"}]}, E.INVALID_BODY, "G8",
           means={E.INVALID_BODY: "refused as a bad body", E.INVALID_TEMP_ID: "a longer tag passes"}),
    _probe("batch without recipients", "POST /messages/batch", {"temp_id": "{unknown}"}, E.RECIPIENTS_IS_EMPTY),
    _probe("batch of bad numbers", "POST /messages/batch",
           {"temp_id": 1, "recipients": [{"mobile": "1", "temp_para": _CODE}]}, 200, "G4",
           _fact("recipients.0.error_code", "text of digits", "C3"),
           means={200: "200 with each entry refused", E.INVALID_MOBILE: "the batch is refused"}),
    # Unknown ids.
    _probe("code with an unknown template", "POST /codes", _UNSENDABLE, E.INVALID_TEMP_ID),
    _probe("message with an unknown template", "POST /messages", _UNSENDABLE, E.INVALID_TEMP_ID),
    _probe("batch with an unknown template", "POST /messages/batch",
           {"temp_id": "{unknown}", "recipients": [{"mobile": "{phone}"}]}, E.INVALID_TEMP_ID),
    _probe("read an unknown template", "GET /templates/{unknown}", None, E.INVALID_TEMP_ID),
    _probe("change an unknown template", "PUT /templates/{unknown}", {"template": "x", "type": 2}, E.INVALID_TEMP_ID),
    _probe("delete an unknown template", "DELETE /templates/{unknown}", None, E.INVALID_TEMP_ID),
    _probe("read an unknown sign", "GET /sign/{unknown}", None, E.INVALID_SIGN_ID),
    _probe("change an unknown sign", "POST /sign/{unknown}", _form("测试"), E.INVALID_SIGN_ID, "C5", media_type=_FORM,
           means={E.INVALID_SIGN_ID: "POST", E.REQUEST_METHOD_NOT_SUPPORT: "PUT"}),
    _probe("delete an unknown sign", "DELETE /sign/{unknown}", None, E.INVALID_SIGN_ID),
    _probe("read an unknown schedule", "GET /schedule/{unknown}", None, E.INVALID_SCHEDULE_ID),
    _probe("delete an unknown schedule", "DELETE /schedule/{unknown}", None, E.INVALID_SCHEDULE_ID),
    _check("check an unknown msg_id", "1", _CODE, E.WRONG_MSG_ID),
    _check("check without a code", "1", {}, E.MISSING_CODE),
    # Two faults: which is seen first?
    _probe("unknown path, no credentials", "GET /live-check", None, E.API_NOT_FOUND, "G1", pair="none"),
    _probe("wrong method, no credentials", "GET /codes", None, E.REQUEST_METHOD_NOT_SUPPORT, "G1", pair="none"),
    _probe("XML, no credentials", "POST /codes", b"<", E.MISSING_AUTH, "G1", pair="none", media_type="application/xml"),
    _probe("broken body, wrong pair", "POST /codes", b"{", E.AUTH_FAILED, "G1", pair="wrong"),
    _probe("XML, no body", "POST /codes", None, E.MEDIA_NOT_SUPPORTED, "G1", media_type="application/xml"),
    _probe("temp_id as an object, no mobile", "POST /codes", {"temp_id": {}}, E.INVALID_BODY, "G1"),
    _probe("bad mobile, unknown template", "POST /codes", {**_UNSENDABLE, "mobile": "1"}, E.INVALID_MOBILE, "G1"),
    _probe("unknown template and sign", "POST /codes", {**_UNSENDABLE, "sign_id": "{unknown}"}, E.INVALID_TEMP_ID,
           "G1"),
    _probe("unknown template and schedule", "PUT /schedule/{unknown}", {**_SCHEDULE, "temp_id": "{unknown}"},
           E.INVALID_TEMP_ID, "G1"),
    # Balances. What follows is not begun unless the first answers as expected.
    _probe("balance of the application", "GET /accounts/app", None, (200, E.APP_QUOTA_NOT_ASSIGNED), "C9",
           _fact("media type", "application/json|application/json;charset=utf-8", "G14"), _NO_LIMIT,
           means={200: "numbers or `null`", E.APP_QUOTA_NOT_ASSIGNED: "the refusal"}),
    _probe("balance again at once", "GET /accounts/app", None, (200, E.OUT_OF_FREQ), "C8",
           means={200: "no pause is demanded", E.OUT_OF_FREQ: "possible on balances"}),
    _probe("balance of the account", "GET /accounts/dev", None, 200, "C4", _fact("dev_balance", "a number|null"),
           pair="dev"),
)  # fmt: skip

_MAKING: Final = (
    _probe("two hours ago, in UTC in six hours", "POST /schedule", {**_SCHEDULE, "send_time": "{soon_in_utc}"},
           E.INVALID_SEND_TIME, "G7", means={E.INVALID_SEND_TIME: "UTC+8", 200: "UTC"}, costs=1),
    _probe("in ten years", "POST /schedule", {**_SCHEDULE, "send_time": "{in_ten_years}"}, 200, "G7",
           means={200: "no horizon", E.INVALID_SEND_TIME: "a horizon"}),
    _probe("unknown sign", "POST /schedule", {**_SCHEDULE, "sign_id": "{unknown}"}, E.INVALID_SIGN_ID, "G2"),
    _probe("no values", "POST /schedule", {**_SCHEDULE, "temp_para": None}, E.PARAMETERS_IS_EMPTY, "C21",
           means={E.PARAMETERS_IS_EMPTY: "nothing given is told from some missing",
                  E.PARAMETERS_NOT_ALL_REPLACED: "one code for anything missing"}),
    _probe("unknown names", "POST /schedule", {**_SCHEDULE, "temp_para": {**_CODE, "other": "1"}}, 200, "G22",
           means={200: "ignored", E.PARAMETERS_NOT_ALL_REPLACED: "refused"}),
    _probe("tag on a single schedule", "POST /schedule", {**_SCHEDULE, "tag": "t" * 11}, 200, "C22",
           means={200: "batches only", E.INVALID_BODY: "all sends"}),
    _probe("make a schedule", "POST /schedule", _SCHEDULE, 200, keeps="schedule_id"),
    _probe("read it", "GET /schedule/{schedule_id}", None, 200, "",
           _fact("send_time", "as sent", "G7"), _fact("recipients.0.msg_id", "text of digits", "C1")),
    _probe("change it to a batch", "PUT /schedule/batch/{schedule_id}",
           {"temp_id": 1, "send_time": "{time}", "recipients": [{"mobile": "{phone}", "temp_para": _CODE}]},
           E.INVALID_SCHEDULE_ID, "G6", means={E.INVALID_SCHEDULE_ID: "two kinds", 200: "one kind"}),
    _probe("change its time", "PUT /schedule/{schedule_id}", {**_SCHEDULE, "send_time": "{later}"}, 200),
    _probe("read the change", "GET /schedule/{schedule_id}", None, 200, "", _fact("send_time", "as sent"),
           values={"time": "{later}"}),
    _probe("delete it", "DELETE /schedule/{schedule_id}", None, 200, "",
           _fact("content", "none", "C20", {"none": "no content", "JSON": "a JSON document"})),
    _probe("read it deleted", "GET /schedule/{schedule_id}", None, E.INVALID_SCHEDULE_ID, "G5",
           means={E.INVALID_SCHEDULE_ID: "unknown", 200: "readable"}),
    _probe("delete it again", "DELETE /schedule/{schedule_id}", None, (E.WRONG_SCHEDULE_STATUS, E.INVALID_SCHEDULE_ID)),
    _probe("template of 400 characters", "POST /templates", {"template": "试" * 400, "type": 2}, 200, "C10",
           means={200: "500", E.TEMPLATE_TOO_LONG: "350"}),
    _probe("other variable beside code", "POST /templates", {"template": "{{{{code}}}}{{{{a}}}}", "type": 1, "ttl": 60},
           E.TEMPLATE_PARAMETER_INVALID, "C11",
           means={E.TEMPLATE_PARAMETER_INVALID: "`code` only", 200: "other variables beside it"}),
    _probe("variable with an underscore", "POST /templates", {"template": "试 {{{{a_b}}}}", "type": 2}, 200, "C12",
           means={200: "underscores inside a name as well", E.TEMPLATE_PARAMETER_INVALID: "letters and digits"}),
    _probe("remark of 101 characters", "POST /templates", {"template": "试", "type": 2, "remark": "试" * 101},
           E.REMARK_TOO_LONG, "C13", means={E.REMARK_TOO_LONG: "100", 200: "500"}),
    _probe("sign of 9 characters", "POST /sign", _form("试" * 9), E.INVALID_SIGNATURE, "C14", media_type=_FORM,
           means={E.INVALID_SIGNATURE: "2 to 8, unless missing documents have the same code", 200: "2 to 10"}),
)  # fmt: skip

_CHECKED: Final = {"none": "as a code's", str(int(E.INVALID_CODE)): "as a code's"}
_LIMITED: Final = {str(int(E.OUT_OF_FREQ)): "wrong checks are limited"}

_SENDING: Final = (
    _probe("send a code", "POST /codes", {"mobile": "{phone}", "temp_id": 1}, 200, "",
           _fact("msg_id", "text of digits", "C1"), costs=1, keeps="msg_id"),
    *(_check(f"check a wrong code, time {n}", "{msg_id}", {"code": f"{{wrong{n}}}"}, E.INVALID_CODE, "G3", _LIMITED)
      for n in range(1, 6)),
    _probe("check the right code", "POST /codes/{msg_id}/valid", {"code": "{code}"}, 200, "G3",
           _fact("is_valid", "true"), means={200: "wrong checks are not limited"}),
    _check("check it again", "{msg_id}", {"code": "{code}"}, E.VERIFIED_CODE, "G3", {"none": "a code is right twice"}),
    _probe("send a message", "POST /messages", _MESSAGE, 200, "", _fact("msg_id", "a number", "C1"), costs=1,
           keeps="message_id"),
    _check("check its msg_id", "{message_id}", _CODE, E.WRONG_MSG_ID, "G21", _CHECKED),
    _probe("send the same message again", "POST /messages", _MESSAGE, 200, costs=1,
           means={200: "no repeat is refused", E.REPEAT_SEND: "repeats are refused within a window"}),
)  # fmt: skip

PROBES: Final = (
    *_HARMLESS,
    *(replace(one, stage=Stage.MAKING) for one in _MAKING),
    *(replace(one, stage=Stage.SENDING) for one in _SENDING),
)
