"""JSON as it is written: short, in UTF-8, and the same bytes by both writers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsmskit import _json_text
from jsmskit._json_text import encode, encode_plain

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """The writer is looked for anew."""
    _json_text._fast.cache_clear()
    yield
    _json_text._fast.cache_clear()


def bytes_or_refusal(writer: Any, value: object) -> object:
    try:
        return writer(value)
    except (ValueError, TypeError) as error:
        return type(error)


@settings(max_examples=400, deadline=None)
@given(PLAIN)
def test_both_writers_make_the_same_bytes(value: object) -> None:
    """Whatever is plain, halves of characters and endless integers included: also the refusal is the same."""
    assert bytes_or_refusal(encode_plain, value) == bytes_or_refusal(encode, value)


def test_every_character_is_written_alike() -> None:
    """All of the first plane but the halves, and some beyond it."""
    everything = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x10000), 0x1F600, 0x10FFFF]))
    assert encode_plain({"text": everything}) == encode({"text": everything})


def test_the_fast_one_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is missed where it is not."""
    assert _json_text._fast() is orjson.dumps
    _json_text._fast.cache_clear()
    monkeypatch.setitem(sys.modules, "orjson", None)
    assert _json_text._fast() is None
    assert encode_plain({"a": ["极光", 1]}) == '{"a":["极光",1]}'.encode()


def test_it_is_not_loaded_for_small_values() -> None:
    """A script that sends one code does not pay for it."""
    assert encode({"a": 1}) == b'{"a":1}'
    assert _json_text._fast.cache_info().currsize == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}])
def test_what_json_does_not_have_is_refused(value: object) -> None:
    """As an error of the value, which a plan turns into one of the client."""
    with pytest.raises((ValueError, TypeError)):
        encode(value)
