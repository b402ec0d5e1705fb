"""Wrong policies and names are refused when they are made, and say which value it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from jsmskit import ConfigurationError, JsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.verification import MemoryStore, PhoneVerification, Policy, RedisStore

COUNTS = (
    "per_number_hour",
    "per_number_day",
    "per_address_hour",
    "per_address_day",
    "per_purpose_hour",
    "budget_hour",
    "budget_day",
    "max_attempts",
    "code_ttl",
    "voice_after",
)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "5", float("nan"), [5]])
def test_counts_are_whole_and_at_least_one(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Policy(**{name: value})
    assert caught.value.field == name


@pytest.mark.parametrize("name", ["resend_after", "voice_interval"])
@pytest.mark.parametrize("value", [0, -1, 0.5, 86_401, True, "60", float("nan"), float("inf"), b"60"])
def test_windows_are_a_second_to_a_day(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Policy(**{name: value})
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_attempts", None),
        ("code_ttl", None),
        ("code_ttl", 86_401),
        ("voice_interval", 19),
        ("voice_interval", None),
        ("alarm_at", 0),
        ("alarm_at", 1.1),
        ("alarm_at", "0.5"),
        ("on_alarm", 5),
        ("allowed_numbers", "13800138000"),
        ("allowed_numbers", 5),
        ("allowed_numbers", [5]),
        ("blocked_addresses", None),
    ],
)
def test_other_values(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Policy(**{name: value})
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("allowed_numbers", ["13800138000", "12345"], "allowed_numbers[1]"),
        ("blocked_numbers", ["2*"], "blocked_numbers[0]"),
        ("blocked_numbers", ["*"], "blocked_numbers[0]"),
        ("allowed_addresses", ["10.0.0.1/8"], "allowed_addresses[0]"),
        ("blocked_addresses", ["example.com"], "blocked_addresses[0]"),
    ],
)
def test_lists_say_which_entry_is_wrong(name: str, values: list[str], field: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Policy(**{name: values})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"per_number_hour": 11}, "per_number_day"),
        ({"per_address_day": 19}, "per_address_day"),
        ({"budget_hour": 10, "budget_day": 9}, "budget_day"),
    ],
)
def test_a_day_allows_at_least_as_much_as_an_hour(limits: dict[str, int], field: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Policy(**limits)
    assert caught.value.field == field


def test_a_policy_can_be_changed_in_a_copy_and_shows_no_numbers() -> None:
    one = Policy(blocked_numbers=["17012345678"], blocked_addresses=["192.0.2.0/24"])
    other = replace(one, max_attempts=3)
    assert (other.blocked_numbers, other.blocked_addresses) == (("17012345678",), ("192.0.2.0/24",))
    assert "170" not in repr(other)
    assert "192" not in repr(other)
    assert "max_attempts=3" in repr(other)


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "a:b", "{a}", "13800138000", None, 5])
def test_names_are_plain(name: Any) -> None:
    mock = JsmsMock()
    client = JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport)
    with pytest.raises(ConfigurationError) as caught:
        PhoneVerification(client, store=MemoryStore(), application=name)
    assert caught.value.field == "application"
    verification = PhoneVerification(client, store=MemoryStore())
    for call in (
        lambda: verification.start("13800138000", purpose=name),
        lambda: verification.check("1", "1", purpose=name),
    ):
        with pytest.raises(ConfigurationError) as caught:
            call()
        assert caught.value.field == "purpose"
    mock.close()


@pytest.mark.parametrize("channel", ["fax", None, 1])
def test_channels_are_text_and_voice(channel: Any) -> None:
    mock = JsmsMock()
    client = JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport)
    with pytest.raises(ConfigurationError) as caught:
        PhoneVerification(client, store=MemoryStore()).start("13800138000", purpose="login", channel=channel)
    assert caught.value.field == "channel"
    mock.close()


def test_a_redis_store_needs_a_pepper_and_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="JSMS_VERIFICATION_PEPPER") as caught:
        RedisStore("redis://localhost")
    assert "token_urlsafe" in caught.value.remedy
    with pytest.raises(ConfigurationError, match="fewer than 16"):
        RedisStore("redis://localhost", pepper="short")
    with pytest.raises(ConfigurationError, match="no Redis URL") as caught:
        RedisStore("http://:a-password@localhost", pepper="x" * 16)
    assert "a-password" not in repr(caught.value)
    monkeypatch.setenv("JSMS_VERIFICATION_PEPPER", f"{'n' * 16}, {'o' * 16}")
    store = RedisStore("redis://:a-password@localhost")
    assert repr(store.peppers) == "Peppers(2 hidden)"
    assert "a-password" not in repr(store)
