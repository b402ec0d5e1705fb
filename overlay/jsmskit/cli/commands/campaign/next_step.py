"""Where a campaign stands, in one line, with the command to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...hints import repeat_target

if TYPE_CHECKING:
    from jsmskit.campaigns.reporting.summary import CampaignSummary

__all__ = ["as_data", "next_step"]


def as_data(summary: CampaignSummary) -> dict[str, Any]:
    """Return a summary as plain values, with the next step."""
    return {**summary.as_json(), "next": next_step(summary)}


def next_step(summary: CampaignSummary) -> str:
    """Return the line; it can be pasted from `Next:` on."""
    target = summary.campaign.target
    return repeat_target(_next_step(summary), () if target is None else target.chosen_by)


def _next_step(summary: CampaignSummary) -> str:
    from jsmskit.campaigns import CampaignState, RecipientState

    campaign, counts = summary.campaign, summary.counts
    number = campaign.campaign_id
    unknown = counts.in_states(RecipientState.UNKNOWN)
    look = f"jsms campaign unknown {number}"
    doubt = f" {unknown} recipients are unknown: look at them with: {look}" if unknown else ""
    match campaign.state:
        case CampaignState.PLANNING:
            return "The plan was interrupted; nothing was sent. Next: jsms campaign plan FILE"
        case CampaignState.PLANNED:
            return f"Planned; nothing was sent. Next: jsms campaign run {number}"
        case CampaignState.RUNNING:
            return f"The last run broke off.{doubt} Next: jsms campaign resume {number}"
        case CampaignState.STOPPED | CampaignState.PAUSED:
            why = f" ({campaign.why})" if campaign.why else ""
            return f"It is {campaign.state}{why}.{doubt} Next: jsms campaign resume {number}"
        case CampaignState.FINISHED:  # pragma: no branch  # there is no other
            if counts.pending:
                return f"Some recipients are to be sent again. Next: jsms campaign resume {number}"
            if unknown:
                return f"Finished, but for {unknown} unknown recipients. Next: {look}"
            return f"Finished. Next: jsms campaign report {number} -o report.csv"
