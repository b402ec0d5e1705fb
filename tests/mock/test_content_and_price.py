"""What a message says, how long it may be, and what it costs."""

from __future__ import annotations

import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.model.message_text import measure

from tests.mock.bench import Bench


@pytest.mark.parametrize(
    ("length", "price"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4), (500, 8)]
)
def test_the_price_of_a_text(length: int, price: int) -> None:
    """Up to 70 characters 1, then one for every 67 begun."""
    for character in ("a", "字", "🙏", "，"):
        assert measure(character * length) == (length, price)


def test_a_line_break_counts_two_however_it_is_written() -> None:
    assert measure("a\nb")[0] == measure("a\r\nb")[0] == 4
    assert measure("字" * 68 + "\n") == (70, 1)
    assert measure("字" * 69 + "\n") == (71, 2)


def test_the_older_limit_of_350_is_a_setting(bench: Bench) -> None:
    """C10."""
    bench.change(text_limit=350)
    assert bench.notice(number="数" * 338).status == 200
    assert bench.notice(number="数" * 339).code == ErrorCode.INVALID_CONTENT_LENGTH
    too_long = bench.post("/templates", {"template": "字" * 345, "type": 2})
    assert (too_long.code, too_long.rule) == (ErrorCode.TEMPLATE_TOO_LONG, "template.length")
    assert bench.post("/templates", {"template": "字" * 344, "type": 2}).status == 200


def test_text_with_every_kind_of_character_arrives_unchanged(bench: Bench) -> None:
    """Emoji, combining marks, a right-to-left mark, a NUL: one by one and in a batch."""
    text = "é\u200f🙏\u0000\u2028字\\\"'"
    assert bench.notice(number=text).status == 200
    entries = [{"mobile": f"1380013800{i}", "temp_para": {"number": text}} for i in (1, 2)]
    assert bench.batch(*entries).json["success_count"] == 2
    assert {message.text for message in bench.messages()} == {f"【极光推送】您的取件码是{text}"}
