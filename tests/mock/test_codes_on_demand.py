"""Codes and delivery statuses on demand, and what is no demand. Every code: tests/fuzz/requests/table.py."""

from __future__ import annotations

import pytest
from jsms_api.error_table import ErrorCode, ReportStatus
from jsmskit.mock.model import magic_numbers

from tests.mock.bench import Bench


def _name(value: object) -> str:
    return value.name if isinstance(value, ErrorCode | ReportStatus) else str(value)


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
    assert (answer.status, answer.rule) == (200, "magic.header-ignored")


@pytest.mark.parametrize("value", ["", "x", "５００１４", "50014x", "-5001", "050014"])
def test_a_header_that_is_no_code_is_ignored(bench: Bench, value: str) -> None:
    """Only five ASCII digits are a code."""
    assert bench.get("/accounts/app", headers={magic_numbers.HEADER: value}).status == 200
