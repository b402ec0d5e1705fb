"""Questions to the ledger: lists in pages, counts, what stands where. Nothing here changes anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, final

from ..models import AuditEntry, Campaign, Chunk, Counts, RecipientRecord, SkippedRow
from ..settings import Mode, Target
from ..states import CampaignState, ChunkState, RecipientState, SkipReason, TemplateKind
from .claims import campaign_row
from .database import Database, Row

_PAGE: Final = 2000
_CAMPAIGN: Final = (
    "SELECT campaign_id, name, state, why, template_id, sign_id, tag, kind, mode, source, digest, source_rows,"
    " recipients, units, created_at, settled_at, address, application, chosen_by FROM campaign"
)


def _campaign(row: Row) -> Campaign:
    *found, address, application, chosen_by = row
    found.append(Target(address, application, tuple(json.loads(chosen_by or "[]"))) if address else None)
    found[2], found[7], found[8] = CampaignState(found[2]), TemplateKind(found[7]), Mode(found[8])
    return Campaign(*found)


@final
class Queries:
    """What a ledger tells (`Ledger.queries`). Each method reads one consistent view."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def campaign(self, campaign_id: int) -> Campaign:
        """One campaign. Raises `NoSuchCampaignError`."""
        with self._database.read() as tx:
            return _campaign(campaign_row(tx, campaign_id, _CAMPAIGN, hold=False))

    def first_pending(self, campaign_id: int) -> tuple[str, str | None] | None:
        """Number and values (a JSON object) of the first recipient that is still to be sent; None if there is none."""
        with self._database.read() as tx:
            return tx.fetchone(
                "SELECT phone, params FROM recipient WHERE campaign_id=? AND state=? ORDER BY chunk, position LIMIT 1",
                (campaign_id, RecipientState.PENDING),
            )

    def campaigns(self) -> list[Campaign]:
        """All campaigns, the newest last."""
        with self._database.read() as tx:
            return [_campaign(row) for row in tx.fetchall(f"{_CAMPAIGN} ORDER BY campaign_id")]

    def chunks(self, campaign_id: int, *states: ChunkState) -> list[Chunk]:
        """The chunks in one of these states; all of them if none is given."""
        of_states = f" AND state IN ({', '.join('?' * len(states))})" if states else ""
        with self._database.read() as tx:
            rows = tx.fetchall(
                "SELECT chunk, state, size, attempt, owner, settled_at, code, why FROM chunk"
                f" WHERE campaign_id=?{of_states} ORDER BY chunk",
                (campaign_id, *states),
            )
        return [Chunk(number, ChunkState(state), *more) for number, state, *more in rows]

    def unknown_chunks(self, campaign_id: int) -> list[tuple[int, int, float | None, str]]:
        """Chunk, number of unknown recipients, time of the intent, and why."""
        with self._database.read() as tx:
            return tx.fetchall(
                "SELECT c.chunk, count(*), c.intent_at, max(r.why) FROM recipient r JOIN chunk c"
                " ON c.campaign_id=r.campaign_id AND c.chunk=r.chunk WHERE r.campaign_id=? AND r.state=?"
                " GROUP BY c.chunk, c.intent_at ORDER BY c.chunk",
                (campaign_id, RecipientState.UNKNOWN),
            )

    def _counted(self, table: str, column: str, campaign_id: int, where: str = "", *values: object) -> dict[Any, int]:
        """How often each value of a column stands there."""
        with self._database.read() as tx:
            rows = tx.fetchall(
                f"SELECT {column}, count(*) FROM {table} WHERE campaign_id=? {where} GROUP BY {column}"
                f" ORDER BY 2 DESC, 1",
                (campaign_id, *values),
            )
        return dict(rows)

    def counts(self, campaign_id: int) -> Counts:
        """How many recipients and chunks are in which state: exact, and slower the more recipients there are."""
        people = self._counted("recipient", "state", campaign_id)
        chunks = self._counted("chunk", "state", campaign_id)
        return Counts(
            {RecipientState(state): count for state, count in people.items()},
            {ChunkState(state): count for state, count in chunks.items()},
        )

    def codes(self, campaign_id: int) -> list[tuple[int, int]]:
        """Return codes of refused recipients, and how often each came."""
        where = "AND code IS NOT NULL AND state=?"
        return list(self._counted("recipient", "code", campaign_id, where, RecipientState.REJECTED).items())

    def statuses(self, campaign_id: int) -> list[tuple[int, int]]:
        """Delivery statuses, and how often each came."""
        return list(self._counted("recipient", "status", campaign_id, "AND status IS NOT NULL").items())

    def set_aside_counts(self, campaign_id: int) -> dict[str, int]:
        """How many rows of the source got nothing, by reason."""
        return self._counted("set_aside", "why", campaign_id)

    def deliveries(self, campaign_id: int) -> list[tuple[float, int, int]]:
        """Delivery reports of its recipients by the minute: seconds since 1970, status, how many."""
        with self._database.read() as tx:
            found = tx.fetchall(
                "SELECT t.at, t.status, count(*) FROM receipt t JOIN phone_place p ON p.phone=t.phone JOIN recipient r"
                " ON r.campaign_id=p.campaign_id AND r.chunk=p.chunk AND r.position=p.position AND r.msg_id=t.msg_id"
                " WHERE p.campaign_id=? AND t.matched=1 GROUP BY t.at, t.status ORDER BY t.at",
                (campaign_id,),
            )
        minutes: dict[tuple[float, int], int] = {}
        for at, status, count in found:
            minute = at - at % 60
            minutes[minute, status] = minutes.get((minute, status), 0) + int(count)
        return [(at, status, count) for (at, status), count in minutes.items()]

    def events(self, campaign_id: int, limit: int = 50) -> list[AuditEntry]:
        """The last entries of the audit log, the newest last."""
        with self._database.read() as tx:
            rows = tx.fetchall(
                "SELECT at, what, detail FROM event WHERE campaign_id=? ORDER BY event_id DESC LIMIT ?",
                (campaign_id, limit),
            )
        return [AuditEntry(*row) for row in reversed(rows)]

    def recipients(self, campaign_id: int, *states: RecipientState) -> Iterator[RecipientRecord]:
        """All recipients in one of these states (all states if none is given), page by page."""
        of_states = f" AND state IN ({', '.join('?' * len(states))})" if states else ""
        last: Row = (0, -1)
        while rows := self._page(
            "SELECT source_row, phone, state, code, msg_id, status, why, chunk, settled_at, position"
            f" FROM recipient WHERE campaign_id=?{of_states} AND (chunk, position) > (?, ?) ORDER BY chunk, position",
            (campaign_id, *states, *last),
        ):
            last = rows[-1][7], rows[-1][9]
            for row in rows:
                yield RecipientRecord(row[0], row[1], RecipientState(row[2]), *row[3:9])

    def first_set_aside(self, campaign_id: int) -> dict[str, SkippedRow]:
        """The first row of the source that got nothing, by reason."""
        with self._database.read() as tx:
            rows = tx.fetchall(
                "SELECT source_row, phone, why, detail FROM set_aside WHERE campaign_id=? AND source_row IN"
                " (SELECT min(source_row) FROM set_aside WHERE campaign_id=? GROUP BY why) ORDER BY source_row",
                (campaign_id, campaign_id),
            )
        return {why: SkippedRow(row, phone, SkipReason(why), detail) for row, phone, why, detail in rows}

    def set_aside(self, campaign_id: int) -> Iterator[tuple[int, str, str, str]]:
        """The rows of the source that get nothing: row, what stood there, why, in words."""
        last = -1
        while rows := self._page(
            "SELECT source_row, phone, why, detail FROM set_aside WHERE campaign_id=? AND source_row>?"
            " ORDER BY source_row",
            (campaign_id, last),
        ):
            last = rows[-1][0]
            yield from rows

    def _page(self, select: str, values: tuple[object, ...]) -> list[Any]:
        with self._database.read() as tx:
            return tx.fetchall(f"{select} LIMIT {_PAGE}", values)
