"""From rows to a campaign in the ledger: rows validated, chunks written. Nothing is sent here.

Memory holds a few chunks, whatever the size of the list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from jsms_api import limits

from jsmskit._privacy import mask_phones_in
from jsmskit._validation.fields import InvalidArgument, canonical_phone
from jsmskit._validation.template_text import billed_length, billed_units, check_template_params, fill, variables
from jsmskit.recipients import RecipientLike

from .errors import LedgerError, PlanError, SourceChangedError
from .ledger.ledger import Ledger
from .ledger.plans import chunk_sizes
from .models import PlanSummary, SkippedRow, ValidRow
from .reporting import check_place, write_set_aside
from .settings import CHUNK_SIZE, Mode, TemplateFacts
from .sources import Content, Source, open_source
from .sources.table import Row, check_variables, is_blank
from .states import SkipReason

_TEXT: Final = json.encoder.encode_basestring
_SHOWN: Final = 64
_DETAIL: Final = 300
_LONGEST: Final = limits.MESSAGE_LENGTH
# Blanks of every kind and invisible characters; those around a value are cut off.
_UNSEEN: Final = "\\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad"
_EDGES: Final = re.compile(f"^[{_UNSEEN}]+|[{_UNSEEN}]+$")
_COUNTS_TWICE: Final = re.compile("[\U00010000-\U0010ffff]").search

_POWER: Final = r"[+-]?\d+(?:[.,]\d*)?[eE][+-]?\d+"
_ERROR: Final = r"#(?:N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|#{3,}"
_FORMULA: Final = r'="[^"]*"|=\d+'
_DAMAGED_PHONE: Final = re.compile(
    rf"{_POWER}|\d{{7,}}[.,]0*|\d{{1,3}}(?:[,.]\d{{3}})+(?:[.,]0*)?|['\u2018\u2019\uff07`\u00b4]\s*[+\d].*|{_FORMULA}|{_ERROR}"
).fullmatch
_DAMAGED_VALUE: Final = re.compile(
    rf"[+-]?\d(?:\.\d+[eE][+-]?|[eE][+-])\d+|-?\d+\.0|['\u2018\u2019\uff07`\u00b4][-+=@\d].*|{_FORMULA}|{_ERROR}"
).fullmatch
_NO_VALUE: Final = frozenset({"None", "null", "NULL", "nan", "NaN", "NaT", "<NA>", "undefined", "[object Object]"})
_TO_DO: Final = "in the spreadsheet, format the column as Text (Ctrl+1), type the value again and save once more"


def _shown(given: object) -> str:
    return "" if given is None else str(given)[:_SHOWN]


class RowValidator:
    """Decides on rows for one template.

    Args:
        facts: what is known of the template.
        params: values for everybody who has none.
        as_typed: take values that look as a spreadsheet leaves them (`5.0`, `1.5E+3`) for what was meant.

    Raises `PlanError` if the template has no such variable.
    """

    def __init__(
        self, facts: TemplateFacts, params: Mapping[str, str] | None = None, *, as_typed: bool = False
    ) -> None:
        self.variables: tuple[str, ...] | None = None
        self.params = dict(params or {})
        self.trimmed = 0
        """How many values had blanks around them."""
        self._as_typed = as_typed
        self._fixed = 0
        self._uses: dict[str, tuple[str, int]] = {}
        """Each variable: as the name in a JSON object, and how often it stands in the text."""
        if facts.text is not None:
            self.variables = variables(facts.text)
            # Lengths add up, so the text itself is put together only once.
            sign = f"【{facts.sign}】" if facts.sign else ""
            bare = fill(facts.text, dict.fromkeys(self.variables, ""))
            self._fixed = billed_length(sign + bare + facts.hint)
            self._uses = {name: (f"{_TEXT(name)}:", facts.text.count("{{" + name + "}}")) for name in self.variables}
            check_variables(self.params, self.variables, "Leave it out.")
        try:
            check_template_params(self.params)
        except InvalidArgument as refused:
            raise PlanError(f"a value for everybody: {refused.message}", refused.remedy) from None
        for name, value in self.params.items():
            if is_blank(value):
                raise PlanError(
                    f'the value for everybody of "{name}" is empty.', f'Give one: params={{"{name}": "VALUE"}}.'
                )

    def validate(self, row: Row) -> ValidRow | SkippedRow:
        """Decide on one row."""
        number, given, params, problem = row
        if problem:
            return SkippedRow(number, _shown(given), SkipReason.UNREADABLE, mask_phones_in(problem)[:_DETAIL])
        try:
            phone = canonical_phone(given)  # type: ignore[arg-type]  # it checks every type
        except InvalidArgument as refused:
            return _without_number(number, given, refused)
        length = self._fixed
        values: list[str] = []
        uses = self._uses
        if self.variables is None:
            uses = {name: (f"{_TEXT(name)}:", 0) for name in (*self.params, *params)}
        for name, (key, times) in uses.items():
            text = params.get(name)
            # Letters and digits need no look. Most values are such, of a million rows.
            if (
                type(text) is str
                and text.isalnum()
                and (text.isascii() or not _COUNTS_TWICE(text))
                and len(text) <= _LONGEST
                and text not in _NO_VALUE
            ):
                size = len(text)
            elif isinstance(found := self._look_at(name, text), str):
                text, size = found, billed_length(found)
            else:
                return SkippedRow(number, phone, *found)
            # As json.dumps writes it, for a third of the cost.
            values.append(key + _TEXT(text))
            length += size * times
        if not params.keys() <= uses.keys():
            unknown = [name for name in params if name not in uses]
            return SkippedRow(number, phone, SkipReason.PARAMETERS, f"no variable {', '.join(unknown)}"[:_DETAIL])
        if length > _LONGEST:
            return SkippedRow(number, phone, SkipReason.TOO_LONG, f"{length} characters, at most {_LONGEST}")
        written = "{" + ",".join(values) + "}" if values else None
        return ValidRow(number, phone, written, billed_units(length), length)

    def _look_at(self, name: str, value: object) -> str | tuple[SkipReason, str]:
        """The text of a value; or why there is none."""
        if is_blank(value):
            constant = self.params.get(name)
            if constant is None:
                return SkipReason.PARAMETERS, f'no value for "{name}"'
            text = constant
        elif not isinstance(value, str):
            shown = json.dumps(value, ensure_ascii=False, default=str)
            return SkipReason.PARAMETERS, f'"{name}" is no text but {shown[:_SHOWN]}; write it in quotation marks'
        else:
            text = _EDGES.sub("", value)
            self.trimmed += text != value
        try:
            check_template_params({name: text})
        except InvalidArgument as refused:
            reason = SkipReason.TOO_LONG if refused.keyword == "maxLength" else SkipReason.PARAMETERS
            return reason, refused.message[:_DETAIL]
        if (size := billed_length(text)) > _LONGEST:
            return SkipReason.TOO_LONG, f'"{name}" has {size} characters, a whole message at most {_LONGEST}'
        if not self._as_typed and (cause := _damage(text)):
            return SkipReason.DAMAGED, f'the value of "{name}" is {mask_phones_in(text)[:_SHOWN]!r}, {cause}'[:_DETAIL]
        return text


def _damage(text: str) -> str:
    """What happened to a value on its way through a spreadsheet or a program; nothing for a good one."""
    if _DAMAGED_VALUE(text):
        return f"as a spreadsheet changes numbers; {_TO_DO}"
    return "a program's word for no value; leave the cell empty" if text in _NO_VALUE else ""


def _without_number(row: int, given: object, refused: InvalidArgument) -> SkippedRow:
    text = _EDGES.sub("", str(given))
    if is_blank(given) or not text:
        return SkippedRow(row, "", SkipReason.MISSING, "no phone number")
    if isinstance(given, float) or (isinstance(given, str) and _DAMAGED_PHONE(text)):
        told = f"{mask_phones_in(text)[:_SHOWN]!r} is a number as a spreadsheet changes it; {_TO_DO}"
        return SkippedRow(row, _shown(given), SkipReason.DAMAGED, told[:_DETAIL])
    return SkippedRow(row, _shown(given), SkipReason.INVALID, refused.message[:_DETAIL])


_TAG_LENGTH: Final = limits.SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH
_MOST_ROWS: Final = 100_000_000
_ROWS_AT_ONCE: Final = 4 * CHUNK_SIZE
"""So many rows are written in one transaction: a plan that breaks off is thrown away, so it need not be on the disk
chunk by chunk, and waiting for the disk would be most of its time.
"""
_LEFT_OUT: Final = {SkipReason.OPTED_OUT: "wants no marketing", SkipReason.RECENT: "the same template within 24 hours"}


def plan(
    ledger: Ledger,
    recipients: Source | str | Path | Content | Iterable[RecipientLike],
    template: TemplateFacts | int,
    *,
    name: str = "",
    sign_id: int | None = None,
    tag: str | None = None,
    params: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
    phone_column: str | None = None,
    columns: Mapping[str, str] | None = None,
    header: bool = True,
    multiline: bool = False,
    sheet: str | None = None,
    as_typed: bool = False,
    mode: Mode = Mode.DIRECT,
    again: bool = False,
    set_aside: str | Path | None = None,
) -> PlanSummary:
    """Write a campaign into the ledger: who gets what, in frozen chunks. Nothing is sent.

    Rows that cannot be sent are set aside with their reasons and listed by `ledger.queries.set_aside`. The first
    chunks are small (10, 100); the rest have 1000.

    Args:
        ledger: where.
        recipients: a recipient file (path), a source, or any iterable of recipients.
        template: what is known of it (`read_template` asks the service), or its number alone; then variables
            are not checked, units not estimated, and it counts as marketing.
        name: what people call it.
        sign_id: the sign in front; the application's default sign if left out.
        tag: a label of at most 10 characters that recipients do not see.
        params: values of variables for every row that has none of its own.
        encoding: of a text file; see `open_source` for this and the next five.
        phone_column: the heading, or the number from 1, of the column with the phone numbers.
        columns: for each variable, the heading or the number of its column.
        header: whether the first row holds headings.
        multiline: whether a quoted value may run over the end of a line.
        sheet: of a workbook; its first one if left out.
        as_typed: take values such as `5.0` and `1.5E+3` for what was meant, not for damaged ones.
        mode: how the messages go out: at once, or through scheduled messages.
        again: allow the same list with the same template a second time.
        set_aside: write the rows that were set aside to this file, whatever becomes of the plan.

    Raises:
        PlanError: the source or the template cannot be used; the text names the row and the remedy.
        CampaignExistsError: planned before, and not `again`.
    """
    facts = TemplateFacts(template) if isinstance(template, int) else template
    if tag is not None and len(tag) > _TAG_LENGTH:
        raise PlanError(f"the tag has {len(tag)} characters, at most {_TAG_LENGTH} fit.", "Shorten it.")
    if set_aside is not None:
        check_place(Path(set_aside))
    source = open_source(
        recipients,
        encoding=encoding,
        phone_column=phone_column,
        columns=columns,
        header=header,
        multiline=multiline,
        sheet=sheet,
    )
    validator = RowValidator(facts, params, as_typed=as_typed)
    campaign_id = ledger.plans.begin_plan(
        name=name or re.sub(r"\s+", " ", source.name)[-80:],
        facts=facts,
        sign_id=sign_id,
        tag=tag,
        mode=mode,
        source=source.name[-400:],
    )
    writer = _Writer(ledger, campaign_id, facts)
    try:
        found = map(validator.validate, source.rows(validator.variables, validator.params))
        while writer.add(islice(found, _ROWS_AT_ONCE)):
            writer.write()
            if writer.rows > _MOST_ROWS:
                raise PlanError(f"the source has more than {_MOST_ROWS} rows.", "Split it into several campaigns.")
        writer.write(everything=True)
        if not writer.chunks:
            raise PlanError(
                f"no recipient in {source.name} can be written to: of {writer.rows} rows all were set"
                f" aside{_reasons(ledger, campaign_id)}.",
                "Correct the list; look at the column of the phone numbers first.",
            )
        summary = ledger.plans.finish_plan(
            campaign_id, again=again, digest=source.digest(), rows=writer.rows, longest=writer.longest
        )
    except Exception as error:
        if set_aside is not None and not isinstance(error, LedgerError):
            writer.write(everything=True)
            write_set_aside(set_aside, ledger.queries.set_aside(campaign_id))
        ledger.plans.drop_plan(campaign_id)
        raise
    if set_aside is not None:
        write_set_aside(set_aside, ledger.queries.set_aside(campaign_id))
    return replace(
        summary,
        first_set_aside=ledger.queries.first_set_aside(campaign_id),
        ignored=dict(getattr(source, "ignored", {})),
        trimmed=validator.trimmed,
    )


def _reasons(ledger: Ledger, campaign_id: int) -> str:
    """Why rows were set aside, with their first rows, for an error."""
    counts = ledger.queries.set_aside_counts(campaign_id)
    told = "; ".join(
        f"{reason.replace('_', ' ')} x {counts[reason]}, first in row {first.row}: {first.detail}"
        for reason, first in ledger.queries.first_set_aside(campaign_id).items()
    )
    return f" ({told})" if told else ""


class _Writer:
    """Collects rows, and writes chunks of them."""

    def __init__(self, ledger: Ledger, campaign_id: int, facts: TemplateFacts) -> None:
        self._ledger = ledger
        self._campaign_id = campaign_id
        self._facts = facts
        self._valid: list[ValidRow] = []
        self._aside: list[SkippedRow] = []
        self.rows = 0
        self.chunks = 0
        self.longest = 0

    def add(self, part: Iterable[ValidRow | SkippedRow]) -> bool:
        """Take some rows: those who are to be written to, and the rows that are set aside. False if there is none."""
        planned: dict[str, ValidRow] = {}
        before = self.rows
        for found in part:
            self.rows += 1
            if isinstance(found, SkippedRow):
                self._aside.append(found)
            elif (first := planned.setdefault(found.phone, found)) is not found:
                told = f"as row {first.row}"
                self._aside.append(SkippedRow(found.row, found.phone, SkipReason.DUPLICATE, told))
        # Numbers that stand in the list twice, far from each other, are found when the plan is complete: one
        # sorting of all numbers costs less than a question for each.
        if self._facts.kind.keeps_quiet_hours and planned:
            gone, recent = self._ledger.plans.seen_before(self._campaign_id, list(planned), self._facts)
            for phone in [phone for phone in planned if phone in gone or phone in recent]:
                reason = SkipReason.OPTED_OUT if phone in gone else SkipReason.RECENT
                self._aside.append(SkippedRow(planned.pop(phone).row, phone, reason, _LEFT_OUT[reason]))
        self._valid.extend(planned.values())
        return self.rows > before

    def write(self, *, everything: bool = False) -> None:
        """Write what is set aside, and the chunks that are full, or all."""
        full: list[tuple[int, list[ValidRow]]] = []
        while self._valid:
            _, size = chunk_sizes(self.chunks + 1)
            if len(self._valid) < size and not everything:
                break
            chunk = self._valid[:size]
            del self._valid[:size]
            self.chunks += 1
            self.longest = max(self.longest, max([one.length for one in chunk]))
            full.append((self.chunks, chunk))
        if full or self._aside:
            self._ledger.plans.add_to_plan(self._campaign_id, full, self._aside)
            self._aside = []


def check_source(ledger: Ledger, campaign_id: int, path: str | Path) -> None:
    """Make sure that a file is the one that was planned. Raises `SourceChangedError`."""
    planned = ledger.queries.campaign(campaign_id).digest
    if Content(path).digest() != planned:
        raise SourceChangedError(
            f"{path} is not the list that campaign {campaign_id} was planned with; it was changed, or is another one.",
            "Resume without a file: the list is in the ledger. For a new list make a new plan.",
        )
