"""Ask pip-audit whether a known vulnerability stands against what the package installs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tools.releasing.problem import ReleaseError

__all__ = ["UnreachableError", "check_advisories", "read_audit"]


class UnreachableError(ReleaseError):
    """The advisories could not be read, in whole or in part."""


def check_advisories(lock: Path) -> int:
    """Return how many packages of a lock were audited.

    Raises `ReleaseError` on a finding, `UnreachableError` without data.
    """
    command = (sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json", "-r", lock)
    words = [str(word) for word in command]
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
