"""`jsms campaign run` and `resume`.

Knows options and questions. Must not know how a campaign works: it calls `jsmskit.campaigns`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...confirm import confirm, is_interactive
from ...connection import ConnectionOptions, connection_options
from ...errors import SENT_SO_FAR, CommandError, as_command_error
from ...exit_codes import ExitCode
from ...output import show
from ...signals import Terminated
from .options import (
    command,
    json_option,
    ledger_option,
    make_client,
    number_argument,
    opened,
    overview_lines,
    run_options,
)

if TYPE_CHECKING:
    from jsmskit.campaigns import CampaignRunner, Ledger, RunResult, RunSettings

__all__ = ["resume", "run"]

CONFIRM_ABOVE = 1000
"""From so many messages on, the number has to be typed."""


@command.command()
@number_argument
@run_options
@ledger_option
@connection_options
@json_option
def run(connection: ConnectionOptions, /, campaign_id: int, **options: Any) -> None:
    """Send a planned campaign. Exit code 9 if it does not come to its end."""
    _send(
        connection, campaign_id, lambda runner, check: runner.run(campaign_id, check_balance=check), **options
    )


@command.command()
@number_argument
@click.option(
    "--file", type=click.Path(dir_okay=False), help="Make sure that this is the list that was planned."
)
@run_options
@ledger_option
@connection_options
@json_option
def resume(connection: ConnectionOptions, /, campaign_id: int, file: str | None, **options: Any) -> None:
    """Go on with a campaign that was stopped, paused, or broke off."""
    if file is not None:
        from jsmskit.campaigns.planning.planner import check_source

        with opened(options["place"]) as ledger:
            check_source(ledger, campaign_id, file)
    _send(
        connection,
        campaign_id,
        lambda runner, check: runner.resume(campaign_id, check_balance=check),
        resumed=True,
        **options,
    )


def _send(
    connection: ConnectionOptions,
    campaign_id: int,
    start: Callable[[CampaignRunner, bool], RunResult],
    *,
    place: str,
    as_json: bool,
    concurrency: int,
    rate: float | None,
    confirmed: int | None,
    yes: bool,
    no_balance_check: bool,
    no_canary: bool,
    override_quiet_hours: str | None,
    canary_phone: str | None,
    engine: str,
    page: str | None,
    resumed: bool = False,
) -> None:
    from jsmskit.campaigns import CampaignRunner, CampaignState, Mode, RunSettings
    from jsmskit.campaigns.reporting.exports import check_place
    from jsmskit.campaigns.reporting.summary import overview, write_page

    from .progress import view_for

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
            show(False, None, str(before.as_json()["next"]))
        _ask(before.counts.pending, confirmed, yes=yes, free=connection.is_free)
        if engine != "embedded":
            _hand_over(place, ledger, campaign_id, settings, resumed=resumed, as_json=as_json)
            return
        if page is not None:
            check_place(Path(page))
        view = view_for(as_json=as_json)
        try:
            with make_client(connection) as client:
                runner = CampaignRunner(ledger, client, settings, tell=view.tell)
                with _told_how_to_go_on(campaign_id, runner):
                    result = start(runner, not no_balance_check)
                    if page is not None:
                        write_page(ledger, campaign_id, page)
                    seen = overview(ledger, campaign_id).as_json()
        finally:
            view.close()
    seen |= {"seconds": round(result.seconds, 1), "became_unknown": list(result.lost_chunks)}
    lost = (
        f"Chunks {', '.join(map(str, result.lost_chunks))} of the run before are unknown."
        if result.lost_chunks
        else ""
    )
    said = [line for line in (lost, *overview_lines(seen)) if line]
    show(as_json, seen, *said, done="Yes; the ledger says how far: jsms campaign status.")
    if not result.finished:
        raise click.exceptions.Exit(ExitCode.PARTIAL)


@contextmanager
def _told_how_to_go_on(campaign_id: int, runner: CampaignRunner) -> Generator[None]:
    """The runner lets requests under way come to their end, and the ledger knows how they ended."""
    try:
        yield
    except KeyboardInterrupt as error:
        if not runner.began:
            raise
        terminated = isinstance(error, Terminated)
        raise CommandError(
            "Terminated." if terminated else "Interrupted.",
            sent="Yes, up to here; requests that were under way were settled in the ledger.",
            remedy=f"Look with: jsms campaign status {campaign_id}; go on with: jsms campaign resume {campaign_id}",
            code=ExitCode.TERMINATED if terminated else ExitCode.INTERRUPTED,
        ) from None
    except Exception as error:
        if not runner.began:
            raise
        failure = as_command_error(error)
        raise CommandError(
            failure.what,
            sent=SENT_SO_FAR,
            remedy=f"{failure.remedy} How far it came: jsms campaign status {campaign_id}",
            code=ExitCode.PARTIAL,
            details=failure.details | {"outcome": "unknown", "campaign": campaign_id},
        ) from None


def _hand_over(
    place: str,
    ledger: Ledger,
    campaign_id: int,
    settings: RunSettings,
    *,
    resumed: bool,
    as_json: bool,
) -> None:
    import asyncio

    from jsmskit.campaigns.errors import CampaignError

    try:
        from jsmskit.campaigns.distributed import enqueue_campaign
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "procrastinate":
            raise
        raise CampaignError("the engine needs procrastinate.", "pip install 'jsmskit[engine]'") from None
    jobs = asyncio.run(enqueue_campaign(place, ledger, campaign_id, settings, resume=resumed))
    show(
        as_json,
        {"campaign": campaign_id, "jobs": jobs},
        f"{jobs} jobs are waiting for workers. Type next, on each machine: jsms worker;"
        f" and to look: jsms campaign status {campaign_id}",
        done="The campaign is handed over to the workers.",
    )


def _ask(messages: int, confirmed: int | None, *, yes: bool, free: bool) -> None:
    """Ask before few messages; before many, have their number typed, or given by a script."""
    if messages <= CONFIRM_ABOVE and confirmed is None:
        confirm(
            f"Send {messages} messages?",
            yes=yes,
            free=free or not messages,
            what=f"This sends {messages} messages that cost money",
        )
        return
    if confirmed is None and is_interactive():
        confirmed = click.prompt(
            f"This sends {messages} messages, and they cost. Type their number to go on", type=int, err=True
        )
    if confirmed != messages:
        given = "nothing was" if confirmed is None else f"{confirmed} was"
        raise CommandError(
            f"{messages} messages are to be sent, {given} confirmed.",
            remedy=f"Give --confirm {messages} if you mean it.",
            code=ExitCode.USAGE,
        )
