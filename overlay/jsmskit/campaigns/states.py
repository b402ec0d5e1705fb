"""The states of a campaign, of its chunks and of its recipients, and which step may follow which."""

from __future__ import annotations

from enum import StrEnum


class CampaignState(StrEnum):
    """Where a campaign stands. Only a running one gives out work."""

    PLANNING = "planning"
    """The plan is being written. A campaign found in this state was interrupted there; nothing of it was sent."""
    PLANNED = "planned"
    RUNNING = "running"
    STOPPED = "stopped"
    """The operator stopped it."""
    PAUSED = "paused"
    """The program stopped it, and says why: balance, circuit breaker, a refusal that concerns every recipient."""
    FINISHED = "finished"
    """No chunk is pending or in flight. Unknown ones may be left."""


class ChunkState(StrEnum):
    """Where one chunk (one request) stands."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    """The intent is durable; the request may have left. Never goes back to pending because time has passed."""
    ACCEPTED = "accepted"
    """An answer was read; each recipient has a state of its own."""
    REJECTED = "rejected"
    """Refused as a whole: its recipients are rejected, or were moved to smaller chunks."""
    UNKNOWN = "unknown"
    """It may have been sent. Only evidence or a person moves it on."""


class ChunkPhase(StrEnum):
    """Schedule mode only: how far the two-phase sending of an in-flight chunk has come."""

    NONE = ""
    RESERVING = "reserving"
    """A timed task with the operator's own number is being made. If its answer is lost, only that number is hit."""
    RESERVED = "reserved"
    """The id of the timed task is known."""
    COMMITTING = "committing"
    """The real recipients are being put in. What happened can always be read from the service."""


class RecipientState(StrEnum):
    """What is known of one recipient."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    WITHHELD = "withheld"
    """The recipient guard of the client that ran the campaign kept it back."""
    DELIVERED = "delivered"
    FAILED = "failed"


class SkipReason(StrEnum):
    """Why a row of the source, or a planned recipient, gets nothing."""

    INVALID = "invalid_phone"
    MISSING = "missing_phone"
    DUPLICATE = "duplicate"
    OPTED_OUT = "opted_out"
    TOO_LONG = "too_long"
    PARAMETERS = "wrong_parameters"
    UNREADABLE = "unreadable_row"
    RECENT = "sent_recently"
    DAMAGED = "damaged_value"
    """A spreadsheet has changed a number: `1.38E+10`, `13800138000.0`."""


class TemplateKind(StrEnum):
    """What a template is for. Unknown counts as marketing, the kind with the strictest rules."""

    CODE = "code"
    NOTICE = "notice"
    MARKETING = "marketing"
    UNKNOWN = "unknown"

    @property
    def keeps_quiet_hours(self) -> bool:
        """Whether messages of this kind may go out by day only."""
        return self in (TemplateKind.MARKETING, TemplateKind.UNKNOWN)
