"""`jsms balance`: how many messages are left."""

from __future__ import annotations

from typing import Final

import click

from ..connection import ConnectionOptions, connection_options, json_option
from ..framework import Command
from ..language import gettext as _
from ..output import KeyValues, show

_KINDS: Final = ("general", "voice", "industry", "market")


@click.command(cls=Command)
@click.option("--account", is_flag=True, help="Show that of the account; needs JSMS_DEV_KEY and JSMS_DEV_SECRET.")
@connection_options
@json_option
def command(connection: ConnectionOptions, account: bool, as_json: bool) -> None:
    """Show how many messages are left: general ones, and those for one kind only.

    industry: codes and notices; market: marketing. A kind without a quota is left out, and null with --json.
    """
    with connection.client() as client:
        found = client.accounts.account_balance() if account else client.accounts.app_balance()
    data = {kind: getattr(found, kind) for kind in _KINDS}
    if not as_json and all(value is None for value in data.values()):
        show(False, data, _("No quota was ever assigned."))
        return
    show(as_json, data, KeyValues(list(data.items())))
