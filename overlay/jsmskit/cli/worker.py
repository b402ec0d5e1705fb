"""`jsms worker`: send chunks of campaigns on this machine, together with others.

Knows options. Must not know how the engine works: it calls `jsmskit.campaigns.engine`.
"""

from __future__ import annotations

import asyncio

import click

from .campaign_shared import ledger_option, told


@click.command()
@click.option(
    "--concurrency", type=click.IntRange(1, 16), default=1, show_default=True, help="Jobs at once here."
)
@click.option("--until-done", is_flag=True, help="End when no campaign is running.")
@ledger_option
@told
def command(concurrency: int, until_done: bool, place: str) -> None:
    """Work on campaigns that were started with `jsms campaign run --engine procrastinate`. Keys come from
    this environment.
    """
    from jsmskit import AsyncJsmsClient
    from jsmskit.campaigns import open_ledger
    from jsmskit.campaigns.problems import CampaignError

    if not place.startswith(("postgresql://", "postgres://")):
        raise CampaignError(
            "workers need a ledger on PostgreSQL.", "Set JSMS_LEDGER to postgresql://user@host/database."
        )
    try:
        from jsmskit.campaigns.engine import EngineWorker
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "procrastinate":
            raise
        raise CampaignError("workers need procrastinate.", "pip install 'jsmskit[engine]'") from None

    async def work() -> None:
        with open_ledger(place) as ledger:
            async with AsyncJsmsClient.from_env() as client:
                worker = EngineWorker(
                    place, ledger, client, concurrency=concurrency, until_done=until_done, tell=click.echo
                )
                await worker.run()

    asyncio.run(work())
