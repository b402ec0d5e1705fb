"""`jsms doctor`: look for what is wrong on this machine, and on the way to the service. Sends nothing.

Knows how findings are shown. Must not know how one is made (`doctor_checks`).
"""

from __future__ import annotations

import click

from ...connection import ConnectionOptions, connection_options, json_option
from ...exit_codes import ExitCode
from ...framework import Command
from ...output import Table, show, stderr

__all__ = ["command"]

_MARKS = {"ok": "ok", "look": "look", "wrong": "WRONG"}


@click.command(cls=Command)
@click.option("--offline", is_flag=True, help="Do not talk to the service: no clock, no TLS, no balance.")
@connection_options
@json_option
def command(connection: ConnectionOptions, offline: bool, as_json: bool) -> None:
    """Look for what is wrong. Costs nothing and sends nothing.

    Looked at are: versions, where each setting comes from (secrets hidden), keyring, address, proxies,
    certificate, clock against the server's, the zone, and the keys, by a balance call. The exit code is that of
    the first thing that is wrong.
    """
    from .checks import findings

    found = list(findings(connection, offline=offline))
    data = [{"check": one.check, "state": one.state, "what": one.what, "remedy": one.remedy} for one in found]
    rows = [(_MARKS[one.state], one.check, one.what) for one in found]
    show(as_json, {"findings": data}, Table(("state", "check", "what"), rows, {"state": "bold"}))
    wrong = [one for one in found if one.state == "wrong"]
    if not as_json:
        for one in found:
            if one.remedy:
                stderr(f"{one.check}: {one.remedy}")
        stderr(f"{len(wrong)} wrong." if wrong else "Nothing is wrong.")
    if wrong:
        raise click.exceptions.Exit(wrong[0].code or ExitCode.FAILED)
