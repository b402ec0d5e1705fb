"""What a person is shown before a message goes out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jsmskit import JsmsClient
from jsmskit.cli.send_preview import many_messages, one_call, one_message, template_text
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.recipients import Recipient

PHONE = "13800138000"
SIGN = 37582


@pytest.fixture
def client() -> Iterator[JsmsClient]:
    with JsmsMock(seed=1) as mock, JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport) as made:
        yield made


def test_number_masked_text_filled_units_counted(client: JsmsClient) -> None:
    """With the sign that was named, the text is the one that arrives."""
    lines = one_message(client, PHONE, 1, {"code": "2468"}, SIGN)

    assert lines[0] == "To:     138****8000"
    assert lines[1].startswith("Text:   【极光推送】您的手机验证码：2468，")
    assert lines[2:] == ["Costs:  1 unit"]


def test_the_default_sign_is_not_known(client: JsmsClient) -> None:
    """The service has no call that names it, so its length is left open; a code is not made yet."""
    lines = one_message(client, PHONE, 1, {}, None, code=True)

    assert lines[1].startswith("Text:   【sign】您的手机验证码：******，")
    assert lines[2] == "Costs:  1 unit, or more with the sign"


def test_missing_values_and_unknown_templates(client: JsmsClient) -> None:
    """Told; a question is never worth an error."""
    assert "missing code" in one_message(client, PHONE, 1, {}, SIGN)[2]
    assert one_message(client, PHONE, 77, {}, 99)[1] == "Text:   template 77 (its text could not be read)"


def test_a_batch(client: JsmsClient) -> None:
    """How many, the first three masked, the first text, the units of all."""
    people = [Recipient(f"1380013800{index}", {"code": "1" * (index + 60)}) for index in range(5)]

    lines = many_messages(client, [*people, Recipient(PHONE)], template_text(client, 1), 1, SIGN, at="tomorrow")

    assert lines[0] == "To:     6 recipients: 138****8000, 138****8001, 138****8002 and 3 more"
    assert lines[1] == "When:   tomorrow"
    assert "【极光推送】" in lines[2]
    assert lines[3] == "Values: missing for 1 of them; the service will refuse those"
    assert lines[4] == "Costs:  11 units"
    assert PHONE not in "".join(lines)


def test_a_call() -> None:
    assert one_call(PHONE, None) == ["Call:   138****8000 (chinese)", "Costs:  1 voice message"]
