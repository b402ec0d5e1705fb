"""`jsms verification stats` and `resume`: what an operator sees and does of a store in Redis."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ..framework import Command, Group
from ..language import gettext as _
from ..output import KeyValues, Table, json_option, show, stderr
from ..parameters import options

if TYPE_CHECKING:
    from jsmskit.verification import RedisStore, StoreStats


@click.group(cls=Group)
def command() -> None:
    """Login by SMS: what the store of `jsmskit.verification` has counted. No keys are needed."""


_store_options = options(
    click.option(
        "--store",
        "url",
        envvar="JSMS_VERIFICATION_STORE",
        show_envvar=True,
        default="redis://localhost",
        show_default=True,
        help="URL of the Redis server. A password is better kept in the variable.",
    ),
    click.option("--application", default="default", show_default=True, help="As in PhoneVerification."),
    click.option("--prefix", default="jsms", show_default=True, help="In front of all keys, as in RedisStore."),
)


@command.command(cls=Command)
@_store_options
@click.option("--hours", type=click.IntRange(1, 192), default=24, show_default=True, help="How far back to count.")
@json_option
def stats(url: str, application: str, prefix: str, hours: int) -> None:
    """Count codes that were sent and checked, and the limits that were reached.

    A healthy login has about as many right checks as texts sent. Many texts and few right checks mean that robots
    ask for codes.
    """
    store = _open(url, prefix)
    found = store.stats(application, hours=hours)
    store.close()
    lost = found.memory_lost_at
    data = {
        "application": application,
        "hours": hours,
        "codes_last_hour": found.last_hour,
        "codes_last_day": found.last_day,
        "memory_lost_at": None if lost is None else datetime.fromtimestamp(lost, UTC).isoformat(),
        "counts": dict(sorted(found.counts.items())),
    }
    rows = [(*name.split(":", 1), count) for name, count in sorted(found.counts.items())]
    facts = KeyValues([(name, value) for name, value in data.items() if name != "counts"])
    show(data, facts, Table(("what", "outcome", "count"), rows))
    for warning in _warnings(found):
        stderr(warning)


@command.command(cls=Command)
@_store_options
@json_option
def resume(url: str, application: str, prefix: str) -> None:
    """Let texts go out again after the store lost its memory.

    Nothing is sent for an hour after that, since it is not known how much of the budget was spent. Resume earlier if
    you know that it was not.
    """
    store = _open(url, prefix)
    held = store.resume(application)
    store.close()
    data = {"application": application, "resumed": held}
    show(data, _("resumed") if held else _("Nothing was held back."))


def _open(url: str, prefix: str) -> RedisStore:
    from jsmskit.verification import RedisStore

    # Nothing is looked up by a number here, so any pepper does.
    return RedisStore(url, pepper=secrets.token_urlsafe(), prefix=prefix)


def _warnings(found: StoreStats) -> list[str]:
    said: list[str] = []
    if found.memory_lost_at is not None:
        said.append(_("The store lost its memory: texts are held back for an hour. Set appendonly to yes in Redis."))
    elif found.persistent is False:
        said.append(_("The store forgets everything when Redis restarts. Set appendonly to yes in Redis."))
    if found.eviction not in (None, "noeviction"):
        said.append(
            _(
                "The store drops limits when its memory is full: set maxmemory-policy to noeviction, not {policy}."
            ).format(policy=found.eviction)
        )
    return said
