"""What the tests of campaigns share: a ledger, a service that misbehaves, a clock that nobody waits for."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsmskit import JsmsClient
from jsmskit.campaigns import open_ledger
from jsmskit.campaigns.ledger import Ledger

sys.path.insert(0, str(Path(__file__).parent))
from campaign_postgres import PostgresServer, find_programs
from campaign_runners import SYNC_AND_ASYNC, EitherRunner
from campaign_scene import Clock
from campaign_service import KEY, SECRET, Service

_MEMORY = Path("/dev/shm")


@pytest.fixture(autouse=True)
def disk_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledgers wait for their disk at every step; these tests wait for nothing, where the system has room in memory."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > 1 << 30:
        monkeypatch.setattr(tempfile, "tempdir", str(_MEMORY))


@pytest.fixture
def tmp_path(disk_in_memory: None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jsms-") as folder:
        yield Path(folder)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "campaign.db", clock=clock) as made:
        yield made


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def client(service: Service) -> Iterator[JsmsClient]:
    with JsmsClient(KEY, SECRET, transport=service, sleep=lambda seconds: None) as made:
        yield made


@pytest.fixture(params=SYNC_AND_ASYNC)
def runner(request: pytest.FixtureRequest, ledger: Ledger, service: Service, clock: Clock) -> EitherRunner:
    """A runner sync or async: what a test says of one must hold for the other."""
    return EitherRunner(request.param, ledger, service, clock)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of our own; on a build machine without the programs they are installed first."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql): its half of this suite did not run")
    server = PostgresServer(programs)
    yield server
    server.close()


ON_SERVER = pytest.mark.xdist_group("postgres")
"""One worker of the suite starts the server, and has all tests that need it."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=ON_SERVER)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty ledger, sync or async."""
    if request.param == "sqlite":
        yield str(tmp_path / "either.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    yield server.url
    server.empty()


@pytest.fixture
def either(place: str, clock: Clock) -> Iterator[Ledger]:
    """A ledger sync or async: what a test says of one must hold for the other."""
    with open_ledger(place, clock=clock) as made:
        yield made
