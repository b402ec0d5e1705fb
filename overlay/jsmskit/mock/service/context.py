"""One call on its way through the decisions: what is known of it so far, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jsms_api.operations import OperationInfo

from ..callbacks.delivery import Callbacks
from ..model.clock import Clock
from ..model.http import Request
from ..model.random_ids import RandomIds
from ..model.records import Application
from ..model.rule_catalog import DECLARED, TABLE
from ..model.settings import Reading, Settings
from ..state.state import State


@dataclass(slots=True)
class Components:
    """The parts of one mock, for operations.

    Attributes:
        state: what is remembered.
        clock: the only time.
        random_ids: the only chance.
        settings: every switch; may be replaced while the mock runs.
        callbacks: what applications are told.
    """

    state: State
    clock: Clock
    random_ids: RandomIds
    settings: Settings
    callbacks: Callbacks


class Refusal(Exception):  # noqa: N818  # not an error of the mock, but one of its answers
    """A call (or one entry of a batch) is refused.

    Args:
        rule_id: the rule that was broken.
        code: the return code; left out: the rule's own.
    """

    def __init__(self, rule_id: str, code: int | None = None) -> None:
        super().__init__(rule_id, code)
        self.rule_id = rule_id
        self.code = int((TABLE[rule_id].code if code is None else code) or 0)


@dataclass(slots=True)
class CallContext:
    """One call of one operation.

    Attributes:
        components: the mock's parts.
        info: the operation.
        request: as it came.
        path_id: the id in the path, decoded; empty if the path has none.
        now: the instant of the call; time does not pass while it is decided.
        owner_key: key of the application or account that calls; empty before it is known.
        app: the application that calls; unset for calls of the account.
        body: the fields of the body, cleaned of tolerated variants, only fields that the operation knows.
        sent: the fields of the body as they were sent.
        entry_refusals: of a batch: what the spec says about single entries, by position.
    """

    components: Components
    info: OperationInfo
    request: Request
    path_id: str
    now: float
    owner_key: str = ""
    app: Application = field(init=False)
    body: dict[str, Any] = field(init=False)
    sent: dict[str, Any] = field(init=False)
    entry_refusals: dict[int, Refusal] = field(default_factory=dict[int, Refusal])

    def reads(self, reading: Reading) -> bool:
        """Tell whether another reading than the spec's is set."""
        return reading in self.components.settings.readings

    def refuse(self, rule_id: str) -> None:
        """Refuse the call, if the spec declares the rule's code for it: no call answers anything else.

        Raises:
            Refusal: it does.
        """
        if TABLE[rule_id].code in DECLARED[self.info.operation_id]:
            raise Refusal(rule_id)
