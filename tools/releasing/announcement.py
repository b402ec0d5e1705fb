"""What CHANGELOG.md announces, and whether that fits what is released.

Pure: texts in, a problem or none out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.releasing.problem import ReleaseError

__all__ = ["BREAKING", "Section", "check_breaks", "check_version", "newest_section"]

BREAKING = "**[breaking]**"

_HEADING = re.compile(r"^## (?P<version>\S+) \((?P<date>[^)]*)\)$", re.MULTILINE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(?:a|b|rc)\d+)?")


@dataclass(frozen=True, slots=True)
class Section:
    """What the changelog says of one version.

    Attributes:
        version: as in the heading.
        date: `2026-11-22`, or another word, such as `unreleased`.
        text: the lines below the heading.
    """

    version: str
    date: str
    text: str

    @property
    def is_dated(self) -> bool:
        """Whether the version has a day."""
        return _DATE.fullmatch(self.date) is not None

    @property
    def announces_breaks(self) -> bool:
        """Whether anything in it is marked as breaking."""
        return BREAKING in self.text


def newest_section(changelog: str) -> Section:
    """Read the topmost section. Raises `ReleaseError` if there is none, or it says nothing."""
    headings = list(_HEADING.finditer(changelog))
    if not headings:
        raise ReleaseError("CHANGELOG.md has no section such as: ## 1.2.3 (2026-11-22)")
    end = headings[1].start() if len(headings) > 1 else len(changelog)
    first = headings[0]
    section = Section(first["version"], first["date"], changelog[first.end() : end].strip())
    if not section.text:
        raise ReleaseError(f"CHANGELOG.md says nothing about {section.version}: write what changed for users.")
    return section


def check_version(section: Section, *, packaging: str, module: str, released: str | None) -> None:
    """Whether the three places agree on a version that follows the released one. `ReleaseError` if not."""
    if len({section.version, packaging, module}) > 1:
        raise ReleaseError(
            f"Three places must name one version: CHANGELOG.md {section.version}, pyproject.toml {packaging}, "
            f"jsmskit/_version.py {module}."
        )
    if released is not None and _numbers(section.version) <= _numbers(released):
        raise ReleaseError(f"{section.version} does not follow the released {released}: raise the version.")


def check_breaks(section: Section, breaks: list[str], *, released: str | None) -> None:
    """Whether breaking changes are announced: by a mark, and by the version's number. `ReleaseError` if not.

    Before 1.0.0 the second number announces them, after it the first one.
    """
    if not breaks:
        return
    listed = "\n".join(f"  {one}" for one in breaks)
    if not section.announces_breaks:
        raise ReleaseError(
            f"The public surface breaks, and no line of {section.version} in CHANGELOG.md is marked {BREAKING}:\n"
            f"{listed}"
        )
    if released is not None:
        before, now = _numbers(released), _numbers(section.version)
        place = 1 if before[0] == 0 else 0
        if now[: place + 1] <= before[: place + 1]:
            raise ReleaseError(
                f"The public surface breaks, which {section.version} after {released} does not say:\n{listed}"
            )


def _numbers(version: str) -> tuple[int, ...]:
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ReleaseError(f"{version} is no version such as 1.2.3 or 1.2.3rc1")
    return tuple(int(part) for part in found.groups())
