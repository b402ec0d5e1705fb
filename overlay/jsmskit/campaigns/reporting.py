"""What is told of a campaign: lists of recipients as files, a summary, and a page with charts that can be forwarded.

Lists are CSV or JSON lines, for this user only, harmless in a spreadsheet: a cell that it would take for a formula gets
a quote mark in front, also behind blanks, line breaks and in full-width letters; numbers of phones are text.

The page shows no phone number. Its charts are SVG that loads nothing, drawn by pygal (extra `charts`): it writes plain
SVG, is pure Python with one small dependency, and takes CSS variables for colors, so that one picture serves light,
dark and print. matplotlib brings numpy and 60 MB; altair and plotly need scripts.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TextIO

from jsms_api.error_table import ERRORS, REPORT_STATUSES, ErrorInfo, ReportStatus, ReportStatusInfo

from jsmskit._validation.fields import SERVICE_TIMEZONE
from jsmskit.errors import Surface, remedy_in

from .errors import CampaignError
from .ledger.ledger import Ledger
from .models import Campaign, Counts, RecipientRecord
from .states import RecipientState

_COLUMNS: Final = (
    *("row", "phone", "state", "code", "code_name", "msg_id"),
    *("status", "status_name", "why", "chunk", "settled_at"),
)
_ASIDE: Final = ("row", "phone", "why", "detail")
# Where a cell begins: at the start, behind a line break of any kind, and behind a mark that a spreadsheet may take for
# the delimiter, whatever this file's is (in many countries that is the semicolon).
_BEGINS: Final = r"(^|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029,;\t|])"
_BLANKS: Final = r"[ \"'\u00a0\u3000\ufeff\u200b]*"
_FORMULA: Final = re.compile(rf"{_BEGINS}(?={_BLANKS}[=+\-@＝＋－＠]|[\t\r])")


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula, nor any part of it: what begins like one gets a quote mark in
    front, also behind a line break or a delimiter.
    """
    text = "" if value is None else str(value)
    return _FORMULA.sub(r"\1'", text)


def check_place(path: Path) -> None:
    """Make sure, before anything is sent, that a file can be written here at the end. Raises `CampaignError`."""
    partial = _partial(path)
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600))
        partial.unlink()
    except OSError as error:
        raise _unwritable(path, error) from None


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.partial")


def _unwritable(path: Path, error: OSError) -> CampaignError:
    return CampaignError(f"{path} cannot be written: {error.strerror}.", "Choose another place for the file.")


@contextmanager
def private_file(path: Path) -> Generator[TextIO]:
    """A new file that only this user can read; it appears whole or not at all.

    Raises `CampaignError` if it cannot be written.
    """
    partial = _partial(path)
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def export_recipients(ledger: Ledger, campaign_id: int, path: str | Path, *states: RecipientState) -> int:
    """Write the recipients in one of these states (all if none is given) to a file; gives how many.

    `.jsonl` makes one JSON object a line; every other ending CSV with a BOM, so that spreadsheets read it as
    UTF-8. The file has mode 0600 and holds whole phone numbers. Raises `CampaignError`.
    """
    ledger.queries.campaign(campaign_id)
    return _export(Path(path), _COLUMNS, (_cells(one) for one in ledger.queries.recipients(campaign_id, *states)))


def write_set_aside(path: str | Path, rows: Iterable[tuple[int, str, str, str]]) -> int:
    """Write rows that get nothing (row, what stood there, reason, in words); as `export_recipients`."""
    return _export(Path(path), _ASIDE, rows)


def _export(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> int:
    count = 0
    with private_file(path) as file:
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            for row in rows:
                count += 1
                file.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
        else:
            file.write("\ufeff")
            table = csv.writer(file, lineterminator="\r\n")
            table.writerow(columns)
            for row in rows:
                count += 1
                table.writerow([safe_cell(cell) for cell in row])
    return count


def _cells(one: RecipientRecord) -> tuple[object, ...]:
    code, status = ERRORS.get(one.code or 0), REPORT_STATUSES.get(one.status or 0)
    settled = None if one.settled_at is None else local_time(one.settled_at)
    return (
        *(one.row, one.phone, one.state.value, one.code, code and code.name, one.msg_id),
        *(one.status, status and status.name, one.why, one.chunk, settled),
    )


def local_time(seconds: float) -> str:
    """A moment in the service's zone, to the second."""
    moment = datetime.fromtimestamp(seconds, UTC).astimezone(SERVICE_TIMEZONE)
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")


_STYLE: Final = Path(__file__).with_name("page.css")
_NOT_STATIC: Final = re.compile(
    r"<\?xml.*?\?>|<!--.*?-->|<script.*?</script>|<title>Pygal</title>| xmlns:xlink=\"[^\"]*\"", re.DOTALL
)
_HEIGHT_OF_A_BAR: Final = 36


def _draw(
    kind: str, title: str, colors: Sequence[str], data: Sequence[tuple[str, Sequence[object]]], **options: object
) -> str:
    """A picture, with a name for those who hear the page. Empty if there is nothing to show, or no pygal."""
    if not data:
        return ""
    try:
        import pygal  # type: ignore[import-untyped]  # it has no types
        from pygal.style import Style  # type: ignore[import-untyped]  # nor has this
    except ModuleNotFoundError:
        return ""
    # Its import hook, for maps that we do not draw, is of a kind that Python 3.11 warns of at every later import.
    sys.meta_path[:] = [hook for hook in sys.meta_path if type(hook).__module__ != "pygal"]
    style = Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--ink)",
        foreground_strong="var(--ink)",
        foreground_subtle="var(--line)",
        value_colors=("var(--ink)",) * len(colors),
        colors=tuple(colors),
        font_family="system-ui, sans-serif",
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
        value_font_size=13,
        opacity=1,
        transition="0s",
    )
    chart: Any = getattr(pygal, kind)(
        style=style,
        width=420,
        margin=6,
        js=(),
        value_formatter="{:,.0f}".format,
        truncate_legend=48,
        legend_at_bottom=True,
        show_y_guides=False,
        **options,
    )
    for label, values in data:
        chart.add(label, values)
    text = _NOT_STATIC.sub("", chart.render(is_unicode=True))
    return text.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)


def _bars(title: str, rows: Sequence[tuple[str, int, str]]) -> str:
    """A bar for each row (label, count, color)."""
    upwards = rows[::-1]
    return _draw(
        "HorizontalBar",
        title,
        [color for _, _, color in upwards],
        [(label, [count]) for label, count, _ in upwards],
        height=90 + _HEIGHT_OF_A_BAR * len(rows),
        legend_at_bottom_columns=1,
        print_values=True,
        show_y_labels=False,
        show_x_labels=False,
    )


def _lines(title: str, series: Sequence[tuple[str, str, Sequence[tuple[datetime, int]]]]) -> str:
    """A line over time for each series (label, color, points) that has points."""
    drawn = [one for one in series if one[2]]
    return _draw(
        "DateTimeLine",
        title,
        [color for _, color, _ in drawn],
        [(label, points) for label, _, points in drawn],
        height=300,
        x_label_rotation=25,
        x_value_formatter="{:%d %H:%M}".format,
        show_dots=all(len(points) < 40 for _, _, points in drawn),
        x_labels_major_count=5,
        show_minor_x_labels=False,
        y_labels_major_count=5,
        show_minor_y_labels=False,
    )


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """Everything that is told of a campaign without naming anybody."""

    campaign: Campaign
    counts: Counts
    codes: tuple[tuple[int, int], ...]
    statuses: tuple[tuple[int, int], ...]
    unknown_chunks: tuple[tuple[int, int, float | None, str], ...]
    set_aside: Mapping[str, int]

    def as_json(self) -> dict[str, object]:
        """The same as plain values; the keys are stable."""
        return {
            "campaign": self.campaign.campaign_id,
            "name": self.campaign.name,
            "state": self.campaign.state.value,
            "why": self.campaign.why,
            "template_id": self.campaign.template_id,
            "rows": self.campaign.rows,
            "recipients": {state.value: self.counts.in_states(state) for state in RecipientState},
            "total": self.counts.total or self.campaign.recipients,
            "units": self.campaign.units,
            "codes": {str(code): count for code, count in self.codes},
            "statuses": {str(status): count for status, count in self.statuses},
            "unknown_chunks": [row[0] for row in self.unknown_chunks],
            "set_aside": dict(self.set_aside),
        }


def summarize(ledger: Ledger, campaign_id: int) -> CampaignSummary:
    """Look at everything once."""
    return CampaignSummary(
        ledger.queries.campaign(campaign_id),
        ledger.queries.counts(campaign_id),
        tuple(ledger.queries.codes(campaign_id)),
        tuple(ledger.queries.statuses(campaign_id)),
        tuple(ledger.queries.unknown_chunks(campaign_id)),
        ledger.queries.set_aside_counts(campaign_id),
    )


def write_page(
    ledger: Ledger, campaign_id: int, path: str | Path, *, chinese: Callable[[str], str] | None = None
) -> None:
    """Write the summary as one HTML file without anything outside of it: no script, no font, no picture to
    load.

    chinese: translates a text of the page into Chinese; the page is English without it.
    """
    with private_file(Path(path)) as file:
        file.write(_Page(ledger, campaign_id, chinese).html())


class _Page:
    def __init__(self, ledger: Ledger, campaign_id: int, chinese: Callable[[str], str] | None) -> None:
        self._seen = summarize(ledger, campaign_id)
        self._chunks = ledger.queries.chunks(campaign_id)
        self._deliveries = ledger.queries.deliveries(campaign_id)
        self._lang = "en" if chinese is None else "zh"
        self._say = str if chinese is None else chinese

    def html(self) -> str:
        campaign, counts, say = self._seen.campaign, self._seen.counts, self._say
        total = counts.total or 1
        accepted = counts.accepted
        reported = counts.in_states(RecipientState.DELIVERED, RecipientState.FAILED)
        facts = [
            (say("Recipients"), f"{counts.total:,}"),
            (say("Accepted by the service"), f"{accepted:,} ({accepted / total:.1%})"),
            (say("Reported so far"), f"{reported:,}"),
            (say("Refused"), f"{counts.in_states(RecipientState.REJECTED):,}"),
            (say("Unknown"), f"{counts.in_states(RecipientState.UNKNOWN):,}"),
            (say("Billed units, estimated"), f"{campaign.units:,}"),
            (say("Template"), str(campaign.template_id)),
            (say("Planned"), local_time(campaign.created_at) + " (UTC+8)"),
        ]
        if campaign.settled_at is not None:
            facts.append((say("Finished"), local_time(campaign.settled_at) + " (UTC+8)"))
        state = say("Campaign {number}: {state}. {why}").format(
            number=campaign.campaign_id, state=say(campaign.state.value), why=say(campaign.why)
        )
        parts = [
            f"<h1>{escape(campaign.name)}</h1>",
            f"<p class=state>{escape(state)}</p>",
            "<dl>"
            + "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
            + "</dl>",
            "<div class=figures>"
            + _figure(say("Outcomes"), self._outcomes(total))
            + _figure(say("Over time (UTC+8)"), self._over_time())
            + _figure(say("What failed and why"), self._failures())
            + "</div>",
            ""
            if find_spec("pygal")
            else f"<p class=state>{say('Charts are drawn where the extra charts (pygal) is installed.')}</p>",
            _table(say("Why recipients were refused"), self._explained(self._seen.codes, ERRORS)),
            _table(say("What delivery reports say"), self._explained(self._seen.statuses, REPORT_STATUSES)),
            _table(
                say("Rows of the list that got nothing"),
                [(say(why.replace("_", " ")), count, "") for why, count in sorted(self._seen.set_aside.items())],
            ),
        ]
        body = "\n".join(part for part in parts if part)
        return (
            f"<!doctype html>\n<html lang={self._lang}><meta charset=utf-8><title>{escape(campaign.name)}</title>"
            '<meta name=viewport content="width=device-width">'
            "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            f"<style>{_STYLE.read_text(encoding='utf-8')}</style>\n<main>{body}</main></html>\n"
        )

    def _outcomes(self, total: int) -> str:
        say, found = self._say, self._seen.counts.recipients
        outcomes = (
            (RecipientState.DELIVERED, say("Delivered"), "var(--good)"),
            (RecipientState.ACCEPTED, say("Accepted, no report yet"), "var(--taken)"),
            (RecipientState.FAILED, say("Accepted, not delivered"), "var(--late)"),
            (RecipientState.REJECTED, say("Refused"), "var(--bad)"),
            (RecipientState.UNKNOWN, say("Unknown: may have been sent"), "var(--unknown)"),
            (RecipientState.SKIPPED, say("Left out (unsubscribed since)"), "var(--left-out)"),
            (RecipientState.WITHHELD, say("Withheld by the recipient guard"), "var(--left-out)"),
            (RecipientState.PENDING, say("Still to be sent"), "var(--open)"),
        )
        rows = [
            (f"{words}: {count:,} ({count / total:.1%})", count, color)
            for state, words, color in outcomes
            if (count := found.get(state, 0))
        ]
        return _bars(say("Outcomes"), rows)

    def _over_time(self) -> str:
        """Recipients whose request was answered, and what delivery reports said, added up over time."""
        say, reports = self._say, self._deliveries
        answered = sorted((one.settled_at, one.size) for one in self._chunks if one.settled_at is not None)
        delivered = [(at, count) for at, status, count in reports if status == ReportStatus.DELIVERED]
        failed = [(at, count) for at, status, count in reports if status != ReportStatus.DELIVERED]
        series = (
            (say("Answered"), "var(--taken)", _added_up(answered)),
            (say("Delivered"), "var(--good)", _added_up(delivered)),
            (say("Not delivered"), "var(--late)", _added_up(failed)),
        )
        return _lines(say("Over time"), series)

    def _failures(self) -> str:
        statuses = [one for one in self._seen.statuses if one[0] != ReportStatus.DELIVERED]
        rows = [(what, count, "var(--bad)") for what, count, _ in self._explained(self._seen.codes, ERRORS)]
        rows += [(what, count, "var(--late)") for what, count, _ in self._explained(statuses, REPORT_STATUSES)]
        return _bars(self._say("What failed and why"), sorted(rows, key=lambda row: -row[1])[:8])

    def _explained(
        self, counts: Iterable[tuple[int, int]], known: Mapping[int, ErrorInfo] | Mapping[int, ReportStatusInfo]
    ) -> Iterator[tuple[str, int, str]]:
        """Of each code or status: its number and title, how often it came, and what to do."""
        for number, count in counts:
            info = known.get(number)
            if info is None:
                yield f"{number}", count, ""
            else:
                title = info.title_en if self._lang == "en" else info.title_zh
                yield f"{number} {title}", count, remedy_in(Surface.SHELL, info, self._lang)


def _added_up(points: Iterable[tuple[float, int]]) -> list[tuple[datetime, int]]:
    total = 0
    found: dict[datetime, int] = {}
    for at, count in points:
        total += count
        found[datetime.fromtimestamp(at, SERVICE_TIMEZONE).replace(tzinfo=None)] = total
    return list(found.items())


def _figure(title: str, picture: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{picture}</figure>" if picture else ""


def _table(title: str, rows: Iterable[tuple[str, int, str]]) -> str:
    cells = "".join(f"<tr><td>{escape(what)}<td class=number>{count:,}<td>{escape(more)}" for what, count, more in rows)
    return f"<h2>{escape(title)}</h2><table>{cells}</table>" if cells else ""
