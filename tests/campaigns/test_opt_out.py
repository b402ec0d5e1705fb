"""Opt-out words as people write them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from campaign_scene import MARKETING
from campaign_service import numbers
from jsmskit.campaigns import OPT_OUT_WORDS, is_opt_out, plan
from jsmskit.campaigns.feedback import ingest_replies
from jsmskit.campaigns.ledger.ledger import Ledger

FIELD = Path(__file__).parent / "field" / "opt_out_words.txt"
_ROWS = [line.split("\t") for line in FIELD.read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize("text", [row[0] for row in _ROWS])
def test_opt_out_words_left_column(text: str) -> None:
    assert is_opt_out(text)


@pytest.mark.parametrize("text", [row[1] for row in _ROWS])
def test_opt_out_words_right_column(text: str) -> None:
    """Never."""
    assert not is_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "T",
            "t",
            " TD ",
            "ＴＤ",
            "td。",
            "T！",
            "TD,谢谢",
            "T 谢谢",
            "td thanks",
            "退订谢谢",
            "请退订",
            "我要退订",
            "回复TD",
        ],
        *[
            "退訂",
            "請退訂，謝謝",
            "TD退訂",
            "Ｔ退订",
            "N",
            "R",
            "QX",
            "取消",
            "取消订阅",
            "STOP",
            "Stop all",
            "please stop",
        ],
        *["Unsubscribe me", "opt out", "Opt-Out", "别发了", "不要再发了！！", "拒收", "T 🙏", "“T”", "T\n", "TD TD TD"],
    ],
)
def test_replies_that_ask_for_no_more(text: str) -> None:
    """Alone or beside words of courtesy; in any width, case and script."""
    assert is_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            " ",
            "谢谢",
            "TDK",
            "TV",
            "T恤",
            "T1",
            "1T",
            "OK",
            "no",
            "Not now",
            "stopover",
            "nonstop",
            "取消订单",
            "退订酒店",
        ],
        *[
            "不要忘了",
            "好的",
            "我没有退货",
            "right",
            "the end of it",
            "N年前",
            "R级",
            "订阅",
            "不要停",
            "TD" * 60,
            "？",
            "QXD",
        ],
    ],
)
def test_replies_that_do_not(text: str) -> None:
    """Words that only contain one, and sentences about something else."""
    assert not is_opt_out(text)


def test_words_can_be_added(ledger: Ledger) -> None:

    class Reply:
        def __init__(self, phone: str, content: str) -> None:
            self.phone, self.content = phone, content

    heard = [Reply(phone, text) for phone, text in zip(numbers(3), ["Adiós!", "T", "hm"], strict=True)]
    done = ingest_replies(ledger, heard, opt_out_words=OPT_OUT_WORDS | {"ADIÓS"})
    assert (done.replies, done.opted_out) == (3, 2)
    assert plan(ledger, numbers(3), MARKETING).set_aside == {"opted_out": 2}


def test_a_long_reply_costs_no_time() -> None:
    began = time.process_time()
    assert not is_opt_out("谢谢" * 50_000 + "x")
    assert time.process_time() - began < 1
