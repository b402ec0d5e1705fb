"""Recipients that were checked ahead make the same request."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from jsmskit import JsmsClient, RecipientError, TransportRequest
from jsmskit._validation.fields import InvalidArgument
from jsmskit.recipients import PreparedRecipients

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
    with pytest.raises(InvalidArgument, match="recipients"):
        PreparedRecipients.of([ONE, "12"])
    made = PreparedRecipients.of([ONE, TWO])
    assert (len(made), repr(made)) == (2, "<2 prepared recipients>")


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_has_one_to_a_thousand(count: int) -> None:
    wire = Recording()
    prepared = PreparedRecipients.restored([f"139{index:08d}" for index in range(count)])
    with JsmsClient("k" * 24, "s" * 24, transport=wire) as client, pytest.raises(RecipientError):
        client.messages.send_batch(1, prepared)
    assert not wire.bodies
