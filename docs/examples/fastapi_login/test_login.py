"""What a person meets who logs in by SMS. No account, no server, no waiting."""

from __future__ import annotations

import httpx
import pytest
from jsmskit import ErrorCode
from jsmskit.mock import Fault, FaultKind, JsmsMock
from login import ATTEMPTS

pytestmark = pytest.mark.anyio

PHONE = "13800138000"


async def ask(browser: httpx.AsyncClient, phone: str = PHONE) -> httpx.Response:
    return await browser.post("/login/code", json={"phone": phone})


async def type_in(browser: httpx.AsyncClient, code: str, phone: str = PHONE) -> httpx.Response:
    return await browser.post("/login", json={"phone": phone, "code": code})


async def test_the_code_on_the_phone_logs_in_once(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    assert (await ask(browser)).status_code == 202

    code = jsms_mock.wait_for_code(PHONE)

    assert (await type_in(browser, code)).json()["token"]
    assert (await type_in(browser, code)).status_code == 401


async def test_a_wrong_code_can_be_corrected_but_not_for_ever(
    browser: httpx.AsyncClient, jsms_mock: JsmsMock
) -> None:
    await ask(browser)
    code = jsms_mock.wait_for_code(PHONE)

    for _ in range(ATTEMPTS):
        assert (await type_in(browser, "not it")).json()["detail"] == "This is not the code."
    assert (await type_in(browser, code)).json()["detail"] == "Please ask for a new code."


async def test_a_code_of_yesterday_is_too_old(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    await ask(browser)
    code = jsms_mock.wait_for_code(PHONE)

    jsms_mock.advance(24 * 3600)

    assert (await type_in(browser, code)).json()["detail"].startswith("The code is too old.")


async def test_only_the_newest_code_counts(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    await ask(browser)
    await ask(browser)
    old, new = (message.code or "" for message in jsms_mock.messages(PHONE))

    assert (await type_in(browser, old)).status_code == 401
    assert (await type_in(browser, new)).status_code == 200


async def test_a_bad_number_is_said_to_be_one(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    assert (await ask(browser, "12345")).status_code == 422
    assert jsms_mock.messages() == []


async def test_too_many_codes_mean_waiting(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    jsms_mock.fail_next(ErrorCode.OUT_OF_FREQ)

    assert (await ask(browser)).status_code == 429
    assert (await ask(browser)).status_code == 202


@pytest.mark.parametrize("code", [ErrorCode.NO_MONEY, ErrorCode.AUTH_FAILED, ErrorCode.SIGNATURE_NOT_SET])
async def test_what_the_operator_must_mend_is_not_the_persons_business(
    browser: httpx.AsyncClient, jsms_mock: JsmsMock, code: ErrorCode
) -> None:
    jsms_mock.fail_next(code)

    answer = await ask(browser)

    assert answer.status_code == 503
    assert answer.json()["detail"] == "No code can be sent now. Please try again later."


async def test_a_lost_answer_is_told_honestly(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    jsms_mock.faults.add(Fault(FaultKind.DROP, operation="sendCode", times=1))

    answer = await ask(browser)

    assert "ignore it" in answer.json()["detail"]
    assert len(jsms_mock.messages(PHONE)) == 1  # the text is on the phone all the same
    assert (await ask(browser)).status_code == 202


async def test_a_service_that_hangs_does_not_hang_the_login(
    browser: httpx.AsyncClient, jsms_mock: JsmsMock
) -> None:
    await ask(browser)
    code = jsms_mock.wait_for_code(PHONE)
    jsms_mock.faults.add(Fault(FaultKind.HANG, operation="verifyCode", times=1))

    assert (await type_in(browser, code)).status_code == 503
