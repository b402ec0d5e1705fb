"""`jsms campaign plan`.

Knows options and words. Must not know how a campaign works: it calls `jsmskit.campaigns`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...connection import ConnectionOptions, connection_options
from ...output import show
from ...parameters import pairs
from .options import command, json_option, ledger_option, make_client, opened

if TYPE_CHECKING:
    from jsmskit.campaigns import TemplateFacts

__all__ = ["plan"]


@command.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--template", "template_id", type=int, required=True, help="Number of an approved template.")
@click.option("--map", "columns", multiple=True, metavar="NAME=COLUMN", help="Which column holds a variable.")
@click.option("--phone-column", help="Which column holds the phone numbers.")
@click.option("--encoding", default="utf-8", show_default=True, help="utf-8, utf-8-sig or gb18030.")
@click.option("--sign", "sign_id", type=int, help="Number of the sign; the default sign if left out.")
@click.option("--tag", help="A label of at most 10 characters that nobody sees.")
@click.option("--name", default="", help="What people call this campaign.")
@click.option("--offline", is_flag=True, help="Ask the service nothing: variables and kind are not checked.")
@click.option("--again", is_flag=True, help="The same list with the same template a second time, on purpose.")
@click.option("--schedule", is_flag=True, help="For `run --schedule`: two-phase sending, never tried live.")
@click.option("--dry-run", is_flag=True, help="Count only; keep nothing.")
@click.option(
    "--set-aside", type=click.Path(dir_okay=False), help="Write the rows that get nothing to this file."
)
@ledger_option
@connection_options
@json_option
def plan(
    connection: ConnectionOptions,
    file: str,
    template_id: int,
    columns: tuple[str, ...],
    phone_column: str | None,
    encoding: str,
    sign_id: int | None,
    tag: str | None,
    name: str,
    offline: bool,
    again: bool,
    schedule: bool,
    dry_run: bool,
    set_aside: str | None,
    place: str,
    as_json: bool,
) -> None:
    """Read FILE (CSV with a header, or JSON lines) into the ledger. Sends nothing."""
    from jsmskit.campaigns import CsvSource, JsonLinesSource, Mode, TemplateFacts
    from jsmskit.campaigns import plan as make_plan
    from jsmskit.campaigns.exports import export_set_aside

    facts: TemplateFacts = TemplateFacts(template_id)
    balance = ""
    if not offline:
        facts, balance = _asked(connection, template_id, sign_id)
    mapping = pairs(columns, "--map")
    source = (
        JsonLinesSource(file, encoding=encoding)
        if Path(file).suffix.lower() in (".jsonl", ".ndjson")
        else CsvSource(file, encoding=encoding, phone_column=phone_column, columns=mapping)
    )
    with _kept_or_not(place, dry_run) as where, opened(where) as ledger:
        summary = make_plan(
            ledger,
            source,
            facts,
            name=name,
            sign_id=sign_id,
            tag=tag,
            again=again,
            mode=Mode.SCHEDULE if schedule else Mode.DIRECT,
        )
        if set_aside:
            export_set_aside(ledger, summary.campaign_id, set_aside)
    number = None if dry_run else summary.campaign_id
    show(
        as_json,
        {
            "campaign": number,
            "rows": summary.rows,
            "recipients": summary.recipients,
            "chunks": summary.chunks,
            "units": summary.units,
            "longest": summary.longest,
            "set_aside": dict(summary.set_aside),
        },
        *[
            f"{summary.rows} rows, {summary.recipients} recipients in {summary.chunks} requests.",
            *(
                f"  set aside: {count} x {why.replace('_', ' ')}"
                for why, count in sorted(summary.set_aside.items())
            ),
            f"About {summary.units} billed units (longest text {summary.longest} characters). {balance}"
            if summary.units
            else "Billed units: unknown, since the template's text is. Leave --offline out to ask for it.",
            "Nothing was kept (dry run)." if number is None else f"Type next: jsms campaign run {number}",
        ],
    )


def _asked(connection: ConnectionOptions, template_id: int, sign_id: int | None) -> tuple[TemplateFacts, str]:
    from jsmskit.campaigns import read_template
    from jsmskit.campaigns.desk import balance_for

    with make_client(connection) as client:
        facts = read_template(client, template_id, sign_id=sign_id)
        paid = balance_for(facts.kind, client.accounts.app_balance())
    return facts, f"The application has {paid} units for messages of this kind ({facts.kind})."


@contextmanager
def _kept_or_not(place: str, dry_run: bool) -> Generator[str]:
    if not dry_run:
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="jsms-dry-run-") as folder:
        yield str(Path(folder) / "dry-run.db")
