"""What comes back by callback, and what the operator holds at the end: lists, summaries, one line of advice."""

from __future__ import annotations

import csv
import itertools
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from campaign_scene import EASY, MARKETING, PLAIN, accepted, start, states, take
from campaign_service import numbers
from jsms_api.error_table import ErrorCode, ReportStatus
from jsmskit.callbacks import DeliveryReport, Reply, SignReview, UnknownEvent
from jsmskit.campaigns import (
    OPT_OUT_WORDS,
    CampaignError,
    ChunkState,
    RecipientState,
    export_recipients,
    ingest_event,
    is_opt_out,
    plan,
)
from jsmskit.campaigns.decisions import ChunkDecision, RecipientUpdate
from jsmskit.campaigns.feedback import IngestSummary, ingest_replies
from jsmskit.campaigns.ledger.ledger import Ledger
from jsmskit.campaigns.reporting import private_file, safe_cell, summarize, write_page

FIELD = Path(__file__).parent / "field"
AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
ENVELOPE: dict[str, Any] = {"nonce": "1", "sent_at": AT, "raw": "{}"}


def settled(ledger: Ledger, *updates: RecipientUpdate) -> None:
    """A campaign of one chunk of ten: these updates, and everybody else accepted."""
    owner = start(ledger, 10)
    lease = take(ledger, owner)
    told = {update.position for update in updates}
    ids = {place: msg_id for place, msg_id in accepted(lease).accepted.items() if place not in told}
    assert ledger.settle(lease, ChunkDecision(ChunkState.ACCEPTED, updates=updates, accepted=ids, answered=True), EASY)
    ledger.claim(1, owner, EASY)  # which finds that nothing is left
    ledger.leave(owner)


def test_callbacks_find_their_recipients(ledger: Ledger) -> None:
    """A report by its id; a reply that asks for silence by its number; an audit is no business of a campaign."""
    settled(ledger)
    report = DeliveryReport(
        msg_id="1-3", phone=numbers(4)[3], status=ReportStatus.DELIVERED, received_at=AT, **ENVELOPE
    )
    assert ingest_event(ledger, report) == IngestSummary(reports=1, matched=1)
    stop = Reply(phone=numbers(1)[0], content=" 退订。", replied_at=AT, **ENVELOPE)
    assert ingest_event(ledger, stop) == IngestSummary(replies=1, opted_out=1)
    thanks = Reply(phone=numbers(2)[1], content="T恤收到了", replied_at=AT, **ENVELOPE)
    assert ingest_event(ledger, thanks) == IngestSummary(replies=1)
    audit = SignReview(sign_id=5, status=1, refuse_reason=None, **ENVELOPE)
    assert ingest_event(ledger, audit) == IngestSummary()
    assert states(ledger) == {"accepted": 9, "delivered": 1}
    assert plan(ledger, numbers(2), MARKETING).set_aside == {"opted_out": 1}


def test_a_report_about_a_number_that_is_none_is_kept_for_nobody(ledger: Ledger) -> None:
    """Whatever stands there is cut to a bounded text; nothing breaks, and nobody's state changes."""
    settled(ledger)
    odd = DeliveryReport(msg_id="1-3", phone="unknown " * 20, status=4001, received_at=AT, **ENVELOPE)
    assert ingest_event(ledger, odd) == IngestSummary(reports=1)
    assert states(ledger) == {"accepted": 10}


def test_reports_of_people_whom_an_answer_had_forgotten_settle_those_people(ledger: Ledger) -> None:
    """The chunk had its answer and stays as it is; only who was left out of it was unknown."""
    settled(ledger, *(RecipientUpdate(place, RecipientState.UNKNOWN) for place in (2, 3, 4)))
    reports = [(f"77{place}", numbers(10)[place], 4001, AT.timestamp()) for place in (2, 3)]
    assert ledger.feedback.record_reports(reports) == (2, 0)
    assert states(ledger) == {"accepted": 7, "delivered": 2, "unknown": 1}
    assert [chunk.state for chunk in ledger.queries.chunks(1)] == [ChunkState.ACCEPTED]


def known_and_unknown_numbers(ledger: Ledger) -> None:
    """Settle recipients with return codes and statuses, documented ones and others."""
    settled(
        ledger,
        RecipientUpdate(1, RecipientState.REJECTED, ErrorCode.INVALID_MOBILE),
        RecipientUpdate(2, RecipientState.REJECTED, 59999),
    )
    ledger.feedback.record_reports(
        [("1-3", numbers(4)[3], 4001, AT.timestamp()), ("1-4", numbers(5)[4], 4999, AT.timestamp())]
    )


def test_a_list_as_json_lines_has_the_columns_of_the_table(ledger: Ledger, tmp_path: Path) -> None:
    """The same words for programs; codes and statuses with their names, for one state or for all."""
    known_and_unknown_numbers(ledger)
    assert export_recipients(ledger, 1, tmp_path / "all.csv") == 10
    assert export_recipients(ledger, 1, str(tmp_path / "all.jsonl")) == 10
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [list(line) for line in lines] == [list(row) for row in table]
    named = {line["phone"]: (line["code_name"], line["status_name"]) for line in lines}
    assert named[numbers(2)[1]] == ("INVALID_MOBILE", None)
    assert named[numbers(4)[3]] == (None, "DELIVERED")
    assert [named[numbers(10)[place]] for place in (2, 4)] == [(None, None)] * 2
    assert export_recipients(ledger, 1, tmp_path / "no.ndjson", RecipientState.REJECTED) == 2


def test_a_file_that_cannot_be_written_leaves_nothing_behind(ledger: Ledger, tmp_path: Path) -> None:
    """Told with the place; what was begun is taken away, and what stood there before stays."""
    settled(ledger)
    with pytest.raises(CampaignError, match=r"cannot be written: .*No such file"):
        export_recipients(ledger, 1, tmp_path / "nowhere" / "all.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CampaignError, match="cannot be written"):
        export_recipients(ledger, 1, tmp_path / "folder")
    kept = tmp_path / "kept.csv"
    kept.write_text("before")
    with pytest.raises(ZeroDivisionError), private_file(kept) as file:
        file.write(str(1 // 0))
    assert kept.read_text() == "before"
    assert sorted(path.name for path in tmp_path.glob("*.partial")) == []


def test_no_part_of_a_cell_is_a_formula() -> None:
    """Whatever delimiter a spreadsheet takes, and behind line breaks of every kind."""
    befores = ["", "x{}", "x\n", "x\r\n", "x\u2028", "x\x0b", ' "{}', "\u3000", "x{} '", "a{}\n "]
    formulas = ["=1+1", "＝cmd", "+1", "-1", "@x", "－1"]
    for delimiter, before, formula in itertools.product(",;\t|", befores, formulas):
        cell = safe_cell(before.format(delimiter) + formula)
        for part in re.split("[\r\n\x0b\u2028]", cell):
            for piece in part.split(delimiter):
                assert piece.strip(' "\u3000')[:1] not in tuple("=+-@＝＋－＠"), repr(cell)


def test_an_unknown_event_is_kept(ledger: Ledger) -> None:
    event = UnknownEvent(
        type="SMS_NEW", reason="new", nonce="n", sent_at=datetime.now(UTC), raw='{"what": "never seen"}'
    )
    assert ingest_event(ledger, event) == IngestSummary()
    with ledger.database.read() as tx:
        assert tx.fetchall("SELECT kind, body FROM inbox") == [("UNKNOWN", '{"what": "never seen"}')]


def page_of(ledger: Ledger, tmp_path: Path, campaign_id: int = 1) -> str:
    write_page(ledger, campaign_id, tmp_path / "page.html")
    return (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_page_has_charts_that_load_nothing(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes, progress and delivery over time, and what failed; in colors that follow light, dark and print. Every
    code and status that came is named: documented ones with their remedy, others by their number.
    """
    known_and_unknown_numbers(ledger)
    page = page_of(ledger, tmp_path)
    for told in (f"<td>{ErrorCode.INVALID_MOBILE} ", "<td>59999<td", "<td>4001 ", "<td>4999<td", "<dt>Finished</dt>"):
        assert told in page
    assert summarize(ledger, 1).as_json()["statuses"] == {"4001": 1, "4999": 1}
    assert page.count("<svg") == 3
    for title in ("Outcomes", "Over time", "What failed and why"):
        assert f'aria-label="{title}"' in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert "prefers-color-scheme:dark" in page
    assert re.search(r"fill:\s*var\(--bad\)", page)
    assert "13900" not in page
    for name in ("pygal", "pygal.style"):
        monkeypatch.setitem(sys.modules, name, None)
    page = page_of(ledger, tmp_path)
    assert "<svg" not in page
    assert "the extra charts (pygal)" in page
    begun = plan(ledger, numbers(5, 50), PLAIN)
    assert "<dt>Finished</dt>" not in page_of(ledger, tmp_path, begun.campaign_id)


def test_opt_out_words_of_the_field() -> None:
    """The left column asks for no more, the right one never."""
    rows = [line.split("\t") for line in (FIELD / "opt_out_words.txt").read_text(encoding="utf-8").splitlines()[1:]]
    assert [asking for asking, _ in rows if not is_opt_out(asking)] == []
    assert [other for _, other in rows if is_opt_out(other)] == []


def test_replies_that_ask_for_no_more() -> None:
    """Alone or beside words of courtesy; in any width, case and script. Words that only contain one, and sentences
    about something else, do not.
    """
    replies = json.loads((FIELD / "replies.json").read_text(encoding="utf-8"))
    assert [text for text in replies["opt out"] if not is_opt_out(text)] == []
    assert [text for text in replies["no opt out"] if is_opt_out(text)] == []


def test_words_can_be_added(ledger: Ledger) -> None:
    texts = zip(numbers(3), ["Adiós!", "T", "hm"], strict=True)
    heard = [Reply(phone=phone, content=text, replied_at=AT) for phone, text in texts]
    done = ingest_replies(ledger, heard, opt_out_words=OPT_OUT_WORDS | {"ADIÓS"})
    assert (done.replies, done.opted_out) == (3, 2)
    assert plan(ledger, numbers(3), MARKETING).set_aside == {"opted_out": 2}
