"""`jsms mock`: serve the twin of the service.

Knows how to say in one line what went wrong before the first request, and that nothing may be half-begun by
then. Must not know how the mock works.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

#: Modules that the extra `mock` brings.
_EXTRA = {"starlette", "uvicorn", "httptools", "orjson", "jsonschema_rs", "multipart", "python_multipart"}

#: JSMS on the keys of a telephone.
DEFAULT_PORT = 5767


def _fail(text: str) -> NoReturn:
    print(f"jsms mock serve: {text}", file=sys.stderr)
    raise SystemExit(1)


def _say_ready(origin: str) -> None:
    click.echo(f"The mock of JSMS is ready: service {origin}/v1, control and inbox {origin}/_mock/")


@click.group()
def command() -> None:
    """Work with the mock: a twin of the service on this machine, for those who have no account."""


@command.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to bind; beyond loopback needs --token."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0: any free one."
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

    The service is at /v1, the control API and what arrived on the phones at /_mock/. With --db the state
    survives a restart; --seed is taken when that file is new. Prints one line when ready.
    """
    try:
        from jsmskit.mock.assembly import reserve, serve_here
        from jsmskit.mock.jsms_mock import JsmsMock
        from jsmskit.mock.seed_document import SeedError, read_seed_file
        from jsmskit.mock.seeds import DEFAULT_SEED
        from jsmskit.mock.server import ServeError
        from jsmskit.mock.store.database import DatabaseError
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRA:
            raise
        _fail(f"the mock needs {missing}; install it with: pip install 'jsmskit[cli,mock]'")
    try:
        state = DEFAULT_SEED if seed is None else read_seed_file(seed)
        # The port first: a mock that cannot be served leaves no new file behind.
        with (
            reserve(host, port, token) as sock,
            JsmsMock(db=db, state=state, remote_callbacks=remote_callbacks) as mock,
        ):
            serve_here(mock, sock, host, token=token, ready=_say_ready)
    except (ServeError, SeedError, DatabaseError) as error:
        _fail(str(error))
