"""Faults in what the mock says: status, message, fields, types, sums.

Each is one line of a real slip. Knows the shapes of answers. See `planting` for the means.
"""

from __future__ import annotations

from typing import Any

from jsms_api.error_table import ErrorCode as Code

from tests.fuzz.gate.planting import Said, answers, bug, entries

STATUS, MESSAGE, FIELD, TYPE, SUM = (
    "wrong status",
    "wrong message",
    "missing field",
    "wrong type",
    "sums wrong",
)


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


@bug(STATUS, "401 for a request without credentials")
def _missing_auth_401() -> None:
    _status(Code.MISSING_AUTH, 401)


@bug(STATUS, "400 for an invalid number")
def _invalid_mobile_400() -> None:
    _status(Code.INVALID_MOBILE, 400)


@bug(STATUS, "404 for an unknown template")
def _unknown_template_404() -> None:
    _status(Code.INVALID_TEMP_ID, 404)


@bug(STATUS, "429 for too many requests")
def _out_of_freq_429() -> None:
    _status(Code.OUT_OF_FREQ, 429)


@bug(STATUS, "201 for a created template")
def _created_201() -> None:
    answers(
        lambda said: setattr(said, "status", 201) if said.told and set(said.told) == {"temp_id"} else None
    )


@bug(STATUS, "400 for a wrong media type")
def _media_400() -> None:
    _status(Code.MEDIA_NOT_SUPPORTED, 400)


@bug(STATUS, "200 for a refused verification")
def _refused_verification_200() -> None:
    _status(Code.INVALID_CODE, 200)


@bug(STATUS, "403 for a missing code")
def _missing_code_403() -> None:
    _status(Code.MISSING_CODE, 403)


# Messages.


@bug(MESSAGE, "an exclamation mark behind invalid mobile")
def _message_reworded() -> None:
    _message(Code.INVALID_MOBILE, "invalid mobile!")


@bug(MESSAGE, "the old words of 50038")
def _message_of_2018() -> None:
    _message(Code.INVALID_CONTENT_LENGTH, "invalid code length")


@bug(MESSAGE, "two blanks in missing temp_id")
def _message_with_two_blanks() -> None:
    _message(Code.MISSING_TEMP_ID, "missing  temp_id")


@bug(MESSAGE, "no words at all for a wrong method")
def _message_empty() -> None:
    _message(Code.REQUEST_METHOD_NOT_SUPPORT, "")


@bug(MESSAGE, "entries of a batch say another code's words")
def _entry_message_wrong() -> None:
    _entry(lambda each, _: each.update(error_message="repeat send") if "error_message" in each else None)


@bug(MESSAGE, "the words in capitals where the schedule is unknown")
def _message_in_capitals() -> None:
    _message(Code.INVALID_SCHEDULE_ID, "INVALID SCHEDULE_ID")


# Fields.


@bug(FIELD, "a schedule is read without its template")
def _schedule_without_template() -> None:
    _lost("getSchedule", "temp_id")


@bug(FIELD, "recipients of a schedule are read without their values")
def _schedule_without_values() -> None:
    _lost("getSchedule", "recipients", "temp_para")


@bug(FIELD, "a batch answers without failure_count")
def _batch_without_failures() -> None:
    _lost("sendMessageBatch", "failure_count")


@bug(FIELD, "a refused entry has no msg_id")
def _refused_entry_without_id() -> None:
    def change(each: dict[str, Any], said: Said) -> None:
        if "error_code" in each and said.operation == "sendMessageBatch":
            del each["msg_id"]

    _entry(change)


@bug(FIELD, "a refused entry does not echo its values")
def _refused_entry_without_values() -> None:
    _entry(lambda each, _: each.pop("temp_para", None))


@bug(FIELD, "a refused verification has no is_valid")
def _refusal_without_verdict() -> None:
    answers(lambda said: said.told.pop("is_valid", None) if said.code is not None else None)


@bug(FIELD, "every refusal of verifyCode has is_valid")
def _verdict_everywhere() -> None:
    def change(said: Said) -> None:
        if said.operation == "verifyCode" and said.code is not None:
            said.told["is_valid"] = False

    answers(change)


@bug(FIELD, "a sign is read without is_default")
def _sign_without_default() -> None:
    _lost("getSign", "is_default")


@bug(FIELD, "a template is read without the life it was given")
def _template_without_life() -> None:
    _lost("getTemplate", "ttl")


@bug(FIELD, "405 without Allow")
def _no_allow() -> None:
    answers(lambda said: said.headers.pop("allow", None))


@bug(FIELD, "a report without receiveTime")
def _report_without_time() -> None:
    def change(said: Said) -> None:
        if said.operation == "pullReports" and said.status == 200:
            for each in said.told:
                each.pop("receiveTime")

    answers(change)


# Types.


@bug(TYPE, "a number as msg_id of a code")
def _code_id_is_number() -> None:
    _typed("sendCode", "msg_id", int)


@bug(TYPE, "text as msg_id of a message")
def _message_id_is_text() -> None:
    _typed("sendMessage", "msg_id", str)


@bug(TYPE, "a number as error_code of an entry")
def _entry_code_is_number() -> None:
    _entry(lambda each, _: each.update(error_code=int(each["error_code"])) if "error_code" in each else None)


@bug(TYPE, "text as temp_id of a new template")
def _temp_id_is_text() -> None:
    _typed("createTemplate", "temp_id", str)


@bug(TYPE, "text as code in the envelope")
def _envelope_code_is_text() -> None:
    answers(lambda said: said.told["error"].update(code=str(said.code)) if said.code is not None else None)


@bug(TYPE, "true as is_default")
def _default_is_boolean() -> None:
    _typed("getSign", "is_default", bool)


@bug(TYPE, "a deletion answers with a body")
def _deletion_with_body() -> None:
    answers(lambda said: setattr(said, "told", {}) if said.told is None else None)


@bug(TYPE, "refusals as text/plain")
def _plain_refusals() -> None:
    answers(lambda said: said.headers.update({"content-type": "text/plain"}) if said.status == 403 else None)


@bug(TYPE, "receiveTime in seconds")
def _report_in_seconds() -> None:
    def change(said: Said) -> None:
        if said.operation == "pullReports" and said.status == 200:
            for each in said.told:
                each["receiveTime"] //= 1000

    answers(change)


# Sums.


@bug(SUM, "success_count and failure_count exchanged")
def _counts_exchanged() -> None:
    def change(said: Said) -> None:
        if said.status == 200 and isinstance(said.told, dict) and "success_count" in said.told:
            told = said.told
            told["success_count"], told["failure_count"] = told["failure_count"], told["success_count"]

    answers(change)


@bug(SUM, "success_count counts every entry")
def _everything_succeeds() -> None:
    def change(said: Said) -> None:
        if said.status == 200 and isinstance(said.told, dict) and "success_count" in said.told:
            said.told["success_count"] += said.told["failure_count"]

    answers(change)


@bug(SUM, "the last refused entry of a timed batch is not listed")
def _failure_not_listed() -> None:
    def change(said: Said) -> None:
        if isinstance(said.told, dict) and said.told.get("failure_recipients"):
            said.told["failure_recipients"].pop()

    answers(change)


@bug(SUM, "the entries of a batch come in reverse")
def _entries_reversed() -> None:
    def change(said: Said) -> None:
        if said.operation == "sendMessageBatch" and said.status == 200:
            said.told["recipients"].reverse()

    answers(change)
