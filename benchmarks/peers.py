"""The environment in which everything is measured: the peers at the versions of the lock, and this checkout as a wheel.

Ours is installed like theirs, so that both run from compiled
files: an editable install, or a switch that keeps Python from writing them, would make imports look ten times as dear.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "benchmarks" / ".venv"
PYTHON = HOME / "bin" / "python"
LOCK = ROOT / "locks" / "bench.txt"
OURS = ("generated/jsms_api", "overlay/jsmskit")
NAMES = ("jsmskit", "httpx", "httpx2", "httpcore", "h11", "aiohttp", "requests", "urllib3", "jsms",
         "httpx-aiohttp", "pyqwest", "orjson", "sniffio", "certifi", "attrs")  # fmt: skip


# How Python works, whom some clients trust (before what the program says), and where they connect to.
_CHANGES = re.compile("^PYTHON|_CA_BUNDLE$|^SSL_CERT_|_proxy$", re.IGNORECASE)


def environment() -> dict[str, str]:
    """The variables of every measured process: those of this one, less what would change how Python works."""
    kept = {name: value for name, value in os.environ.items() if not _CHANGES.search(name)}
    return {**kept, "PYTHONHASHSEED": "0"}


def ready() -> None:
    """Make the environment if the lock has changed, and reinstall this checkout if its code has."""
    _once("peers", [LOCK], _install_peers)
    sources = [path for folder in OURS for path in sorted((ROOT / folder).rglob("*")) if path.suffix != ".pyc"]
    _once("ours", [LOCK, ROOT / "pyproject.toml", *filter(Path.is_file, sources)], _install_ours)


def versions() -> dict[str, str]:
    """What is installed, by name; Python itself first."""
    asked = "import importlib.metadata as m, sys\nprint(sys.version.split()[0], *map(m.version, sys.argv[1:]))"
    said = subprocess.run(
        [PYTHON, "-c", asked, *NAMES], check=True, capture_output=True, text=True, env=environment()
    ).stdout.split()
    return dict(zip(("python", *NAMES), said, strict=True))


def _once(what: str, depends: Iterable[Path], make: Callable[[], None]) -> None:
    digest = hashlib.sha256()
    for path in depends:
        digest.update(path.read_bytes())
    stamp = HOME / f".ready-{what}"
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    make()
    stamp.write_text(digest.hexdigest())


def _pip(*arguments: str | Path) -> None:
    command = [PYTHON, "-m", "pip", "-qq", "--disable-pip-version-check", "install", *arguments]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(command, check=True, cwd=ROOT, env=variables)


def _install_peers() -> None:
    print("bench: installing the peers (once for each state of locks/bench.txt) ...", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", HOME], check=True)
    _pip("--require-hashes", "-r", LOCK)


def _install_ours() -> None:
    with tempfile.TemporaryDirectory() as folder:
        build = [PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        subprocess.run(
            build, check=True, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _pip("--no-deps", "--force-reinstall", *Path(folder).glob("*.whl"))
