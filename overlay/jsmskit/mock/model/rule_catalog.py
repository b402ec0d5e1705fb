"""The catalog of rules: every behaviour of the mock, how sure it is that the service does the same, and the source."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from jsms_api.error_table import ErrorCode
from jsms_api.operations import OPERATIONS


class Confidence(enum.StrEnum):
    """How sure it is that the service does the same.

    DOCUMENTED: a page of the vendor says so.
    OBSERVED: a response of the service that a user published shows it (tests/contract/captures).
    INFERRED: follows from several sources, none of which says so.
    ASSUMED: no source says anything; the mock had to do something.
    """

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A row of the table.

    Attributes:
        id: names the rule in the request log; the part before the point is its step.
        summary: the rule in one sentence.
        confidence: how sure it is.
        source: page of the vendor, or client, that says so; C1 ... and G1 ... as in spec/README.md.
        code: that a breach brings; None for behaviour that refuses nothing.
    """

    id: str
    summary: str
    confidence: Confidence
    source: str
    code: ErrorCode | None = None


#: Every rule and behaviour by id, in the order of declaration, which is that of the decisions.
TABLE: Final[dict[str, RuleInfo]] = {}


def declare(
    identity: str, summary: str, confidence: Confidence, source: str, code: ErrorCode | None = None
) -> RuleInfo:
    """Put a row into the table: a behaviour, or what `rule` declares."""
    if identity in TABLE:
        raise ValueError(f"rule {identity} is declared twice")
    info = TABLE[identity] = RuleInfo(identity, summary, confidence, source, code)
    return info


#: The codes that each operation can carry by the spec: in the envelope of a refusal, and anywhere.
OF_REQUESTS: Final = {
    name: frozenset(code for codes in info.codes.values() for code in codes) for name, info in OPERATIONS.items()
}
DECLARED: Final = {name: OF_REQUESTS[name] | frozenset(info.entry_codes) for name, info in OPERATIONS.items()}
