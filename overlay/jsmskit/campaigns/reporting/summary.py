"""How a campaign went: a summary, and a page with charts that can be forwarded. It shows no phone number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final

from jsms_api.error_table import ERRORS, REPORT_STATUSES, ReportStatus

from jsmskit._validation.times import SERVICE_TIMEZONE

from ..ledger.ledger import Ledger
from ..models import Campaign, Chunk, Counts
from ..states import RecipientState
from .charts import bars, is_available, lines
from .exports import local_time, private_file

__all__ = ["CampaignSummary", "summarize", "write_page"]

_WORDS: Final[Mapping[RecipientState, tuple[str, str]]] = {
    RecipientState.DELIVERED: ("Delivered", "var(--good)"),
    RecipientState.ACCEPTED: ("Accepted, no report yet", "var(--taken)"),
    RecipientState.FAILED: ("Accepted, not delivered", "var(--late)"),
    RecipientState.REJECTED: ("Refused", "var(--bad)"),
    RecipientState.UNKNOWN: ("Unknown: may have been sent", "var(--unknown)"),
    RecipientState.SKIPPED: ("Left out (unsubscribed since)", "var(--left-out)"),
    RecipientState.WITHHELD: ("Withheld by the recipient guard", "var(--left-out)"),
    RecipientState.PENDING: ("Still to be sent", "var(--open)"),
}


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """Everything that is told of a campaign without naming anybody."""

    campaign: Campaign
    counts: Counts
    codes: tuple[tuple[int, int], ...]
    statuses: tuple[tuple[int, int], ...]
    unknown_chunks: tuple[tuple[int, int, float | None, str], ...]
    set_aside: Mapping[str, int]
    chunks: tuple[Chunk, ...] = ()
    deliveries: tuple[tuple[float, int, int], ...] = ()

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


def write_page(ledger: Ledger, campaign_id: int, path: str | Path) -> None:
    """Write the summary as one HTML file without anything outside of it: no script, no font, no picture to
    load.
    """
    summary = replace(
        summarize(ledger, campaign_id),
        chunks=tuple(ledger.queries.chunks(campaign_id)),
        deliveries=tuple(ledger.queries.deliveries(campaign_id)),
    )
    with private_file(Path(path)) as file:
        file.write(_page(summary))


def _page(seen: CampaignSummary) -> str:
    campaign, counts = seen.campaign, seen.counts
    total = counts.total or 1
    accepted = counts.accepted
    reported = counts.in_states(RecipientState.DELIVERED, RecipientState.FAILED)
    facts = [
        ("Recipients", f"{counts.total:,}"),
        ("Accepted by the service", f"{accepted:,} ({accepted / total:.1%})"),
        ("Reported so far", f"{reported:,}"),
        ("Refused", f"{counts.in_states(RecipientState.REJECTED):,}"),
        ("Unknown", f"{counts.in_states(RecipientState.UNKNOWN):,}"),
        ("Billed units, estimated", f"{campaign.units:,}"),
        ("Template", str(campaign.template_id)),
        ("Planned", local_time(campaign.created_at) + " (UTC+8)"),
    ]
    if campaign.settled_at is not None:
        facts.append(("Finished", local_time(campaign.settled_at) + " (UTC+8)"))
    parts = [
        f"<h1>{escape(campaign.name)}</h1>",
        (
            f"<p class=state>Campaign {campaign.campaign_id}: {escape(campaign.state)}."
            f" {escape(campaign.why)}</p>"
        ),
        "<dl>"
        + "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
        + "</dl>",
        "<div class=figures>"
        + _figure("Outcomes", _outcomes(seen, total))
        + _figure("Over time (UTC+8)", _over_time(seen))
        + _figure("What failed and why", _failures(seen))
        + "</div>",
        ""
        if is_available()
        else "<p class=state>Charts are drawn where the extra charts (pygal) is installed.</p>",
        _table("Why recipients were refused", _code_rows(seen.codes)),
        _table("What delivery reports say", _status_rows(seen.statuses)),
        _table(
            "Rows of the list that got nothing",
            [(why.replace("_", " "), f"{count:,}", "") for why, count in sorted(seen.set_aside.items())],
        ),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        f"<!doctype html>\n<html lang=en><meta charset=utf-8><title>{escape(campaign.name)}</title>"
        '<meta name=viewport content="width=device-width">'
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style>\n<main>{body}</main></html>\n"
    )


def _outcomes(seen: CampaignSummary, total: int) -> str:
    rows = [
        (
            f"{_WORDS[state][0]}: {seen.counts.in_states(state):,} ({seen.counts.in_states(state) / total:.1%})",
            seen.counts.in_states(state),
            _WORDS[state][1],
        )
        for state in _WORDS
        if seen.counts.in_states(state)
    ]
    return bars("Outcomes", rows)


def _over_time(seen: CampaignSummary) -> str:
    """Recipients whose request was answered, and what delivery reports said, added up over time."""
    answered = sorted((one.settled_at, one.size) for one in seen.chunks if one.settled_at is not None)
    delivered = [(at, count) for at, status, count in seen.deliveries if status == ReportStatus.DELIVERED]
    failed = [(at, count) for at, status, count in seen.deliveries if status != ReportStatus.DELIVERED]
    series = {
        "Answered": _added_up(answered),
        "Delivered": _added_up(delivered),
        "Not delivered": _added_up(failed),
    }
    return lines("Over time", series, ["var(--late)", "var(--good)", "var(--taken)"])


def _added_up(points: Iterable[tuple[float, int]]) -> list[tuple[datetime, int]]:
    total = 0
    found: dict[datetime, int] = {}
    for at, count in points:
        total += count
        found[datetime.fromtimestamp(at, SERVICE_TIMEZONE).replace(tzinfo=None)] = total
    return list(found.items())


def _failures(seen: CampaignSummary) -> str:
    rows = [(what, int(count.replace(",", "")), "var(--bad)") for what, count, _ in _code_rows(seen.codes)]
    bad = [one for one in seen.statuses if one[0] != ReportStatus.DELIVERED]
    rows += [(what, int(count.replace(",", "")), "var(--late)") for what, count, _ in _status_rows(bad)]
    return bars("What failed and why", sorted(rows, key=lambda row: -row[1])[:8])


def _figure(title: str, picture: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{picture}</figure>" if picture else ""


def _code_rows(codes: Iterable[tuple[int, int]]) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    for code, count in codes:
        info = ERRORS.get(code)
        what = f"{code}" if info is None else f"{code} {info.title_en}"
        rows.append((what, f"{count:,}", "" if info is None else info.remedy_en))
    return rows


def _status_rows(statuses: Iterable[tuple[int, int]]) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    for status, count in statuses:
        info = REPORT_STATUSES.get(status)
        what = f"{status}" if info is None else f"{status} {info.title_en}"
        rows.append((what, f"{count:,}", "" if info is None else info.remedy_en))
    return rows


def _table(title: str, rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    cells = "".join(
        f"<tr><td>{escape(what)}<td class=number>{escape(count)}<td>{escape(more)}"
        for what, count, more in rows
    )
    return f"<h2>{escape(title)}</h2><table>{cells}</table>"


_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--paper:#fff;--good:#1a7f37;--taken:#0969da;
--late:#9a6700;--bad:#cf222e;--unknown:#8250df;--left-out:#6e7781;--open:#8c959f}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--line:#3d444d;--paper:#0d1117;--good:#3fb950;
--taken:#58a6ff;--late:#d29922;--bad:#f85149;--unknown:#bc8cff;--left-out:#9198a1;--open:#656c76}}
@media print{:root{--ink:#000;--soft:#333;--line:#999;--paper:#fff;--good:#1a7f37;--taken:#0969da;--late:#9a6700;
--bad:#cf222e;--unknown:#8250df;--left-out:#6e7781;--open:#8c959f}figure,table{break-inside:avoid}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0;print-color-adjust:exact}
main{max-width:900px;margin:2rem auto;padding:0 1rem}h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin:2rem 0 .5rem}.state{color:var(--soft);margin:.2rem 0 1.5rem}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:1rem}
dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-weight:600}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:1.5rem;margin-top:1.5rem}
figure{margin:0}figcaption{font-weight:600}figure svg{width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
td{border-top:1px solid var(--line);padding:.4rem .8rem .4rem 0;vertical-align:top}
.number{text-align:right;white-space:nowrap}
"""
