"""Faults in what the mock says: status, message, fields, types, sums.

Each is one line of a real slip. See `planting` for the means.
"""

from __future__ import annotations

from typing import Any

from jsms_api.error_table import ErrorCode as Code

from tests.fuzz.planted.planting import Said, answers, entries, fault, faulty

STATUS, MESSAGE, FIELD, TYPE, SUM = ("wrong status", "wrong message", "missing field", "wrong type", "sums wrong")


def _status(code: int, status: int) -> None:
    answers(lambda said: setattr(said, "status", status) if said.code == code else None)


def _message(code: int, message: str) -> None:
    def change(said: Said) -> None:
        if said.code == code:
            said.told["error"]["message"] = message

    answers(change)


def _lost(operation: str, *path: str) -> None:
    def change(said: Said) -> None:
        if said.operation == operation and said.status == 200:
            place = said.told
            for name in path[:-1]:
                place = place[name]
            for each in place if isinstance(place, list) else [place]:
                each.pop(path[-1], None)

    answers(change)


def _typed(operation: str, field: str, make: Any) -> None:
    def change(said: Said) -> None:
        if said.operation == operation and said.status == 200 and said.told.get(field) is not None:
            said.told[field] = make(said.told[field])

    answers(change)


def _entry(change: Any) -> None:
    answers(lambda said: [change(each, said) for each in entries(said)])


# Status.

fault(STATUS, "401 for a request without credentials", _status, Code.MISSING_AUTH, 401)
fault(STATUS, "400 for an invalid number", _status, Code.INVALID_MOBILE, 400)
fault(STATUS, "404 for an unknown template", _status, Code.INVALID_TEMP_ID, 404)
fault(STATUS, "429 for too many requests", _status, Code.OUT_OF_FREQ, 429)
fault(
    STATUS,
    "201 for a created template",
    answers,
    lambda said: setattr(said, "status", 201) if said.told and set(said.told) == {"temp_id"} else None,
)
fault(STATUS, "400 for a wrong media type", _status, Code.MEDIA_NOT_SUPPORTED, 400)
fault(STATUS, "200 for a refused verification", _status, Code.INVALID_CODE, 200)
fault(STATUS, "403 for a missing code", _status, Code.MISSING_CODE, 403)

# Messages.

fault(MESSAGE, "an exclamation mark behind invalid mobile", _message, Code.INVALID_MOBILE, "invalid mobile!")
fault(MESSAGE, "the old words of 50038", _message, Code.INVALID_CONTENT_LENGTH, "invalid code length")
fault(MESSAGE, "two blanks in missing temp_id", _message, Code.MISSING_TEMP_ID, "missing  temp_id")
fault(MESSAGE, "no words at all for a wrong method", _message, Code.REQUEST_METHOD_NOT_SUPPORT, "")
fault(
    MESSAGE,
    "entries of a batch say another code's words",
    _entry,
    lambda each, _: each.update(error_message="repeat send") if "error_message" in each else None,
)
fault(
    MESSAGE,
    "the words in capitals where the schedule is unknown",
    _message,
    Code.INVALID_SCHEDULE_ID,
    "INVALID SCHEDULE_ID",
)

# Fields.

fault(FIELD, "a schedule is read without its template", _lost, "getSchedule", "temp_id")
fault(FIELD, "recipients of a schedule are read without their values", _lost, "getSchedule", "recipients", "temp_para")
fault(FIELD, "a batch answers without failure_count", _lost, "sendMessageBatch", "failure_count")


@faulty(FIELD, "a refused entry has no msg_id")
def _refused_entry_without_id() -> None:
    def change(each: dict[str, Any], said: Said) -> None:
        if "error_code" in each and said.operation == "sendMessageBatch":
            del each["msg_id"]

    _entry(change)


fault(FIELD, "a refused entry does not echo its values", _entry, lambda each, _: each.pop("temp_para", None))
fault(
    FIELD,
    "a refused verification has no is_valid",
    answers,
    lambda said: said.told.pop("is_valid", None) if said.code is not None else None,
)


@faulty(FIELD, "every refusal of verifyCode has is_valid")
def _verdict_everywhere() -> None:
    def change(said: Said) -> None:
        if said.operation == "verifyCode" and said.code is not None:
            said.told["is_valid"] = False

    answers(change)


fault(FIELD, "a sign is read without is_default", _lost, "getSign", "is_default")
fault(FIELD, "a template is read without the life it was given", _lost, "getTemplate", "ttl")
fault(FIELD, "405 without Allow", answers, lambda said: said.headers.pop("allow", None))


@faulty(FIELD, "a report without receiveTime")
def _report_without_time() -> None:
    def change(said: Said) -> None:
        if said.operation == "pullReports" and said.status == 200:
            for each in said.told:
                each.pop("receiveTime")

    answers(change)


# Types.

fault(TYPE, "a number as msg_id of a code", _typed, "sendCode", "msg_id", int)
fault(TYPE, "text as msg_id of a message", _typed, "sendMessage", "msg_id", str)
fault(
    TYPE,
    "a number as error_code of an entry",
    _entry,
    lambda each, _: each.update(error_code=int(each["error_code"])) if "error_code" in each else None,
)
fault(TYPE, "text as temp_id of a new template", _typed, "createTemplate", "temp_id", str)
fault(
    TYPE,
    "text as code in the envelope",
    answers,
    lambda said: said.told["error"].update(code=str(said.code)) if said.code is not None else None,
)
fault(TYPE, "true as is_default", _typed, "getSign", "is_default", bool)
fault(
    TYPE,
    "a deletion answers with a body",
    answers,
    lambda said: setattr(said, "told", {}) if said.told is None else None,
)
fault(
    TYPE,
    "refusals as text/plain",
    answers,
    lambda said: said.headers.update({"content-type": "text/plain"}) if said.status == 403 else None,
)


@faulty(TYPE, "receiveTime in seconds")
def _report_in_seconds() -> None:
    def change(said: Said) -> None:
        if said.operation == "pullReports" and said.status == 200:
            for each in said.told:
                each["receiveTime"] //= 1000

    answers(change)


# Sums.


@faulty(SUM, "success_count and failure_count exchanged")
def _counts_exchanged() -> None:
    def change(said: Said) -> None:
        if said.status == 200 and isinstance(said.told, dict) and "success_count" in said.told:
            told = said.told
            told["success_count"], told["failure_count"] = told["failure_count"], told["success_count"]

    answers(change)


@faulty(SUM, "success_count counts every entry")
def _everything_succeeds() -> None:
    def change(said: Said) -> None:
        if said.status == 200 and isinstance(said.told, dict) and "success_count" in said.told:
            said.told["success_count"] += said.told["failure_count"]

    answers(change)


@faulty(SUM, "the last refused entry of a timed batch is not listed")
def _failure_not_listed() -> None:
    def change(said: Said) -> None:
        if isinstance(said.told, dict) and said.told.get("failure_recipients"):
            said.told["failure_recipients"].pop()

    answers(change)


@faulty(SUM, "the entries of a batch come in reverse")
def _entries_reversed() -> None:
    def change(said: Said) -> None:
        if said.operation == "sendMessageBatch" and said.status == 200:
            said.told["recipients"].reverse()

    answers(change)
