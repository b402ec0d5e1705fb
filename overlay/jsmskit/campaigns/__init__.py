"""Campaigns: one message to very many people, with a ledger that survives every crash.

    from jsmskit import JsmsClient
    from jsmskit.campaigns import CampaignRunner, open_ledger, plan, read_template

    with open_ledger("campaign.db") as ledger, JsmsClient.from_env() as client:
        planned = plan(ledger, "people.csv", read_template(client, 1250))
        result = CampaignRunner(ledger, client).run(planned.campaign_id)

What is meant to be sent is written, durably, before each request leaves, and settled after its answer. After
a crash no recipient is skipped, and the program never causes a duplicate: what may have been sent is
listed as unknown, and moves on by evidence or by a person's word only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import export_lazily

if TYPE_CHECKING:
    from .errors import CampaignError as CampaignError
    from .errors import CampaignExistsError as CampaignExistsError
    from .errors import CampaignStateError as CampaignStateError
    from .errors import LedgerBusyError as LedgerBusyError
    from .errors import LedgerError as LedgerError
    from .errors import LedgerLogError as LedgerLogError
    from .errors import LedgerMissingError as LedgerMissingError
    from .errors import LedgerVersionError as LedgerVersionError
    from .errors import NoSuchCampaignError as NoSuchCampaignError
    from .errors import PlanError as PlanError
    from .errors import SourceChangedError as SourceChangedError
    from .errors import TargetChangedError as TargetChangedError
    from .feedback import OPT_OUT_WORDS as OPT_OUT_WORDS
    from .feedback import ingest_event as ingest_event
    from .feedback import is_opt_out as is_opt_out
    from .ledger.ledger import Ledger as Ledger
    from .ledger.ledger import go_on_without_log as go_on_without_log
    from .ledger.ledger import open_ledger as open_ledger
    from .planning import plan as plan
    from .reporting import export_recipients as export_recipients
    from .running._async.runner import AsyncCampaignRunner as AsyncCampaignRunner
    from .running._async.service_calls import pull_reports as pull_reports_async  # noqa: F401  # pyright: ignore[reportUnusedImport]
    from .running._async.service_calls import read_template as read_template_async  # noqa: F401  # pyright: ignore[reportUnusedImport]
    from .running._sync.runner import CampaignRunner as CampaignRunner
    from .running._sync.service_calls import pull_reports as pull_reports
    from .running._sync.service_calls import read_template as read_template
    from .running.session import Progress as Progress
    from .running.session import RunResult as RunResult
    from .settings import Mode as Mode
    from .settings import QuietHours as QuietHours
    from .settings import RunSettings as RunSettings
    from .settings import Target as Target
    from .settings import TemplateFacts as TemplateFacts
    from .sources import CsvSource as CsvSource
    from .sources import IterableSource as IterableSource
    from .sources import JsonLinesSource as JsonLinesSource
    from .sources import WorkbookSource as WorkbookSource
    from .sources import open_source as open_source
    from .states import CampaignState as CampaignState
    from .states import ChunkState as ChunkState
    from .states import RecipientState as RecipientState
    from .states import TemplateKind as TemplateKind

_EXPORTS = {
    ".running._async.runner": "AsyncCampaignRunner",
    ".errors": (
        "CampaignError CampaignExistsError CampaignStateError LedgerBusyError LedgerError "
        "LedgerLogError LedgerMissingError LedgerVersionError NoSuchCampaignError PlanError "
        "SourceChangedError TargetChangedError"
    ),
    ".running._sync.runner": "CampaignRunner",
    ".states": "CampaignState ChunkState RecipientState TemplateKind",
    ".sources": "CsvSource IterableSource JsonLinesSource WorkbookSource open_source",
    ".ledger": "Ledger go_on_without_log open_ledger",
    ".settings": "Mode QuietHours RunSettings Target TemplateFacts",
    ".feedback": "OPT_OUT_WORDS is_opt_out ingest_event",
    ".running.session": "Progress RunResult",
    ".reporting": "export_recipients",
    ".planning": "plan",
    ".running._sync.service_calls": "pull_reports read_template",
    ".running._async.service_calls": "pull_reports_async:pull_reports read_template_async:read_template",
}

__getattr__, __dir__, __all__ = export_lazily(__name__, _EXPORTS)  # pyright: ignore[reportUnsupportedDunderAll]
