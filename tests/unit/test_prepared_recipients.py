"""Recipients checked and encoded ahead, and the quick way through an answer that takes everybody: the same as the
slow ways.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsmskit import JsmsClient, RecipientError, TransportRequest
from jsmskit._answers import Answer
from jsmskit._readings import messages as from_messages
from jsmskit._refusal import InputRefusedError
from jsmskit.recipients import PreparedRecipients
from jsmskit.results.messages import AcceptedMessage, AcceptedMessages

ONE, TWO, THREE = "13800000001", "13800000002", "13800000003"


class Recording:
    """A transport that keeps bodies, and answers that everybody was taken."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def exchange(
        self, request: TransportRequest, *, timeout: float, new_connection: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        self.bodies.append(request.body)
        entries = [{"mobile": one["mobile"], "msg_id": "7"} for one in json.loads(request.body)["recipients"]]
        answer = {"success_count": len(entries), "failure_count": 0, "recipients": entries}
        return 200, {}, json.dumps(answer).encode()

    def close(self) -> None:
        """Nothing is open."""


_NAMED = [(ONE, {"name": '"recipients":[] 张"三\\'}), (TWO, {"name": "b"})]


@pytest.mark.parametrize(
    "people",
    [[*_NAMED, (THREE, None)], [*_NAMED, (THREE, {"name": "c"})], [(ONE, None), (TWO, None), (THREE, None)]],
    ids=["some with values", "all with values", "none with values"],
)
def test_prepared_recipients_make_the_same_request(people: list[tuple[str, dict[str, str] | None]]) -> None:
    """Byte for byte, also where a text looks like the place where they are put in."""
    wire = Recording()
    with JsmsClient("k" * 24, "s" * 24, transport=wire) as client:
        client.messages.send_batch(1, people, tag='"rec":[]')
        result = client.messages.send_batch(1, PreparedRecipients.of(people), tag='"rec":[]')
        kept = [
            (phone, json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else None)
            for phone, values in people
        ]
        phones, texts = zip(*kept, strict=True)
        client.messages.send_batch(1, PreparedRecipients.restored(phones, texts), tag='"rec":[]')
    assert wire.bodies[0] == wire.bodies[1] == wire.bodies[2]
    assert [one.phone for one in result.accepted] == [ONE, TWO, THREE]


def test_preparing_checks_and_shows_nobody() -> None:
    """As strictly as sending does; and no number stands in its `repr`."""
    with pytest.raises(InputRefusedError, match="recipients"):
        PreparedRecipients.of([ONE, "12"])
    made = PreparedRecipients.of([ONE, TWO])
    assert (len(made), repr(made)) == (2, "<2 prepared recipients>")


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_has_one_to_a_thousand(count: int) -> None:
    """Restored ones are not checked one by one, but their number is."""
    wire = Recording()
    prepared = PreparedRecipients.restored([f"139{index:08d}" for index in range(count)])
    with JsmsClient("k" * 24, "s" * 24, transport=wire) as client, pytest.raises(RecipientError):
        client.messages.send_batch(1, prepared)
    assert not wire.bodies


_ENTRY = st.one_of(
    st.fixed_dictionaries(
        {
            "mobile": st.sampled_from([ONE, TWO, THREE, "12", 13800000001, None]),
            "msg_id": st.sampled_from(["1", "a-", "", 5, None]),
        },
        optional={"error_code": st.sampled_from(["50006", "50000", None])},
    ),
    st.sampled_from([None, [], "x", {"mobile": ONE}, {"mobile": ONE, "code": "1"}]),
)


@given(st.lists(_ENTRY, max_size=4), st.lists(st.sampled_from([ONE, TWO, THREE]), max_size=3))
def test_the_quick_way_reads_an_answer_as_the_slow_way(entries: list[Any], asked: list[str]) -> None:
    """Whatever stands in it, the result is the same."""
    answer = Answer(200, {"success_count": 1, "failure_count": 0, "recipients": entries})
    quick = from_messages.batch_result(asked)(answer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(from_messages, "_all_taken", lambda asked, entries: None)
        slow = from_messages.batch_result(asked)(answer)
    assert quick == slow
    assert quick.doubts == slow.doubts


def test_those_who_were_taken_are_like_a_tuple() -> None:
    """Equal to one, hashed, sliced, pickled and shown like one, with masked numbers."""
    plain = (AcceptedMessage(ONE, "1"), AcceptedMessage(TWO, "2"))
    made = AcceptedMessages.of(plain)
    assert (made, len(made), made[-1], made[:1], list(made)) == (plain, 2, plain[1], plain[:1], list(plain))
    assert plain == made
    assert made != plain[:1]
    assert made != list(plain)
    assert hash(made) == hash(plain)
    assert (repr(made), pickle.loads(pickle.dumps(made))) == (repr(plain), made)
    assert ONE not in repr(made)
