"""What requests reached of what is documented: operations, statuses, codes, links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from jsms_api.error_table import ERRORS, ErrorCode
from jsms_api.operations import OPERATIONS, OperationInfo

from tests.fuzz.oracle.exchange import MAGIC_HEADER, MAGIC_PREFIX, Answer, Sent, links, resolve

#: Every documented answer: operation and status.
STATUSES: Final = frozenset((name, status) for name, info in OPERATIONS.items() for status in (200, *info.codes))
#: Every documented refusal: operation and code, in the envelope.
CODES: Final = frozenset(
    (name, code) for name, info in OPERATIONS.items() for codes in info.codes.values() for code in codes
)
#: No caller can deserve the one, and the other belongs to no operation.
ON_DEMAND: Final = frozenset(
    (name, code) for name, code in CODES if code in (ErrorCode.SERVER_ERROR, ErrorCode.API_NOT_FOUND)
)
#: A setting of the mock, or no sign at all, brings these: tests/mock/test_limits.py, test_approvals.py.
BY_SETTING: Final = frozenset(
    (name, int(code))
    for code, names in {
        ErrorCode.WRONG_TEMPLATE_TYPE: (
            "sendMessage sendMessageBatch createSchedule updateSchedule createScheduleBatch updateScheduleBatch"
        ),
        ErrorCode.REPEAT_SEND: "sendCode sendMessage createSchedule updateSchedule",
        ErrorCode.OUT_OF_FREQ: "getAppBalance getAccountBalance",
        ErrorCode.SIGNATURE_NOT_SET: "updateTemplate",
    }.items()
    for name in names.split()
)
#: Every documented refusal of a single entry.
ENTRY_CODES: Final = frozenset((name, code) for name, info in OPERATIONS.items() for code in info.entry_codes)
#: Every link of the spec: from which operation, under which name.
LINKS: Final = frozenset((source, name) for source, name, _ in links())


@dataclass(slots=True)
class Reached:
    """What one or several runs reached."""

    cases: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    statuses: set[tuple[str, int]] = field(default_factory=set)
    codes: set[tuple[str, int]] = field(default_factory=set)
    deserved: set[tuple[str, int]] = field(default_factory=set)
    entry_codes: set[tuple[str, int]] = field(default_factory=set)
    links: set[tuple[str, str]] = field(default_factory=set)

    def count(self, phase: str, sent: Sent, answer: Answer) -> None:
        """Count an exchange. A 405 counts for every operation of its path: no method of it was called."""
        self.cases += 1
        self.phases[phase] += 1
        target = resolve(sent.target)
        found = target.operations.get(sent.method)
        for info in target.operations.values() if answer.status == 405 else [found] if found else []:
            self._count(info, sent, answer)

    def add(self, other: Reached) -> None:
        self.cases += other.cases
        self.phases += other.phases
        for name in ("statuses", "codes", "deserved", "entry_codes", "links"):
            getattr(self, name).update(getattr(other, name))

    def _count(self, info: OperationInfo, sent: Sent, answer: Answer) -> None:
        self.statuses.add((info.operation_id, answer.status))
        if answer.code is not None:
            self.codes.add((info.operation_id, answer.code))
            if MAGIC_HEADER not in sent.headers and MAGIC_PREFIX.encode() not in sent.target.encode() + sent.body:
                self.deserved.add((info.operation_id, answer.code))
        elif info.entry_codes:
            told = answer.decoded() or {}
            for entry in told.get("recipients") or told.get("failure_recipients") or []:
                code = str(entry.get("error_code", ""))
                if code.isdigit():
                    self.entry_codes.add((info.operation_id, int(code)))

    def summary(self) -> list[str]:
        """Say in lines what was reached of what is documented."""
        succeeded = {name for name, status in self.statuses if status == 200}
        all_codes = {code for _, code in self.codes | self.entry_codes} | {int(ErrorCode.SUCCESS)}
        deserved = {code for _, code in self.deserved} | {int(ErrorCode.SUCCESS)}
        deserved_pairs = len(self.deserved & CODES)
        phases = ", ".join(f"{name} {count}" for name, count in sorted(self.phases.items()))
        return [
            f"cases: {self.cases} ({phases})",
            f"operations answered 200: {len(succeeded)} of {len(OPERATIONS)}",
            f"(operation, status): {len(self.statuses & STATUSES)} of {len(STATUSES)}",
            f"(operation, code): {len(self.codes & CODES)} of {len(CODES)}, {deserved_pairs} without magic",
            f"(operation, entry code): {len(self.entry_codes & ENTRY_CODES)} of {len(ENTRY_CODES)}",
            f"codes: {len(all_codes)} of {len(ERRORS)}, {len(deserved)} without magic",
            f"links followed: {len(self.links & LINKS)} of {len(LINKS)}",
        ]

    def missing(self) -> list[str]:
        return [
            *_lack("never answered 200", {(name, 200) for name in OPERATIONS}, self.statuses),
            *_lack("status never seen", STATUSES, self.statuses),
            *_lack("code never seen", CODES, self.codes),
            *_lack("code never deserved", CODES - ON_DEMAND - BY_SETTING, self.deserved),
            *_lack("entry code never seen", ENTRY_CODES, self.entry_codes),
            *_lack("link never followed", LINKS, self.links),
        ]


def _lack(what: str, wanted: Iterable[tuple[str, Any]], seen: set[tuple[str, Any]]) -> list[str]:
    return [f"{what}: {name} {value}" for name, value in sorted(set(wanted) - seen)]
