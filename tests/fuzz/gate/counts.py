"""What a run reached: operations, answers, codes, links. And the floors that a run must not miss.

Knows the documented pairs of operation, status and code. Must not know how they were reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from jsms_api.error_table import ERRORS, ErrorCode
from jsms_api.operations import OPERATIONS

from tests.fuzz.gate.fields import SPEC

#: Every documented answer: operation and status.
STATUSES: Final = frozenset(
    (name, status) for name, info in OPERATIONS.items() for status in (200, *info.codes)
)
#: Every documented refusal: operation and code, in the envelope.
CODES: Final = frozenset(
    (name, code) for name, info in OPERATIONS.items() for codes in info.codes.values() for code in codes
)
#: Every documented refusal of a single entry.
ENTRY_CODES: Final = frozenset((name, code) for name, info in OPERATIONS.items() for code in info.entry_codes)
#: Every link of the spec: from which operation, under which name.
LINKS: Final = frozenset(
    (operation["operationId"], name)
    for path in SPEC["paths"].values()
    for operation in path.values()
    if isinstance(operation, dict) and "operationId" in operation
    for response in operation["responses"].values()
    for name in response.get("links", {})
)


@dataclass(slots=True)
class Counts:
    """What one or several runs reached."""

    cases: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    statuses: set[tuple[str, int]] = field(default_factory=set)
    codes: set[tuple[str, int]] = field(default_factory=set)
    honest_codes: set[tuple[str, int]] = field(default_factory=set)
    entry_codes: set[tuple[str, int]] = field(default_factory=set)
    links: set[tuple[str, str]] = field(default_factory=set)
    #: Those of them that schemathesis followed in chains of its own making.
    chained: set[tuple[str, str]] = field(default_factory=set)

    @property
    def generated(self) -> int:
        """Cases that schemathesis made; the others are the gate's own."""
        return sum(self.phases[name] for name in _GENERATED)

    def to_json(self) -> dict[str, Any]:
        """Give a form that JSON can hold."""
        return {
            "cases": self.cases,
            "phases": dict(self.phases),
            **{name: sorted(getattr(self, name)) for name in _SETS},
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Counts:
        """Read that form."""
        counts = cls(told["cases"], Counter(told["phases"]))
        for name in _SETS:
            getattr(counts, name).update((first, second) for first, second in told[name])
        return counts

    def add(self, other: Counts) -> None:
        """Take over what another run reached."""
        self.cases += other.cases
        self.phases += other.phases
        for name in _SETS:
            getattr(self, name).update(getattr(other, name))

    def summary(self) -> list[str]:
        """Say in lines what was reached of what is documented."""
        succeeded = {name for name, status in self.statuses if status == 200}
        all_codes = {code for _, code in self.codes | self.entry_codes} | {int(ErrorCode.SUCCESS)}
        honest = {code for _, code in self.honest_codes} | {int(ErrorCode.SUCCESS)}
        chained = len(self.chained & LINKS)
        honest_pairs = len(self.honest_codes & CODES)
        phases = ", ".join(f"{name} {count}" for name, count in sorted(self.phases.items()))
        return [
            f"cases: {self.cases}, {self.generated} of them made by schemathesis ({phases})",
            f"operations answered 200: {len(succeeded)} of {len(OPERATIONS)}",
            f"(operation, status): {len(self.statuses & STATUSES)} of {len(STATUSES)}",
            f"(operation, code): {len(self.codes & CODES)} of {len(CODES)}, {honest_pairs} without magic",
            f"(operation, entry code): {len(self.entry_codes & ENTRY_CODES)} of {len(ENTRY_CODES)}",
            f"codes: {len(all_codes)} of {len(ERRORS)}, {len(honest)} without magic",
            f"links followed: {len(self.links & LINKS)} of {len(LINKS)}, {chained} of them in generated chains too",
        ]

    def missing(self) -> list[str]:
        """List what was not reached."""
        return [
            *_lack("never answered 200", {(name, 200) for name in OPERATIONS}, self.statuses),
            *_lack("status never seen", STATUSES, self.statuses),
            *_lack("code never seen", CODES, self.codes),
            *_lack("entry code never seen", ENTRY_CODES, self.entry_codes),
            *_lack("link never followed", LINKS, self.links),
        ]


_GENERATED: Final = ("examples", "coverage", "fuzzing", "stateful")
_SETS: Final = ("statuses", "codes", "honest_codes", "entry_codes", "links", "chained")


def _lack(what: str, wanted: Iterable[tuple[str, Any]], seen: set[tuple[str, Any]]) -> list[str]:
    return [f"{what}: {name} {value}" for name, value in sorted(set(wanted) - seen)]
