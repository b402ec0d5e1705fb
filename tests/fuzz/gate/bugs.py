"""All faults that can be planted, by name, and the way to plant one. See `planting`."""

from __future__ import annotations

from tests.fuzz.gate import bugs_in_answers, bugs_in_rules, bugs_in_sums
from tests.fuzz.gate.planting import CATALOG, Bug

#: Imported for what they list.
LISTED_IN = (bugs_in_answers, bugs_in_rules, bugs_in_sums)


def plant(name: str) -> None:
    """Put a fault into the mock of this process; before a mock is made."""
    CATALOG[name].plant()


def catalog() -> dict[str, Bug]:
    """Give all faults by name."""
    return dict(CATALOG)
