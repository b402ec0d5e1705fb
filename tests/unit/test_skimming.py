"""A batch's answer read from its text gives what the same answer gives when it is read as JSON, or nothing."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsmskit._answers import Answer, ShapeError, read_answer
from jsmskit._readings.messages import batch_result
from jsmskit._readings.skimming import FEW, Skimmed, skim
from jsmskit._strict_json import MAX_BYTES
from jsmskit.results import BatchResult

ASKED = [f"139{number:08d}" for number in range(FEW)]
BLANKS = st.text(" \n\r\t", max_size=2)


def told(asked: list[str], body: bytes, *, quick: bool) -> tuple[object, ...]:
    """All that a caller can see of an answer."""
    answer = read_answer(200, {}, body, skim(asked) if quick else None)
    if not answer.readable:
        return ("unreadable", answer.why)
    try:
        result = batch_result(asked)(answer)
    except ShapeError as error:
        return ("another shape", str(error), answer.code)
    return (
        tuple(result.accepted),
        result.rejected,
        result.unknown,
        result.doubts,
        result.raw,
        list(result.raw),
        result.complete,
    )


@st.composite
def layouts(draw: st.DrawFn) -> bytes:
    """Answers that take everybody, written in every way that JSON allows."""
    odd = draw(st.from_regex("[0-9A-Za-z_-]{1,64}", fullmatch=True))
    entry_ids = [odd if number == 3 else f"28819386{number}" for number in range(FEW)]
    first, second, colon, comma, start, end = (draw(BLANKS) for _ in range(6))
    key_order = draw(st.sampled_from([("msg_id", "mobile"), ("mobile", "msg_id")]))
    entries = []
    for one in zip(entry_ids, ASKED, strict=True):
        values = one if key_order[0] == "msg_id" else one[::-1]
        (key, value), (other, last) = zip(key_order, values, strict=True)
        entries.append(
            f'{{{first}"{key}"{colon}:{second}"{value}"{comma},{start}"{other}"{end}:{colon}"{last}"{second}}}'
        )
    between = f"{draw(BLANKS)},{draw(BLANKS)}"
    parts = [
        f'"success_count":{draw(st.sampled_from([FEW, FEW, 3]))}',
        '"failure_count":0',
        f'"recipients"{colon}:{draw(BLANKS)}[{draw(BLANKS)}{between.join(entries)}{draw(BLANKS)}]',
        *draw(
            st.lists(
                st.sampled_from(['"note":"["', '"other":"]"', '"x":null', '"recipients":[]']), max_size=1
            )
        ),
    ]
    return f"{draw(BLANKS)}{{{','.join(draw(st.permutations(parts)))}}}".encode()


@given(layouts())
@settings(max_examples=200)
def test_every_layout_of_an_answer_is_read_the_same_way(body: bytes) -> None:
    """Blanks, the order of fields, counts that disagree, texts with brackets, a list that stands twice."""
    assert told(ASKED, body, quick=True) == told(ASKED, body, quick=False)


@given(layouts(), st.data())
@settings(max_examples=600)
def test_what_is_damaged_is_never_taken_for_whole(body: bytes, draw: st.DataObject) -> None:
    """A piece changed, taken out, doubled or put elsewhere."""
    start = draw.draw(st.integers(0, len(body) - 1))
    piece = body[start : start + draw.draw(st.integers(0, 40))]
    put = draw.draw(
        st.sampled_from(
            [
                b"",
                b'"',
                b"\\",
                b"{",
                b"}",
                b"[",
                b"]",
                b",",
                b":",
                b"0",
                b"\n",
                b"\xe9",
                b'","',
                b"null",
                piece * 2,
            ]
        )
    )
    after = draw.draw(st.sampled_from([start, start + len(piece)]))
    damaged = body[:start] + put + body[after:]
    assert told(ASKED, damaged, quick=True) == told(ASKED, damaged, quick=False)


def answer_of(entries: list[dict[str, object]], **more: object) -> bytes:
    """An answer as the service writes it."""
    counts = {"success_count": len(entries), "failure_count": 0}
    return json.dumps({**counts, "recipients": entries, **more}, separators=(",", ":")).encode()


ENTRIES: list[dict[str, object]] = [{"msg_id": f"28819{n}", "mobile": phone} for n, phone in enumerate(ASKED)]
PLAIN = answer_of(ENTRIES)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(answer_of([{**ENTRIES[0], "error_code": "50006"}, *ENTRIES[1:]]), id="first refused"),
        pytest.param(answer_of([*ENTRIES[:-1], {**ENTRIES[-1], "error_code": "50006"}]), id="last refused"),
        pytest.param(answer_of(ENTRIES[::-1]), id="another order"),
        pytest.param(answer_of(ENTRIES[:-1]), id="one missing"),
        pytest.param(answer_of([*ENTRIES, ENTRIES[0]]), id="one twice"),
        pytest.param(answer_of([*ENTRIES[:-1], {"msg_id": 288, "mobile": ASKED[-1]}]), id="a number as id"),
        pytest.param(answer_of([*ENTRIES[:-1], {"msg_id": "2 8", "mobile": ASKED[-1]}]), id="no id"),
        pytest.param(answer_of([*ENTRIES[:-1], {"msg_id": "", "mobile": ASKED[-1]}]), id="empty id"),
        pytest.param(answer_of([*ENTRIES[:-1], {"msg_id": "2\n8", "mobile": ASKED[-1]}]), id="escaped"),
        pytest.param(PLAIN.replace(b'"288190"', b'"28\n190"'), id="line feed in an id"),
        pytest.param(answer_of(ENTRIES, error={"code": 50013, "message": "no"}), id="an error beside"),
        pytest.param(PLAIN.replace(b',"mobile":"13900000002"', b""), id="field missing"),
        pytest.param(PLAIN.replace(b'"288191","mobile"', b'"288191","msg_id"'), id="key twice in an entry"),
        pytest.param(b'{"recipients":[],' + PLAIN[1:], id="list twice"),
        pytest.param(b'{"success_count":1,' + PLAIN[1:], id="count twice"),
        pytest.param(PLAIN.replace(b'"recipients"', b'"others"'), id="another list"),
        pytest.param(b"[" + PLAIN + b"]", id="in a list"),
        pytest.param(PLAIN[PLAIN.index(b"[") : -1], id="the list alone"),
        pytest.param(b'"' + PLAIN.replace(b'"', b"'") + b'"', id="in a text"),
        pytest.param(PLAIN[:-1], id="cut"),
        pytest.param(PLAIN + b"x", id="more behind"),
        pytest.param(b"\xef\xbb\xbf" + PLAIN, id="byte order mark"),
        pytest.param(PLAIN.replace(b'},{"msg_id":"288193', b'};{"msg_id":"288193'), id="no comma"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_any_other_answer_is_read_as_json(body: bytes) -> None:
    """And gives what it gave before."""
    assert skim(ASKED)(body) is None
    assert told(ASKED, body, quick=True) == told(ASKED, body, quick=False)


def test_the_plain_answer_is_skimmed() -> None:
    """Else nothing would have been tested above."""
    found = skim(ASKED)(PLAIN)
    assert found is not None
    assert dict(found.data) == {"success_count": FEW, "failure_count": 0, "recipients": []}
    assert (found.phones, found.msg_ids) == (ASKED, [one["msg_id"] for one in ENTRIES])
    assert repr(found) == f"<{FEW} taken>"  # no numbers in a traceback
    assert skim(ASKED[: FEW - 1])(answer_of(ENTRIES[: FEW - 1])) is None


def test_a_large_answer_beyond_the_cap_is_refused_all_the_same() -> None:
    """Blanks would make one of any size."""
    body = PLAIN[:-1] + b" " * MAX_BYTES + b"}"
    assert skim(ASKED)(body) is None
    assert told(ASKED, body, quick=True)[0] == "unreadable"


def result_of(body: bytes) -> BatchResult:
    """The result of a skimmed answer."""
    answer = read_answer(200, {}, body, skim(ASKED))
    assert isinstance(answer.data, Skimmed)
    return batch_result(ASKED)(answer)


def test_the_raw_answer_is_made_when_it_is_wanted_and_kept() -> None:
    """A dict as ever, also behind pickle and copy."""
    result = result_of(PLAIN)
    assert "13900000001" not in repr(result)
    for one in (result, pickle.loads(pickle.dumps(result)), copy.deepcopy(result), copy.copy(result)):
        assert one.raw == json.loads(PLAIN)
        assert type(one.raw) is dict
        assert one.raw is one.raw
        assert one == result
    assert "13900000001" not in repr(result._raw)


def test_only_a_success_is_skimmed() -> None:
    """Whatever is sent with another status is read as an error."""
    answer = read_answer(403, {}, PLAIN, skim(ASKED))
    assert answer == Answer(403, json.loads(PLAIN))
