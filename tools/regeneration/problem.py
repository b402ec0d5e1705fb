"""How regeneration says no: a place, what is wrong there, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `where` (a file, with a line if it is known), `what`, and the `remedy`."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """Return the finding as one line of bearable length; validators like to quote the whole document."""
        what = self.what if len(self.what) <= _LONGEST else self.what[:_LONGEST] + "..."
        return " ".join(f"{self.where}: {what} - {self.remedy}".split())


class RegenerationError(Exception):
    """Regeneration cannot go on; the tree was not touched."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep the findings; there is at least one."""
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


def problem(where: str, what: str, remedy: str) -> RegenerationError:
    """Return the problem made of a single finding, ready to be raised."""
    return RegenerationError([Finding(where, what, remedy)])
