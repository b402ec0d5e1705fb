"""JSON from a stranger: the object, or one kind of exception, quickly."""

from __future__ import annotations

import json
import math
import sys
import traceback

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsmskit import _strict_json
from jsmskit._strict_json import MAX_DEPTH, StrictJsonError, loads

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
    """`depth` arrays and objects in one another."""
    arrays = depth // 2
    return (
        '{"a":[' * arrays + ("[" if depth % 2 else "") + inside + ("]" if depth % 2 else "") + "]}" * arrays
    ).encode()


@given(DOCUMENTS, st.booleans(), st.booleans())
def test_what_the_library_writes_is_read(document: object, ascii_only: bool, bom: bool) -> None:
    """Same value as from the standard library, escaped or not, with or without byte order mark."""
    data = json.dumps(document, ensure_ascii=ascii_only).encode()
    assert loads(b"\xef\xbb\xbf" + data if bom else data) == document


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no JSON"),
        (b"   ", "no JSON"),
        (b"<html>", "no JSON: Expecting value at character 0"),
        (b"{", "no JSON"),
        (b'{"a":1', "no JSON"),
        (b'{"a":1} {}', "Extra data"),
        (b"{'a':1}", "no JSON"),
        (b'{"a":1,}', "no JSON"),
        (b"[01]", "no JSON"),
        (b'"a\nb"', "Invalid control character"),
        (b'"\\ud8"', "no JSON"),
        (b"\xff", "invalid UTF-8 at byte 0"),
        (b'"\xc0\x80"', "invalid UTF-8 at byte 1"),
        (b'"\xed\xa0\x80"', "invalid UTF-8"),
        ('"é"'.encode("latin-1"), "invalid UTF-8"),
        ('{"a":1}'.encode("utf-16"), "invalid UTF-8"),
        ('{"a":1}'.encode("utf-16-le"), "no JSON"),
        (b"\xef\xbb\xbf\xef\xbb\xbf1", "no JSON"),
        (b'{"a":1,"a":1}', "a key stands twice"),
        (b'[{"b":{"a":1,"\\u0061":2}}]', "a key stands twice"),
        (b"NaN", "NaN is no JSON"),
        (b"[Infinity]", "Infinity is no JSON"),
        (b"-Infinity", "-Infinity is no JSON"),
        (b"1e999", "too large for a float"),
        (b"[-1e999]", "too large for a float"),
        (b"1" * 22, "more than 20 digits"),
        (b"1" * 1_000_000, "more than 20 digits"),
        (b'"\\ud800"', "lone surrogate"),
        (b'{"\\udc00":1}', "lone surrogate"),
        (b'["\\udc00\\ud800"]', "lone surrogate"),
        (b"[" * 100_000, "more than 32 levels"),
        (b"[" * 100_000 + b"]" * 100_000, "more than 32 levels"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "more than 32 levels"),
        (nested(33), "more than 32 levels"),
        (nested(33, ""), "more than 32 levels"),
        (nested(33, '"\\""'), "more than 32 levels"),
    ],
    ids=lambda given: repr(given[:24]),
)
def test_everything_else_is_refused_in_one_way(data: bytes, reason: str) -> None:
    """What the standard library accepts, what makes it crash, and what is simply no JSON."""
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


@given(
    st.recursive(
        st.just("[]") | st.sampled_from(['"["', '"]"', '""', '"{}"', "1"]),
        lambda inner: (
            st.lists(inner).map(lambda items: f"[{','.join(items)}]")
            | inner.map(lambda item: '{"{":' + item + "}")
        ),
    )
)
@example('["[", "]"]')
def test_the_quick_look_never_passes_what_is_too_deep(text: str) -> None:
    """It may fail to see that a document is shallow, never the other way."""
    deep = ("[" * MAX_DEPTH + text + "]" * MAX_DEPTH).encode()
    if text.startswith(("[", "{")):
        assert not _strict_json._is_clearly_shallow(deep)
        with pytest.raises(StrictJsonError):
            loads(deep)


def test_size_is_capped_before_anything_is_read() -> None:
    """Exactly the cap is taken."""
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
@settings(max_examples=300)
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    """And what is read can be written again."""
    try:
        document = loads(data)
    except StrictJsonError:
        return
    json.dumps(document, allow_nan=False, ensure_ascii=False).encode()


@given(DOCUMENTS.map(lambda document: json.dumps(document).encode()), st.data())
@settings(max_examples=150)
def test_damaged_documents_are_read_or_refused(data: bytes, draw: st.DataObject) -> None:
    """One byte changed, or the end cut off."""
    place = draw.draw(st.integers(0, len(data) - 1))
    for damaged in (
        data[:place],
        data[:place] + draw.draw(st.binary(min_size=1, max_size=1)) + data[place + 1 :],
    ):
        try:
            document = loads(damaged)
        except StrictJsonError:
            continue
        assert not (isinstance(document, float) and math.isnan(document))


def test_an_answer_about_a_thousand_recipients_is_read_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick look says that it is shallow; nothing goes through all of its values, which takes ten times as long."""
    entry = {
        "msg_id": "288193860302",
        "mobile": "13800138000",
        "error_code": "50006",
        "error_message": "invalid mobile",
    }
    answer = {
        "success_count": 0,
        "failure_count": 1000,
        "recipients": [entry | {"temp_para": {"code": "1"}}] * 1000,
    }
    data = json.dumps(answer).encode()
    monkeypatch.delattr(_strict_json, "_check_depth")
    monkeypatch.delattr(_strict_json, "_is_unicode")
    assert loads(data) == answer


_SMALL_TEXT = st.sampled_from(["", "a", "b", ":", '{"a":1}', "é", "[", "1.0", "\\\\", '\\"'])
_SLOPPY = st.recursive(
    st.sampled_from(
        ["1", "-0", "1.5", "1e3", "1e999", "9" * 20, "9" * 21, "-" + "9" * 20, "NaN", "null", "01"]
    )
    | _SMALL_TEXT.map(lambda text: f'"{text}"'),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(_SMALL_TEXT, inner), max_size=3).map(
            lambda pairs: "{" + ",".join(f'"{key}" : {value}' for key, value in pairs) + "}"
        )
    ),
    max_leaves=8,
)
"""JSON and nearly JSON: keys twice, colons and brackets inside of texts, numbers of every size."""
_SHORT = _SLOPPY.map(lambda text: text.replace(" ", ""))
"""The same without blanks, as most servers write it."""


def _told(data: bytes) -> object:
    try:
        return repr(loads(data))
    except StrictJsonError as refused:
        return str(refused)


@pytest.mark.parametrize("installed", [True, False], ids=["orjson", "standard library"])
@given((_SLOPPY | _SHORT).map(str.encode) | st.integers(28, 36).map(nested) | st.binary(max_size=20))
@example(b'{"a" :":x","a" :1}')
@example(b'{"a":1,"b":{"a":1,"a":2}}')
@example(b'[{"a":18446744073709551616}]')
@example(nested(33, ""))
@example('{"a":"\ud800"}'.encode("utf-8", "surrogatepass"))
@example(b"\xef\xbb\xbf{}")
@settings(max_examples=250)
def test_the_quick_way_reads_what_the_slow_way_reads(installed: bool, data: bytes) -> None:
    """Value and type, or words of the refusal, are the same with and without it, whoever does the reading."""
    slow = _told(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_strict_json, "_LARGE", 0)
        if not installed:
            patch.setitem(sys.modules, "orjson", None)
            patch.setattr(_strict_json, "_fast", _strict_json._fast.__wrapped__)  # which remembers nothing
        assert _told(data) == slow
        assert repr(_strict_json._read_quickly(data)) in (slow, "None")


def test_a_large_plain_answer_is_read_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the cost of an answer about a thousand recipients would double."""
    entries = [{"msg_id": "288193860302", "mobile": "13800138000"}] * 100
    answer = {"success_count": 100, "failure_count": 0, "recipients": entries}
    monkeypatch.delattr(_strict_json, "_DECODER")
    assert loads(json.dumps(answer).encode()) == answer
