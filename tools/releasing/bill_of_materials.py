"""Writes the bill of materials (SBOM): what an installation of the package consists of, in CycloneDX.

Read from an environment that holds the wheel with all extras at the versions of the lock, so that licences and
dependencies are those of what was really installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tools.releasing.problem import ReleaseError

__all__ = ["check_bill", "write_bill"]


def write_bill(python: Path, project: Path, target: Path, epoch: str) -> int:
    """Write the bill of the environment of an interpreter; the number of components.

    What installed the environment is taken out of it first: it is not part of ours.
    """
    _run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "setuptools", "pip", epoch=epoch)
    command = (sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", project / "pyproject.toml")
    form = ("--mc-type", "library", "--output-reproducible", "--of", "JSON", "--validate")
    _run(*command, *form, "-o", target, python, epoch=epoch)
    bill = json.loads(target.read_text(encoding="utf-8"))
    for one in [bill["metadata"]["component"], *bill["components"]]:
        # Where a package came from on this machine (an index, a folder) is not told.
        links = [link for link in one.pop("externalReferences", []) if link["type"] != "distribution"]
        if links:
            one["externalReferences"] = links
    target.write_text(json.dumps(bill, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(bill["components"])


def check_bill(bill: str, pinned: str) -> None:
    """Whether every component stands in the bill as the lock pins it. `ReleaseError` if not."""
    known = {_plain(line.partition(" ;")[0]) for line in pinned.splitlines()}
    components = {_plain(f"{one['name']}=={one['version']}") for one in json.loads(bill)["components"]}
    if strangers := sorted(components - known):
        raise ReleaseError(f"The bill of materials has what the lock does not pin: {', '.join(strangers)}")
    if not any(one.startswith("httpx==") for one in components):
        raise ReleaseError("The bill of materials does not even have httpx: it is of another environment.")


def _plain(pin: str) -> str:
    return pin.strip().lower().replace("_", "-").replace(".", "-")


def _run(*command: str | Path, epoch: str) -> None:
    words = [str(word) for word in command]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ReleaseError(f"{' '.join(words)} failed:\n{done.stderr[-3000:]}")
