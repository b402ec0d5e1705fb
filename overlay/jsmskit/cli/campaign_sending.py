"""`jsms campaign plan`, `run` and `resume`.

Knows options and questions. Must not know how a campaign works: it calls `jsmskit.campaigns`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .campaign_shared import (
    command,
    json_option,
    ledger_option,
    made_client,
    number_argument,
    opened,
    overview_lines,
    run_options,
    say,
    told,
)

if TYPE_CHECKING:
    from jsmskit.campaigns import CampaignRunner, Ledger, RunResult, RunSettings, TemplateFacts

__all__ = ["plan", "resume", "run"]

CONFIRM_ABOVE = 1000
"""From so many messages on, the number has to be typed."""


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
@json_option
@told
def plan(
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
        facts, balance = _asked(template_id, sign_id)
    mapping = dict(_pair(text) for text in columns)
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
    say(
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
        [
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


def _asked(template_id: int, sign_id: int | None) -> tuple[TemplateFacts, str]:
    from jsmskit.campaigns import read_template
    from jsmskit.campaigns.desk import balance_for

    with made_client() as client:
        facts = read_template(client, template_id, sign_id=sign_id)
        paid = balance_for(facts.kind, client.accounts.app_balance())
    return facts, f"The application has {paid} units for messages of this kind ({facts.kind})."


def _pair(text: str) -> tuple[str, str]:
    name, mark, column = text.partition("=")
    if not mark or not name or not column:
        raise click.BadParameter(f"{text!r} is no NAME=COLUMN", param_hint="--map")
    return name, column


@contextmanager
def _kept_or_not(place: str, dry_run: bool) -> Generator[str]:
    if not dry_run:
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="jsms-dry-run-") as folder:
        yield str(Path(folder) / "dry-run.db")


@command.command()
@number_argument
@run_options
@ledger_option
@json_option
@told
def run(campaign_id: int, **options: Any) -> None:
    """Send a planned campaign."""
    _send(campaign_id, lambda runner, check: runner.run(campaign_id, check_balance=check), **options)


@command.command()
@number_argument
@click.option(
    "--file", type=click.Path(dir_okay=False), help="Make sure that this is the list that was planned."
)
@run_options
@ledger_option
@json_option
@told
def resume(campaign_id: int, file: str | None, **options: Any) -> None:
    """Go on with a campaign that was stopped, paused, or broke off."""
    if file is not None:
        from jsmskit.campaigns.planning import check_source

        with opened(options["place"]) as ledger:
            check_source(ledger, campaign_id, file)
    _send(
        campaign_id,
        lambda runner, check: runner.resume(campaign_id, check_balance=check),
        resumed=True,
        **options,
    )


def _send(
    campaign_id: int,
    start: Callable[[CampaignRunner, bool], RunResult],
    *,
    place: str,
    as_json: bool,
    concurrency: int,
    rate: float | None,
    confirm: int | None,
    no_balance_check: bool,
    no_canary: bool,
    override_quiet_hours: str | None,
    canary_phone: str | None,
    engine: str,
    page: str | None,
    resumed: bool = False,
) -> None:
    from jsmskit.campaigns import CampaignRunner, CampaignState, Mode, RunSettings
    from jsmskit.campaigns.summary import overview, write_page

    from .campaign_view import view_for

    settings: RunSettings = RunSettings(
        concurrency=concurrency,
        rate=rate,
        canary=not no_canary,
        hours_override=override_quiet_hours,
        mode=Mode.SCHEDULE if canary_phone else Mode.DIRECT,
        schedule_canary_phone=canary_phone,
    )
    with opened(place) as ledger:
        before = overview(ledger, campaign_id)
        if before.campaign.state is CampaignState.RUNNING and not as_json:
            click.echo(str(before.as_json()["next"]))
        _ask(before.counts.pending, confirm)
        if engine != "embedded":
            _hand_over(place, ledger, campaign_id, settings, resumed=resumed)
            return
        view = view_for(as_json=as_json)
        try:
            with made_client() as client:
                result = start(CampaignRunner(ledger, client, settings, tell=view.tell), not no_balance_check)
        finally:
            view.close()
        if page is not None:
            write_page(ledger, campaign_id, page)
        seen = overview(ledger, campaign_id).as_json()
    seen |= {"seconds": round(result.seconds, 1), "became_unknown": list(result.lost_chunks)}
    lost = (
        f"Chunks {', '.join(map(str, result.lost_chunks))} of the run before are unknown."
        if result.lost_chunks
        else ""
    )
    say(as_json, seen, [line for line in (lost, *overview_lines(seen)) if line])
    if not result.finished:
        raise SystemExit(3)


def _hand_over(place: str, ledger: Ledger, campaign_id: int, settings: RunSettings, *, resumed: bool) -> None:
    from jsmskit.campaigns.problems import CampaignError

    if not place.startswith(("postgresql://", "postgres://")):
        raise CampaignError("the engine needs a ledger on PostgreSQL.", "Set JSMS_LEDGER to postgresql://...")
    try:
        from jsmskit.campaigns.engine import hand_over
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "procrastinate":
            raise
        raise CampaignError("the engine needs procrastinate.", "pip install 'jsmskit[engine]'") from None
    jobs = asyncio.run(hand_over(place, ledger, campaign_id, settings, resume=resumed))
    click.echo(
        f"{jobs} jobs are waiting for workers. Type next, on each machine: jsms worker;"
        f" and to look: jsms campaign status {campaign_id}"
    )


def _ask(messages: int, confirm: int | None) -> None:
    if messages <= CONFIRM_ABOVE:
        return
    if confirm is None and sys.stdin.isatty():
        confirm = click.prompt(
            f"This sends {messages} messages, and they cost. Type their number to go on", type=int, err=True
        )
    if confirm != messages:
        click.echo(
            f"jsms campaign: {messages} messages are to be sent, {confirm} was confirmed; nothing was sent."
            f" Give --confirm {messages} if you mean it.",
            err=True,
        )
        raise SystemExit(1)
