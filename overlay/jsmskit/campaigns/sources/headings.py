"""Headings of columns as people write them, and which one holds the phone numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from jsmskit.phones import is_mobile_phone

_ADDED: Final = re.compile(
    r"[(\[【<{][^()\[\]【】<>{}]*[)\]】>}]|[*＊:：!！?？。.#\"'“”‘’]"
)  # as people type
_BETWEEN_WORDS: Final = re.compile(r"[\s_\-‐-―.·]+")
_OR: Final = re.compile(r"[/|、,，;；&]|(?<=[a-z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[a-z])")
_SIMPLIFIED: Final = str.maketrans(
    "機號碼電話聯繫絡動簡訊員戶會單個貨註冊綁", "机号码电话联系络动简讯员户会单个货注册绑"
)
_ENGLISH: Final = re.compile(
    r"(?:the|your|my|customer|client|member|user|contact|recipient|receiver|consignee|employee|student|parent|primary"
    r"|main|work|home|personal|cn|china|chinese|registered|sms)*"
    r"(?:(?:mobile|cell(?:ular)?|hand|smart)?(?:tele)?phones?|mobiles?|cell(?:ular)?s?|tel|telephones?|msisdn|handset)+"
    r"(?:numbers?|num|no|nr|nbr|s)?(?:cn|86)?"
)
_ALSO_ENGLISH: Final = frozenset(
    {
        "recipient",
        "recipients",
        "receiver",
        "recipientnumber",
        "recipientno",
        "receivernumber",
        "contactnumber",
        "contactno",
        "smsnumber",
        "smsto",
        "sendto",
    }
)
_CHINESE: Final = re.compile(
    r"(?:本人|个人|客户|顾客|会员|用户|成员|员工|学生|家长|联系人?|联络人?|收件人?|收货人?|接收人?|接收者|收信人?|收讯人?"
    r"|短信接收|短信|简讯|下单|注册|绑定|登录|常用|主要|预留|有效|中国|大陆|国内|第一)*的?"
    r"(?:(?:移动|行动|手提)?(?:手机|电话)+(?:号码?|电话)?|(?:移动|行动)号码?|手机号码?|联系方式|联络方式"
    r"|(?:接收|收件|收信|收讯|目标|联系|联络|短信|简讯)号码?)"
)
_ALSO_CHINESE: Final = frozenset({"收件人", "接收人", "接收者", "收信人", "收讯人", "收短信人", "号码"})


def clean(cell: object) -> str:
    """Return a heading as it is shown and compared: without invisible characters, blanks of every kind as one."""
    text = "".join(
        mark for mark in str(cell) if unicodedata.category(mark) not in ("Cf", "Cc") or mark.isspace()
    )
    return " ".join(text.split())


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing: None, or a text of blanks and invisible characters."""
    if not isinstance(cell, str):
        return cell is None
    text = cell.strip()
    return not text or (not text.isprintable() and not clean(text))


def is_number(cell: object) -> bool:
    """Whether a cell is a phone number, so that no heading stands there."""
    return isinstance(cell, (str, int)) and is_mobile_phone(cell)


def quoted(names: Sequence[str]) -> str:
    """Return names of columns for a message: in quotation marks, at most twenty."""
    shown = ", ".join(f'"{name}"' for name in names[:20]) or "none"
    return shown + (" ..." if len(names) > 20 else "")


def _plain(heading: str) -> str:
    """A heading without what is added to it: brackets with a remark, an asterisk, a colon; as small letters."""
    folded = unicodedata.normalize("NFKC", clean(heading)).casefold().translate(_SIMPLIFIED)
    return _ADDED.sub(" ", folded).strip()


@lru_cache(4096)
def is_phone_heading(heading: str) -> bool:
    """Whether a heading says that phone numbers stand below it: `phoneNumber`, `*手機號碼（必填）`, `mobile no.`"""
    parts = [_BETWEEN_WORDS.sub("", part) for part in _OR.split(_plain(heading))]
    named = [part for part in parts if part]
    return bool(named) and all(
        part in _ALSO_ENGLISH or part in _ALSO_CHINESE or _ENGLISH.fullmatch(part) or _CHINESE.fullmatch(part)
        for part in named
    )


def phone_columns(names: Sequence[str]) -> list[int]:
    """Return the places of the headings that say so."""
    return [place for place, name in enumerate(names) if is_phone_heading(name)]


def find_column(names: Sequence[str], wanted: str) -> list[int]:
    """Return the places of a column that somebody named: as it is written, else without what is added to it."""
    name = clean(wanted)
    exact = [place for place, heading in enumerate(names) if heading == name]
    return exact or [place for place, heading in enumerate(names) if _plain(heading) == _plain(name) != ""]
