"""Running the programs from npm that judge the spec: their folder, lock, environment and answers.

Node itself comes from the development lock, so a machine without node can run this. Nothing leaves the machine:
telemetry and update checks are off.
"""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LINT = ROOT / "spec" / "lint"
SPEC = ROOT / "spec" / "openapi.yaml"


class LinterFailedError(RuntimeError):
    """A program did not answer in the form that was asked for. The text is the end of what it said."""


def environment() -> dict[str, str]:
    """Return the environment of the programs: our node first, no telemetry, no update check, no colours."""
    scripts = sysconfig.get_path("scripts")
    return {
        **os.environ,
        "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")]),
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "NO_UPDATE_NOTIFIER": "1",
        "NO_COLOR": "1",
        "CI": "true",
    }


def install_locked(folder: Path) -> None:
    """Install the packages that `folder/package-lock.json` names, unless they are there already."""
    stamp = folder / "node_modules" / ".lock"
    lock = (folder / "package-lock.json").read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return
    command = ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=folder, env=environment(), check=True)
    stamp.write_text(lock, encoding="utf-8")


def run(tool: str, *arguments: str | Path, cwd: Path = LINT) -> subprocess.CompletedProcess[str]:
    """Run one of the programs of spec/lint to its end and return what it said.

    Its exit code is left to the caller.
    """
    install_locked(LINT)
    script = LINT / "node_modules" / ".bin" / tool
    return subprocess.run(
        ["node", str(script), *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def redocly_json(*arguments: str | Path) -> dict[str, Any]:
    """Run a Redocly command on one file with `--format json` and return its report.

    Raises LinterFailedError if there is none, or more than one: Redocly prints one for each file.
    """
    done = run("redocly", *arguments, "--format", "json")
    start = done.stdout.find("{")
    if start < 0:
        raise LinterFailedError((done.stdout + done.stderr).strip()[-800:])
    report, end = json.JSONDecoder().raw_decode(done.stdout[start:])
    if not isinstance(report, dict) or done.stdout[start + end :].lstrip().startswith("{"):
        raise LinterFailedError(done.stdout[:800])
    return report


def spectral_json(*arguments: str | Path) -> list[dict[str, Any]]:
    """Run `spectral lint` and return its findings. Raises LinterFailedError if it could not judge."""
    done = run("spectral", "lint", *arguments, "--format", "json", "--quiet")
    text = done.stdout.strip()
    if not text.startswith("["):
        # It says a sentence instead of an empty list when it finds nothing; only the exit code tells then.
        if done.returncode == 0:
            return []
        raise LinterFailedError((text + done.stderr).strip()[-800:])
    findings, _ = json.JSONDecoder().raw_decode(text)
    return list(findings)
