"""`jsms campaign plan`."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...connection import ConnectionOptions, repeat_target, service_options, typed_target
from ...language import gettext as _
from ...output import show
from ...recipient_files import FileOptions, file_options, skipped_data, skipped_lines
from .options import command, ledger_option, opened

if TYPE_CHECKING:
    from jsmskit.campaigns import TemplateFacts


@command.command()
@file_options
@click.option("--template", "template_id", type=int, required=True, help="Number of an approved template.")
@click.option("--sign", "sign_id", type=int, help="Number of the sign; the default sign if left out.")
@click.option("--tag", help="A label of at most 10 characters that recipients do not see.")
@click.option("--name", default="", help="What people call this campaign.")
@click.option("--offline", is_flag=True, help="Ask the service nothing: variables and kind are not checked.")
@click.option("--again", is_flag=True, help="The same list with the same template a second time, on purpose.")
@click.option("--schedule", is_flag=True, help="For `run --schedule`: two-phase sending, never tried live.")
@click.option("--dry-run", is_flag=True, help="Count only; keep nothing.")
@ledger_option
@service_options
def plan(
    connection: ConnectionOptions,
    typed: FileOptions,
    template_id: int,
    sign_id: int | None,
    tag: str | None,
    name: str,
    offline: bool,
    again: bool,
    schedule: bool,
    dry_run: bool,
    place: str,
) -> None:
    """Read FILE (- is standard input) into the ledger. Sends nothing.

    FILE is a workbook, CSV, JSON lines, or plain numbers, one a line; `jsms help files` tells the rules. Rows that
    cannot be sent are set aside, with the reasons.
    """
    from jsmskit.campaigns import Mode, TemplateFacts
    from jsmskit.campaigns import plan as make_plan

    facts: TemplateFacts = TemplateFacts(template_id)
    balance = ""
    if not offline:
        facts, balance = _asked(connection, template_id, sign_id)
    with ExitStack() as kept:
        if dry_run:
            place = str(Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="jsms-dry-run-")), "dry-run.db"))
        ledger = kept.enter_context(opened(place, create=True))
        summary = make_plan(
            ledger,
            typed.open(),
            facts,
            name=name,
            sign_id=sign_id,
            tag=tag,
            params=typed.params,
            as_typed=typed.as_typed,
            again=again,
            set_aside=typed.set_aside,
            mode=Mode.SCHEDULE if schedule else Mode.DIRECT,
        )
    number = None if dry_run else summary.campaign_id
    show(
        {
            "campaign": number,
            "rows": summary.rows,
            "recipients": summary.recipients,
            "chunks": summary.chunks,
            "units": summary.units,
            "longest": summary.longest,
            **skipped_data(summary),
        },
        *[
            _("Rows: {rows}. Recipients: {recipients}. Requests: {requests}.").format(
                rows=summary.rows, recipients=summary.recipients, requests=summary.chunks
            ),
            *skipped_lines(summary, typed.set_aside),
            _("About {units} billed units (longest text {longest} characters). {balance}").format(
                units=summary.units, longest=summary.longest, balance=balance
            )
            if summary.units
            else _("Billed units: unknown, since the template's text is. Leave --offline out to ask for it."),
            _("Nothing was kept (dry run).")
            if number is None
            else repeat_target(_("Next: jsms campaign run {campaign}").format(campaign=number)),
        ],
    )


def _asked(connection: ConnectionOptions, template_id: int, sign_id: int | None) -> tuple[TemplateFacts, str]:
    from jsmskit.campaigns import read_template
    from jsmskit.campaigns.running.session import balance_for

    with connection.client() as client:
        facts = read_template(client, template_id, sign_id=sign_id)
        paid = balance_for(facts.kind, client.accounts.app_balance())
    if facts.target is not None:
        facts = replace(facts, target=replace(facts.target, chosen_by=typed_target()))
    told = _("The application has {units} units for messages of this kind ({kind}).")
    return facts, told.format(units=paid, kind=facts.kind)
