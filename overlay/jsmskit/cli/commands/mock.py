"""`jsms mock`: serve the mock of the service, and control one that is served."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ..errors import CommandError
from ..framework import Group
from ..language import gettext as _
from ..language import is_chinese, mark
from ..library_messages import translate_message
from ..output import show, stderr_if_tty
from .mock_control import COMMANDS

if TYPE_CHECKING:
    from jsmskit.mock.server.asgi import RequestLine

#: Modules that the extra `mock` brings.
_PORT: Final = 5767
_SERVES: Final = mark("No, a mock sends nothing.")


@click.group(cls=Group)
def command() -> None:
    """Serve and control the mock: the whole service on this machine, without an account."""


def _failure(text: str) -> CommandError:
    text = translate_message(text)
    what, _mark, remedy = text.partition("；" if "；" in text else "; ")
    remedy = remedy or _("Correct it, and run the command again.")
    what = what if what.endswith((".", "。")) else what + ("。" if is_chinese() else ".")
    return CommandError(what, sent=_SERVES, remedy=remedy[:1].upper() + remedy[1:])


@command.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to bind; any but loopback requires --token."
)
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0: any free port.")
@click.option("--db", type=click.Path(path_type=Path, dir_okay=False), help="Keep the state in this file (SQLite).")
@click.option("--seed", type=click.Path(path_type=Path, dir_okay=False), help="Start with this state (JSON).")
@click.option("--token", envvar="JSMS_MOCK_TOKEN", show_envvar=True, help="Token that control calls must send.")
@click.option("--remote-callbacks", is_flag=True, help="Also send callbacks to other machines.")
@click.option(
    "--log",
    type=click.Choice(["json", "text", "off"]),
    default="off",
    show_default=True,
    help="Print a line for each request.",
)
def serve(
    host: str, port: int, db: Path | None, seed: Path | None, token: str | None, remote_callbacks: bool, log: str
) -> None:
    """Serve the mock over HTTP until it is stopped.

    The service is at /v1, the control API and the inbox of all phones at /_mock/. With --db, state, settings, faults
    and clock survive a restart; --seed is used when that file is new. Prints one line when it is ready.
    """
    try:
        from jsmskit.mock.control.seed_json import SeedError, read_seed_file
        from jsmskit.mock.jsms_mock import JsmsMock
        from jsmskit.mock.model.settings import DEFAULT_SEED
        from jsmskit.mock.server.asgi import make_app
        from jsmskit.mock.server.uvicorn_server import ServeError, listen, serve_here
        from jsmskit.mock.state.database import DatabaseError
    except ModuleNotFoundError as error:
        from jsmskit.mock import INSTALL, LIBRARIES

        missing = (error.name or "").partition(".")[0]
        if missing not in LIBRARIES:
            raise
        what = _("the mock needs the library {name}.").format(name=missing)
        raise CommandError(what, sent=_SERVES, remedy=INSTALL) from None
    try:
        state = DEFAULT_SEED if seed is None else read_seed_file(seed)
        # The port first: a mock that cannot be served leaves no new file behind.
        with listen(host, port, token) as sock, JsmsMock(db=db, state=state, remote_callbacks=remote_callbacks) as mock:
            serve_here(make_app(mock, token=token, host=host, log=_LOGS[log]), sock, _say_ready)
    except (ServeError, SeedError, DatabaseError) as error:
        raise _failure(str(error)) from None


_LOGS: Final[dict[str, Callable[[RequestLine], None] | None]] = {
    "json": lambda line: click.echo(line.json()),
    "text": lambda line: click.echo(line.text()),
    "off": None,
}


def _say_ready(origin: str) -> None:
    show(
        False,
        None,
        _(
            "The mock of JSMS is ready: service {origin}/v1, control and inbox {origin}/_mock/, API page {origin}/docs"
        ).format(origin=origin),
    )
    mock = "--mock" if origin.endswith(f":{_PORT}") else f"--mock={origin}"
    stderr_if_tty(
        _("Try it from another terminal: jsms codes send 13800138000 {mock} (Ctrl-C stops the mock)").format(mock=mock)
    )


_url_option = click.option(
    "--url", metavar="URL", help="Address of the mock; default: JSMS_MOCK_URL, JSMS_BASE_URL or http://127.0.0.1:5767."
)


@command.command()
@_url_option
def env(url: str | None) -> None:
    """Print the settings of a served mock for your shell: its address, and the sample keys it accepts.

    \b
    Example:
      eval "$(jsms mock env)"
    """
    from shlex import quote

    from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET

    from ..connection import KEY_NAMES, mock_origin

    origin = mock_origin()[0] if url is None else url.rstrip("/").removesuffix("/v1")
    keys = dict(zip(KEY_NAMES, (APP_KEY, MASTER_SECRET, DEV_KEY, DEV_SECRET), strict=True))
    for name, value in {"JSMS_BASE_URL": f"{origin}/v1", **keys}.items():
        click.echo(f"export {name}={quote(value)}")


for _made in COMMANDS:
    command.add_command(_made)
