"""Build the sdist and the wheel, twice, judge their metadata, and write their papers.

Builds from the committed tree, never from the checkout: what is not committed is not released.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

from tools.releasing.announcement import ReleaseError


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


def checksums(*files: Path) -> str:
    """Return lines for `sha256sum --check`."""
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
