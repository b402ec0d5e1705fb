"""Recipient files drawn at random, and a slow reader of our own that says what each of them holds.

Every row has a number and a value that stand in no other row, so that it shows without any reader when a recipient is
lost, comes twice, or gets a cell of somebody else. The slow reader goes through the text character by character.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from jsmskit.campaigns import PlanError, TemplateFacts, TemplateKind, open_source
from jsmskit.campaigns.models import SkippedRow
from jsmskit.campaigns.planning import RowValidator

CODE = TemplateFacts(1, "{{code}}", TemplateKind.CODE)
PHONES = ("phone", "手机号", "Mobile No.", "*手机号（必填）", "\u200bphone", "phoneNumber", "電話")
NOISE = ("", "", "", "a", "字", " ", "  ", '"', '""', "'", ",", ";", "\t", ', "', '",', "\n", "\r\n", "x\ny", '"\n')
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "big5hkscs")
_MARKED = re.compile(r"v(\d+)w")
_PHONE = re.compile(r"138\d{8}")


@dataclass(frozen=True)
class Case:
    """One file: its text, how it is written, and where its header stands (rows count from 1)."""

    text: str
    encoding: str
    delimiter: str
    end: str
    header_line: int
    width: int
    phone: int
    code: int
    multiline: bool

    @property
    def content(self) -> bytes:
        return self.text.encode(self.encoding)


def draw(random: Random) -> Case:
    """A file as people have them: quotation marks anywhere, line breaks, empty rows, rows of any width."""
    delimiter, end = random.choice(",;\t"), random.choice(("\n", "\n", "\r\n", "\r"))
    width = random.randint(2, 4)
    phone, code = random.sample(range(width), 2)
    names = [f"note{place}" for place in range(width)]
    names[phone], names[code] = random.choice(PHONES), "code"
    encoding = random.choice(ENCODINGS)
    if encoding in ("gbk", "big5hkscs"):
        names[phone] = "手機"
    lines = [random.choice(("", delimiter, "名單")) for _ in range(random.choice((0, 0, 0, 1, 2)))]
    header_line = len(lines) + 1
    lines.append(delimiter.join(names))
    wild = random.random() < 0.5
    for number in range(random.randint(1, 25)):
        cells = [_cell(random, number, delimiter, end, wild=wild) for _ in range(width)]
        cells[phone] = random.choice(("{}", "{}", "{}", '"{}"', " {}", "{} ")).format(f"138{number:08d}")
        if random.random() < 0.1:
            cells = cells[: random.randint(0, width)]
        cells += [random.choice(("", "", " ", f"v{number}w"))] * (random.random() < 0.05)
        lines.append(delimiter.join(cells))
        if random.random() < 0.05:
            lines.append(random.choice(("", delimiter, f" {delimiter} ")))
    text = end.join(lines) + random.choice((end, ""))
    return Case(text, encoding, delimiter, end, header_line, width, phone, code, random.random() < 0.2)


def _cell(random: Random, number: int, delimiter: str, end: str, *, wild: bool) -> str:
    noise = NOISE if wild else ("", "a", "字", " ")
    text = random.choice(noise) + f"v{number}w" + random.choice(noise)
    if end == "\r":
        text = text.replace("\r\n", "").replace("\n", "")
    kind = random.random()
    if kind < 0.3:
        text = text.replace('"', '""')
        return f'"{text}"'
    if kind < 0.9 or not wild:  # no structure but what is meant
        return text.replace('"', "").replace("\r", "").replace("\n", "").replace(delimiter, "")
    return text


@dataclass
class Read:
    """What a file holds: values by number; lines that get nothing; or the row under which it is refused."""

    sent: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    aside: set[int] = field(default_factory=set)
    refused: int | None = None


def read_slowly(case: Case) -> Read:
    """Read a case character by character, by the rules of docs/recipient-files.md."""
    found = Read()
    records: list[tuple[int, list[str], bool]] = []
    cells, cell, wrong = [], "", False
    state, line, start, opened = "begin", 1, 1, 1
    text = case.text
    text = text.removesuffix(case.end)
    place = 0
    while place <= len(text):
        ended = place == len(text)
        mark = "" if ended else text[place]
        at_end = (
            ended
            or text.startswith(case.end, place)
            or (case.end == "\r\n" and mark == "\n")
            or (case.end == "\n" and text.startswith("\r\n", place))
        )
        if state == "quoted":
            if ended:
                found.refused = opened
                return found
            if mark == '"' and text[place + 1 : place + 2] == '"':
                cell, place = cell + '"', place + 2
                continue
            if mark == '"':
                state = "closed"
            elif at_end:
                cell += "\n"
                line += 1
                wrong = wrong or not case.multiline
                place += 2 if text.startswith("\r\n", place) else 1
                continue
            else:
                cell += mark
                wrong = wrong or (mark == "\r" and not case.multiline)
            place += 1
            continue
        if mark == case.delimiter or at_end:
            cells.append(cell)
            cell, state = "", "begin"
            if at_end:
                records.append((start, cells, wrong))
                line += 1
                cells, wrong, start = [], False, line
                place += 2 if text.startswith("\r\n", place) and case.end != "\r" else 1
                continue
        elif state == "begin" and mark == '"':
            state, opened = "quoted", start
        elif state == "closed":
            wrong, state = True, "plain"
        else:
            wrong = wrong or mark == "\r"
            cell, state = cell + mark, "plain"
        place += 1
    starts = [row for row, _, _ in records]
    inner = {number for number, text in _lines(case) if number not in starts and _has_row(case, text)}
    found.aside |= inner
    for row, listed, torn in records:
        if row <= case.header_line:
            continue
        behind = min([start for start in starts if start > row], default=line)
        broken = torn or any(row < number < behind for number in inner)
        if not broken and not any(one.strip() for one in listed):
            continue
        needed = max(case.phone, case.code) + 1
        if broken or len(listed) < needed or any(one.strip() for one in listed[case.width :]):
            found.aside.add(row)
            continue
        number, value = listed[case.phone].strip(), listed[case.code].strip()
        if _PHONE.fullmatch(number) and value:
            found.sent[number] = value
            found.lines[number] = row
        else:
            found.aside.add(row)
    return found


def check(case: Case, path: Path) -> Counter[str]:
    """Read a case with the reader of the package; return what was counted. Raises `AssertionError` with the fault."""
    path.write_bytes(case.content)
    wanted = read_slowly(case)
    validator = RowValidator(CODE)
    sent: dict[str, str] = {}
    lines: dict[str, int] = {}
    aside: dict[int, str] = {}
    twice = 0
    refusal: PlanError | None = None
    source = open_source(path, encoding=case.encoding, multiline=case.multiline)
    try:
        for one in map(validator.validate, source.rows(validator.variables)):
            if isinstance(one, SkippedRow):
                aside[one.row] = one.phone
                continue
            twice += one.phone in sent
            sent[one.phone] = json.loads(one.params or "{}")["code"]
            lines[one.phone] = one.row
    except PlanError as error:
        refusal = error
    if refusal is not None:
        assert wanted.refused is not None, f"refused without cause: {refusal}"
        assert refusal.row == wanted.refused, f"refused at {refusal.row}, the mark opens in {wanted.refused}"
        return Counter(files=1, refused=1)
    assert wanted.refused is None, "a quotation mark that never ends was taken"
    assert not twice, "a recipient comes twice"
    for phone, value in sent.items():
        # With --multiline a file may say itself that half a row belongs to a field; then only numbers must not.
        others = set() if case.multiline else {int(one) for one in _MARKED.findall(value)} - {int(phone[3:])}
        assert not others, "a cell of another row"
        assert not _PHONE.search(value), "a number in the value of somebody"
    in_line = {phone: number for number, text in _lines(case) for phone in _PHONE.findall(text)}
    swallowed = _swallowed(case, wanted)
    for phone, number in in_line.items():
        told = phone in sent or number in aside or swallowed.get(number) in aside
        assert told, f"the recipient of line {number} is lost"
    assert sent == wanted.sent, "other recipients or values than the slow reader finds"
    assert lines == wanted.lines, "other rows than the slow reader finds"
    assert wanted.aside <= aside.keys(), "a row that gets nothing is not told"
    return Counter(files=1, recipients=len(sent), set_aside=len(aside), rows=len(in_line))


def _has_row(case: Case, text: str) -> bool:
    return any(_PHONE.fullmatch(cell.strip(' "')) for cell in text.split(case.delimiter))


def _lines(case: Case) -> list[tuple[int, str]]:
    split = re.split("\r" if case.end == "\r" else "\r\n|\n", case.text)
    return list(enumerate(split, 1))


def _swallowed(case: Case, read: Read) -> dict[int, int]:
    """Lines of a row that is taken over several lines, and the first of them."""
    if not case.multiline:
        return {}
    starts = sorted({*read.aside, *read.lines.values()})
    return {number: max((start for start in starts if start <= number), default=0) for number, _ in _lines(case)}
