"""Try the wheel as users would: on every Python that it names, on the lowest versions it allows, against advisories.

Installs what the locks pin, nothing newer, so that a release is judged with versions that the suite has seen.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from tools.releasing.announcement import ReleaseError
from tools.releasing.distributions import run

__all__ = [
    "UnreachableError",
    "check_advisories",
    "check_floors",
    "check_wheel",
    "extras_of",
    "find_interpreter",
    "pins",
    "promised_versions",
]

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
from jsmskit.telemetry import OpenTelemetryObserver

with JsmsMock() as mock, mock.serve() as server:
    with jsmskit.JsmsClient(
        APP_KEY, MASTER_SECRET, base_url=server.url, observer=OpenTelemetryObserver()
    ) as client:
        sent = client.codes.send("13800138000", template_id=1)
        assert client.codes.verify(sent.msg_id, mock.wait_for_code("13800138000"))
"""
#: Client, callbacks and mock: what stands on libraries of other people. Frameworks of examples have their own floors.
CORE = ("tests/unit", "tests/client", "tests/callbacks", "tests/mock", "--ignore=tests/callbacks/test_frameworks.py")
#: What those folders import of the `test` group; at the versions of locks/dev.txt.
TEST_TOOLS = [
    *("celery", "django", "fastapi", "flask", "h11", "httpx2", "hypothesis", "jsms", "jsonschema"),
    *(
        "opentelemetry-instrumentation-httpx",
        "opentelemetry-sdk",
        "pytest-xdist",
        "pyyaml",
        "sentry-sdk",
        "structlog",
        "sybil",
        "trustme",
        "unasync",
    ),
]
#: In the versions of locks/dev.txt these refuse the lowest of what they stand on; pip chooses the newest that take it.
_CHOSEN_BY_PIP = re.compile("fastapi|flask|opentelemetry-.*|celery|kombu|billiard|vine|amqp")


def promised_versions(root: Path) -> list[str]:
    """Return the Pythons that the package's classifiers name: `["3.11", ...]`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [entry.rpartition(" ")[2] for entry in project["classifiers"] if entry.startswith(_CLASSIFIER)]


def extras_of(wheel: Path) -> list[str]:
    """Return the extras that the wheel's metadata names."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode("utf-8")
    return re.findall(r"^Provides-Extra: (\S+)$", metadata, re.MULTILINE)


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


def check_wheel(wheel: Path, python: Path, constraints: Path, folder: Path, version: str) -> Path:
    """Install and use a wheel in an empty environment: first alone, then with all extras.

    Returns the environment's Python. `ReleaseError` says what a user would have seen.
    """
    run(python, "-m", "venv", folder)
    inside = folder / "bin" / "python"
    run(inside, *_PIP, "-c", constraints, wheel, cwd=folder)
    run(inside, "-I", "-W", "error", "-c", WITHOUT_EXTRAS, cwd=folder)
    run(inside, *_PIP, "-c", constraints, f"{wheel}[{','.join(extras_of(wheel))}]", cwd=folder)
    run(inside, "-m", "pip", "check", cwd=folder)
    shown = run(folder / "bin" / "jsms", "--version", cwd=folder)
    if version not in shown:
        raise ReleaseError(f"jsms --version says {shown.strip()!r}, not {version}")
    run(inside, "-I", "-c", WITH_EXTRAS, cwd=folder)
    return inside


def check_floors(wheel: Path, python: Path, tree: Path, folder: Path) -> str:
    """Run the core of the suite on the lowest versions that pyproject.toml allows; return pytest's last line.

    `tree` holds the tests and the locks. Raises `ReleaseError` with what failed.
    """
    run(python, "-m", "venv", folder)
    inside = folder / "bin" / "python"
    floors = tree / "locks" / "floors.txt"
    run(inside, *_PIP, "--require-hashes", "--no-deps", "-r", floors, cwd=tree)
    constraints = folder / "constraints.txt"
    others = (tree / "locks" / "dev.txt").read_text(encoding="utf-8")
    constraints.write_text(merge_pins(floors.read_text(encoding="utf-8"), others), encoding="utf-8")
    run(inside, *_PIP, "-c", constraints, *TEST_TOOLS, cwd=tree)
    run(inside, *_PIP, "--no-deps", wheel, cwd=tree)
    run(inside, "-m", "pip", "check", cwd=tree)
    told = run(inside, "-m", "pytest", "-q", "-n", "2", "-W", "default", "-p", "no:cacheprovider", *CORE, cwd=tree)
    return told.strip().splitlines()[-1]


def merge_pins(floors: str, others: str) -> str:
    """Return the pins of `floors`, and those of `others` for everything that `floors` does not name."""
    named = set(re.findall(r"^([^=\s]+)==", pins(floors), re.MULTILINE))
    rest = [
        f"{line}\n"
        for line in pins(others).splitlines()
        if line.partition("==")[0] not in named and not _CHOSEN_BY_PIP.match(line)
    ]
    return pins(floors) + "".join(rest)


class UnreachableError(ReleaseError):
    """The advisories could not be read, in whole or in part."""


def check_advisories(lock: Path) -> int:
    """Ask pip-audit for known vulnerabilities; return how many packages of a lock were audited.

    Raises `ReleaseError` on a finding, `UnreachableError` without data.
    """
    audit = (sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json", "-r", lock)
    words = [str(word) for word in audit]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
    return read_audit(done.stdout, done.stderr)


def read_audit(report: str, errors: str) -> int:
    """Read pip-audit's JSON: a package that it skipped was not audited, which pip-audit itself calls success."""
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        raise UnreachableError(f"pip-audit reported nothing: {errors.strip()[-500:]}") from None
    found = [
        f"{one['name']} {one['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions']) or 'no version'}"
        for one in packages
        for flaw in one.get("vulns", ())
    ]
    if found:
        raise ReleaseError("Known vulnerabilities:\n" + "\n".join(found))
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    if skipped or not packages:
        raise UnreachableError(f"pip-audit found no advisory data for {len(skipped)} of {len(packages)} packages.")
    return len(packages)
