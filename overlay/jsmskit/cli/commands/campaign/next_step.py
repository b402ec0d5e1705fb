"""Where a campaign stands, in one line, with the command to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...hints import repeat_target
from ...language import gettext as _
from ...library_messages import translate_message

if TYPE_CHECKING:
    from jsmskit.campaigns.reporting.summary import CampaignSummary


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
    doubt = ""
    if unknown:
        doubt = " " + _("{count} recipients are unknown: look at them with: {look}").format(
            count=unknown, look=look
        )
    match campaign.state:
        case CampaignState.PLANNING:
            return _("The plan was interrupted; nothing was sent. Next: jsms campaign plan FILE")
        case CampaignState.PLANNED:
            return _("Planned; nothing was sent. Next: jsms campaign run {campaign}").format(campaign=number)
        case CampaignState.RUNNING:
            return _("The last run broke off.{unknown} Next: jsms campaign resume {campaign}").format(
                unknown=doubt, campaign=number
            )
        case CampaignState.STOPPED | CampaignState.PAUSED:
            state = _("It is stopped") if campaign.state is CampaignState.STOPPED else _("It is paused")
            why = f" ({translate_message(campaign.why)})" if campaign.why else ""
            return f"{state}{why}." + _("{unknown} Next: jsms campaign resume {campaign}").format(
                unknown=doubt, campaign=number
            )
        case CampaignState.FINISHED:  # pragma: no branch  # there is no other
            if counts.pending:
                return _(
                    "Some recipients are to be sent again. Next: jsms campaign resume {campaign}"
                ).format(campaign=number)
            if unknown:
                return _("Finished, but for {count} unknown recipients. Next: {look}").format(
                    count=unknown, look=look
                )
            return _("Finished. Next: jsms campaign report {campaign} -o report.csv").format(campaign=number)
