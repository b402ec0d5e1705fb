"""Every code of every operation on demand. How each is deserved: tests/fuzz/test_mock_conforms_to_spec.py."""

from __future__ import annotations

from dataclasses import replace

import pytest
from jsms_api.error_table import ErrorCode, ReportStatus
from jsms_api.operations import OPERATIONS
from jsmskit.mock.model import magic_numbers

from tests.mock.bench import PHONE, Bench
from tests.mock.recipes import (
    SENDS_MANY,
    SENDS_ONE,
    prepare,
)

PAIRS = [
    (name, ErrorCode(code))
    for name, info in OPERATIONS.items()
    for codes in info.codes.values()
    for code in codes
]


def _name(value: object) -> str:
    return value.name if isinstance(value, ErrorCode | ReportStatus) else str(value)


def _codes_of(operation: str) -> list[ErrorCode]:
    return [code for name, code in PAIRS if name == operation]


@pytest.mark.parametrize("operation", [*SENDS_ONE, "sendVoiceCode"])
def test_the_number_brings_every_code(bench: Bench, operation: str) -> None:
    """154000 and the code make a number that is always answered with it."""
    prepared = prepare(bench, operation)
    for code in _codes_of(operation):
        answer = prepared.with_fields(mobile=magic_numbers.phone_for(code)).make()
        assert (answer.code, answer.rule) == (code, magic_numbers.NUMBER_RULE)


@pytest.mark.parametrize("operation", SENDS_MANY)
def test_the_number_of_an_entry_brings_every_code(bench: Bench, operation: str) -> None:
    """In a batch the number decides about its own entry; a code of whole requests refuses the batch."""
    prepared = prepare(bench, operation)
    for code in {*_codes_of(operation), *OPERATIONS[operation].entry_codes}:
        phones = (PHONE, magic_numbers.phone_for(ErrorCode(code)))
        entries = [{"mobile": phone, "temp_para": {"number": str(code)}} for phone in phones]
        answer = prepared.with_fields(recipients=entries).make()
        if code in OPERATIONS[operation].entry_codes:
            (*_, refused) = answer.json.get("recipients") or answer.json["failure_recipients"]
            assert refused["error_code"] == str(int(code))
        else:
            assert (answer.code, answer.rule) == (code, magic_numbers.NUMBER_RULE)


@pytest.mark.parametrize("operation", [name for name, info in OPERATIONS.items() if "{" in info.path])
def test_the_id_in_the_path_brings_every_code(bench: Bench, operation: str) -> None:
    """The same prefix and code as a msg_id, temp_id, sign_id or schedule_id."""
    front, _, rest = OPERATIONS[operation].path.partition("{")
    prepared = prepare(bench, operation)
    for code in _codes_of(operation):
        path = f"{front}{magic_numbers.phone_for(code)}{rest.partition('}')[2]}"
        answer = replace(prepared, path=path).make()
        assert (answer.code, answer.rule) == (code, magic_numbers.ID_RULE)


@pytest.mark.parametrize("field", ["temp_id", "sign_id"])
@pytest.mark.parametrize("operation", [*SENDS_ONE, *SENDS_MANY])
def test_the_template_or_sign_id_in_the_body_brings_every_code(
    bench: Bench, operation: str, field: str
) -> None:
    """The same prefix and code as temp_id or sign_id of a sending call."""
    prepared = prepare(bench, operation)
    for code in _codes_of(operation):
        answer = prepared.with_fields(**{field: int(magic_numbers.phone_for(code))}).make()
        assert (answer.code, answer.rule) == (code, magic_numbers.ID_RULE)


def test_a_schedule_id_in_the_form_of_a_uuid_brings_its_code(bench: Bench) -> None:
    """Hyphens and zeros in front do not count, for clients that insist on a UUID."""
    answer = bench.get("/schedule/00000000-0000-0000-0000-015400050028")
    assert (answer.code, answer.rule) == (ErrorCode.INVALID_SCHEDULE_ID, magic_numbers.ID_RULE)


@pytest.mark.parametrize("status", list(ReportStatus), ids=_name)
def test_the_number_brings_every_delivery_status(bench: Bench, status: ReportStatus) -> None:
    """A number with a status is accepted and reported with it, for text, voice and timed messages alike."""
    phone = magic_numbers.phone_for(status)
    assert bench.notice(phone).status == 200
    assert bench.post("/voice_codes", {"mobile": phone}).status == 200
    bench.schedule(mobile=phone)
    bench.clock.advance(2 * 86_400)
    assert [record["status"] for record in bench.get("/report").json] == [status] * 3


def test_a_code_that_the_operation_cannot_answer_is_no_magic(bench: Bench) -> None:
    """Such a number is sent to like any other, and such a header is ignored, with a remark in the log."""
    assert bench.notice(magic_numbers.phone_for(ErrorCode.EXPIRED_CODE)).status == 200
    answer = bench.get("/accounts/app", headers={magic_numbers.HEADER: "50011"})
    assert (answer.status, answer.rule) == (200, magic_numbers.HEADER_IGNORED)


@pytest.mark.parametrize("value", ["", "x", "５００１４", "50014x", "-5001", "050014"])
def test_a_header_that_is_no_code_is_ignored(bench: Bench, value: str) -> None:
    """Only five ASCII digits are a code."""
    assert bench.get("/accounts/app", headers={magic_numbers.HEADER: value}).status == 200


def test_the_number_that_carries_success_is_an_ordinary_one(bench: Bench) -> None:
    """50000 is answered by succeeding: no documented body carries it."""
    assert bench.notice(magic_numbers.phone_for(ErrorCode.SUCCESS)).status == 200
