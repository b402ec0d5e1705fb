"""What a user meets."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from jsmskit import ConfigurationError, ErrorCode
from jsmskit.mock import JsmsMock
from phone_login.forms import PhoneField
from phone_login.verification import verifications

PHONE = "13800138000"


def test_the_code_on_the_phone_logs_in_once(browser: Client, jsms_mock: JsmsMock) -> None:
    page = browser.post("/login/code/", {"phone": "+86 138 0013 8000"})
    assert page.status_code == 202
    assert 'autocomplete="one-time-code"' in page.text
    typed = {"phone": PHONE, "code": jsms_mock.wait_for_code(PHONE)}

    assert browser.post("/login/", typed).status_code == 302
    assert browser.session["phone"] == "138****8000"
    assert browser.post("/login/", typed).status_code == 401


def test_the_next_text_waits_a_minute(browser: Client, jsms_mock: JsmsMock) -> None:
    browser.post("/login/code/", {"phone": PHONE})

    refused = browser.post("/login/code/", {"phone": PHONE}, headers={"accept-language": "zh-hans"})

    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "请等待 60 秒后重试。" in refused.text
    jsms_mock.advance(60)
    assert browser.post("/login/code/", {"phone": PHONE}).status_code == 202


@pytest.mark.parametrize("form", [{}, {"phone": ""}, {"phone": "12345"}, {"phone": PHONE * 9}])
def test_whatever_is_typed_is_answered(browser: Client, form: dict[str, str]) -> None:
    assert browser.post("/login/code/", form).status_code in (200, 422)
    assert browser.post("/login/", form).status_code == 422
    assert browser.get("/login/code/").status_code == 200


def test_the_field_gives_one_spelling() -> None:
    assert PhoneField().clean("+86 138-0013-8000") == PHONE
    with pytest.raises(ValidationError, match="mainland China"):
        PhoneField().clean("+1 202 555 0100")


def test_what_the_operator_must_mend_is_not_for_the_user(browser: Client, jsms_mock: JsmsMock) -> None:
    jsms_mock.fail_next(ErrorCode.NO_MONEY)

    page = browser.post("/login/code/", {"phone": PHONE})

    assert page.status_code == 503
    assert "Try again later." in page.text


@pytest.mark.parametrize("options", [{"POLICY": {"max_attempts": 0}}, {"CACHE": "default"}])
def test_wrong_settings_are_refused_when_they_are_first_used(browser: Client, options: dict[str, object]) -> None:
    with override_settings(PHONE_LOGIN=options), pytest.raises(ConfigurationError):
        verifications()
