"""JSON as it is written: short, in UTF-8, and nothing that JSON does not have."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsmskit._calls.strict_json import encode

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert json.loads(encode(value)) == value


def test_it_is_short_and_in_utf_8() -> None:
    assert encode({"a": ["极光", 1, None]}) == '{"a":["极光",1,null]}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}])
def test_what_json_does_not_have_is_refused(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        encode(value)
