"""`jsms doctor`: check the setup of this machine and the connection to the service. Sends nothing."""

from __future__ import annotations

import click

from ...connection import ConnectionOptions, connection_options, json_option
from ...exit_codes import ExitCode
from ...framework import Command
from ...language import gettext as _
from ...language import mark
from ...output import Table, show, stderr

__all__ = ["command"]

_STATES = {"ok": "ok", "look": mark("note"), "wrong": mark("WRONG")}


@click.command(cls=Command)
@click.option("--offline", is_flag=True, help="Do not contact the service: no clock, no TLS, no balance.")
@connection_options
@json_option
def command(connection: ConnectionOptions, offline: bool, as_json: bool) -> None:
    """Check the setup of this machine. Costs nothing and sends nothing.

    It checks versions, where each setting comes from (secrets hidden), keyring, address, proxies, certificate, the
    clock against the server's, the time zone, and the keys, with a balance call. The exit code is that of the first
    check that fails.
    """
    from .checks import findings

    found = list(findings(connection, offline=offline))
    data = [{"check": one.check, "state": one.state, "what": one.what, "remedy": one.remedy} for one in found]
    rows = [(_(_STATES[one.state]), _(one.check), one.what) for one in found]
    show(as_json, {"findings": data}, Table(("state", "check", "what"), rows, {"state": "bold"}))
    wrong = [one for one in found if one.state == "wrong"]
    if not as_json:
        for one in found:
            if one.remedy:
                stderr(f"{_(one.check)}: {one.remedy}")
        stderr(_("{count} checks failed.").format(count=len(wrong)) if wrong else _("All checks passed."))
    if wrong:
        raise click.exceptions.Exit(wrong[0].code or ExitCode.FAILED)
