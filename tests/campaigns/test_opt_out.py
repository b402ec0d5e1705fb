"""Opt-out words as people write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from campaign_scene import MARKETING
from campaign_service import numbers
from jsmskit.callbacks import Reply
from jsmskit.campaigns import OPT_OUT_WORDS, is_opt_out, plan
from jsmskit.campaigns.feedback import ingest_replies
from jsmskit.campaigns.ledger.ledger import Ledger

FIELD = Path(__file__).parent / "field"


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
    at = datetime.now(UTC)
    texts = zip(numbers(3), ["Adiós!", "T", "hm"], strict=True)
    heard = [Reply(phone=phone, content=text, replied_at=at) for phone, text in texts]
    done = ingest_replies(ledger, heard, opt_out_words=OPT_OUT_WORDS | {"ADIÓS"})
    assert (done.replies, done.opted_out) == (3, 2)
    assert plan(ledger, numbers(3), MARKETING).set_aside == {"opted_out": 2}
