"""What a rule is, and the table of all of them.

Knows how a rule is declared, enforced and listed. Must not know any rule.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from jsms_api.error_table import ErrorCode
from jsms_api.operations import OPERATIONS

_C = TypeVar("_C")


class Sureness(enum.StrEnum):
    """How sure it is that the service does the same.

    DOCUMENTED: a page of the vendor says so.
    INFERRED: follows from several sources, none of which says so.
    ASSUMED: nobody says anything; the mock had to do something.
    """

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A row of the table.

    Attributes:
        id: names the rule in the request log; the part before the point is its step.
        says: the rule in one sentence.
        sureness: how sure it is.
        source: page of the vendor, or client, that says so; C1 ... and G1 ... as in spec/README.md.
        code: that a breach brings; None for behaviour that refuses nothing.
    """

    id: str
    says: str
    sureness: Sureness
    source: str
    code: ErrorCode | None = None


@dataclass(frozen=True, slots=True)
class Rule(Generic[_C]):
    """A rule and the function that finds a breach of it.

    Attributes:
        info: its row in the table.
        code: that a breach brings.
        breaks: says whether a call (or recipient) breaks it.
        types: template types that it is about, None: all. `breaks` may rely on it.
    """

    info: RuleInfo
    code: ErrorCode
    breaks: Callable[[_C], bool]
    types: frozenset[int] | None = None


class Refusal(Exception):  # noqa: N818  # not an error of the mock, but one of its answers
    """A call (or one entry of a batch) is refused.

    Attributes:
        code: the return code.
        rule_id: the rule that was broken.
    """

    def __init__(self, code: int, rule_id: str) -> None:
        super().__init__(code, rule_id)
        self.code = code
        self.rule_id = rule_id


#: Every rule and behaviour by id, in the order of declaration, which is that of the decisions.
TABLE: Final[dict[str, RuleInfo]] = {}


def declare(
    identity: str, says: str, sureness: Sureness, source: str, code: ErrorCode | None = None
) -> RuleInfo:
    """Put a row into the table: a behaviour, or what `rule` declares."""
    if identity in TABLE:
        raise ValueError(f"rule {identity} is declared twice")
    info = TABLE[identity] = RuleInfo(identity, says, sureness, source, code)
    return info


def rule(
    identity: str,
    code: ErrorCode,
    says: str,
    sureness: Sureness,
    source: str,
    *,
    types: frozenset[int] | None = None,
) -> Callable[[Callable[[_C], bool]], Rule[_C]]:
    """Declare the function below as a rule: it says whether a call breaks it."""
    info = declare(identity, says, sureness, source, code)

    def make(breaks: Callable[[_C], bool]) -> Rule[_C]:
        return Rule(info, code, breaks, types)

    return make


def broken(rules: Iterable[Rule[_C]], subject: _C) -> Rule[_C] | None:
    """Find the first rule that a call (or recipient) breaks."""
    for each in rules:
        if each.breaks(subject):
            return each
    return None


def enforce(rules: Iterable[Rule[_C]], subject: _C) -> None:
    """Refuse a call that breaks a rule; the first one decides.

    Raises:
        Refusal: it does.
    """
    for each in rules:
        if each.breaks(subject):
            raise Refusal(each.code, each.info.id)


#: The codes that each operation can carry by the spec: in the envelope of a refusal, and anywhere.
OF_REQUESTS: Final = {
    name: frozenset(code for codes in info.codes.values() for code in codes)
    for name, info in OPERATIONS.items()
}
DECLARED: Final = {name: OF_REQUESTS[name] | frozenset(info.entry_codes) for name, info in OPERATIONS.items()}


def about(rules: Iterable[Rule[_C]], template_type: int) -> tuple[Rule[_C], ...]:
    """Keep the rules that are about templates of a type."""
    return tuple(each for each in rules if each.types is None or template_type in each.types)


def declared(rules: Iterable[Rule[_C]], operation_id: str) -> tuple[Rule[_C], ...]:
    """Keep the rules whose code the spec declares for an operation: no call answers anything else."""
    return tuple(each for each in rules if each.code in DECLARED[operation_id])
