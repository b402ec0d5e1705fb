"""Judge spec/openapi.yaml by three linters, each with zero errors and zero warnings.

openapi-spec-validator looks at the structure, Redocly (recommended-strict) and Spectral (oas) at the habits.
The two latter come from npm at the versions locked in spec/lint/package-lock.json; node itself comes from the
development lock, so a machine without node can run this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from openapi_spec_validator import validate
from openapi_spec_validator.readers import read_from_filename

ROOT = Path(__file__).resolve().parent.parent
LINT = ROOT / "spec" / "lint"
SPEC = ROOT / "spec" / "openapi.yaml"


def environment() -> dict[str, str]:
    """Return the environment of the linters: our node first, no telemetry, no update check."""
    scripts = sysconfig.get_path("scripts")
    return {
        **os.environ,
        "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")]),
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "NO_UPDATE_NOTIFIER": "1",
        "CI": "true",
    }


def install() -> None:
    """Install the locked linters unless they are there already for this lock."""
    stamp = LINT / "node_modules" / ".lock"
    lock = (LINT / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == lock:
        return
    subprocess.run(
        ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=LINT, env=environment(), check=True
    )
    stamp.write_text(lock)


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the installed linters and capture what it says."""
    script = LINT / "node_modules" / ".bin" / tool
    return subprocess.run(
        ["node", str(script), *arguments], cwd=LINT, env=environment(), capture_output=True, text=True, check=False
    )


def structure() -> list[str]:
    """Return what openapi-spec-validator finds."""
    document, _ = read_from_filename(str(SPEC))
    try:
        validate(document)
    except Exception as error:  # noqa: BLE001 - any refusal is a finding, whatever its class
        return [str(error).splitlines()[0]]
    return []


def redocly() -> list[str]:
    """Return Redocly's findings under recommended-strict."""
    done = run("redocly", "lint", str(SPEC), "--config", "redocly.yaml", "--format", "json")
    start = done.stdout.find("{")
    if start < 0:
        return [f"redocly did not answer: {(done.stdout + done.stderr).strip()[-500:]}"]
    report = json.loads(done.stdout[start:])
    findings = [
        f"{p['ruleId']}: {p['message']} at {p['location'][0].get('pointer', '?')}" for p in report["problems"]
    ]
    totals = report["totals"]
    if totals["errors"] + totals["warnings"] != len(findings):
        findings.append(f"redocly counts {totals}, lists {len(findings)}")
    return findings


def spectral() -> list[str]:
    """Return Spectral's findings under its oas rule set."""
    done = run("spectral", "lint", str(SPEC), "--ruleset", ".spectral.yaml", "--format", "json", "--quiet")
    text = done.stdout.strip()
    if not text.startswith("["):
        # Spectral says a sentence instead of JSON when it finds nothing; only its exit code tells then.
        return [] if done.returncode == 0 else [f"spectral: {(text + done.stderr).strip()[-500:]}"]
    findings, _ = json.JSONDecoder().raw_decode(text)
    return [f"{f['code']}: {f['message']} at {'/'.join(map(str, f['path']))}" for f in findings]


def main() -> int:
    """Run the three judges; print a line each, and every finding."""
    install()
    failed = False
    for name, judge in (("openapi-spec-validator", structure), ("redocly", redocly), ("spectral", spectral)):
        findings = judge()
        print(f"{name}: {len(findings)} findings")
        for finding in findings:
            print(f"  {finding}", file=sys.stderr)
        failed = failed or bool(findings)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
