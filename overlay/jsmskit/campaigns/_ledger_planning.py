"""The steps of planning: the part of `Ledger` that writes campaigns which cannot run yet.

Knows which steps exist and that each is one durable transaction. Must not know clients or statements.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from . import _planning_writes as _plans
from . import _reading
from ._database import Database
from ._events import note
from ._ledger_reading import LedgerReading
from ._steps import Passing
from .problems import TargetChangedError
from .settings import Mode, Target, TemplateFacts
from .values import PlanSummary, ValidRow

__all__ = ["LedgerPlanning"]


class LedgerPlanning(LedgerReading):
    """Plans; each method is one transaction."""

    def __init__(self, database: Database, *, clock: Callable[[], float], passing: Passing) -> None:
        super().__init__(database)
        self._clock = clock
        self._at = passing

    def begin_plan(
        self,
        *,
        name: str,
        facts: TemplateFacts,
        sign_id: int | None,
        tag: str | None,
        mode: Mode,
        source: str,
        target: Target | None = None,
    ) -> int:
        """An empty campaign, which cannot be run until `finish_plan`."""
        with self._database.transaction() as tx:
            number = _plans.begin_plan(
                tx,
                name=name,
                facts=facts,
                sign_id=sign_id,
                tag=tag,
                mode=mode,
                source=source,
                target=target,
                now=self._clock(),
                token=secrets.token_hex(16),
            )
        self._at("plan.created")
        return number

    def bind_target(self, campaign_id: int, target: Target, *, retarget: bool = False) -> None:
        """Make sure that a campaign goes where it was planned for; bind it if that is not known yet.

        Raises `TargetChangedError` for another address or application, unless `retarget` says that it is meant.
        """
        with self._database.transaction() as tx:
            planned = _reading.campaign(tx, campaign_id, self._database.name).target
            if planned == target:
                return
            if planned is not None and not retarget:
                raise TargetChangedError(
                    f"campaign {campaign_id} was planned for {planned}; this is {target}.",
                    "Use the address and the keys that it was planned for, or plan it anew. If it is meant:"
                    " retarget=True.",
                )
            _plans.set_target(tx, campaign_id, target)
            if planned is not None:
                note(tx, campaign_id, self._clock(), "retargeted", f"from {planned} to {target}")

    def record(self, campaign_id: int, what: str, detail: str) -> None:
        """Write an entry into the audit log."""
        with self._database.transaction() as tx:
            note(tx, campaign_id, self._clock(), what, detail)

    def seen_before(
        self, campaign_id: int, phones: Sequence[str], facts: TemplateFacts
    ) -> tuple[set[str], set[str]]:
        """Of these numbers: those of people who opted out, and those written to within a day."""
        with self._database.look() as tx:
            return _plans.seen_before(
                self._database,
                tx,
                campaign_id,
                phones,
                template_id=facts.template_id,
                now=self._clock(),
            )

    def add_to_plan(
        self,
        campaign_id: int,
        chunks: Sequence[tuple[int, Sequence[ValidRow]]],
        aside: Sequence[tuple[int, str, str, str]],
    ) -> None:
        """Write some chunks, and rows that were set aside on the way to them."""
        with self._database.transaction() as tx:
            self._at("plan.batch_begun")
            for chunk, people in chunks:
                _plans.add_members(tx, campaign_id, chunk, people, self._at)
            _plans.add_set_aside(tx, campaign_id, aside)
            self._at("plan.batch_written")
        self._at("plan.batch_committed")

    def finish_plan(
        self,
        campaign_id: int,
        *,
        facts: TemplateFacts,
        sign_id: int | None,
        tag: str | None,
        again: bool,
        digest: str,
        rows: int,
        recipients: int,
        units: int,
        longest: int,
        chunks: int,
    ) -> PlanSummary:
        """Make the plan one that can be run. Raises `CampaignExistsError`."""
        with self._database.transaction() as tx:
            self._at("plan.before_finish")
            summary = _plans.finish_plan(
                self._database,
                tx,
                campaign_id,
                key=_plans.plan_key(digest, facts, sign_id, tag),
                again=again,
                digest=digest,
                rows=rows,
                recipients=recipients,
                units=units,
                longest=longest,
                chunks=chunks,
                now=self._clock(),
                at=self._at,
            )
        self._at("plan.finished")
        return summary

    def drop_plan(self, campaign_id: int) -> None:
        """Throw an unfinished plan away."""
        with self._database.transaction() as tx:
            _plans.erase(tx, campaign_id)
