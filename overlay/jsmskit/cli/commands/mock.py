"""`jsms mock`: serve the mock. The commands for one that is served are in `mock_control`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from ..errors import CommandError
from ..framework import Group
from ..output import show, stderr_if_tty
from .mock_control import COMMANDS

__all__ = ["command"]

#: Modules that the extra `mock` brings.
_EXTRA: Final = {
    "starlette",
    "uvicorn",
    "httptools",
    "orjson",
    "jsonschema_rs",
    "multipart",
    "python_multipart",
}
_PORT: Final = 5767
_SERVES: Final = "No, a mock sends nothing to anyone."


@click.group(cls=Group)
def command() -> None:
    """Work with the mock: the service, simulated, for tests and for development without an account."""


def _failure(text: str) -> CommandError:
    what, _, remedy = text.partition("; ")
    remedy = remedy or "Correct it, and type the command again."
    return CommandError(
        what if what.endswith(".") else f"{what}.", sent=_SERVES, remedy=remedy[:1].upper() + remedy[1:]
    )


@command.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to bind; beyond loopback needs --token."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0: any free one."
)
@click.option(
    "--db", type=click.Path(path_type=Path, dir_okay=False), help="Keep the state in this file (SQLite)."
)
@click.option("--seed", type=click.Path(path_type=Path, dir_okay=False), help="Begin with this state (JSON).")
@click.option("--token", envvar="JSMS_MOCK_TOKEN", show_envvar=True, help="What control calls must show.")
@click.option("--remote-callbacks", is_flag=True, help="Also post callbacks to other machines.")
def serve(
    host: str, port: int, db: Path | None, seed: Path | None, token: str | None, remote_callbacks: bool
) -> None:
    """Serve the mock over HTTP until told to stop.

    The service is at /v1, the control API and what arrived on the phones at /_mock/. With --db the state,
    settings, faults and clock survive a restart; --seed is taken when that file is new. Prints one line when ready.
    """
    try:
        from jsmskit.mock.control.seed_json import SeedError, read_seed_file
        from jsmskit.mock.jsms_mock import JsmsMock
        from jsmskit.mock.model.seeds import DEFAULT_SEED
        from jsmskit.mock.server.uvicorn_server import ServeError
        from jsmskit.mock.serving import reserve, serve_here
        from jsmskit.mock.state.store.database import DatabaseError
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRA:
            raise
        raise _failure(f"the mock needs {missing}; type: pip install 'jsmskit[cli,mock]'") from None
    try:
        state = DEFAULT_SEED if seed is None else read_seed_file(seed)
        # The port first: a mock that cannot be served leaves no new file behind.
        with (
            reserve(host, port, token) as sock,
            JsmsMock(db=db, state=state, remote_callbacks=remote_callbacks) as mock,
        ):
            serve_here(mock, sock, host, token=token, ready=_say_ready)
    except (ServeError, SeedError, DatabaseError) as error:
        raise _failure(str(error)) from None


def _say_ready(origin: str) -> None:
    show(
        False,
        None,
        f"The mock of JSMS is ready: service {origin}/v1, control and inbox {origin}/_mock/, API page {origin}/docs",
    )
    where = "" if origin.endswith(f":{_PORT}") else f"={origin}"
    stderr_if_tty(
        f"Try it from another terminal: jsms codes send 13800138000 --mock{where}    (Ctrl-C ends the mock)"
    )


_url_option = click.option(
    "--url",
    metavar="URL",
    help="Where the mock is; JSMS_MOCK_URL, JSMS_BASE_URL or http://127.0.0.1:5767 if left out.",
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
