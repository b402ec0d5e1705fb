"""What changed in the contract since the last release, rated, and whether `info.version` announces it.

The last released copy is kept in spec/released/openapi.yaml, so that no network is needed to judge a change.
Redocly `diff` compares and rates; it calls itself experimental, so tests/contract feeds it known edits. Knows
versions and changes, nothing of what the contract says.

    python -m tools.contract_changes             what changed, and the version it asks for
    python -m tools.contract_changes --release   keep today's spec as the released one, write the changelog
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

from tools.regeneration.document import Finding, Source, read_source
from tools.spec_linters import LINT, ROOT, SPEC, redocly_json

RELEASED = ROOT / "spec" / "released" / "openapi.yaml"
CHANGELOG = ROOT / "spec" / "CHANGELOG.md"

_FIRST_ENTRY = "\n## "


class Impact(IntEnum):
    """How much of the version a change asks for. Ordered."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Change(NamedTuple):
    """One rated change: what it asks of the version, what it is, and where it stands."""

    impact: Impact
    what: str
    pointer: str
    """To the place, through the operation that it concerns."""
    where: str
    """File and line: of the old document if the place is gone, else of the new one."""


def changes_between(base: Source, revision: Source, paths: tuple[Path, Path]) -> list[Change]:
    """Return every change from `base` to `revision`, OpenAPI documents with our tables, which lie at `paths`."""
    report = redocly_json("diff", *paths, "--config", LINT / "diff.yaml", "--fail-on", "none")
    rated = [change for entry in report["changes"] for change in _rated(entry, base.name, revision.name)]
    return [*rated, *_table_changes(base, revision)]


def _rated(entry: dict[str, Any], base: str, revision: str) -> Iterator[Change]:
    place = entry.get("revision") or entry.get("base") or {}
    file = revision if "revision" in entry else base
    harmless = {"impact": entry["impact"], "message": f"{_in_words(entry)} {entry['kind']}."}
    for verdict in entry.get("verdicts") or [harmless]:
        line = verdict.get("location", place).get("line", 1)
        yield Change(Impact[verdict["impact"].upper()], verdict["message"], entry["path"], f"{file}:{line}")


#: Steps of a pointer that say nothing to a reader.
_SILENT = {"paths", "webhooks", "content", "application~1json", "multipart~1form-data", "schema", "properties"}


def _in_words(entry: dict[str, Any]) -> str:
    """Name a place: `POST /messages requestBody tag`."""
    steps = entry["path"].removeprefix("#/").split("/")
    if steps[0] in ("paths", "webhooks") and len(steps) > 2:
        steps[1:3] = [f"{steps[2].upper()} {steps[1]}"]
    shown = [step.replace("~1", "/").replace("~0", "~") for step in steps if step not in _SILENT]
    return " ".join([*shown, entry.get("property", "")]).strip()


#: What programs rely on in a row of the tables, its number first. Words may change freely.
_RELIED_ON = {
    "x-errors": ("code", "http", "name", "category", "retry"),
    "x-report-statuses": ("status", "name", "delivered"),
}


def _table_changes(base: Source, revision: Source) -> Iterator[Change]:
    """Rate what Redocly does not see: a row gone or changed breaks programs, a new row is new."""
    for table, columns in _RELIED_ON.items():
        old, new = (
            {row[columns[0]]: [row[column] for column in columns] for row in source.document.get(table, [])}
            for source in (base, revision)
        )
        where = f"{revision.name}:{revision.line_of((table,))}"
        for number in sorted(old.keys() | new.keys()):
            if old.get(number) != new.get(number):
                how = "is gone from" if number not in new else "is changed in" if number in old else "is new in"
                impact = Impact.MAJOR if number in old else Impact.MINOR
                yield Change(impact, f"{number} {how} {table}.", f"#/{table}", where)


def needed_version(version: str, impact: Impact) -> str:
    """Return the least version after `version` that announces a change of this impact."""
    major, minor, patch = _parts(version)
    if impact is Impact.MAJOR:
        return f"{major + 1}.0.0"
    if impact is Impact.MINOR:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + impact}"  # a patch counts one, no change none


def changes_since_release(source: Source, path: Path) -> list[Change]:
    """Return every change of the spec at `path` since the last release."""
    return changes_between(_released(), source, (RELEASED, path))


def _released() -> Source:
    return read_source(RELEASED, "spec/released/openapi.yaml")


def unannounced(changes: Sequence[Change], source: Source) -> list[Finding]:
    """Return a finding for each change since the release whose impact `info.version` does not announce.

    A change of a text alone rates as patch and asks for no new version before the next release.
    """
    then, now = _released().document["info"]["version"], source.document["info"]["version"]
    found = [
        change
        for change in changes
        if change.impact >= Impact.MINOR and _parts(now) < _parts(needed_version(then, change.impact))
    ]
    wanted = needed_version(then, max((change.impact for change in found), default=Impact.NONE))
    remedy = f"raise info.version from {now} to {wanted}, or take it back"
    return [
        Finding(change.where, f"{change.what} That is a {change.impact.name.lower()} change", remedy)
        for change in found
    ]


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def changelog_entry(version: str, changes: Sequence[Change]) -> str:
    """Return the entry of spec/CHANGELOG.md for a release: what breaks first, marked as such."""
    lines = [f"## {version}", ""]
    for change in sorted(changes, key=lambda change: -change.impact):
        mark = "**[breaking]** " if change.impact is Impact.MAJOR else ""
        text = change.what if change.what.endswith(".") else f"{change.what}."
        if (line := f"- {mark}{text}") not in lines:
            lines.append(line)
    if not changes:
        lines.append("- Nothing but words.")
    return "\n".join(lines) + "\n"


def release(source: Source, changes: Sequence[Change]) -> None:
    """Keep today's spec as the released one and write the changelog's entry."""
    version: str = source.document["info"]["version"]
    old = CHANGELOG.read_text(encoding="utf-8")
    if f"{_FIRST_ENTRY}{version}\n" not in old:
        head, mark, rest = old.partition(_FIRST_ENTRY)
        CHANGELOG.write_text(f"{head.rstrip()}\n\n{changelog_entry(version, changes)}{mark}{rest}", encoding="utf-8")
    shutil.copyfile(SPEC, RELEASED)
    print(f"released {version}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the changes since the release, or make one. Returns 1 if the version does not announce them."""
    parser = argparse.ArgumentParser(prog="python -m tools.contract_changes", description="Changes of the contract.")
    parser.add_argument("--release", action="store_true", help="keep today's spec as the last released one")
    options = parser.parse_args(arguments)
    source = read_source(SPEC, "spec/openapi.yaml")
    changes = changes_since_release(source, SPEC)
    for change in changes:
        print(f"{change.impact.name.lower():5} {change.where}: {change.what}")
    findings = unannounced(changes, source)
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(changes)} changes since the last release, {len(findings)} of them unannounced")
    if options.release and not findings:
        release(source, changes)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
