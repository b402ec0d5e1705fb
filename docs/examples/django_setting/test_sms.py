"""The client that the settings make."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from jsmskit.mock import JsmsMock
from sms import jsms_client

PHONE = "13800138000"


@pytest.mark.usefixtures("keys")
def test_the_settings_make_one_client_for_all_threads(jsms_mock: JsmsMock) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = {id(client) for client in threads.map(lambda _: jsms_client(), range(64))}

    assert len(made) == 1
    jsms_client().messages.send(PHONE, template_id=1, params={"code": "2468"})
    assert len(jsms_mock.messages(PHONE)) == 1
    assert run_checks() == []


@pytest.mark.usefixtures("keys")
def test_other_settings_make_another_client() -> None:
    before = jsms_client()
    with override_settings(JSMS={"app_key": "1" * 24, "master_secret": "2" * 24}):
        assert jsms_client() is not before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "app_key"),
        ({"app_key": "short", "master_secret": "5ecret"}, "app_key"),
        ({"app_key": "1" * 24, "master_secret": "2" * 24, "dead_line": 3}, "dead_line"),
    ],
)
def test_wrong_settings_are_told_by_manage_py_check(options: dict[str, object], words: str) -> None:
    with override_settings(JSMS=options):
        (found,) = run_checks()
        with pytest.raises(ImproperlyConfigured, match=words):
            jsms_client()

    assert words in found.msg
    assert "5ecret" not in found.msg
