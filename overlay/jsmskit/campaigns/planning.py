"""Making a plan: rows in, a campaign in the ledger out. Nothing is sent.

Knows the order of the steps. Must not know files (`sources`), the rules for rows (`sifting`) or statements.
Memory holds a few chunks and their questions, whatever the size of the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from jsms_api import limits

from jsmskit.recipients import RecipientLike

from ._columns import Columns, Planned, columns_of
from ._lines import file_digest
from ._planning_writes import chunk_sizes
from .ledger import Ledger
from .problems import PlanError, SourceChangedError
from .settings import CHUNK_SIZE, Mode, TemplateFacts
from .sifting import SetAside, Sieve
from .sources import ColumnSource, CsvSource, IterableSource, JsonLinesSource, Source
from .states import Skipped
from .values import PlanSummary

__all__ = ["check_source", "plan", "source_of"]

_TAG_LENGTH: Final = limits.SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH
_MOST_ROWS: Final = 100_000_000
_CHUNKS_AT_ONCE: Final = 4
"""So many chunks are written in one transaction: a plan that breaks off is thrown away, so it need not be on the
disk chunk by chunk, and waiting for the disk would be most of its time.
"""
_LEFT_OUT: Final = {
    Skipped.OPTED_OUT: "wants no marketing",
    Skipped.RECENT: "the same template within 24 hours",
}


def source_of(given: Source | str | Path | Iterable[RecipientLike], *, encoding: str = "utf-8") -> Source:
    """The reader for what was given: a path by its ending (`.csv`, `.jsonl`, `.ndjson`), or an iterable."""
    if isinstance(given, (str, Path)):
        if Path(given).suffix.lower() in (".jsonl", ".ndjson"):
            return JsonLinesSource(given, encoding=encoding)
        return CsvSource(given, encoding=encoding)
    if isinstance(given, Source):
        return given
    return IterableSource(given)


def plan(
    ledger: Ledger,
    recipients: Source | str | Path | Iterable[RecipientLike],
    template: TemplateFacts | int,
    *,
    name: str = "",
    sign_id: int | None = None,
    tag: str | None = None,
    encoding: str = "utf-8",
    mode: Mode = Mode.DIRECT,
    again: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> PlanSummary:
    """Write a campaign into the ledger: who gets what, in frozen chunks. Nothing is sent.

    Rows that cannot be sent are set aside with their reasons and listed by `ledger.set_aside`. The first
    chunks are small (10, 100); the rest have 1000.

    Args:
        ledger: where.
        recipients: a path of a CSV or JSON lines file, a source, or any iterable of recipients.
        template: what is known of it (`read_template` asks the service), or its number alone; then variables
            are not checked, units not estimated, and it counts as marketing.
        name: what people call it.
        sign_id: the sign in front; the application's default sign if left out.
        tag: a label of at most 10 characters that nobody sees.
        encoding: of a file given as a path.
        mode: how the messages go out: at once, or through timed tasks.
        again: allow the same list with the same template a second time.
        progress: called now and then with the number of rows read.

    Raises:
        PlanError: the source or the template cannot be used; the text names the row and the remedy.
        CampaignExistsError: planned before, and not `again`.
    """
    facts = TemplateFacts(template) if isinstance(template, int) else template
    source = source_of(recipients, encoding=encoding)
    if tag is not None and len(tag) > _TAG_LENGTH:
        raise PlanError(f"the tag has {len(tag)} characters, at most {_TAG_LENGTH} fit.", "Shorten it.")
    campaign_id = ledger.begin_plan(
        name=name or re.sub(r"\s+", " ", source.name)[-80:],
        facts=facts,
        sign_id=sign_id,
        tag=tag,
        mode=mode,
        source=source.name[-400:],
    )
    try:
        writer = _Writer(ledger, campaign_id, facts, progress)
        rows = writer.take_all(source)
        if not writer.recipients:
            raise PlanError(
                f"nobody in {source.name} can be written to: of {rows} rows all were set"
                f" aside{writer.why()}.",
                "Correct the list; look at the column of the phone numbers first.",
            )
        return ledger.finish_plan(
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
    except Exception:
        ledger.drop_plan(campaign_id)
        raise


class _Writer:
    """Collects some chunks at a time and writes them."""

    def __init__(
        self, ledger: Ledger, campaign_id: int, facts: TemplateFacts, progress: Callable[[int], None]
    ) -> None:
        self._ledger = ledger
        self._campaign_id = campaign_id
        self._facts = facts
        self._sieve = Sieve(facts)
        self._progress = progress
        self._members = Planned([], [], [], [], self._sieve.frame)
        self._full: list[tuple[int, Planned]] = []
        self._aside: list[tuple[int, str, str, str]] = []
        self._reasons: dict[Skipped, int] = {}
        self.chunks = 0
        self.recipients = 0
        self.units = 0
        self.longest = 0

    def take_all(self, source: Source) -> int:
        """Read a source to its end; gives the number of rows."""
        rows = 0
        for part in _parts(source, self._sieve.variables):
            rows += part.size
            if rows > _MOST_ROWS:
                raise PlanError(
                    f"the source has more than {_MOST_ROWS} rows.", "Split it into several campaigns."
                )
            planned, aside = self._sieve.sift_columns(part)
            for one in aside:
                self._set_aside(one)
            self._take(self._each_once(planned))
            self._progress(rows)
        self._write(everything=True)
        return rows

    def why(self) -> str:
        """The reasons so far, for an error."""
        told = ", ".join(f"{reason} x {count}" for reason, count in self._reasons.items())
        return f" ({told})" if told else ""

    def _set_aside(self, aside: SetAside) -> None:
        self._reasons[aside.why] = self._reasons.get(aside.why, 0) + 1
        self._aside.append((aside.row, aside.phone, aside.why, aside.detail))

    def _each_once(self, planned: Planned) -> Planned:
        """Set those aside that stand twice among these.

        Those that stand in the list twice, far from each other, are found when the plan is complete: one sorting
        of all numbers costs less than a question for each.
        """
        if len(set(planned.phones)) == len(planned.phones):
            return planned
        first: dict[str, int] = {}
        for phone, row in zip(planned.phones, planned.rows, strict=True):
            if first.setdefault(phone, row) != row:
                self._set_aside(SetAside(row, phone, Skipped.DUPLICATE, f"as row {first[phone]}"))
        kept = set(first.values())
        return planned.only([row in kept for row in planned.rows])

    def _take(self, planned: Planned) -> None:
        """Take those out that are not to be written to, and put the rest into chunks."""
        if self._facts.kind.keeps_quiet_hours and planned.phones:
            gone, recent = self._ledger.seen_before(self._campaign_id, planned.phones, self._facts)
            if out := gone | recent:
                for phone, row in zip(planned.phones, planned.rows, strict=True):
                    if phone in out:
                        why = Skipped.OPTED_OUT if phone in gone else Skipped.RECENT
                        self._set_aside(SetAside(row, phone, why, _LEFT_OUT[why]))
                planned = planned.only([phone not in out for phone in planned.phones])
        self.longest = max(self.longest, max(planned.lengths, default=0))
        self._members.add(planned)
        self._write(everything=False)

    def _write(self, *, everything: bool) -> None:
        while self._members.phones:
            _, size = chunk_sizes(self.chunks + 1)
            if len(self._members.phones) < size and not everything:
                break
            self.chunks += 1
            part = self._members.cut(size)
            self.recipients += len(part.phones)
            self.units += sum(part.units)
            self._full.append((self.chunks, part))
        if (
            everything
            or len(self._full) >= _CHUNKS_AT_ONCE
            or len(self._aside) >= _CHUNKS_AT_ONCE * CHUNK_SIZE
        ):
            if self._full or self._aside:
                self._ledger.add_to_plan(self._campaign_id, self._full, self._aside)
            self._full, self._aside = [], []


def _parts(source: Source, variables: tuple[str, ...] | None) -> Iterator[Columns]:
    """The rows of a source, a thousand at a time, in columns as far as they fit into any."""
    if isinstance(source, ColumnSource):
        yield from source.columns(variables)
        return
    rows = source.rows(variables)
    while part := list(islice(rows, CHUNK_SIZE)):
        yield columns_of(part, variables or ())


def check_source(ledger: Ledger, campaign_id: int, path: str | Path) -> None:
    """Make sure that a file is the one that was planned. Raises `SourceChangedError`."""
    planned = ledger.campaign(campaign_id).digest
    if file_digest(Path(path)) != planned:
        raise SourceChangedError(
            f"{path} is not the list that campaign {campaign_id} was planned with; it was changed, or is"
            " another one.",
            "Resume without a file: the list is in the ledger. For a new list make a new plan.",
        )
