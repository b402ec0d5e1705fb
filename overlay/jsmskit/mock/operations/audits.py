"""What audits of templates and signs have in common: who decides, and when."""

from __future__ import annotations

from typing import Final

from ..due import Due
from ..rules.table import Sureness, declare
from ..service import Service
from ..settings import Audit

AUTOMATIC: Final = declare(
    "audit.automatic",
    "Unless somebody decides before, the clock decides an audit: a template after 3 hours, a sign after 2 "
    "days (settings); refused are texts and remarks that hold 拒绝, approved all others.",
    Sureness.ASSUMED,
    "FAQ, console guide",
)
FIRST_SIGN: Final = declare(
    "sign.first-is-default",
    "The first sign that is approved becomes the default one; there is at most one.",
    Sureness.ASSUMED,
    "G9",
)
REASON: Final = "内容不规范"


class UnknownSubjectError(LookupError):
    """There is no such template, sign or application. The text says which."""


def note_audit(service: Service, kind: Due, ref: str, now: float, seconds: float) -> None:
    """Note when the clock decides an audit, if it does at all. Inside a transaction only."""
    audit = service.settings.audit
    if audit is not Audit.MANUAL:
        service.state.agenda.note(now if audit is Audit.AT_ONCE else now + seconds, kind, ref)


def verdict(service: Service, text: str, remark: str | None) -> tuple[bool, str | None]:
    """Decide as the clock does: approved or not, and why not."""
    for word in service.settings.audit_refuses:
        if word in text or word in (remark or ""):
            return False, REASON
    return True, None
