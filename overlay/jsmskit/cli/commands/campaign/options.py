"""The parts that the commands of `jsms campaign` share: options, the ledger, the client, the summary of a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from ...connection import repeat_target
from ...framework import Group
from ...language import gettext as _
from ...language import mark, translate_message
from ...parameters import options, yes_option

if TYPE_CHECKING:
    from jsmskit.campaigns import Ledger
    from jsmskit.campaigns.reporting import CampaignSummary


@click.group(cls=Group)
def command() -> None:
    """One message to very many people: no one skipped, no one texted twice, whatever crashes."""


def opened(place: str, *, create: bool = False) -> Ledger:
    """Open the ledger. Only a plan makes one; raises `LedgerMissingError` for the others."""
    from jsmskit.campaigns import open_ledger

    return open_ledger(place, create=create)


ledger_option = click.option(
    "--ledger",
    "place",
    envvar="JSMS_LEDGER",
    show_envvar=True,
    default="jsms-campaigns.db",
    show_default=True,
    help="A file, or postgresql://...",
)
number_argument = click.argument("campaign_id", metavar="CAMPAIGN", type=int)


def overview_lines(seen: Mapping[str, Any]) -> list[str]:
    """A campaign in a few lines; the last one is what to type next."""
    recipients: dict[str, int] = seen["recipients"]
    people = {name: count for name, count in recipients.items() if count}
    told_codes: dict[str, int] = seen["codes"]
    lines = [
        _("Campaign {campaign} ({name}): {state}. {why}")
        .format_map({**seen, "state": _(str(seen["state"])), "why": translate_message(str(seen["why"] or ""))})
        .rstrip(),
        "  " + ", ".join(f"{count} {_(name)}" for name, count in people.items()),
    ]
    if told_codes:
        codes = ", ".join(f"{count} x {code}" for code, count in told_codes.items())
        lines.append("  " + _("rejected: {recipient}").format(recipient=codes))
    return [*lines, str(seen["next"])]


_STATES: Final = (
    *(mark("planning"), mark("planned"), mark("running"), mark("stopped"), mark("paused"), mark("finished")),
    *(mark("pending"), mark("accepted"), mark("rejected"), mark("unknown"), mark("skipped")),
    *(mark("delivered"), mark("failed")),
)
"""The values of `CampaignState` and `RecipientState`, which are translated where they are shown."""


#: What `run` and `resume` share. Some have the names of `RunSettings`.
run_options = options(
    click.option("--concurrency", type=click.IntRange(1, 64), default=1, show_default=True, help="Requests in flight."),
    click.option("--rate", type=float, help="Recipients a second at most, over all workers."),
    click.option("--confirm", "confirmed", type=int, help="The number of messages, for scripts that cannot be asked."),
    yes_option,
    click.option(
        "--retarget", is_flag=True, help="Send through another address or application than it was planned for."
    ),
    click.option("--no-balance-check", is_flag=True, help="Do not look at the balance."),
    click.option("--no-canary", is_flag=True, help="Do not wait for the small first requests."),
    click.option(
        "--override-quiet-hours",
        "hours_override",
        metavar="REASON",
        help="Send marketing at any hour; the reason is kept.",
    ),
    click.option(
        "--schedule", "schedule_canary_phone", metavar="PHONE", help="Two-phase sending with this number of yours."
    ),
    click.option(
        "--engine",
        type=click.Choice(["embedded", "procrastinate"]),
        default="embedded",
        envvar="JSMS_ENGINE",
        show_envvar=True,
        help="Send here, or hand the work to `jsms worker`.",
    ),
    click.option("--page", type=click.Path(dir_okay=False), help="Write a summary page (HTML) at the end."),
)


def as_data(summary: CampaignSummary) -> dict[str, Any]:
    """Return a summary as plain values, with the next step."""
    return {**summary.as_json(), "next": next_step(summary)}


def next_step(summary: CampaignSummary) -> str:
    """Return the line; it can be pasted from `Next:` on."""
    return repeat_target(_next_step(summary), summary.campaign.chosen_by)


def _next_step(summary: CampaignSummary) -> str:
    from jsmskit.campaigns import CampaignState, RecipientState

    campaign, counts = summary.campaign, summary.counts
    number = campaign.campaign_id
    unknown = counts.in_states(RecipientState.UNKNOWN)
    look = f"jsms campaign unknown {number}"
    doubt = ""
    if unknown:
        doubt = " " + _("{count} recipients are unknown: look at them with: {look}").format(count=unknown, look=look)
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
            state = _("It is stopped.") if campaign.state is CampaignState.STOPPED else _("It is paused.")
            return state + _("{unknown} Next: jsms campaign resume {campaign}").format(unknown=doubt, campaign=number)
        case CampaignState.FINISHED:  # pragma: no branch  # there is no other
            if counts.pending:
                return _("Some recipients are to be sent again. Next: jsms campaign resume {campaign}").format(
                    campaign=number
                )
            if unknown:
                return _("Finished, but for {count} unknown recipients. Next: {look}").format(count=unknown, look=look)
            return _("Finished. Next: jsms campaign report {campaign} -o report.csv").format(campaign=number)
