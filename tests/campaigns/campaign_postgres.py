"""A real PostgreSQL server in a temporary folder, for tests; started once, by an unprivileged user.

Debian keeps the programs outside of the path; both places are looked at. As root the server is run by
`nobody`, since it refuses root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.debian import install

_SETTINGS = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c shared_buffers=32MB -c max_connections=60"


def find_programs() -> Path | None:
    """The folder with initdb and postgres; None if they are not installed and cannot be installed here."""
    found = _find_programs()
    if found is None:
        install("postgresql")
    return found or _find_programs()


def _find_programs() -> Path | None:
    on_path = shutil.which("initdb")
    places = [Path(on_path).parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "postgres").exists() and (place / "initdb").exists()), None)


class PostgresServer:
    """One server on a free loopback port. `crash` ends it without a checkpoint, as a power cut of the server would."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="jsms-pg-"))
        self._as_root = os.geteuid() == 0
        if self._as_root:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        words = ["-U", "jsms", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        self._run([str(programs / "initdb"), "-D", str(self.data), *words])
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgresql://jsms@127.0.0.1:{self.port}/postgres"

    def _run(self, command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        options: dict[str, object] = {"cwd": str(self.folder)}
        if self._as_root:
            nobody = pwd.getpwnam("nobody")
            options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        # Not through a pipe: the server would keep it open for as long as it lives.
        with (self.folder / "commands.log").open("ab") as log:
            done = subprocess.run(command, stdout=log, stderr=log, check=False, **options)  # type: ignore[call-overload]
        if check and done.returncode:
            told = (self.folder / "commands.log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{command[0]} failed: {told}")
        return done  # type: ignore[no-any-return]

    def start(self) -> None:
        log = str(self.folder / "server.log")
        settings = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 {_SETTINGS}"
        self._run([str(self._programs / "pg_ctl"), "-D", str(self.data), "-l", log, "-o", settings, "-w", "start"])

    def crash(self) -> None:
        """Stop at once; what was committed must be there after `start`."""
        self._run([str(self._programs / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "-w", "stop"], check=False)

    def empty(self) -> None:
        """Throw every ledger on it away, and the jobs of the engine."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA IF EXISTS jsms_campaigns CASCADE")
            connection.execute("DROP SCHEMA IF EXISTS jsms_engine CASCADE")

    def close(self) -> None:
        self.crash()
        for _ in range(20):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                return
            time.sleep(0.1)  # the last of its processes may still write
