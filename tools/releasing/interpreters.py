"""Installs a wheel as users do, in empty environments, on every Python that it says it runs on.

Installs what the lock pins, nothing newer, so that a release is judged with versions that the suite has seen.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tools.releasing.problem import ReleaseError

__all__ = ["check_wheel", "extras_of", "find_interpreter", "pins", "promised_versions", "run"]

_CLASSIFIER = "Programming Language :: Python :: 3."

WITHOUT_EXTRAS = """
import importlib, pathlib, pkgutil, sys
import jsmskit, jsms_api
from jsmskit import APIConnectionError, JsmsClient, Outcome, RetryPolicy

for package in (jsmskit, jsms_api):
    assert pathlib.Path(package.__file__).is_relative_to(sys.prefix), package.__file__
for name in jsmskit.__all__:
    getattr(jsmskit, name)
for module in pkgutil.iter_modules(jsmskit.__path__):
    # These two are modules of an extra; every other public one can be imported without.
    if not module.name.startswith("_") and module.name not in ("pytest_plugin", "telemetry"):
        importlib.import_module("jsmskit." + module.name)
client = JsmsClient(
    "0" * 24, "0" * 24, base_url="http://127.0.0.1:9/v1", retry=RetryPolicy(max_attempts=1)
)
try:
    client.codes.send("13800138000")
except APIConnectionError as error:
    assert error.outcome is Outcome.NOT_SENT, error.outcome
else:
    raise SystemExit("a closed port took the message")
"""
WITH_EXTRAS = """
import jsmskit
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.telemetry import OpenTelemetryObserver

with JsmsMock() as mock, mock.serve() as server:
    with jsmskit.JsmsClient(
        APP_KEY, MASTER_SECRET, base_url=server.url, observer=OpenTelemetryObserver()
    ) as client:
        sent = client.codes.send("13800138000", template_id=1)
        assert client.codes.verify(sent.msg_id, mock.wait_for_code("13800138000"))
"""


def promised_versions(root: Path) -> list[str]:
    """The Pythons that the package's classifiers name: `["3.11", ...]`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [entry.rpartition(" ")[2] for entry in project["classifiers"] if entry.startswith(_CLASSIFIER)]


def extras_of(wheel: Path) -> list[str]:
    """The extras that the wheel's metadata names."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode("utf-8")
    return re.findall(r"^Provides-Extra: (\S+)$", metadata, re.MULTILINE)


def find_interpreter(version: str) -> Path | None:
    """A Python of this version: on PATH, or of pyenv or uv; None if there is none. Downloads nothing."""
    for candidate in _candidates(version):
        code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
        try:
            done = subprocess.run(
                [candidate, "-I", "-c", code], capture_output=True, text=True, check=False, timeout=60
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0 and done.stdout.startswith(f"{version} "):
            return Path(done.stdout.split(" ", 1)[1].strip())
    return None


def _candidates(version: str) -> Iterator[str]:
    for name in (f"python{version}", "python3", "python"):
        if found := shutil.which(name):
            yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local" / "share" / "uv" / "python"))
    for folder, pattern in ((pyenv / "versions", f"{version}*"), (uv, f"cpython-{version}*")):
        for home in sorted(folder.glob(pattern), reverse=True):
            yield str(home / "bin" / f"python{version}")


def pins(lock: str) -> str:
    """The lock's versions without its hashes, as constraints: a wheel that was just built has no hash there."""
    found = re.findall(r"^([A-Za-z0-9][^\s\\]*==[^\s\\]+)((?: ; [^\\\n]+)?)", lock, re.MULTILINE)
    return "".join(f"{pin}{marker.rstrip()}\n" for pin, marker in found)


def check_wheel(wheel: Path, python: Path, constraints: Path, folder: Path, version: str) -> Path:
    """Install and use a wheel in an empty environment: first alone, then with all extras.

    Gives back the environment's Python. `ReleaseError` says what a user would have seen.
    """
    run(python, "-m", "venv", folder, cwd=folder.parent)
    inside = folder / "bin" / "python"
    install = (inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", constraints)
    run(*install, wheel, cwd=folder)
    run(inside, "-I", "-W", "error", "-c", WITHOUT_EXTRAS, cwd=folder)
    run(*install, f"{wheel}[{','.join(extras_of(wheel))}]", cwd=folder)
    run(inside, "-m", "pip", "check", cwd=folder)
    shown = run(folder / "bin" / "jsms", "--version", cwd=folder)
    if version not in shown:
        raise ReleaseError(f"jsms --version says {shown.strip()!r}, not {version}")
    run(inside, "-I", "-c", WITH_EXTRAS, cwd=folder)
    return inside


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command without this project's settings; its output. Raises `ReleaseError` with what it said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JSMS_", "PYTHON"))}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ReleaseError(f"{' '.join(words)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout
