"""`jsms campaign stop`, `status`, `unknown`, `resolve`, `pull`, `report` and `purge`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from jsmskit.campaigns.states import RecipientState

from ...connection import ConnectionOptions, repeat_target, service_options
from ...language import gettext as _
from ...language import is_chinese, mark, translate_message
from ...output import json_option, show
from ...parameters import confirm, yes_option
from .options import as_data, command, ledger_option, number_argument, opened, overview_lines


@command.command()
@number_argument
@ledger_option
@json_option
def stop(campaign_id: int, place: str) -> None:
    """End a run from another terminal; what is in flight is settled."""
    with opened(place) as ledger:
        stopped = ledger.stop(campaign_id, mark("stopped by hand"))
    said = _("It will stop after the requests in flight.") if stopped else _("It was not running.")
    show({"campaign": campaign_id, "stopped": bool(stopped)}, said, done=_("It is told to stop."))


@command.command()
@click.argument("campaign_id", metavar="[CAMPAIGN]", type=int, required=False)
@ledger_option
@json_option
def status(campaign_id: int | None, place: str) -> None:
    """Where campaigns stand, and what to type next."""
    from jsmskit.campaigns import LedgerMissingError
    from jsmskit.campaigns.reporting import summarize

    where = place
    seen: list[dict[str, Any]] = []
    try:
        with opened(place) as ledger:
            where = ledger.place
            chosen = [one.campaign_id for one in ledger.queries.campaigns()] if campaign_id is None else [campaign_id]
            seen = [as_data(summarize(ledger, number)) for number in chosen]
    except LedgerMissingError as error:
        if campaign_id is not None:
            raise
        where = translate_message(error.message).rstrip(".。")
    lines = [line for one in seen for line in overview_lines(one)] or [
        repeat_target(
            _("No campaign yet: {ledger}. Next: jsms campaign plan FILE --template NUMBER").format(ledger=where)
        )
    ]
    show(seen if campaign_id is None else seen[0], *lines)


@command.command()
@number_argument
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the recipients to this file (0600).")
@ledger_option
@json_option
def unknown(campaign_id: int, output: str | None, place: str) -> None:
    """List the recipients whose outcome is unknown."""
    from jsmskit.campaigns import export_recipients
    from jsmskit.campaigns.reporting import local_time

    with opened(place) as ledger:
        chosen_by = ledger.queries.campaign(campaign_id).chosen_by
        rows = ledger.queries.unknown_chunks(campaign_id)
        if output:
            export_recipients(ledger, campaign_id, output, RecipientState.UNKNOWN)
    shown = [
        {"chunk": chunk, "recipients": count, "at": None if at is None else local_time(at), "why": why}
        for chunk, count, at, why in rows
    ]
    lines = [
        _("chunk {chunk}: {recipients} recipients, begun {at} (UTC+8): {why}").format(
            **{**one, "why": translate_message(str(one["why"]))}
        )
        for one in shown
    ]
    if rows:
        told = _(
            "They are never sent again automatically. Look at the delivery reports (jsms campaign pull) or at the send"
            " log in the console; then: jsms campaign resolve {campaign} --as sent --chunk N --reason TEXT"
        )
        lines.append(repeat_target(told.format(campaign=campaign_id), chosen_by))
    show(shown, *(lines or [_("Nothing is unknown.")]))


@command.command()
@number_argument
@click.option("--as", "verdict", type=click.Choice(["sent", "not-sent"]), required=True, help="What you found out.")
@click.option("--reason", required=True, help="How you know; it is kept.")
@click.option("--chunk", "chunks", type=int, multiple=True, help="Only these chunks.")
@click.option("--phones", type=click.File("r"), help="Only the numbers in this file, one a line.")
@ledger_option
@json_option
def resolve(campaign_id: int, verdict: str, reason: str, chunks: tuple[int, ...], phones: Any, place: str) -> None:
    """Settle unknown recipients by your word. Only `not-sent` sends to them again."""
    listed = None if phones is None else [line.strip() for line in phones if line.strip()]
    with opened(place) as ledger:
        chosen_by = ledger.queries.campaign(campaign_id).chosen_by
        count = ledger.resolve(
            campaign_id, sent=verdict == "sent", reason=reason, chunks=list(chunks) or None, phones=listed
        )
    then = ""
    if verdict == "not-sent" and count:
        then = repeat_target(" " + _("Next: jsms campaign resume {campaign}").format(campaign=campaign_id), chosen_by)
    said = _("{count} recipients are settled as {verdict}.").format(count=count, verdict=verdict) + then
    data = {"campaign": campaign_id, "settled": count, "as": verdict}
    show(data, said, done=_("They are settled."))


@command.command()
@click.option("--opt-out-word", "words", multiple=True, metavar="WORD", help="Also means: send me no more marketing.")
@ledger_option
@service_options
def pull(connection: ConnectionOptions, words: tuple[str, ...], place: str) -> None:
    """Pull delivery reports and replies into the ledger. (None are served while callbacks are on.)"""
    from jsmskit.campaigns import OPT_OUT_WORDS, pull_reports

    with opened(place) as ledger, connection.client() as client:
        taken = pull_reports(client, ledger, opt_out_words={*OPT_OUT_WORDS, *words})
    data = asdict(taken)
    said = _(
        "{reports} reports, {matched} of recipients in this ledger; {proved_chunks} unknown chunks are proved to be"
        " sent; {opted_out} recipients opted out of marketing."
    ).format(**data)
    show(data, said, done=_("No; the reports are in the ledger."))


@command.command()
@number_argument
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), required=True, help=".csv, .jsonl, or .html for a page."
)
@click.option(
    "--state",
    "states",
    type=click.Choice([state.value for state in RecipientState]),
    multiple=True,
    help="Only recipients in this state.",
)
@ledger_option
@json_option
def report(campaign_id: int, output: str, states: tuple[str, ...], place: str) -> None:
    """Write each recipient's state, code and message id to a file; or a page with a chart (.html)."""
    from jsmskit.campaigns import export_recipients
    from jsmskit.campaigns.reporting import write_page

    with opened(place) as ledger:
        if output.lower().endswith((".html", ".htm")):
            write_page(ledger, campaign_id, output, chinese=translate_message if is_chinese() else None)
            show({"campaign": campaign_id, "file": output}, _("Written: {file}").format(file=output))
            return
        count = export_recipients(ledger, campaign_id, output, *map(RecipientState, states))
    said = _("{count} recipients are in {file}; it holds full phone numbers, and only you can read it.").format(
        count=count, file=output
    )
    show({"campaign": campaign_id, "file": output, "recipients": count}, said)


@command.command()
@click.argument("campaign_id", metavar="[CAMPAIGN]", type=int, required=False)
@click.option("--older-than", "days", type=float, help="Days; 90 if neither this nor a campaign is given.")
@yes_option
@ledger_option
@json_option
def purge(campaign_id: int | None, days: float | None, place: str) -> None:
    """Delete phone numbers and values of settled campaigns, for good. Counts and the diary stay."""
    confirm(
        _("Delete numbers, states and message ids permanently?"),
        free=False,
        what=_("This deletes numbers, states and message ids permanently"),
    )
    with opened(place) as ledger:
        gone = ledger.purge(campaign_id, older_than_seconds=None if days is None else days * 86400)
    said = _("Purged: {campaigns}.").format(campaigns=", ".join(map(str, gone)) or _("nothing"))
    show({"purged": list(gone)}, said, done=_("They are purged."))
