"""JSON from a stranger: the object, or one kind of exception, quickly. And JSON as it is written."""

from __future__ import annotations

import json
import math
import traceback
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsmskit._calls.strict_json import MAX_BYTES, MAX_DEPTH, MAX_VALUES, StrictJsonError, encode, loads

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(TEXTS, children, max_size=4),
    max_leaves=12,
)


def nested(depth: int, inside: str = "1") -> bytes:
    arrays = depth // 2
    return (
        '{"a":[' * arrays + ("[" if depth % 2 else "") + inside + ("]" if depth % 2 else "") + "]}" * arrays
    ).encode()


@given(DOCUMENTS, st.booleans(), st.booleans())
def test_what_the_library_writes_is_read(document: object, ascii_only: bool, bom: bool) -> None:
    """Same value as from the standard library, escaped or not, with or without byte order mark."""
    data = json.dumps(document, ensure_ascii=ascii_only).encode()
    assert loads(b"\xef\xbb\xbf" + data if bom else data) == document
    assert json.loads(encode(document)) == document


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON: Expecting value at character 0"),
        (b'{"a":1', "not JSON"),
        (b'{"a":1} {}', "Extra data"),
        (b'{"a":1,}', "not JSON"),
        (b"[01]", "not JSON"),
        (b'"a\nb"', "Invalid control character"),
        (b'"\\ud8"', "not JSON"),
        (b"\xff", "invalid UTF-8 at byte 0"),
        (b'"\xc0\x80"', "invalid UTF-8 at byte 1"),
        ('"é"'.encode("latin-1"), "invalid UTF-8"),
        ('{"a":1}'.encode("utf-16-le"), "not JSON"),
        (b"\xef\xbb\xbf\xef\xbb\xbf1", "not JSON"),
        (b'{"a":1,"a":1}', "a key stands twice"),
        (b'[{"b":{"a":1,"\\u0061":2}}]', "a key stands twice"),
        (b"NaN", "NaN is not JSON"),
        (b"-Infinity", "-Infinity is not JSON"),
        (b"1e999", "too large for a float"),
        (b"1" * 22, "more than 20 digits"),
        (b"1" * 1_000_000, "more than 20 digits"),
        (b"[1." + b"1" * 63 + b"]", "too long"),
        (b'"\\ud800"', "lone surrogate"),
        (b'{"\\udc00":1}', "lone surrogate"),
        (b"[" * 100_000, "more than 32 levels"),
        (b"[" * (MAX_VALUES + 1), "more than 120000 values"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "more than 32 levels"),
        (nested(33), "more than 32 levels"),
        (nested(33, '"\\""'), "more than 32 levels"),
    ],
    ids=lambda given: repr(given[:24]),
)
def test_everything_else_is_refused_in_one_way(data: bytes, reason: str) -> None:
    """What the standard library accepts, what makes it crash, and what is simply not JSON."""
    with pytest.raises(StrictJsonError, match=reason):
        loads(data)


@pytest.mark.parametrize(
    ("data", "document"),
    [
        (b" [1] \r\n", [1]),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\\\ud800"', "\\ud800"),
        (b"12345678901234567890", 12345678901234567890),
        (b"-12345678901234567890", -12345678901234567890),
        (b"1e308", 1e308),
        (b"1." + b"1" * 62, 1.1111111111111112),
        (b"-0", 0),
        (b'{"a":{"a":1},"b":{"a":1}}', {"a": {"a": 1}, "b": {"a": 1}}),
        (b'["[[[[[[", "}}{{", "\\""]', ["[[[[[[", "}}{{", '"']),
    ],
)
def test_the_edges_that_are_taken(data: bytes, document: object) -> None:
    """Pairs of surrogates, 20 digits, equal keys in different objects, brackets inside of strings."""
    assert loads(data) == document


@pytest.mark.parametrize("inside", ["", "1", '"["', '"]["', '"\\""', "{},[],{}", '"\\u0061"'])
def test_levels_are_counted_exactly(inside: str) -> None:
    """32 are taken, 33 are not, whatever the innermost level holds (with containers in it: one more)."""
    for depth in range(1, 2 * MAX_DEPTH):
        levels = depth + inside.startswith("{")
        try:
            loads(nested(depth, inside if depth % 2 or inside else ""))
        except StrictJsonError:
            assert levels > MAX_DEPTH, depth
        else:
            assert levels <= MAX_DEPTH, depth


def test_size_is_capped_before_anything_is_read() -> None:
    assert loads(b"[1]", max_bytes=3) == [1]
    with pytest.raises(StrictJsonError, match="4 bytes, at most 3"):
        loads(b"[12]", max_bytes=3)


def test_nothing_of_the_document_is_in_the_exception() -> None:
    """The library's own exception carries the whole text; a number in it would end up in a log."""
    with pytest.raises(StrictJsonError) as refused:
        loads(b'{"mobile":"1380013' + b'8000"')  # in two parts, since a traceback shows this line
    assert refused.value.__context__ is None
    assert refused.value.__cause__ is None
    assert "13800138000" not in "".join(traceback.format_exception(refused.value))


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=150)
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = loads(data)
    except StrictJsonError:
        return
    json.dumps(document, allow_nan=False, ensure_ascii=False).encode()


@given(DOCUMENTS.map(lambda document: json.dumps(document).encode()), st.data())
@settings(max_examples=60)
def test_damaged_documents_are_read_or_refused(data: bytes, draw: st.DataObject) -> None:
    place = draw.draw(st.integers(0, len(data) - 1))
    for damaged in (data[:place], data[:place] + draw.draw(st.binary(min_size=1, max_size=1)) + data[place + 1 :]):
        try:
            document = loads(damaged)
        except StrictJsonError:
            continue
        assert not (isinstance(document, float) and math.isnan(document))


def test_a_response_about_a_thousand_recipients_is_read() -> None:
    """The largest that the service can send: everyone refused, each with a hundred variables sent back."""
    entry = {
        "msg_id": "288193860302",
        "mobile": "13800138000",
        "error_code": "50006",
        "error_message": "invalid mobile",
        "temp_para": {f"n{index}": ",[{" for index in range(100)},
    }
    response = {"success_count": 0, "failure_count": 1000, "recipients": [entry] * 1000}
    assert loads(json.dumps(response).encode()) == response


def _values(count: int) -> bytes:
    """A list of small arrays, `count` values in all."""
    return b"[" + b",".join([b"[]"] * (count - 1)) + b"]"


def test_values_are_capped_before_anything_is_made() -> None:
    assert loads(b"[1,2,3]", max_values=3) == [1, 2, 3]
    with pytest.raises(StrictJsonError, match="more than 3 values"):
        loads(b"[1,2,3,4]", max_values=3)
    with pytest.raises(StrictJsonError, match="more than 3 values"):
        loads(b'["","","",""]', max_values=3)
    assert loads(b'["' + b",[{" * 100 + b'"]', max_values=3) == [",[{" * 100]
    assert loads(b'["' + b'\\",[' * 100 + b'"]', max_values=3) == ['",[' * 100]


@pytest.mark.parametrize(
    "data",
    [
        _values(MAX_BYTES // 3),
        b'{"a":' * (MAX_BYTES // 5),
        b"1." + b"1" * (MAX_BYTES - 2),
        b'",' + b'\\",' * (MAX_BYTES // 3 - 1),
        b'"' * MAX_BYTES,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_no_document_costs_more_than_its_own_size(data: bytes) -> None:
    """4 MiB of small arrays once took 188 MiB. Refused documents take no more than copies of their bytes."""
    tracemalloc.start()
    try:
        with pytest.raises(StrictJsonError):
            loads(data)
        assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "data",
    [_values(MAX_VALUES // 2), b"{" + b",".join(b'"%d":1.5' % index for index in range(MAX_VALUES - 2)) + b"}"],
    ids=lambda data: repr(data[:12]),
)
def test_the_largest_documents_that_are_taken_stay_small(data: bytes) -> None:
    """So many values that the next one would be refused."""
    tracemalloc.start()
    try:
        loads(data)
        assert tracemalloc.get_traced_memory()[1] < 40 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_it_is_short_and_in_utf_8() -> None:
    assert encode({"a": ["极光", 1, None]}) == '{"a":["极光",1,null]}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}])
def test_what_json_does_not_have_is_refused(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        encode(value)
