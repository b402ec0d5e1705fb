"""Tables of recipients, from CSV or a workbook, as rows: the header found whatever people call its columns, rows
that hold nothing passed over.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol, runtime_checkable

from jsmskit.phones import is_mobile_phone
from jsmskit.recipients import Recipient, RecipientLike

from ..errors import PlanError
from .text_file import FileSource

NO_VALUES: Final[Mapping[str, object]] = MappingProxyType({})


class Row(NamedTuple):
    """One row of a source; a tuple, since there are very many.

    number: line of the file or row of the sheet, 1 is the first. problem: why the row cannot be read at all; `phone`
    is then what looks like a number in it, if anything does.
    """

    number: int
    phone: object
    params: Mapping[str, object] = NO_VALUES
    problem: str = ""

    def __repr__(self) -> str:
        return f"Row(number={self.number}, problem={self.problem!r})"


@runtime_checkable
class Source(Protocol):
    """Yields rows, once. `digest` is complete when the rows have been read.

    A source may have a mapping `ignored`: how many rows held nothing, by what they were (`empty rows`).
    """

    name: str

    def rows(self, variables: Sequence[str] | None, constants: Iterable[str] = ()) -> Iterator[Row]:
        """Yield all rows.

        Args:
            variables: names of the variables that the template has; None if they are not known.
            constants: names of those that need no value in a row.

        Raises `PlanError` if the source as a whole cannot be used.
        """
        ...

    def digest(self) -> str:
        """Return the SHA-256 of what was read, in hex."""
        ...


class IterableSource:
    """Recipients from a program: numbers, pairs of number and values, `Recipient` objects. Counted from 1.

    The iterable is read once. The digest is made of what was given, in its order.
    """

    def __init__(self, recipients: Iterable[RecipientLike], *, name: str = "iterable") -> None:
        self.name = name
        self._recipients = recipients
        self._hash = hashlib.sha256()

    def rows(self, variables: Sequence[str] | None, constants: Iterable[str] = ()) -> Iterator[Row]:
        """Yield one row for each recipient."""
        for number, given in enumerate(self._recipients, 1):
            phone: object
            params: Mapping[str, object] | None
            if isinstance(given, Recipient):
                phone, params = given.phone, given.params
            elif isinstance(given, tuple) and len(given) == 2:
                phone, params = given
            else:
                phone, params = given, None
            values = dict(params or {})
            self._hash.update(json.dumps([str(phone), values], sort_keys=True, default=str).encode())
            yield Row(number, phone, values)

    def digest(self) -> str:
        """Return the SHA-256 over the recipients that were read."""
        return self._hash.hexdigest()


_ADDED: Final = re.compile(r"[(\[【<{][^()\[\]【】<>{}]*[)\]】>}]|[*＊:：!！?？。.#\"'“”‘’]")  # as people type
_BETWEEN_WORDS: Final = re.compile(r"[\s_\-‐-―.·]+")
_OR: Final = re.compile(r"[/|、,，;；&]|(?<=[a-z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[a-z])")
_SIMPLIFIED: Final = str.maketrans(
    "機號碼電話聯繫絡動簡訊員戶會單個貨註冊綁", "机号码电话联系络动简讯员户会单个货注册绑"
)
_PHONES: Final = re.compile(
    r"(?:the|your|my|customer|client|member|user|contact|recipient|receiver|consignee|employee|student|parent|primary"
    r"|main|work|home|personal|cn|china|chinese|registered|sms)*"
    r"(?:(?:mobile|cell(?:ular)?|hand|smart)?(?:tele)?phones?|mobiles?|cell(?:ular)?s?|tel|telephones?|msisdn|handset)+"
    r"(?:numbers?|num|no|nr|nbr|s)?(?:cn|86)?"
    r"|recipients?|receiver|(?:recipient|contact)(?:number|no)|(?:receiver|sms)number|smsto|sendto"
    r"|(?:本人|个人|客户|顾客|会员|用户|成员|员工|学生|家长|联系人?|联络人?|收件人?|收货人?|接收人?|接收者|收信人?|收讯人?"
    r"|短信接收|短信|简讯|下单|注册|绑定|登录|常用|主要|预留|有效|中国|大陆|国内|第一)*的?"
    r"(?:(?:移动|行动|手提)?(?:手机|电话)+(?:号码?|电话)?|(?:移动|行动)号码?|手机号码?|联系方式|联络方式"
    r"|(?:接收|收件|收信|收讯|目标|联系|联络|短信|简讯)号码?)"
    r"|收件人|接收人|接收者|收信人|收讯人|收短信人|号码"
)
"""What a heading above phone numbers says, without blanks, in small letters and simplified characters."""
_LONGEST_HEADING: Final = 40
"""Of a long text the pattern could take for ever: it can cut `mobilephone` in two ways."""


def clean(cell: object) -> str:
    """Return a heading as it is shown and compared: without invisible characters, blanks of every kind as one."""
    text = "".join(mark for mark in str(cell) if unicodedata.category(mark) not in ("Cf", "Cc") or mark.isspace())
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


def check_variables(names: Iterable[str], variables: Sequence[str], remedy: str) -> None:
    """Raise `PlanError` for the first name that is no variable of the template."""
    for name in names:
        if name not in variables:
            raise PlanError(f'the template has no variable "{name}" (it has: {quoted(variables)}).', remedy)


def _plain(heading: str) -> str:
    """A heading without what is added to it: brackets with a remark, an asterisk, a colon; as small letters."""
    folded = unicodedata.normalize("NFKC", clean(heading)).casefold().translate(_SIMPLIFIED)
    return _ADDED.sub(" ", folded).strip()


@lru_cache(4096)
def is_phone_heading(heading: str) -> bool:
    """Whether a heading says that phone numbers stand below it: `phoneNumber`, `*手機號碼（必填）`, `mobile no.`"""
    parts = [_BETWEEN_WORDS.sub("", part) for part in _OR.split(_plain(heading))]
    named = [part for part in parts if part]
    return bool(named) and all(len(part) <= _LONGEST_HEADING and _PHONES.fullmatch(part) for part in named)


def find_column(names: Sequence[str], wanted: str) -> list[int]:
    """Return the places of a column that somebody named: as it is written, else without what is added to it."""
    name = clean(wanted)
    exact = [place for place, heading in enumerate(names) if heading == name]
    return exact or [place for place, heading in enumerate(names) if _plain(heading) == _plain(name) != ""]


def find_phone_columns(names: Sequence[str], wanted: str | None) -> list[int]:
    """Return the places of the columns that may be the phone's: as it is called, else what looks like it."""
    if wanted is not None:
        return find_column(names, wanted)
    return [place for place, name in enumerate(names) if is_phone_heading(name)]


_MOST_COLUMNS: Final = 200
_HEADER_WITHIN: Final = 20
"""The header is one of so many first rows that hold something; above it stand titles."""

Record = tuple[int, Sequence[object], str]
"""Number of the row, its cells, and why it cannot be read (then the first cell is what looks like a phone number)."""


@dataclass(eq=False, kw_only=True)
class TableSource(FileSource, ABC):
    """A file with columns. Numbers of rows are those that people see."""

    header: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._name = self.name  # as messages say it

    @abstractmethod
    def _records(self) -> Iterator[Record]:
        """All rows of the file."""

    def _suggestion(self) -> str:
        """What else may be the matter if a column is not found, with a blank in front."""
        return ""

    def rows(self, variables: Sequence[str] | None, constants: Iterable[str] = ()) -> Iterator[Row]:
        """Yield the rows below the header. A row that does not fit under it has a problem.

        Raises `PlanError` if the file cannot be used.
        """
        records = self._records()
        number, names, phones, first = self._read_header(records)
        place, values = self._find_columns(number, names, phones, variables, frozenset(constants))
        width = len(names)
        least = max([place, *values.values()]) + 1
        wanted = list(values.items())
        for number, cells, problem in chain(first, records):
            if problem:
                yield Row(number, cells[0] if cells else None, NO_VALUES, problem)
                continue
            if len(cells) != width or not str(cells[place]).isalnum():  # a number needs no look
                if all(map(is_blank, cells)):
                    self.ignored["empty rows"] += 1
                    continue
                if len(cells) < least or not all(map(is_blank, cells[width:])):
                    told = f"{len(cells)} fields, the {'header' if self.header else 'first row'} has {width}"
                    yield Row(number, next(filter(is_number, cells), None), NO_VALUES, told)
                    continue
            by_name: dict[str, object] = {}
            for name, column in wanted:
                by_name[name] = cells[column]
            yield Row(number, cells[place], by_name, "")

    def _read_header(self, records: Iterator[Record]) -> tuple[int, Sequence[str], Sequence[int], list[Record]]:
        """Return the row of the header, its names, the columns that may be the phone's, and what was read beyond it:
        the first recipient if there is no header.
        """
        above: list[tuple[int, list[str]]] = []
        for record in records:
            number, cells, problem = record
            if problem and not above:
                raise PlanError(
                    f"{self._name}: the header cannot be read: {problem}.",
                    "Correct this line; or save the list as CSV UTF-8 in the spreadsheet.",
                    row=number,
                )
            if not problem and all(map(is_blank, cells)):
                self.ignored["empty rows"] += 1
                continue
            if len(cells) > _MOST_COLUMNS:
                raise PlanError(
                    f"{self._name}: the header has {len(cells)} columns.",
                    f"At most {_MOST_COLUMNS} are read.",
                    row=number,
                )
            numbers = [place for place, cell in enumerate(cells) if is_number(cell)]
            # A list of nothing but numbers needs no header.
            if not self.header or (numbers and len(cells) == 1 and not above and not self.columns):
                self.header = False
                names = [str(place) for place in range(1, len(cells) + 1)]
                places = numbers if self.phone_column is None else find_column(names, self.phone_column)
                return number, names, places, [record]
            if numbers and not above:
                raise self._no_header(number, len(cells), numbers[0])
            if numbers or problem:
                raise self._no_phone_column(*above[-1], cells)
            names = [clean(cell) for cell in cells]
            if places := find_phone_columns(names, self.phone_column):
                if above:
                    self.ignored["rows above the header"] += len(above)
                return number, names, places, []
            above.append((number, names))
            if len(above) == _HEADER_WITHIN:
                break
        if not above:
            raise PlanError(f"{self._name} is empty.", "Give a list with a header and a column of phone numbers.")
        raise self._no_phone_column(*above[0])

    def _no_header(self, number: int, width: int, phone: int) -> PlanError:
        """The first phone number came before a header was found."""
        example = f', columns={{"VARIABLE": "{2 if phone == 0 else 1}"}}' if width > 1 else ""
        return PlanError(
            f"{self._name} has no header: a phone number stands in its first row.",
            f"Add a first row with headings; or say so, with columns by number: header=False,"
            f' phone_column="{phone + 1}"{example}.',
            row=number,
        )

    def _no_phone_column(self, number: int, names: Sequence[str], below: Sequence[object] = ()) -> PlanError:
        if self.phone_column is not None:
            return self._no_column(number, names, self.phone_column)
        held = [name for name, cell in zip(names, below, strict=False) if is_number(cell) and name]
        return PlanError(
            f"{self._name}: no heading says that phone numbers stand below it (columns: {quoted(names)}).",
            f'Say which: phone_column="{held[0] if held else "COLUMN"}".' + self._suggestion(),
            row=number,
        )

    def _no_column(self, number: int, names: Sequence[str], wanted: str) -> PlanError:
        return PlanError(
            f'{self._name} has no column "{wanted}" (columns: {quoted(names)}).',
            f'Say where the values are: phone_column="COLUMN", columns={{"{wanted}": "COLUMN"}}; or give all'
            f' the same: params={{"{wanted}": "VALUE"}}.' + self._suggestion(),
            row=number,
        )

    def _find_columns(
        self,
        number: int,
        names: Sequence[str],
        phones: Sequence[int],
        variables: Sequence[str] | None,
        constants: frozenset[str],
    ) -> tuple[int, dict[str, int]]:
        """Return the place of the phone number, and that of each variable."""

        def only(wanted: str) -> int:
            places = find_column(names, wanted)
            if not places:
                raise self._no_column(number, names, wanted)
            return self._single(number, names, places, f'"{wanted}"', f'columns={{"{wanted}": "COLUMN"}}')

        if not phones:
            raise PlanError(
                f"{self._name}: no column of the first row holds a phone number.",
                'Say which column: phone_column="1".',
                row=number,
            )
        phone = self._single(number, names, phones, "the phone numbers", f'phone_column="{names[phones[0]]}"')
        if variables is not None:
            check_variables(self.columns or (), variables, 'Correct columns={"NAME": "COLUMN"}.')
        values = {variable: only(column) for variable, column in (self.columns or {}).items()}
        if variables is None:
            # Of a template that is not known every column may be a variable; columns without a heading are none.
            taken = {phone, *values.values()}
            variables = [name for place, name in enumerate(names) if name and place not in taken and self.header]
        for name in variables:
            if name not in values and (name not in constants or find_column(names, name)):
                values[name] = only(name)
        return phone, values

    def _single(self, number: int, names: Sequence[str], places: Sequence[int], what: str, say: str) -> int:
        """The only one of these places."""
        if len(places) > 1:
            raise PlanError(
                f"{self._name}: {quoted([names[place] for place in places])} may all be {what}.",
                f"Say which: {say}. Or give the columns different names.",
                row=number,
            )
        return places[0]
