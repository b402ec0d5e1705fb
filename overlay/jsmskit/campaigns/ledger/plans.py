"""Writing a plan into the ledger, batch after batch, so that its size in memory does not grow with the list."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Final, final

from ..errors import CampaignExistsError, TargetChangedError
from ..models import PlanSummary, ValidRow
from ..settings import CANARY_SIZES, CHUNK_SIZE, Mode, Target, TemplateFacts
from ..states import CampaignState, ChunkState, SkipReason
from .claims import LAST_STAGE, campaign_row
from .database import Database, Transaction, record_event

_RECENT_SECONDS: Final = 24 * 3600.0
"""The same marketing template does not go to the same number twice within a day, whatever list it stands in."""
_REPEATED: Final = (
    "FROM recipient WHERE campaign_id=? AND NOT EXISTS (SELECT 1 FROM phone_place p WHERE p.phone=recipient.phone"
    " AND p.campaign_id=recipient.campaign_id AND p.chunk=recipient.chunk AND p.position=recipient.position)"
)


def chunk_sizes(number: int) -> tuple[int, int]:
    """Stage and size of the n-th chunk of a plan (1 is the first): the canary, then full ones."""
    stage = min(number - 1, LAST_STAGE)
    return stage, CANARY_SIZES[stage] if stage < LAST_STAGE else CHUNK_SIZE


@final
class Plans:
    """Writes campaigns that cannot run yet (`Ledger.plans`). Each method is one durable transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_plan(
        self, *, name: str, facts: TemplateFacts, sign_id: int | None, tag: str | None, mode: Mode, source: str
    ) -> int:
        """Write an empty campaign, which cannot be run until `finish_plan`; return its number. What an interrupted
        plan of the same source left is thrown away.
        """
        token = secrets.token_hex(16)
        with self._database.transaction() as tx:
            for row in tx.fetchall(
                "SELECT campaign_id FROM campaign WHERE state=? AND source=? AND template_id=?",
                (CampaignState.PLANNING, source, facts.template_id),
            ):
                _erase(tx, row[0])
            tx.execute(
                "INSERT INTO campaign (plan_key, name, state, template_id, sign_id, tag, kind, mode, source,"
                " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    token,
                    name,
                    CampaignState.PLANNING,
                    facts.template_id,
                    sign_id,
                    tag,
                    facts.kind,
                    mode,
                    source,
                    tx.now,
                ),
            )
            number: int = tx.value("SELECT campaign_id FROM campaign WHERE plan_key=?", (token,))
            if facts.target is not None:
                _set_target(tx, number, facts.target)
        return number

    def bind_target(self, campaign_id: int, target: Target, *, retarget: bool = False) -> None:
        """Make sure that a campaign goes where it was planned for; bind it if that is not known yet.

        Raises `TargetChangedError` for another address or application, unless `retarget` says that it is meant.
        """
        with self._database.transaction() as tx:
            address, application = campaign_row(
                tx, campaign_id, "SELECT address, application FROM campaign", hold=False
            )
            planned = Target(address, application) if address else None
            if planned == target:
                return
            if planned is not None and not retarget:
                raise TargetChangedError(
                    f"campaign {campaign_id} was planned for {planned}; this is {target}.",
                    "Use the address and the keys that it was planned for, or plan it again. If it is meant:"
                    " retarget=True.",
                    campaign_id=campaign_id,
                )
            _set_target(tx, campaign_id, target)
            if planned is not None:
                record_event(tx, campaign_id, "retargeted", f"from {planned} to {target}")

    def record(self, campaign_id: int, what: str, detail: str) -> None:
        """Write an entry into the audit log."""
        with self._database.transaction() as tx:
            record_event(tx, campaign_id, what, detail)

    def seen_before(self, campaign_id: int, phones: Sequence[str], facts: TemplateFacts) -> tuple[set[str], set[str]]:
        """Of these numbers: those of people who opted out, and those written to within a day."""
        listed, value = self._database.in_list("p.phone", phones)
        with self._database.read() as tx:
            gone = tx.fetchall(f"SELECT p.phone FROM opt_out p WHERE {listed}", (value,))
            recent = tx.fetchall(
                "SELECT p.phone FROM phone_place p JOIN campaign c ON c.campaign_id=p.campaign_id"
                " JOIN recipient r ON r.campaign_id=p.campaign_id AND r.chunk=p.chunk AND r.position=p.position"
                f" WHERE {listed} AND p.campaign_id<>? AND c.template_id=?"
                " AND r.state IN ('accepted', 'unknown', 'delivered') AND r.settled_at>?",
                (value, campaign_id, facts.template_id, tx.now - _RECENT_SECONDS),
            )
        return {row[0] for row in gone}, {row[0] for row in recent}

    def add_to_plan(
        self,
        campaign_id: int,
        chunks: Sequence[tuple[int, Sequence[ValidRow]]],
        aside: Sequence[tuple[int, str, str, str]],
    ) -> None:
        """Write some chunks, and rows that were set aside on the way to them."""
        with self._database.transaction() as tx:
            for number, people in chunks:
                _add_chunk(tx, campaign_id, number, people)
            tx.executemany(
                "INSERT INTO set_aside (campaign_id, source_row, phone, why, detail) VALUES (?, ?, ?, ?, ?)",
                [(campaign_id, *row) for row in aside],
            )

    def finish_plan(self, campaign_id: int, *, again: bool, digest: str, rows: int, longest: int) -> PlanSummary:
        """Find places for all numbers, and make the plan one that can be run.

        Raises `CampaignExistsError` if it was planned before and not `again`.
        """
        with self._database.transaction() as tx:
            message = campaign_row(tx, campaign_id, "SELECT template_id, sign_id, tag FROM campaign")
            # What makes two plans the same: the list, the template, the sign and the tag.
            key = hashlib.sha256(" ".join(map(str, (digest, *message))).encode()).hexdigest()
            others = tx.fetchall(
                "SELECT campaign_id, state FROM campaign WHERE plan_key LIKE ? ORDER BY campaign_id", (f"{key}%",)
            )
            if others and not again:
                number, state = others[-1]
                raise CampaignExistsError(
                    f"the same list with the same template is campaign {number} already ({state}).",
                    "Go on with that campaign, or allow the same list a second time (again).",
                    hint="again",
                    campaign_id=number,
                )
            _place_all(tx, campaign_id)
            chunks, recipients = tx.fetchone(
                "SELECT count(*), CAST(sum(size) AS BIGINT) FROM chunk WHERE campaign_id=?", (campaign_id,)
            ) or (0, 0)
            units = tx.value("SELECT CAST(sum(units) AS BIGINT) FROM recipient WHERE campaign_id=?", (campaign_id,))
            unique = key if not others else f"{key}#{len(others) + 1}"
            tx.execute(
                "UPDATE campaign SET plan_key=?, state=?, digest=?, source_rows=?, recipients=?, units=?"
                " WHERE campaign_id=?",
                (unique, CampaignState.PLANNED, digest, rows, recipients, units, campaign_id),
            )
            aside = tx.fetchall(
                "SELECT why, count(*) FROM set_aside WHERE campaign_id=? GROUP BY why ORDER BY why", (campaign_id,)
            )
            what = f"{recipients} recipients of {rows} rows{', again' if others else ''}"
            record_event(tx, campaign_id, "planned", what)
        return PlanSummary(
            campaign_id, rows, recipients, chunks, units, {str(row[0]): int(row[1]) for row in aside}, digest, longest
        )

    def drop_plan(self, campaign_id: int) -> None:
        """Throw an unfinished plan away."""
        with self._database.transaction() as tx:
            _erase(tx, campaign_id)


def _set_target(tx: Transaction, campaign_id: int, target: Target) -> None:
    tx.execute(
        "UPDATE campaign SET address=?, application=?, chosen_by=? WHERE campaign_id=?",
        (target.address, target.application, json.dumps(target.chosen_by), campaign_id),
    )


def _erase(tx: Transaction, campaign_id: int) -> None:
    """Delete a campaign and everything of it; the audit log stays."""
    for table in ("recipient", "phone_place", "set_aside", "chunk", "campaign"):
        tx.execute(f"DELETE FROM {table} WHERE campaign_id=?", (campaign_id,))


def _add_chunk(tx: Transaction, campaign_id: int, number: int, people: Sequence[ValidRow]) -> None:
    """Write one full chunk, frozen from now on."""
    stage, _ = chunk_sizes(number)
    tx.executemany(
        "INSERT INTO recipient (campaign_id, chunk, position, phone, params, units, source_row)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (campaign_id, number, position, phone, params, units, row)
            for position, (row, phone, params, units, _) in enumerate(people)
        ),
    )
    tx.execute(
        "INSERT INTO chunk (campaign_id, chunk, state, stage, size, family) VALUES (?, ?, ?, ?, ?, ?)",
        (campaign_id, number, ChunkState.PENDING, stage, len(people), number),
    )


def _place_all(tx: Transaction, campaign_id: int) -> None:
    """Write where each number stands, in the order of the numbers; later rows of a number are set aside."""
    placed = tx.execute(
        "INSERT INTO phone_place (phone, campaign_id, chunk, position)"
        " SELECT phone, campaign_id, chunk, position FROM recipient WHERE campaign_id=?"
        " ORDER BY phone, chunk, position ON CONFLICT (phone, campaign_id) DO NOTHING",
        (campaign_id,),
    )
    if placed == tx.value("SELECT sum(size) FROM chunk WHERE campaign_id=?", (campaign_id,)):
        return
    tx.execute(
        "INSERT INTO set_aside (campaign_id, source_row, phone, why, detail) SELECT campaign_id, source_row, phone,"
        f" '{SkipReason.DUPLICATE}', 'the number stood in an earlier row' {_REPEATED}",
        (campaign_id,),
    )
    smaller = tx.fetchall(
        f"SELECT count(*), campaign_id, chunk {_REPEATED} GROUP BY campaign_id, chunk", (campaign_id,)
    )
    tx.executemany("UPDATE chunk SET size=size-? WHERE campaign_id=? AND chunk=?", smaller)
    tx.execute(f"DELETE {_REPEATED}", (campaign_id,))
    tx.execute("DELETE FROM chunk WHERE campaign_id=? AND size=0", (campaign_id,))
