"""Making a plan: rows in, a campaign in the ledger out. Nothing is sent.

Memory holds a few chunks, whatever the size of the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from jsms_api import limits

from jsmskit.recipients import RecipientLike

from ..errors import LedgerError, PlanError, SourceChangedError
from ..ledger.ledger import Ledger
from ..ledger.plans import chunk_sizes
from ..models import PlanSummary, SkippedRow, ValidRow
from ..reporting.exports import check_place, export_set_aside
from ..settings import CHUNK_SIZE, Mode, TemplateFacts
from ..sources import Content, Source, file_digest, open_source
from ..states import SkipReason
from .row_validation import RowValidator

_TAG_LENGTH: Final = limits.SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH
_MOST_ROWS: Final = 100_000_000
_CHUNKS_AT_ONCE: Final = 4
"""So many chunks are written in one transaction: a plan that breaks off is thrown away, so it need not be on the
disk chunk by chunk, and waiting for the disk would be most of its time.
"""
_LEFT_OUT: Final = {
    SkipReason.OPTED_OUT: "wants no marketing",
    SkipReason.RECENT: "the same template within 24 hours",
}


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
    progress: Callable[[int], None] = lambda rows: None,
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
        progress: called now and then with the number of rows read.

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
        target=facts.target,
    )
    writer = _Writer(ledger, campaign_id, facts, validator, progress)
    try:
        rows = writer.write_all(source)
        if not writer.recipients:
            raise PlanError(
                f"no recipient in {source.name} can be written to: of {rows} rows all were set"
                f" aside{writer.reasons()}.",
                "Correct the list; look at the column of the phone numbers first.",
            )
        summary = ledger.plans.finish_plan(
            campaign_id,
            facts=facts,
            sign_id=sign_id,
            tag=tag,
            again=again,
            digest=source.digest(),
            rows=rows,
            recipients=writer.recipients,
            units=writer.units,
            longest=writer.longest,
            chunks=writer.chunks,
        )
    except Exception as error:
        if set_aside is not None and not isinstance(error, LedgerError):
            writer.write_out()
            export_set_aside(ledger, campaign_id, set_aside)
        ledger.plans.drop_plan(campaign_id)
        raise
    if set_aside is not None:
        export_set_aside(ledger, campaign_id, set_aside)
    first = writer.first
    for row, phone, reason, detail in (
        ledger.queries.set_aside(campaign_id) if len(first) < len(summary.set_aside) else ()
    ):
        # Numbers that stand in the list twice, far apart, are found at the end.
        first.setdefault(reason, SkippedRow(row, phone, SkipReason(reason), detail))
        if len(first) == len(summary.set_aside):
            break
    return replace(
        summary,
        first_set_aside=first,
        ignored=dict(getattr(source, "ignored", {})),
        trimmed=validator.trimmed,
    )


class _Writer:
    """Collects some chunks at a time and writes them."""

    def __init__(
        self,
        ledger: Ledger,
        campaign_id: int,
        facts: TemplateFacts,
        validator: RowValidator,
        progress: Callable[[int], None],
    ) -> None:
        self._ledger = ledger
        self._campaign_id = campaign_id
        self._facts = facts
        self._validator = validator
        self._progress = progress
        self._valid: list[ValidRow] = []
        self._full: list[tuple[int, list[ValidRow]]] = []
        self._aside: list[SkippedRow] = []
        self._reasons: dict[SkipReason, int] = {}
        self.first: dict[str, SkippedRow] = {}
        self.chunks = 0
        self.recipients = 0
        self.units = 0
        self.longest = 0

    def write_all(self, source: Source) -> int:
        """Read a source to its end; return the number of rows."""
        validator = self._validator
        count = 0
        constants = validator.params
        rows = source.rows(validator.variables, constants) if constants else source.rows(validator.variables)
        while part := list(islice(rows, CHUNK_SIZE)):
            count += len(part)
            if count > _MOST_ROWS:
                raise PlanError(
                    f"the source has more than {_MOST_ROWS} rows.", "Split it into several campaigns."
                )
            planned: dict[str, ValidRow] = {}
            for found in map(validator.validate, part):
                if isinstance(found, SkippedRow):
                    self._skip(found)
                elif found.phone in planned:
                    first = f"as row {planned[found.phone].row}"
                    self._skip(SkippedRow(found.row, found.phone, SkipReason.DUPLICATE, first))
                else:
                    planned[found.phone] = found
            # Numbers that stand in the list twice, far from each other, are found when the plan is complete: one
            # sorting of all numbers costs less than a question for each.
            self._take(planned)
            self._progress(count)
        self.write_out()
        return count

    def reasons(self) -> str:
        """The reasons so far with their first rows, for an error."""
        told = "; ".join(
            f"{reason.replace('_', ' ')} x {count}, first in row {self.first[reason].row}: {self.first[reason].detail}"
            for reason, count in self._reasons.items()
        )
        return f" ({told})" if told else ""

    def _skip(self, skipped: SkippedRow) -> None:
        self._reasons[skipped.reason] = self._reasons.get(skipped.reason, 0) + 1
        self.first.setdefault(skipped.reason, skipped)
        self._aside.append(skipped)

    def _take(self, planned: dict[str, ValidRow]) -> None:
        """Take those out that are not to be written to, and put the rest into chunks."""
        if self._facts.kind.keeps_quiet_hours and planned:
            gone, recent = self._ledger.plans.seen_before(self._campaign_id, list(planned), self._facts)
            for phone in [phone for phone in planned if phone in gone or phone in recent]:
                reason = SkipReason.OPTED_OUT if phone in gone else SkipReason.RECENT
                self._skip(SkippedRow(planned.pop(phone).row, phone, reason, _LEFT_OUT[reason]))
        self._valid.extend(planned.values())
        self.longest = max(self.longest, max([one.length for one in planned.values()], default=0))
        self._write(everything=False)

    def write_out(self) -> None:
        """Write what is left."""
        self._write(everything=True)

    def _write(self, *, everything: bool) -> None:
        while self._valid:
            _, size = chunk_sizes(self.chunks + 1)
            if len(self._valid) < size and not everything:
                break
            self.chunks += 1
            part = self._valid[:size]
            del self._valid[:size]
            self.recipients += len(part)
            self.units += sum([one.units for one in part])
            self._full.append((self.chunks, part))
        due = len(self._full) >= _CHUNKS_AT_ONCE or len(self._aside) >= _CHUNKS_AT_ONCE * CHUNK_SIZE
        if (everything or due) and (self._full or self._aside):
            self._ledger.plans.add_to_plan(self._campaign_id, self._full, self._aside)
            self._full, self._aside = [], []


def check_source(ledger: Ledger, campaign_id: int, path: str | Path) -> None:
    """Make sure that a file is the one that was planned. Raises `SourceChangedError`."""
    planned = ledger.queries.campaign(campaign_id).digest
    if file_digest(path) != planned:
        raise SourceChangedError(
            f"{path} is not the list that campaign {campaign_id} was planned with; it was changed, or is"
            " another one.",
            "Resume without a file: the list is in the ledger. For a new list make a new plan.",
        )
