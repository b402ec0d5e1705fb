"""Campaigns: one message to very many people, with a ledger that survives every crash.

    from jsmskit import JsmsClient
    from jsmskit.campaigns import CampaignRunner, open_ledger, plan, read_template

    with open_ledger("campaign.db") as ledger, JsmsClient.from_env() as client:
        planned = plan(ledger, "people.csv", read_template(client, 1250))
        result = CampaignRunner(ledger, client).run(planned.campaign_id)

What is meant to be sent is written, durably, before each request leaves, and settled after its answer. After
a crash nobody is lost and nobody gets the message twice by the program's doing: what may have been sent is
listed as unknown, and moves on by evidence or by a person's word only.

Knows the public names and where each lives; they are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._async.runner import AsyncCampaignRunner as AsyncCampaignRunner
    from ._async.service import pull_reports as pull_reports_async  # noqa: F401  # pyright: ignore[reportUnusedImport]
    from ._async.service import read_template as read_template_async  # noqa: F401  # pyright: ignore[reportUnusedImport]
    from ._sync.runner import CampaignRunner as CampaignRunner
    from ._sync.service import pull_reports as pull_reports
    from ._sync.service import read_template as read_template
    from .desk import RunResult as RunResult
    from .feedback import ingest_event as ingest_event
    from .ledger import Ledger as Ledger
    from .ledger import go_on_without_log as go_on_without_log
    from .ledger import open_ledger as open_ledger
    from .opt_out import OPT_OUT_WORDS as OPT_OUT_WORDS
    from .opt_out import is_opt_out as is_opt_out
    from .planning.planner import plan as plan
    from .problems import CampaignError as CampaignError
    from .problems import CampaignExistsError as CampaignExistsError
    from .problems import CampaignStateError as CampaignStateError
    from .problems import LedgerBusyError as LedgerBusyError
    from .problems import LedgerError as LedgerError
    from .problems import LedgerLogError as LedgerLogError
    from .problems import LedgerMissingError as LedgerMissingError
    from .problems import LedgerVersionError as LedgerVersionError
    from .problems import NoSuchCampaignError as NoSuchCampaignError
    from .problems import PlanError as PlanError
    from .problems import SourceChangedError as SourceChangedError
    from .problems import TargetChangedError as TargetChangedError
    from .progress import Progress as Progress
    from .reporting.exports import export_recipients as export_recipients
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

_HOMES: dict[str, tuple[str, str]] = {
    "AsyncCampaignRunner": ("_async.runner", "AsyncCampaignRunner"),
    "CampaignError": ("problems", "CampaignError"),
    "CampaignExistsError": ("problems", "CampaignExistsError"),
    "CampaignRunner": ("_sync.runner", "CampaignRunner"),
    "CampaignState": ("states", "CampaignState"),
    "CampaignStateError": ("problems", "CampaignStateError"),
    "ChunkState": ("states", "ChunkState"),
    "CsvSource": ("sources", "CsvSource"),
    "IterableSource": ("sources", "IterableSource"),
    "JsonLinesSource": ("sources", "JsonLinesSource"),
    "Ledger": ("ledger", "Ledger"),
    "LedgerBusyError": ("problems", "LedgerBusyError"),
    "LedgerError": ("problems", "LedgerError"),
    "LedgerLogError": ("problems", "LedgerLogError"),
    "LedgerMissingError": ("problems", "LedgerMissingError"),
    "LedgerVersionError": ("problems", "LedgerVersionError"),
    "Mode": ("settings", "Mode"),
    "NoSuchCampaignError": ("problems", "NoSuchCampaignError"),
    "OPT_OUT_WORDS": ("opt_out", "OPT_OUT_WORDS"),
    "PlanError": ("problems", "PlanError"),
    "Progress": ("progress", "Progress"),
    "QuietHours": ("settings", "QuietHours"),
    "RecipientState": ("states", "RecipientState"),
    "RunResult": ("desk", "RunResult"),
    "RunSettings": ("settings", "RunSettings"),
    "SourceChangedError": ("problems", "SourceChangedError"),
    "Target": ("settings", "Target"),
    "TargetChangedError": ("problems", "TargetChangedError"),
    "TemplateFacts": ("settings", "TemplateFacts"),
    "TemplateKind": ("states", "TemplateKind"),
    "WorkbookSource": ("sources", "WorkbookSource"),
    "export_recipients": ("reporting.exports", "export_recipients"),
    "go_on_without_log": ("ledger", "go_on_without_log"),
    "is_opt_out": ("opt_out", "is_opt_out"),
    "open_ledger": ("ledger", "open_ledger"),
    "open_source": ("sources", "open_source"),
    "plan": ("planning.planner", "plan"),
    "pull_reports": ("_sync.service", "pull_reports"),
    "pull_reports_async": ("_async.service", "pull_reports"),
    "read_template": ("_sync.service", "read_template"),
    "read_template_async": ("_async.service", "read_template"),
    "ingest_event": ("feedback", "ingest_event"),
}

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{home[0]}", __name__), home[1])
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
