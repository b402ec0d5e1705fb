"""A defect of the mock itself: the documented answer to the client, the reason to whoever runs the mock."""

from __future__ import annotations

import logging
import threading

import httpx
import pytest
from jsms_api.error_table import ERRORS, ErrorCode
from jsmskit.mock import JsmsMock
from jsmskit.mock.service import dispatcher
from jsmskit.mock.service.context import CallContext

from tests.mock.conftest import CODE, PAIR

ENVELOPE = {"error": {"code": int(ErrorCode.SERVER_ERROR), "message": ERRORS[ErrorCode.SERVER_ERROR].message}}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mock cannot send codes: a defect in the midst of a transaction."""

    def fail(call: CallContext) -> None:
        with call.components.state.database as connection:
            connection.execute("DELETE FROM templates")
            raise ZeroDivisionError("a slip of the pen")

    monkeypatch.setitem(dispatcher._OPERATIONS, "sendCode", fail)  # type: ignore[arg-type]


@pytest.mark.usefixtures("broken")
def test_the_answer_is_the_documented_server_error(mock: JsmsMock, caplog: pytest.LogCaptureFixture) -> None:
    """With its traceback in the log, its rule in the request log, and the state as it was."""
    with mock.serve() as server, httpx.Client(base_url=server.url, auth=PAIR, timeout=30) as client:
        answer = client.post("/codes", json=CODE)
        assert (answer.status_code, answer.json()) == (500, ENVELOPE)
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"
        (record,) = caplog.records
        assert record.getMessage() == "the mock has failed on POST /v1/codes; please report it"
        assert (record.levelno, record.exc_info is None) == (logging.ERROR, False)
        (line,) = mock.requests.listed()
        assert (line["operation"], line["code"], line["rule"]) == ("sendCode", 50019, "mock.defect")
        assert client.post("/messages", json={**CODE, "temp_para": {"code": "1"}}).status_code == 200


def test_a_control_call_that_fails_answers_in_its_own_form(
    mock: JsmsMock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:

    def fail() -> None:
        raise ZeroDivisionError("a slip of the pen")

    monkeypatch.setattr(mock, "reset", fail)
    with mock.serve() as server:
        answer = httpx.post(f"{server.control_url}/reset", timeout=30)
    assert answer.status_code == 500
    assert answer.json()["error"]["where"] == "POST /_mock/reset"
    assert any(record.exc_info is not None for record in caplog.records)


def test_what_falls_due_and_fails_does_not_stop_the_mock_and_is_not_tried_in_a_circle(
    mock: JsmsMock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread that keeps a served mock going survives a defect, and goes on with the next change."""
    tries: list[threading.Event] = []
    tried, tried_again = threading.Event(), threading.Event()

    def fail(running: JsmsMock) -> int:
        tries.append(tried_again if tries else tried)
        tries[-1].set()
        raise ZeroDivisionError("a slip of the pen")

    monkeypatch.setattr(JsmsMock, "run_due", fail)
    with JsmsMock() as running, running.serve():
        running.clock.set(running.clock.now() + 1)
        assert tried.wait(30)
        running.clock.set(running.clock.now() + 1)
        assert tried_again.wait(30)
        assert {record.getMessage() for record in caplog.records} == {
            "what is due has failed; it is tried again when something changes"
        }
        assert len(tries) < 10
