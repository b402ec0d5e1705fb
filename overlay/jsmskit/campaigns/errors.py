"""What can go wrong with a campaign itself.

Every error names the place (file and row, ledger, campaign) and the remedy; none shows a whole phone number.
"""

from __future__ import annotations

from typing import ClassVar

from jsmskit.errors import JsmsError, Outcome


class CampaignError(JsmsError):
    """Base of the errors of campaigns.

    `outcome` is not_sent. Where a run had begun (`in_run`), it is unknown: messages may have been sent, and the ledger
    says how far the run came.

    Attributes:
        campaign_id: the campaign that it is about, if it is about one.
        hint: a key for what to do next, such as "resume", for programs that have words of their own (the command line);
            "template 37582" where it is about something else than the campaign.
        in_run: whether a run had begun when it was raised.
    """

    _doc_page = "reference/campaigns.md#jsmskit.campaigns."

    def __init__(self, message: str, remedy: str, *, hint: str = "", campaign_id: int | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.hint = hint
        self.campaign_id = campaign_id
        self.in_run = False

    def raised_in_run(self, campaign_id: int) -> None:
        """Say that a run of this campaign had begun."""
        self.campaign_id = campaign_id
        self.in_run = True
        self.outcome = Outcome.UNKNOWN


class PlanError(CampaignError):
    """The source or the template cannot be used. `row` is the line of the file (1 is the first), None for the
    whole.
    """

    def __init__(self, message: str, remedy: str, *, row: int | None = None, hint: str = "") -> None:
        super().__init__(message if row is None else f"row {row}: {message}", remedy, hint=hint)
        self.row = row


class CampaignExistsError(CampaignError):
    """The same list with the same template was planned before."""


class CampaignStateError(CampaignError):
    """The campaign is not in a state in which this can be done."""


class NoSuchCampaignError(CampaignError):
    """The ledger has no campaign with this number."""


class SourceChangedError(CampaignError):
    """The file given at resume is not the one that was planned."""


class TargetChangedError(CampaignError):
    """The campaign was planned for another address or another application."""


class LedgerError(CampaignError):
    """The ledger cannot be read or written: disk, permissions, connection, damage."""

    _default_remedy: ClassVar[str] = "Repair the ledger's place; then resume the campaign."


class LedgerMissingError(LedgerError):
    """There is no ledger at this place."""


def missing_ledger(place: str) -> LedgerMissingError:
    """The error for a place without a ledger."""
    return LedgerMissingError(
        f"there is no ledger at {place}.", "Name the right file or database; planning a campaign makes a new ledger."
    )


class LedgerBusyError(LedgerError):
    """Another process is running a campaign on this ledger."""


class LedgerLogError(LedgerError):
    """The ledger's log (`-wal`) is missing, or is that of another ledger: what was sent last is not known."""


class LedgerVersionError(LedgerError):
    """The ledger was written by another version of this package."""
