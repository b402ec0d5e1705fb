"""All faults that can be planted, by what is wrong."""

from __future__ import annotations

from tests.fuzz.planted import in_limits, in_responses, in_rules
from tests.fuzz.planted.planting import FAULTS

#: Imported for what they list.
LISTED_IN = (in_limits, in_responses, in_rules)
__all__ = ["FAULTS"]
