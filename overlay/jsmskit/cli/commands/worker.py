"""`jsms worker`: send chunks of campaigns on this machine, together with others."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Generator

import click

from ..connection import ConnectionOptions, connection_options, guard_lines, make_async_client
from ..framework import Command
from ..language import gettext as _
from ..output import stderr
from .campaign.options import ledger_option


@click.command(cls=Command)
@click.option("--concurrency", type=click.IntRange(1, 16), default=1, show_default=True, help="Jobs at the same time.")
@click.option("--until-done", is_flag=True, help="Exit when no campaign is running.")
@ledger_option
@connection_options
def command(connection: ConnectionOptions, concurrency: int, until_done: bool, place: str) -> None:
    """Work on campaigns that were started with `jsms campaign run --engine procrastinate`.

    It uses the keys of this machine. Ctrl-C or SIGTERM once: the requests in flight finish, then it stops (exit code
    0); twice: they are aborted, and become unknown in the ledger.
    """
    from jsmskit.campaigns import open_ledger
    from jsmskit.campaigns.distributed import DistributedWorker

    async def work() -> None:
        with open_ledger(place) as ledger:
            async with make_async_client(connection) as client:
                for line in guard_lines(client.recipient_guard):
                    stderr(line)
                worker = DistributedWorker(
                    place, ledger, client, concurrency=concurrency, until_done=until_done, tell=stderr
                )
                stderr(_("Working on campaigns, {count} at a time. Ctrl-C stops it.").format(count=concurrency))
                with _stopped_by_signals():
                    await worker.run()

    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(work())
    stderr(_("The worker has stopped."))


@contextlib.contextmanager
def _stopped_by_signals() -> Generator[None]:
    """Stop at the first signal, letting running jobs finish; abort them at the second."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # called from a coroutine
    heard: list[int] = []

    def stop(number: int) -> None:
        heard.append(number)
        if len(heard) == 1:
            stderr(_("Stopping after the requests in flight; press again to abort them."))
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # where the system has no such thing
            loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
