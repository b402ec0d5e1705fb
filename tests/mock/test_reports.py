"""Reports and replies: how they come about, and how they are pulled, once and not too often."""

from __future__ import annotations

import orjson
from jsms_api import limits
from jsmskit.mock import JsmsMock, Settings
from jsmskit.mock.model.clock import Clock, milliseconds
from jsmskit.mock.model.http import Request
from jsmskit.mock.state.state import Change

from tests.mock.bench import APP, NOON, PHONE, SECOND_APP, Bench, notice_entry

DAY = 86_400


def test_a_pull_hands_out_500_at_most_the_oldest_first(load_bench: Bench) -> None:
    """1001 reports are three pulls."""
    bench = load_bench
    phones = [f"139{i:08d}" for i in range(1001)]
    bench.batch(*phones[:1000])
    bench.batch(phones[1000])
    bench.clock.advance(5)
    pages = [bench.get("/report").json for _ in range(4)]
    assert [len(page) for page in pages] == [limits.PULL_PAGE_SIZE, limits.PULL_PAGE_SIZE, 1, 0]
    assert [record["phone"] for page in pages for record in page] == phones


def test_records_wait_for_seven_days(bench: Bench) -> None:
    """A setting; the pages say 3 (C19)."""
    bench.notice()
    bench.clock.advance(5 + 7 * DAY)
    assert len(bench.get("/report").json) == 1
    bench.notice()
    bench.dispatcher.reply(PHONE, "hi")
    bench.clock.advance(5 + 7 * DAY + 1)
    assert bench.get("/report").json == bench.get("/reply").json == []
    bench.change(report_retention_days=3)
    bench.notice()
    bench.clock.advance(5 + 3 * DAY + 1)
    assert bench.get("/report").json == []


def test_a_reply_goes_to_the_application_that_wrote_last(bench: Bench) -> None:
    """Or to the one that is named; it says number, time and text, and no msgId."""
    bench.notice()
    body = {"mobile": PHONE, "temp_id": 1, "temp_para": {"code": "1"}}
    assert bench.post("/messages", body, auth=SECOND_APP).status == 200
    assert bench.dispatcher.reply(PHONE, "你好\n🙏") != bench.app_key
    bench.dispatcher.reply(PHONE, "TD", bench.app_key)
    assert bench.get("/reply", auth=SECOND_APP).json == [
        {"phone": PHONE, "replyTime": milliseconds(NOON), "content": "你好\n🙏"}
    ]
    bench.clock.advance(5)
    assert [record["content"] for record in bench.get("/reply").json] == ["TD"]


def test_old_messages_and_reports_are_dropped_so_that_the_mock_does_not_grow(load_bench: Bench) -> None:
    """The newest so many are kept; ids go on counting."""
    bench = load_bench
    bench.change(keep_messages=100)
    for i in range(5):
        bench.batch(*[notice_entry(f"1{39 + i}{j:08d}") for j in range(99)])
        bench.clock.advance(10)
    kept = bench.messages()
    assert len(kept) <= 2 * 99
    assert kept[-1].id == 5 * 99
    kept_in_table = "SELECT count(*), sum(waiting) FROM messages"
    assert bench.state.database.connection.execute(kept_in_table).fetchone() == (len(kept), len(kept))
    bench.change(keep_messages=0)
    for _ in range(3):
        bench.batch(*[notice_entry(f"150{j:08d}", "2") for j in range(99)])
    assert len(bench.messages()) == len(kept) + 3 * 99


def test_reports_of_messages_that_were_dropped_meanwhile_fall_due_in_silence() -> None:
    """With more messages in five seconds than are kept; whoever watches hears of nothing, and nothing fails."""
    with JsmsMock(clock=Clock(frozen_at=NOON), settings=Settings(keep_messages=1, limits=False)) as mock:
        headers = {"authorization": APP, "content-type": "application/json"}
        for second in (0, 1):
            entries = [{"mobile": f"139{number:08d}", "temp_para": {"code": "1"}} for number in range(300)]
            body = orjson.dumps({"temp_id": 1, "recipients": entries})
            mock.handle(Request("POST", "/v1/messages/batch", "", headers, body))
            mock.advance(1 - second)
        heard: list[Change] = []
        mock.state.changes.subscribe(heard.append)
        mock.advance(4)
        assert heard == []
        mock.advance(1)
        assert {kind for kind, _ in heard} == {"report"}
