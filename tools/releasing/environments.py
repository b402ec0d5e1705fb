"""Try the wheel as users would: on every Python that it names, on the lowest versions it allows, against advisories.

Installs what the locks pin, nothing newer, so that a release is judged with versions that the suite has seen.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.releasing.announcement import ReleaseError
from tools.releasing.distributions import run

_CLASSIFIER = "Programming Language :: Python :: 3."
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")

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

with JsmsMock() as mock, mock.serve() as server:
    with jsmskit.JsmsClient(APP_KEY, MASTER_SECRET, base_url=server.url) as client:
        sent = client.codes.send("13800138000", template_id=1)
        assert client.codes.verify(sent.msg_id, mock.wait_for_code("13800138000"))
"""
#: Client, callbacks and mock: what stands on libraries of other people. Frameworks of examples have their own floors.
CORE = ("tests/unit", "tests/client", "tests/callbacks", "tests/mock", "--ignore=tests/callbacks/test_frameworks.py")


def promised_versions(project: Mapping[str, Any]) -> list[str]:
    """Return the Pythons that the classifiers of pyproject.toml name: `["3.11", ...]`."""
    return [entry.rpartition(" ")[2] for entry in project["classifiers"] if entry.startswith(_CLASSIFIER)]


def find_interpreter(version: str) -> Path | None:
    """Return a Python of this version on PATH; None if there is none."""
    code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    for name in (f"python{version}", "python3", "python"):
        found = shutil.which(name)
        if found is not None:
            done = subprocess.run([found, "-I", "-c", code], capture_output=True, text=True, check=False)
            if done.stdout.startswith(f"{version} "):
                return Path(done.stdout.split(" ", 1)[1].strip())
    return None


def pins(lock: str) -> str:
    """Return the lock's versions without its hashes, as constraints: a wheel just built has no hash there."""
    found = re.findall(r"^([A-Za-z0-9][^\s\\]*==[^\s\\]+)((?: ; [^\\\n]+)?)", lock, re.MULTILINE)
    return "".join(f"{pin}{marker.rstrip()}\n" for pin, marker in found)


def check_wheel(wheel: Path, python: Path, constraints: Path, folder: Path, project: Mapping[str, Any]) -> Path:
    """Install and use a wheel in an empty environment: first alone, then with all extras of `project`.

    Returns the environment's Python. `ReleaseError` says what a user would have seen.
    """
    run(python, "-m", "venv", folder)
    inside = folder / "bin" / "python"
    run(inside, *_PIP, "-c", constraints, wheel, cwd=folder)
    run(inside, "-I", "-W", "error", "-c", WITHOUT_EXTRAS, cwd=folder)
    run(inside, *_PIP, "-c", constraints, f"{wheel}[{','.join(project['optional-dependencies'])}]", cwd=folder)
    run(inside, "-m", "pip", "check", cwd=folder)
    shown = run(folder / "bin" / "jsms", "--version", cwd=folder)
    if project["version"] not in shown:
        raise ReleaseError(f"jsms --version says {shown.strip()!r}, not {project['version']}")
    run(inside, "-I", "-c", WITH_EXTRAS, cwd=folder)
    return inside


def check_floors(wheel: Path, python: Path, tree: Path, folder: Path) -> str:
    """Run the core of the suite on the lowest versions that pyproject.toml allows; return pytest's last line.

    `tree` holds the tests and the locks. Raises `ReleaseError` with what failed.
    """
    run(python, "-m", "venv", folder)
    inside = folder / "bin" / "python"
    run(inside, *_PIP, "--require-hashes", "--no-deps", "-r", tree / "locks" / "floors.txt", cwd=tree)
    run(inside, *_PIP, "--no-deps", wheel, cwd=tree)
    run(inside, "-m", "pip", "check", cwd=tree)
    told = run(inside, "-m", "pytest", "-q", "-n", "2", "-W", "default", "-p", "no:cacheprovider", *CORE, cwd=tree)
    return told.strip().splitlines()[-1]


class UnreachableError(ReleaseError):
    """The advisories could not be read, in whole or in part."""


def check_advisories(lock: Path) -> str:
    """Ask pip-audit for known vulnerabilities of what a lock names; return what it says.

    Raises `ReleaseError` on a finding, `UnreachableError` if there is no data about a single package.
    """
    audit = (sys.executable, "-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes", "-r", str(lock))
    done = subprocess.run(audit, capture_output=True, text=True, check=False, timeout=600)
    return read_audit(done.returncode, done.stdout + done.stderr)


def read_audit(code: int, said: str) -> str:
    """Tell a finding from an audit that could not be made: pip-audit ends both with 1."""
    if found := re.search(r"Found \d+ known vulnerabilit", said):
        raise ReleaseError(said[found.start() :].strip())
    if code != 0:
        raise UnreachableError(f"pip-audit could not audit everything: {said.strip()[-500:]}")
    return said.strip()
