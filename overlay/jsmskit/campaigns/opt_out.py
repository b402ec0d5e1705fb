"""Replies that mean "send me no more", as people write them. The words are data; an application may add its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

OPT_OUT_WORDS: Final = frozenset(
    {
        # What the hints of marketing messages ask for: "回T退订", "回复TD退订", "拒收请回复R".
        *("t", "td", "r", "n", "qx", "0000", "00000"),
        *(
            "退订",
            "退定",
            "退阅",
            "退订阅",
            "取消",
            "取消订阅",
            "取消关注",
            "拒收",
            "拒绝接收",
            "不再接收",
            "不接收",
        ),
        *(
            "别发了",
            "别再发",
            "别再发了",
            "不要发了",
            "不要再发",
            "不要再发了",
            "请勿打扰",
            "勿扰",
            "不要打扰",
        ),
        *("stop", "stopall", "unsubscribe", "unsub", "optout", "cancel", "quit", "end", "remove"),
    }
)
"""In small letters and simplified characters; texts are compared in that form."""

_BESIDE: Final = frozenset(
    {
        *("请", "我要", "我想", "帮我", "麻烦", "回", "回复", "谢谢", "谢", "多谢", "感谢", "好", "好的"),
        *(
            "你好",
            "您好",
            "吧",
            "了",
            "啊",
            "呀",
            "哦",
            "短信",
            "信息",
            "消息",
            "推送",
            "广告",
            "给我",
            "我",
            "你们",
            "此",
        ),
        *(
            "所有",
            "全部",
            "please",
            "pls",
            "thanks",
            "thank",
            "you",
            "thx",
            "me",
            "sms",
            "messages",
            "message",
            "all",
            "now",
        ),
    }
)
"""What may stand beside such a word without changing what it means."""
_SIMPLIFIED: Final = str.maketrans("訂閱關絕發別請擾謝復複訊簡廣給", "订阅关绝发别请扰谢复复讯简广给")
_LONGEST_TEXT: Final = 100
"""A longer reply is a letter, and is read by a person."""


def is_opt_out(content: str, words: Iterable[str] = OPT_OUT_WORDS) -> bool:
    """Return whether a reply asks for no more messages: one of the words, alone or beside words of courtesy.

    Full-width letters, traditional characters, marks and emoji make no difference: `ＴＤ`, `退訂！`, `T,谢谢`,
    `TD退订`. A word that only contains one is none: `TDK`, `T恤`, `取消订单`.

    Args:
        content: the text of the reply.
        words: what counts as asking; add your own with `OPT_OUT_WORDS | {"adios"}`.
    """
    text = _plain(content)
    if len(text) > _LONGEST_TEXT:
        return False
    asking = {_plain(word) for word in words}
    known = sorted(asking | _BESIDE, key=len, reverse=True)
    found = False
    place = 0
    while place < len(text):
        if not text[place].isalnum():
            place += 1
            continue
        word = next((one for one in known if _stands_at(text, place, one)), None)
        if not word:
            return False
        found = found or word in asking
        place += len(word)
    return found


def _plain(text: str) -> str:
    return (
        unicodedata.normalize("NFKC", text)
        .casefold()
        .translate(_SIMPLIFIED)
        .replace("opt out", "optout")
        .replace("opt-out", "optout")
        .strip()
    )


def _stands_at(text: str, place: int, word: str) -> bool:
    """Whether a word begins here; one of Latin letters or digits ends where these end."""
    if not word or not text.startswith(word, place):
        return False
    behind = text[place + len(word) : place + len(word) + 1]
    return not (word[-1].isascii() and behind.isascii() and behind.isalnum())
