"""Build the sdist and the wheel, twice, judge what is in them, and write their papers.

Builds from the committed tree, never from the checkout: what is not committed is not released.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

from tools.releasing.announcement import ReleaseError

__all__ = ["build_twice", "check_bill", "check_contents", "check_metadata", "checksums", "export", "run", "write_bill"]

PACKAGES = ("jsmskit", "jsms_api")
MUST_BE_THERE = (
    *("jsmskit/py.typed", "jsms_api/py.typed"),
    *(f"jsms_api/{name}" for name in ("openapi.json", "openapi.yaml", "errors.json", "fixtures.json")),
    "jsmskit/mock/control/control-openapi.json",
    "jsmskit/mock/control/static/index.html",
    "jsmskit/mock/control/static/swagger-ui/LICENSE.txt",
)
_FOR_DEVELOPERS = re.compile(
    r"(?:^|/)(?:tests?|__pycache__|node_modules|conftest\.py|test_[^/]*)(?:/|$)|\.(?:pyc|orig|rej|map)$|~$"
)


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    """Run a command without this project's settings; return its output. Raises `ReleaseError` with what it said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JSMS_", "PYTHON"))}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ReleaseError(f"{' '.join(words)} failed:\n{(done.stdout + done.stderr).strip()[-3000:]}")
    return done.stdout


def build_twice(root: Path, commit: str, folder: Path) -> tuple[Path, Path]:
    """Build from a commit in two places, time zones and hash seeds; return the sdist and the wheel.

    Raises `ReleaseError` if the two builds differ in a byte: then no one could check that a distribution
    comes from the commit that it names.
    """
    epoch = run("git", "show", "-s", "--format=%ct", commit, cwd=root).strip()
    made: list[dict[str, bytes]] = []
    for name, zone, seed, mask in (("one", "UTC", "0", 0o022), ("another-place", "Asia/Shanghai", "42", 0o077)):
        tree, out = folder / name / "tree", folder / name / "dist"
        previous = os.umask(mask)
        try:
            export(root, commit, tree)
            build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", out)
            run(*build, cwd=tree, SOURCE_DATE_EPOCH=epoch, TZ=zone, PYTHONHASHSEED=seed)
        finally:
            os.umask(previous)
        made.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    if made[0] != made[1]:
        names = sorted({name for name in made[0] | made[1] if made[0].get(name) != made[1].get(name)})
        raise ReleaseError(f"Two builds of one commit differ: {', '.join(names)}")
    (sdist,) = (folder / "one" / "dist").glob("*.tar.gz")
    (wheel,) = (folder / "one" / "dist").glob("*.whl")
    return sdist, wheel


def export(root: Path, commit: str, tree: Path) -> None:
    """Write the files of a commit into a new folder."""
    archive = subprocess.run(["git", "archive", commit], cwd=root, capture_output=True, check=True).stdout
    tree.mkdir(parents=True)
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(tree, filter="data")


def check_contents(wheel: Path) -> int:
    """Return the number of files. Raises `ReleaseError` unless the wheel has all it must and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    if missing := [name for name in MUST_BE_THERE if name not in names]:
        raise ReleaseError(f"The wheel lacks {', '.join(missing)}")
    for name in names:
        top = name.partition("/")[0]
        if top not in PACKAGES and not top.endswith(".dist-info"):
            raise ReleaseError(f"The wheel would install {name}, which is outside of {' and '.join(PACKAGES)}")
        if _FOR_DEVELOPERS.search(name):
            raise ReleaseError(f"The wheel holds {name}, which is for developers")
    return len(names)


def check_metadata(*distributions: Path) -> None:
    """Raise `ReleaseError` unless an index would take the metadata and can show the README."""
    run(sys.executable, "-m", "twine", "check", "--strict", *distributions)


def write_bill(python: Path, project: Path, target: Path, epoch: str) -> int:
    """Write the bill of materials (CycloneDX) of an interpreter's environment; return the number of components.

    The environment holds the wheel with all extras, so licences and dependencies are those of what was really
    installed. What installed it is taken out first: it is not part of ours.
    """
    run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "setuptools", "pip")
    command = (sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", project / "pyproject.toml")
    form = ("--mc-type", "library", "--output-reproducible", "--of", "JSON", "--validate")
    run(*command, *form, "-o", target, python, SOURCE_DATE_EPOCH=epoch)
    bill = json.loads(target.read_text(encoding="utf-8"))
    for one in [bill["metadata"]["component"], *bill["components"]]:
        # Where a package came from on this machine (an index, a folder) is not told.
        links = [link for link in one.pop("externalReferences", []) if link["type"] != "distribution"]
        if links:
            one["externalReferences"] = links
    target.write_text(json.dumps(bill, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(bill["components"])


def check_bill(bill: str, pinned: str) -> None:
    """Raise `ReleaseError` unless every component stands in the bill as the lock pins it."""
    known = {_plain(line.partition(" ;")[0]) for line in pinned.splitlines()}
    components = {_plain(f"{one['name']}=={one['version']}") for one in json.loads(bill)["components"]}
    if strangers := sorted(components - known):
        raise ReleaseError(f"The bill of materials has what the lock does not pin: {', '.join(strangers)}")
    if not any(one.startswith("httpx==") for one in components):
        raise ReleaseError("The bill of materials does not even have httpx: it is of another environment.")


def _plain(pin: str) -> str:
    return pin.strip().lower().replace("_", "-").replace(".", "-")


def checksums(*files: Path) -> str:
    """Return lines for `sha256sum --check`."""
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
