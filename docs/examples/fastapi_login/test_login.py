"""What a user meets who logs in by SMS. No account, no server, no waiting."""

from __future__ import annotations

import httpx
import pytest
from jsmskit import ErrorCode
from jsmskit.mock import Fault, FaultKind, JsmsMock

pytestmark = pytest.mark.anyio

PHONE = "13800138000"


async def ask(browser: httpx.AsyncClient, phone: str = PHONE, **more: str) -> httpx.Response:
    return await browser.post("/login/code", json={"phone": phone, **more})


async def type_in(browser: httpx.AsyncClient, code: str, purpose: str = "login") -> httpx.Response:
    return await browser.post(f"/{purpose}", json={"phone": PHONE, "code": code})


async def test_the_code_on_the_phone_logs_in_once(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    assert (await ask(browser, "+86 138 0013 8000")).status_code == 202

    code = jsms_mock.wait_for_code(PHONE)

    assert (await type_in(browser, code)).json()["token"]
    assert (await type_in(browser, code)).status_code == 401


async def test_a_code_for_the_login_changes_no_password(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    await ask(browser)

    response = await type_in(browser, jsms_mock.wait_for_code(PHONE), "change-password")

    assert response.status_code == 401


async def test_a_wrong_code_can_be_corrected_but_not_for_ever(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    await ask(browser)
    code = jsms_mock.wait_for_code(PHONE)

    told = [(await type_in(browser, "not it")).json()["detail"] for _ in range(5)]

    assert told[0] == "This code is not right. Check it, or ask for a new one."
    assert told[4] == "Ask for a new code."
    assert (await type_in(browser, code)).status_code == 401


async def test_a_code_of_yesterday_is_too_old(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    await ask(browser)
    code = jsms_mock.wait_for_code(PHONE)

    jsms_mock.advance(301)

    assert (await type_in(browser, code)).json()["detail"] == "Ask for a new code."


async def test_the_next_text_waits_a_minute(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    await ask(browser)

    refused = await ask(browser)

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert len(jsms_mock.messages(PHONE)) == 1
    jsms_mock.advance(60)
    assert (await ask(browser)).json()["voice_offered"] is True


async def test_a_call_reads_the_code_out(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    assert (await ask(browser, channel="voice")).status_code == 202

    assert (await type_in(browser, jsms_mock.wait_for_code(PHONE))).status_code == 200


async def test_the_user_is_told_in_chinese_too(browser: httpx.AsyncClient) -> None:
    browser.headers["accept-language"] = "zh-CN,zh;q=0.9"

    assert (await ask(browser, "12345")).json()["detail"] == "请输入正确的手机号码。"


@pytest.mark.parametrize("code", [ErrorCode.NO_MONEY, ErrorCode.AUTH_FAILED, ErrorCode.SIGNATURE_NOT_SET])
async def test_what_the_operator_must_mend_is_not_for_the_user(
    browser: httpx.AsyncClient, jsms_mock: JsmsMock, code: ErrorCode
) -> None:
    jsms_mock.fail_next(code)

    response = await ask(browser)

    assert response.status_code == 503
    assert response.json()["detail"] == "This does not work at the moment. Try again later."


async def test_a_lost_response_is_told_honestly(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    jsms_mock.faults.add(Fault(FaultKind.DROP, operation="sendCode", times=1))

    response = await ask(browser)

    assert response.json()["detail"] == "Wait 60 seconds, then ask for a new code."
    assert len(jsms_mock.messages(PHONE)) == 1  # the text is on the phone all the same


async def test_a_service_that_hangs_does_not_hang_the_login(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    await ask(browser)
    code = jsms_mock.wait_for_code(PHONE)
    jsms_mock.faults.add(Fault(FaultKind.HANG, operation="verifyCode", times=1))

    assert (await type_in(browser, code)).status_code == 503
