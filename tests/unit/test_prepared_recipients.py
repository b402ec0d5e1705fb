"""Recipients that were checked ahead make the same request."""

from __future__ import annotations

import json

import pytest
from jsmskit import JsmsClient, RecipientError
from jsmskit._validation.fields import InvalidArgument
from jsmskit.recipients import PreparedRecipients

from tests.client.callers import Answer, Script, Sent, answer

ONE, TWO, THREE = "13800000001", "13800000002", "13800000003"


def accepted(request: Sent) -> Answer:
    entries = [{"mobile": one["mobile"], "msg_id": "7"} for one in request.json["recipients"]]
    return answer(200, {"success_count": len(entries), "failure_count": 0, "recipients": entries})


_NAMED = [(ONE, {"name": '"recipients":[] 张"三\\'}), (TWO, {"name": "b"})]


@pytest.mark.parametrize(
    "people",
    [[*_NAMED, (THREE, None)], [*_NAMED, (THREE, {"name": "c"})], [(ONE, None), (TWO, None), (THREE, None)]],
    ids=["some with values", "all with values", "none with values"],
)
def test_prepared_recipients_make_the_same_request(people: list[tuple[str, dict[str, str] | None]]) -> None:
    """Byte for byte, also where a text looks like the place where they are put in."""
    wire = Script(accepted)
    with JsmsClient("k" * 24, "s" * 24, transport=wire) as client:
        client.messages.send_batch(1, people, tag='"rec":[]')
        result = client.messages.send_batch(1, PreparedRecipients.of(people), tag='"rec":[]')
        kept = [
            (phone, json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else None)
            for phone, values in people
        ]
        phones, texts = zip(*kept, strict=True)
        client.messages.send_batch(1, PreparedRecipients.restored(phones, texts), tag='"rec":[]')
    assert wire.sent[0].body == wire.sent[1].body == wire.sent[2].body
    assert [one.phone for one in result.accepted] == [ONE, TWO, THREE]


def test_preparing_checks_and_shows_nobody() -> None:
    """As strictly as sending does; and no number stands in its `repr`."""
    with pytest.raises(InvalidArgument, match="recipients"):
        PreparedRecipients.of([ONE, "12"])
    made = PreparedRecipients.of([ONE, TWO])
    assert (len(made), repr(made)) == (2, "<2 prepared recipients>")


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_has_one_to_a_thousand(count: int) -> None:
    wire = Script(accepted)
    prepared = PreparedRecipients.restored([f"139{index:08d}" for index in range(count)])
    with JsmsClient("k" * 24, "s" * 24, transport=wire) as client, pytest.raises(RecipientError):
        client.messages.send_batch(1, prepared)
    assert not wire.sent
