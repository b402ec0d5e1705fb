"""Why a call is refused: one function a rule, in the order of the decisions.

No source gives that order. This one reproduces every documented example and gives the most helpful code
first; a client must stand another order where a request has two faults. In a batch the steps marked * are
taken for each entry, all others refuse the whole request.

1. path, then method
2. credentials
3. access of the application
4. media type, body, types of the fields
5. missing fields
6. form of the fields; numbers *
7. template, sign, schedule, code: existing, and in the right state
8. variables, then the written text *
9. recipient: unsubscribed, repeated, too often *
10. balance *
11. the act
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from jsms_api.error_table import ErrorCode

from ...model.rule_catalog import DECLARED, Confidence, RuleInfo, declare

_C = TypeVar("_C")


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


def rule(
    identity: str,
    code: ErrorCode,
    summary: str,
    confidence: Confidence,
    source: str,
    *,
    types: frozenset[int] | None = None,
) -> Callable[[Callable[[_C], bool]], Rule[_C]]:
    """Declare the function below as a rule: it says whether a call breaks it."""
    info = declare(identity, summary, confidence, source, code)

    def make(breaks: Callable[[_C], bool]) -> Rule[_C]:
        return Rule(info, code, breaks, types)

    return make


def first_violation(rules: Iterable[Rule[_C]], subject: _C) -> Rule[_C] | None:
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


def for_type(rules: Iterable[Rule[_C]], template_type: int) -> tuple[Rule[_C], ...]:
    """Keep the rules that are about templates of a type."""
    return tuple(each for each in rules if each.types is None or template_type in each.types)


def declared(rules: Iterable[Rule[_C]], operation_id: str) -> tuple[Rule[_C], ...]:
    """Keep the rules whose code the spec declares for an operation: no call answers anything else."""
    return tuple(each for each in rules if each.code in DECLARED[operation_id])
