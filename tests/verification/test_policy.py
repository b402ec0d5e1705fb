"""Wrong policies and names are refused when they are made, and say which value it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from jsmskit import ConfigurationError, JsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.verification import MemoryStore, PhoneVerification, Policy, RedisStore

COUNTS = ("per_number_hour", "per_number_day", "per_address_hour", "per_address_day", "per_purpose_hour", "budget_hour",
          "budget_day", "max_attempts", "code_ttl", "voice_after")  # fmt: skip
WRONG: list[tuple[str, Any]] = [
    *((name, value) for name in COUNTS for value in (0, -1, 1.5, True, "5", float("nan"), [5])),
    *((name, value) for name in ("resend_after", "voice_interval") for value in (0, 0.5, 86_401, True, "60", b"60")),
    *(("resend_after", value) for value in (-1, float("nan"), float("inf"))),
    *(("alarm_at", value) for value in (0, 1.1, "0.5")),
    *(("voice_interval", value) for value in (19, None)),
    *(("code_ttl", value) for value in (None, 86_401)),
    *(("allowed_numbers", value) for value in ("13800138000", 5, [5])),
    ("max_attempts", None),
    ("on_alarm", 5),
    ("blocked_addresses", None),
]
NAMED: list[tuple[dict[str, Any], str]] = [
    *(({name: value}, name) for name, value in WRONG),
    # Of a list, the entry.
    ({"allowed_numbers": ["13800138000", "12345"]}, "allowed_numbers[1]"),
    ({"blocked_numbers": ["2*"]}, "blocked_numbers[0]"),
    ({"blocked_numbers": ["*"]}, "blocked_numbers[0]"),
    ({"allowed_addresses": ["10.0.0.1/8"]}, "allowed_addresses[0]"),
    ({"blocked_addresses": ["example.com"]}, "blocked_addresses[0]"),
    # A day allows at least as much as an hour.
    ({"per_number_hour": 11}, "per_number_day"),
    ({"per_address_day": 19}, "per_address_day"),
    ({"budget_hour": 10, "budget_day": 9}, "budget_day"),
]


def test_a_wrong_value_is_named() -> None:
    for values, field in NAMED:
        with pytest.raises(ConfigurationError) as caught:
            Policy(**values)
        assert caught.value.field == field, values


def test_a_policy_can_be_changed_in_a_copy_and_shows_no_numbers() -> None:
    one = Policy(blocked_numbers=["17012345678"], blocked_addresses=["192.0.2.0/24"])
    other = replace(one, max_attempts=3)
    assert (other.blocked_numbers, other.blocked_addresses) == (("17012345678",), ("192.0.2.0/24",))
    assert "170" not in repr(other)
    assert "192" not in repr(other)
    assert "max_attempts=3" in repr(other)


def test_names_are_plain_and_channels_are_text_and_voice(mock: JsmsMock) -> None:
    client = JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport)
    verification = PhoneVerification(client, store=MemoryStore())

    def field_of(call: Callable[[], object]) -> str | None:
        with pytest.raises(ConfigurationError) as caught:
            call()
        return caught.value.field

    wrong: list[Any] = ["", "a b", "x" * 65, "a:b", "{a}", "13800138000", None, 5]
    for name in wrong:
        made = partial(PhoneVerification, client, store=MemoryStore(), application=name)
        assert field_of(made) == "application", name
        assert field_of(partial(verification.start, "13800138000", purpose=name)) == "purpose", name
        assert field_of(partial(verification.check, "1", "1", purpose=name)) == "purpose", name
    channels: list[Any] = ["fax", None, 1]
    for channel in channels:
        assert field_of(partial(verification.start, "13800138000", purpose="login", channel=channel)) == "channel"


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
