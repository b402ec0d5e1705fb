"""The JSON form of what the mock holds: read, written, refused."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from jsmskit.mock import JsmsMock
from jsmskit.mock.control.seed_json import SeedError, read_seed, write_state

TEMPLATE = {"temp_id": 1, "template": "{{code}}", "type": 1, "ttl": 60, "remark": None, "status": 1}
SIGN = {"sign_id": 5, "sign": "测试", "type": 1, "remark": None, "status": 1, "is_default": True}
WHOLE: dict[str, Any] = {
    "accounts": [
        {
            "dev_key": "d",
            "dev_secret": "e",
            "balances": {"balance": 1, "voice": None, "industry": 0, "market": 7},
            "switches": {"sms_open": False, "blacklisted": True, "allowed_ips": ["10.0.0.0/8"]},
        }
    ],
    "applications": [
        {
            "app_key": "a",
            "master_secret": "b",
            "dev_key": "d",
            "balances": {"balance": None, "voice": 3, "industry": None, "market": None},
            "switches": {"sms_open": True, "blacklisted": False, "allowed_ips": []},
            "templates": [
                {**TEMPLATE, "refuse_reason": None},
                {**TEMPLATE, "temp_id": 9, "type": 3, "ttl": None, "remark": "y", "status": 2, "refuse_reason": "z"},
            ],
            "signs": [{**SIGN, "refuse_reason": None}],
            "invalid_numbers": ["13000000001"],
            "unsubscribed_numbers": ["13000000002"],
            "fixed_codes": {"13000000003": "123456"},
            "black_words": ["xyz"],
            "callbacks": {"SMS_REPLY": "http://127.0.0.1:1/"},
        }
    ],
}


def test_what_is_read_is_written_again() -> None:
    with JsmsMock(state=read_seed(WHOLE)) as mock:
        assert orjson.loads(orjson.dumps(write_state(mock.state), option=orjson.OPT_NON_STR_KEYS)) == WHOLE


APPLICATION = {"app_key": "a", "master_secret": "b"}


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ([], "is not of type"),
        ({"colour": "red"}, "colour"),
        ({"accounts": [{"dev_key": "d"}]}, "accounts/0: "),
        ({"accounts": [{"dev_key": "d", "dev_secret": "e"}] * 2}, "accounts: d is there more than once"),
        ({"applications": [APPLICATION] * 2}, "applications: a is there more than once"),
        ({"applications": [{**APPLICATION, "balances": {"balance": -1}}]}, "applications/0/balances/balance: "),
        ({"applications": [{**APPLICATION, "balances": {"balance": 1.5}}]}, "applications/0/balances/balance: "),
        (
            {"applications": [{**APPLICATION, "signs": [{"sign_id": 5, "sign": "x"}] * 2}]},
            "applications/a/signs: 5 is there more than once",
        ),
        (
            {
                "applications": [
                    {**APPLICATION, "signs": [{"sign_id": n, "sign": "x", "is_default": True} for n in (5, 6)]}
                ]
            },
            "applications/a/signs: more than one is the default",
        ),
        (
            {"applications": [{**APPLICATION, "templates": [{"temp_id": 2, "template": "x", "type": 4}]}]},
            "applications/0/templates/0/type: ",
        ),
        (
            {"applications": [{**APPLICATION, "callbacks": {"SMS_PIGEON": "http://127.0.0.1/"}}]},
            "applications/0/callbacks: ",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_place(told: object, where: str) -> None:
    with pytest.raises(SeedError) as caught:
        read_seed(told)

    assert where in str(caught.value)
