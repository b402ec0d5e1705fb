"""What a user meets."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from jsmskit import ConfigurationError, ErrorCode
from jsmskit.mock import JsmsMock
from jsmskit.verification import RedisStore
from login import create_app

PHONE = "13800138000"


def test_the_code_on_the_phone_logs_in_once(browser: FlaskClient, jsms_mock: JsmsMock) -> None:
    assert browser.post("/login/code", data={"phone": "+86 138 0013 8000"}).status_code == 202
    typed = {"phone": PHONE, "code": jsms_mock.wait_for_code(PHONE)}

    assert browser.post("/login", data=typed).json == {"phone": "138****8000"}
    assert browser.post("/login", data=typed).status_code == 401


def test_the_next_text_waits_a_minute(browser: FlaskClient, jsms_mock: JsmsMock) -> None:
    browser.post("/login/code", data={"phone": PHONE})

    refused = browser.post("/login/code", data={"phone": PHONE}, headers={"Accept-Language": "zh"})

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.json["detail"] == "请等待 60 秒后重试。"
    jsms_mock.advance(60)
    assert browser.post("/login/code", data={"phone": PHONE}).status_code == 202


@pytest.mark.parametrize("form", [{}, {"phone": ""}, {"phone": "12345", "code": "x"}])
def test_whatever_is_typed_is_answered(browser: FlaskClient, form: dict[str, str]) -> None:
    assert browser.post("/login/code", data=form).status_code == 422
    assert browser.post("/login", data=form).status_code == 401


def test_what_the_operator_must_mend_is_not_for_the_user(browser: FlaskClient, jsms_mock: JsmsMock) -> None:
    jsms_mock.fail_next(ErrorCode.NO_MONEY)

    assert browser.post("/login/code", data={"phone": PHONE}).status_code == 503


def test_a_store_that_is_down_lets_no_one_in(browser: FlaskClient) -> None:
    store = RedisStore("redis://127.0.0.1:1", pepper="any pepper will do")
    browser.application.extensions["verifications"]._store = store

    assert browser.post("/login/code", data={"phone": PHONE}).status_code == 503
    assert browser.post("/login", data={"phone": PHONE, "code": "123456"}).status_code == 503


def test_the_real_application_is_made_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JSMS_APP_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="JSMS_APP_KEY"):
        create_app()
