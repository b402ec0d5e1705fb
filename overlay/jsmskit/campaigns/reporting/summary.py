"""How a campaign went: a summary, and a page with charts that can be forwarded. It shows no phone number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from jsms_api.error_table import ERRORS, REPORT_STATUSES

from ..ledger.ledger import Ledger
from ..models import Campaign, Counts
from ..states import RecipientState
from .exports import local_time, private_file

__all__ = ["CampaignSummary", "summarize", "write_page"]

_WORDS: Final[Mapping[RecipientState, tuple[str, str]]] = {
    RecipientState.DELIVERED: ("Delivered", "#1a7f37"),
    RecipientState.ACCEPTED: ("Accepted, no report yet", "#57ab5a"),
    RecipientState.FAILED: ("Accepted, not delivered", "#d4a72c"),
    RecipientState.REJECTED: ("Refused", "#cf222e"),
    RecipientState.UNKNOWN: ("Unknown: may have been sent", "#8250df"),
    RecipientState.SKIPPED: ("Left out (unsubscribed since)", "#6e7781"),
    RecipientState.PENDING: ("Still to be sent", "#afb8c1"),
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
    summary = summarize(ledger, campaign_id)
    with private_file(Path(path)) as file:
        file.write(_page(summary))


def _page(seen: CampaignSummary) -> str:
    campaign, counts = seen.campaign, seen.counts
    total = counts.total or 1
    accepted = counts.accepted
    bars = [
        (_WORDS[state][0], counts.in_states(state), _WORDS[state][1])
        for state in _WORDS
        if counts.in_states(state)
    ]
    reported = counts.in_states(RecipientState.DELIVERED, RecipientState.FAILED)
    facts = [
        ("Recipients", f"{counts.total:,}"),
        ("MessageIds by the service", f"{accepted:,} ({accepted / total:.1%})"),
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
        "<h2>Outcomes</h2>" + _chart(bars, total),
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


def _chart(bars: list[tuple[str, int, str]], total: int) -> str:
    """A bar for each outcome; every bar with its count is readable as text too."""
    height = 34 * len(bars)
    drawn: list[str] = []
    for place, (label, count, colour) in enumerate(bars):
        top = 34 * place
        width = max(2.0, 420.0 * count / total)
        share = f"{count:,} ({count / total:.1%})"
        drawn.append(
            f'<text x="0" y="{top + 20}">{escape(label)}</text>'
            f'<rect x="240" y="{top + 5}" width="{width:.1f}" height="22" rx="3" fill="{colour}"/>'
            f'<text x="{248 + width:.1f}" y="{top + 20}">{share}</text>'
        )
    title = "; ".join(f"{label}: {count}" for label, count, _ in bars)
    return (
        f'<svg viewBox="0 0 800 {height}" role=img aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(drawn)}</svg>'
    )


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


_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1f2328;background:#fff;margin:0}"
    "main{max-width:820px;margin:2rem auto;padding:0"
    " 1rem}h1{font-size:1.6rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}"
    ".state{color:#59636e;margin:.2rem 0"
    " 1.5rem}dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:1rem}"
    "dt{color:#59636e;font-size:.85rem}dd{margin:0;font-weight:600}svg{width:100%;font-size:13px}"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}td{border-top:1px solid"
    " #d1d9e0;padding:.4rem .8rem .4rem 0;"
    "vertical-align:top}.number{text-align:right;white-space:nowrap}"
)
