"""Builds the sdist and the wheel, twice, and judges what is in them.

Builds from the committed tree, never from the checkout: what is not committed is not released.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

from tools.releasing.problem import ReleaseError

__all__ = ["build_twice", "check_contents", "check_metadata", "checksums", "export"]

PACKAGES = ("jsmskit", "jsms_api")
MUST_BE_THERE = (
    "jsmskit/py.typed",
    "jsms_api/py.typed",
    "jsms_api/openapi.json",
    "jsms_api/openapi.yaml",
    "jsms_api/errors.json",
    "jsms_api/fixtures.json",
    "jsmskit/mock/control/control-openapi.json",
    "jsmskit/mock/control/static/index.html",
    "jsmskit/mock/control/static/swagger-ui/LICENSE.txt",
)
_FOR_DEVELOPERS = re.compile(
    r"(?:^|/)(?:tests?|__pycache__|node_modules|conftest\.py|test_[^/]*)(?:/|$)|\.(?:pyc|orig|rej|map)$|~$"
)


def build_twice(root: Path, commit: str, folder: Path) -> tuple[Path, Path]:
    """Build from a commit in two places, time zones and hash seeds; give back the sdist and the wheel.

    Raises `ReleaseError` if the two builds differ in a byte: then no one could check that a distribution
    comes from the commit that it names.
    """
    epoch = _run("git", "show", "-s", "--format=%ct", commit, cwd=root).strip()
    made: list[dict[str, bytes]] = []
    for name, zone, seed, mask in (("one", "UTC", "0", 0o022), ("another-place", "Asia/Shanghai", "42", 0o077)):
        tree, out = folder / name / "tree", folder / name / "dist"
        previous = os.umask(mask)
        try:
            export(root, commit, tree)
            environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "TZ": zone, "PYTHONHASHSEED": seed}
            _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, cwd=tree, env=environment)
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
    """Whether the wheel has all it must and nothing else; the number of its files. `ReleaseError` if not."""
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
    """Whether an index would take the metadata and can show the README. `ReleaseError` if not."""
    _run(sys.executable, "-m", "twine", "check", "--strict", *distributions)


def checksums(*files: Path) -> str:
    """Lines for `sha256sum --check`."""
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def _run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ReleaseError(f"{' '.join(words)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout
