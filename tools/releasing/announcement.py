"""What CHANGELOG.md announces, and whether that fits what is released.

Pure: texts in, a problem or none out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

BREAKING = "**[breaking]**"
_HEADING = re.compile(r"^## (?P<version>\S+) \((?P<date>[^)]*)\)$", re.MULTILINE)


class ReleaseError(Exception):
    """The release must not happen as things are; the text says why and what to do."""


class Section(NamedTuple):
    """What the changelog says of one version; `date` is `2026-11-22`, or a word such as `unreleased`."""

    version: str
    date: str
    text: str


def newest_section(changelog: str) -> Section:
    """Read the topmost section. Raises `ReleaseError` if there is none, or it says nothing."""
    headings = list(_HEADING.finditer(changelog))
    if not headings:
        raise ReleaseError("CHANGELOG.md has no section such as: ## 1.2.3 (2026-11-22)")
    end = headings[1].start() if len(headings) > 1 else len(changelog)
    section = Section(headings[0]["version"], headings[0]["date"], changelog[headings[0].end() : end].strip())
    if not section.text:
        raise ReleaseError(f"CHANGELOG.md says nothing about {section.version}: write what changed for users.")
    return section


def check_version(section: Section, *, packaging: str, module: str, released: str | None) -> None:
    """Raise `ReleaseError` unless the three places agree on a version that follows the released one."""
    if len({section.version, packaging, module}) > 1:
        raise ReleaseError(
            f"Three places must name one version: CHANGELOG.md {section.version}, pyproject.toml {packaging}, "
            f"jsmskit/_version.py {module}."
        )
    try:
        follows = released is None or Version(section.version) > Version(released)
    except InvalidVersion as error:
        raise ReleaseError(f"{error}: a version is 1.2.3 or 1.2.3rc1.") from None
    if not follows:
        raise ReleaseError(f"{section.version} does not follow the released {released}: raise the version.")


def check_breaks(section: Section, breaks: Sequence[str], *, released: str) -> None:
    """Raise `ReleaseError` unless breaks since the released version are announced: by a mark, and by the number.

    Before 1.0.0 the second number announces them, after it the first one.
    """
    if not breaks:
        return
    listed = "\n".join(f"  {one}" for one in breaks)
    if BREAKING not in section.text:
        raise ReleaseError(f"The public surface breaks, and no line of {section.version} says {BREAKING}:\n{listed}")
    before, now = Version(released), Version(section.version)
    counted = 2 if before.major == 0 else 1
    if now.release[:counted] <= before.release[:counted]:
        raise ReleaseError(
            f"The public surface breaks, which {section.version} after {released} does not say:\n{listed}"
        )
