"""Answers become results: what real servers vary is taken, what contradicts itself is said, nothing is made up."""

from __future__ import annotations

import copy
import json
import pickle
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsms_api.error_table import ErrorCode, ReportStatus
from jsmskit import (
    AcceptedMessage,
    Balance,
    BatchResult,
    Outcome,
    PartialFailureError,
    RejectedMessage,
    ReviewStatus,
    ScheduleBatchResult,
    Verification,
    VerificationReason,
)
from jsmskit._calls.request import PreparedRequest
from jsmskit._calls.responses import InvalidResponse, parse_response
from jsmskit._operations import accounts, codes, messages, reports, schedules, signs, templates

ONE, TWO, THREE = "13800000001", "13800000002", "13800000003"


def read(request: Any, data: Any, status: int = 200) -> Any:
    assert isinstance(request, PreparedRequest)
    return request.parse(parse_response(status, {}, json.dumps(data).encode(), large=True))


SOON = datetime.now(UTC) + timedelta(days=1)
send_code = partial(codes.send, "13800000001", 1, None)
verify = partial(codes.verify, "1", "123456")


def batch(asked: list[str], data: Any) -> BatchResult:
    result: BatchResult = read(messages.send_batch(1, asked, None, None), data)
    return result


def accepted(mobile: Any, msg_id: Any = "1") -> dict[str, Any]:
    return {"mobile": mobile, "msg_id": msg_id}


def refused(mobile: Any, code: Any = "50006") -> dict[str, Any]:
    return {"mobile": mobile, "error_code": code, "error_message": "no", "temp_para": {"a": 1, "b": "c"}}


def counted(entries: list[Any], good: Any, bad: Any) -> dict[str, Any]:
    return {"success_count": good, "failure_count": bad, "recipients": entries}


def test_each_recipient_is_found_by_number_whatever_the_order() -> None:
    """The order of an answer is not promised, and some clients have seen numbers as numbers."""
    result = batch([ONE, TWO, THREE], counted([refused(THREE), accepted(int(TWO), 7), accepted("+86" + ONE)], 2, 1))
    assert result.accepted == (AcceptedMessage(TWO, "7"), AcceptedMessage(ONE, "1"))
    assert result.rejected == (RejectedMessage(THREE, 50006),)
    assert result.rejected[0].params == {"a": "1", "b": "c"}
    assert (result.unknown, result.warnings, result.complete) == ((), (), False)


def test_a_recipient_that_the_answer_does_not_mention_is_unknown_not_rejected() -> None:
    """Nobody knows whether that person gets the message."""
    result = batch([ONE, TWO], counted([accepted(ONE)], 1, 0))
    assert (result.unknown, result.complete) == ((TWO,), False)
    with pytest.raises(PartialFailureError) as caught:
        result.raise_for_rejected()
    assert (caught.value.outcome, caught.value.unknown, caught.value.code) == (Outcome.UNKNOWN, 1, None)


def test_the_same_number_twice_is_counted_twice() -> None:
    """One template may go to one number with two texts; one entry answers one of them."""
    result = batch([ONE, ONE], counted([accepted(ONE), refused(ONE, "50034")], 1, 1))
    assert (len(result.accepted), len(result.rejected), result.unknown) == (1, 1, ())
    assert batch([ONE, ONE], counted([accepted(ONE)], 1, 0)).unknown == (ONE,)


@pytest.mark.parametrize(
    ("entry", "part"),
    [
        *((accepted(ONE, wrong), "unknown") for wrong in ("", "no id", "1" * 65, "１")),
        *((refused(ONE, code), "unknown") for code in ("50019", 50019, "rubbish", "", [], True, "9" * 20)),
        *(({**accepted(ONE), "error_code": code}, "accepted") for code in ("50000", 50000, None)),
        *((refused(ONE, code), "rejected") for code in (99999, "60001")),
    ],
    ids=str,
)
def test_an_entry_is_read_for_what_it_decides(entry: dict[str, Any], part: str) -> None:
    """A failure of the server, or text where a code or an id should be, proves nothing; an unknown code refuses."""
    result = batch([ONE], counted([entry], 1, 0))
    assert [len(one) for one in (result.accepted, result.rejected, result.unknown)] == [
        part == "accepted",
        part == "rejected",
        part == "unknown",
    ]
    assert not result.rejected or (result.rejected[0].code, result.rejected[0].info) == (int(entry["error_code"]), None)


def test_what_an_answer_says_against_itself_is_told() -> None:
    """Strangers, entries that cannot be read, wrong or missing counts: the caller may look, nothing is hidden."""
    result = batch(
        [ONE, TWO], counted([accepted(ONE), accepted(THREE), 5, accepted(TWO, None), accepted(None)], 9, "x")
    )
    assert result.unknown == (TWO,)
    assert result.warnings == (
        "2 entries are for numbers that were not asked for",
        "2 entries cannot be read",
        "the counts are missing or cannot be read",
    )
    assert batch([ONE], counted([accepted(ONE)], 2, 0)).warnings == (
        "it counts 2 accepted and 0 failed, and lists 1 and 0",
    )


@given(
    asked=st.lists(st.sampled_from([ONE, TWO, THREE]), min_size=1, max_size=8),
    entries=st.lists(
        st.one_of(
            st.builds(accepted, st.sampled_from([ONE, TWO, THREE, "x", 5, None]), st.sampled_from(["1", 2, None, {}])),
            st.builds(refused, st.sampled_from([ONE, TWO, THREE]), st.sampled_from(["50006", "50019", "?", 5])),
            st.none(),
            st.integers(),
        ),
        max_size=10,
    ),
)
def test_every_recipient_is_accounted_for_exactly_once(asked: list[str], entries: list[Any]) -> None:
    """Accepted, rejected and unknown together are the list that was asked for, whatever the answer says."""
    result = batch(asked, {"recipients": entries})
    found = [*(one.phone for one in (*result.accepted, *result.rejected)), *result.unknown]
    assert Counter(found) == Counter(asked)


def schedule_batch(asked: list[str], **data: Any) -> ScheduleBatchResult:
    request = schedules.create_batch(1, asked, SOON, None, None, now=datetime.now(UTC))
    result: ScheduleBatchResult = read(request, {"schedule_id": "a", **data})
    return result


def test_a_timed_batch_lists_only_the_refused() -> None:
    """The others were taken; an empty list and a missing one mean the same."""
    result = schedule_batch([ONE, TWO], success_count=1, failure_count=1, failure_recipients=[refused(TWO)])
    assert (result.accepted, result.rejected, result.unknown) == ((ONE,), (RejectedMessage(TWO, 50006),), ())
    for rest in ({}, {"failure_recipients": None}, {"failure_recipients": []}):
        result = schedule_batch([ONE], success_count=1, failure_count=0, **rest)
        assert (result.accepted, result.complete) == ((ONE,), True)
        result.raise_for_rejected()


def test_a_timed_batch_that_lost_more_than_it_lists_leaves_the_rest_unknown() -> None:
    """Somebody failed and is not named: then nobody can be called accepted."""
    result = schedule_batch([ONE, TWO, THREE], success_count=1, failure_count=2, failure_recipients=[refused(TWO)])
    assert (result.accepted, result.unknown, len(result.rejected)) == ((), (ONE, THREE), 1)
    assert result.warnings
    odd = schedule_batch([ONE], failure_recipients=[5, refused(THREE), refused(ONE, "50019")])
    assert (odd.accepted, odd.rejected, odd.unknown) == ((), (), (ONE,))
    with pytest.raises(PartialFailureError):
        odd.raise_for_rejected()


@pytest.mark.parametrize("wrong", [{"failure_recipients": {}}, {"failure_recipients": "x"}, {"schedule_id": None}])
def test_a_timed_batch_of_another_shape_is_unreadable(wrong: dict[str, Any]) -> None:
    """Without an id nothing can be cancelled; that must not pass as a result."""
    with pytest.raises(InvalidResponse):
        schedule_batch([ONE], **wrong)


@pytest.mark.parametrize(
    ("status", "data", "reason"),
    [
        (403, {"is_valid": False, "error": {"code": 50010}}, VerificationReason.WRONG),
        (403, {"error": {"code": 50011}}, VerificationReason.EXPIRED),
        (200, {"is_valid": False, "error": {"code": "50012"}}, VerificationReason.USED),
        (403, {"is_valid": True, "error": {"code": 50026}}, VerificationReason.UNKNOWN_MESSAGE),
        (400, {"is_valid": False, "error": {"code": 50015}}, VerificationReason.MISSING),
        (200, {"is_valid": False}, VerificationReason.OTHER),
        (200, {"is_valid": False, "error": {"code": 50000}}, VerificationReason.OTHER),
    ],
)
def test_a_refused_code_has_a_reason(status: int, data: Any, reason: VerificationReason) -> None:
    """Whichever status it comes with (doubt C2), and only an unspoilt yes is a yes."""
    verdict = read(verify(), data, status)
    assert (bool(verdict), verdict.ok, verdict.reason) == (False, False, reason)


@pytest.mark.parametrize(
    "data",
    [
        {"is_valid": 1},
        {"is_valid": "true"},
        {"is_valid": None},
        {},
        [],
        {"is_valid": True, "error": {"code": 99999}},
        {"is_valid": True, "error": {}},
        {"is_valid": True, "error": None},
    ],
)
def test_nothing_but_a_clear_yes_is_a_yes(data: Any) -> None:
    """A defect here would be an open door."""
    with pytest.raises(InvalidResponse):
        read(verify(), data)


def test_a_clear_yes() -> None:
    for data in ({"is_valid": True}, {"is_valid": True, "error": {"code": 50000}, "new": 1}):
        verdict = read(verify(), data)
        assert (bool(verdict), verdict.reason, verdict.info) == (True, None, None)


@pytest.mark.parametrize("msg_id", ["288193860302", 288193860302, "06890980-6789-4054-bba9-90fb66ab2fce", "a_b", 0, -1])
def test_an_id_is_text_whatever_it_was_on_the_wire(msg_id: Any) -> None:
    """Doubt C1; the same id works in the next call."""
    assert read(send_code(), {"msg_id": msg_id}).msg_id == str(msg_id)
    assert read(messages.send(ONE, 1, None, None), {"msg_id": msg_id}).msg_id == str(msg_id)


@pytest.mark.parametrize("msg_id", [None, True, 1.5, "", "../x", "a b", "x" * 65, [], {}, "１"])
def test_what_is_no_id_is_no_receipt(msg_id: Any) -> None:
    """A receipt with an id that cannot be used would only move the failure."""
    with pytest.raises(InvalidResponse, match="msg_id"):
        read(send_code(), {"msg_id": msg_id})


def test_balances_may_lack_kinds_but_not_the_general_one() -> None:
    """The oldest revision had only that; null means that nothing was assigned (doubt C9)."""
    assert read(accounts.app_balance(), {"app_balance": 1}) == Balance(1)
    data = {"dev_balance": None, "dev_voice": 2, "dev_industry": "3", "dev_market": 4}
    assert read(accounts.account_balance(), data) == Balance(None, 2, 3, 4)
    none = {"error": {"code": int(ErrorCode.APP_QUOTA_NOT_ASSIGNED)}}
    assert read(accounts.app_balance(), none, 403) == Balance(None)
    for wrong in ({}, {"app_voice": 1}, {"app_balance": "x"}, {"app_balance": True}, []):
        with pytest.raises(InvalidResponse):
            read(accounts.app_balance(), wrong)


def test_signs_and_templates_of_every_revision() -> None:
    """Flags as numbers or truth values, missing ones as no; statuses that nobody knows stay numbers."""
    sign = read(signs.get(5), {"sign_id": "5", "sign": "极光", "status": 1, "use_status": True})
    assert (sign.sign_id, sign.approved, sign.is_default, sign.in_use) == (5, True, False, True)
    sign = read(signs.get(5), {"sign_id": 5, "sign": "x", "status": 3, "is_default": "1", "use_status": None})
    assert (sign.status, sign.approved, sign.is_default, sign.in_use) == (3, False, True, False)
    template = read(templates.get(1), {"temp_id": 1, "template": "x", "type": 7, "status": 2})
    assert (template.status, template.type, template.ttl, template.remark) == (ReviewStatus.REFUSED, 7, None, None)
    assert not template.approved
    for wrong in ({"template": None}, {"type": None}, {"status": "?"}, {"ttl": "x"}, {"remark": 5}):
        with pytest.raises(InvalidResponse):
            read(templates.get(1), {"temp_id": 1, "template": "x", "type": 7, "status": 2, **wrong})


def test_a_schedule_is_read_whole_or_not_at_all() -> None:
    """Its time is an aware moment; a recipient that cannot be read makes the whole doubtful."""
    data: dict[str, Any] = {
        "schedule_id": "a",
        "send_time": "2030-01-01 08:00:00",
        "temp_id": 1,
        "recipients": [{"mobile": ONE, "msg_id": 5, "temp_para": {"a": "b"}}, {"mobile": "+1 555", "msg_id": None}],
    }
    found = read(schedules.get("a"), data)
    assert found.send_at == datetime(2030, 1, 1, tzinfo=UTC)
    assert [(one.phone, one.msg_id, dict(one.params)) for one in found.recipients] == [
        (ONE, "5", {"a": "b"}),
        ("+1 555", None, {}),
    ]
    for wrong in ({"recipients": None}, {"recipients": [5]}, {"recipients": [{}]}, {"temp_id": None}):
        with pytest.raises(InvalidResponse):
            read(schedules.get("a"), {**data, **wrong})
    with pytest.raises(ValueError, match="time"):
        read(schedules.get("a"), {**data, "send_time": "soon"})


@pytest.mark.parametrize("moment", [1575015093000, "1575015093000", "2019-11-29 16:11:33"])
def test_a_report_s_time_in_every_notation_that_was_seen(moment: Any) -> None:
    """Milliseconds as a number or as text, or the service's text in its own zone."""
    record = {"msgId": 88235123435, "phone": ONE, "receiveTime": moment, "status": 4001}
    page = read(reports.reports(), [record])
    assert page.records[0].received_at == datetime(2019, 11, 29, 8, 11, 33, tzinfo=UTC)
    assert (page.records[0].status, page.records[0].delivered) == (ReportStatus.DELIVERED, True)
    assert page.records[0].info is not None


@pytest.mark.parametrize("data", [{}, None, "x", 5])
def test_a_pull_that_is_no_list_is_unreadable(data: Any) -> None:
    """An object here would be an error or something else."""
    with pytest.raises(InvalidResponse):
        read(reports.reports(), data)
    with pytest.raises(InvalidResponse):
        read(reports.replies(), data)
    assert len(read(reports.replies(), [])) == 0


def test_results_can_be_pickled_copied_and_compared() -> None:
    """They are values: tasks pass them on, tests compare them; what came raw does not count."""
    result = batch([ONE, TWO], counted([accepted(ONE), refused(TWO)], 1, 1))
    verdict = Verification(False, VerificationReason.WRONG, 50010, raw={"a": 1})
    for value in (result, verdict, *result.accepted, *result.rejected, Balance(1)):
        assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == value
        assert hash(value) == hash(copy.copy(value))
    assert verdict == Verification(False, VerificationReason.WRONG, 50010)
    with pytest.raises(AttributeError):
        result.accepted = ()  # type: ignore[misc]


def test_a_long_list_of_numbers_is_not_written_out() -> None:
    """A batch of a thousand in a log line helps nobody."""
    shown_text = repr(BatchResult((), (), tuple(f"138000000{n:02}" for n in range(50))))
    assert "138****0000, 138****0001, 138****0002, ... 50 in all" in shown_text
