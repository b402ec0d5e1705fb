"""Make a release: judge the commit, build, try what was built, write the papers. Publishes nothing.

What comes of it lies in dist/: the sdist, the wheel, a bill of materials, the contract as files, checksums.

    scripts/release                    everything; the commit must be clean, and the changelog dated
    scripts/release --rehearsal        the same before that day: of the commit, with a changelog without a date
    scripts/release --allow-missing    with the interpreters and advisories that can be had here; the others are named
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from tools import surface_changes
from tools.releasing import announcement, contract_files, distributions, environments
from tools.releasing.announcement import ReleaseError

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps in order; the first one that says no ends the release with 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rehearsal", action="store_true", help="take a changelog without a date, and other changes")
    parser.add_argument(
        "--allow-missing",
        action="store_true",
        help="go on without an interpreter or advisories that cannot be had here",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="an empty or missing folder (default: dist)")
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="release-") as folder:
            release(options.out, Path(folder), rehearsal=options.rehearsal, allow_missing=options.allow_missing)
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    print(f"== done in {time.monotonic() - begun:.0f} s; nothing was published")
    return 0


def release(out: Path, folder: Path, *, rehearsal: bool, allow_missing: bool) -> None:
    """All steps. `folder` is for what is thrown away. Raises `ReleaseError`."""
    say("the commit")
    commit = git("rev-parse", "HEAD")
    changed = git("status", "--porcelain")
    if changed and not rehearsal:
        raise ReleaseError(f"There are changes that are not committed:\n{changed}")
    if out.exists() and any(out.iterdir()):
        raise ReleaseError(f"{out} is not empty: remove what an earlier release left there.")
    print(f"{commit}{'; what is not committed is left out' if changed else ''}")

    say("the version, and what the changelog announces")
    tag = surface_changes.last_tag()
    project = tomllib.loads(committed("pyproject.toml"))["project"]
    section = announcement.newest_section(committed("CHANGELOG.md"))
    version = section.version
    announcement.check_version(
        section,
        packaging=project["version"],
        module=committed("overlay/jsmskit/_version.py").rpartition('"')[0].rpartition('"')[2],
        released=None if tag is None else tag.removeprefix("v"),
    )
    if not rehearsal and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", section.date):
        raise ReleaseError(f"CHANGELOG.md has {version} ({section.date}): write the day, such as (2026-11-22).")
    if not rehearsal and committed("spec/openapi.yaml") != committed("spec/released/openapi.yaml"):
        raise ReleaseError("The contract changed: run `python -m tools.contract_changes --release` first.")
    print(f"{version} ({section.date}), after {tag or 'no release'}")

    say("breaking changes of the public Python surface")
    if tag is None:
        print("none: nothing was released yet")
    else:
        breaks = surface_changes.breaks_since(tag)
        print("\n".join([*breaks, f"{len(breaks)} since {tag}"]))
        announcement.check_breaks(section, breaks, released=tag.removeprefix("v"))

    say("sdist and wheel, built twice")
    sdist, wheel = distributions.build_twice(ROOT, commit, folder)
    print(f"{sdist.name} ({sdist.stat().st_size:,} bytes)\n{wheel.name} ({wheel.stat().st_size:,} bytes)")
    distributions.check_metadata(sdist, wheel)

    constraints = folder / "pins.txt"
    constraints.write_text(environments.pins(committed("locks/dev.txt")), encoding="utf-8")
    pythons: list[Path] = []
    for promised in environments.promised_versions(project):
        say(f"the wheel in an empty environment of Python {promised}")
        python = environments.find_interpreter(promised)
        if python is not None:
            place = folder / f"python{promised}"
            pythons.append(environments.check_wheel(wheel, python, constraints, place, project))
            print(f"installed, imported, sent, verified with {python}")
        elif allow_missing:
            print(f"NOT CHECKED: there is no Python {promised} on this machine")
        else:
            raise ReleaseError(
                f"There is no Python {promised} on PATH: install it (with pyenv, name all in PYENV_VERSION), or pass"
                " --allow-missing."
            )
    if not pythons:
        raise ReleaseError("The wheel was tried nowhere: not one of the promised Pythons is here.")

    say("the core of the suite on the lowest versions that are allowed")
    tree = folder / "floors" / "tree"
    distributions.export(ROOT, commit, tree)
    print(environments.check_floors(wheel, pythons[0], tree, folder / "floors" / "environment"))

    say("known vulnerabilities of what is installed")
    try:
        print(environments.check_advisories(tree / "locks" / "run.txt"))
    except environments.UnreachableError as error:
        if not allow_missing:
            raise
        print(f"NOT CHECKED: {error}")

    say("the bill of materials")
    bill = folder / f"jsmskit-{version}.cdx.json"
    epoch = git("show", "-s", "--format=%ct", commit)
    count = distributions.write_bill(pythons[0], ROOT, bill, epoch)
    print(f"{bill.name}: {count} components")

    out.mkdir(parents=True, exist_ok=True)
    for made in (sdist, wheel, bill):
        shutil.copy2(made, out)
    say("the contract for teams without Python: its forms, and a Postman collection")
    contract = contract_files.write_contract_files(tree, out)
    print(" ".join(path.name for path in contract))
    (out / "SHA256SUMS").write_text(distributions.checksums(sdist, wheel, bill, *contract), encoding="utf-8")
    say(f"all of it lies in {out}")
    print((out / "SHA256SUMS").read_text(encoding="utf-8"), end="")
    if not rehearsal:
        print(f"next: git tag -a v{version} {commit[:12]}; push the tag; upload the sdist and the wheel with twine")


def say(step: str) -> None:
    """Tell which step begins."""
    print(f"== {step}", flush=True)


def git(*arguments: str) -> str:
    """Return what git answers. Raises `ReleaseError` with its words if it cannot."""
    return distributions.run("git", *arguments, cwd=ROOT).strip()


def committed(path: str) -> str:
    """Return a file as the commit has it."""
    return git("show", f"HEAD:{path}")


if __name__ == "__main__":
    sys.exit(main())
