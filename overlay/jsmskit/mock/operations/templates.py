"""Templates: handed in, audited, changed, read, deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ..call import Call
from ..due import Due
from ..records import AuditStatus, CallbackType, Template
from ..rules.form import TEMPLATE_ALLOWED, TEMPLATE_FORM
from ..rules.resources import CHANGEABLE_TEMPLATE, DELETABLE_TEMPLATE, KNOWN_TEMPLATE
from ..rules.table import Sureness, declare, enforce
from ..service import Service
from .answer import EMPTY
from .audits import UnknownSubjectError, note_audit, verdict
from .sending import demand

#: Longest text of digits that can be an id; the spec's largest id has as many.
_LONGEST_ID: Final = 16

declare(
    "template.path-decides",
    "If the temp_id of the body is another than that of the path, the path decides.",
    Sureness.INFERRED,
    "templates page",
)
declare(
    "template.absent-fields",
    "ttl and remark that were never given are absent from the answer; a ttl given for type 2 or 3 is kept "
    "and returned, and has no use.",
    Sureness.ASSUMED,
    "templates page; G10",
)


def create_template(call: Call) -> dict[str, Any]:
    """Hand in a new template; it goes to audit."""
    enforce(TEMPLATE_FORM, call)
    enforce(TEMPLATE_ALLOWED, call)
    state = call.service.state
    with state.database:
        temp_id = state.templates.next_id()
        _hand_in(call, temp_id)
    return {"temp_id": temp_id}


def update_template(call: Call) -> dict[str, Any]:
    """Hand in a refused template again."""
    demand(call, call.path_id)
    enforce(TEMPLATE_FORM, call)
    template = _find(call)
    enforce(CHANGEABLE_TEMPLATE, call)
    enforce(TEMPLATE_ALLOWED, call)
    assert template is not None  # for the type checkers: judged above
    with call.service.state.database:
        _hand_in(call, template.temp_id)
    return {"temp_id": template.temp_id}


def get_template(call: Call) -> dict[str, Any]:
    """Read a template."""
    demand(call, call.path_id)
    template = _find(call)
    enforce(KNOWN_TEMPLATE, call)
    assert template is not None  # for the type checkers: judged above
    answer: dict[str, Any] = {
        "temp_id": template.temp_id,
        "template": template.template,
        "type": template.type,
        "status": int(template.status),
    }
    if template.ttl is not None:
        answer["ttl"] = template.ttl
    if template.remark is not None:
        answer["remark"] = template.remark
    return answer


def delete_template(call: Call) -> None:
    """Delete a template, whatever its status."""
    demand(call, call.path_id)
    template = _find(call)
    enforce(DELETABLE_TEMPLATE, call)
    assert template is not None  # for the type checkers: judged above
    state = call.service.state
    with state.database:
        state.templates.delete(call.owner_key, template.temp_id)
        state.tell("template", template.temp_id)
    return EMPTY


def audit_template(
    service: Service, app_key: str, temp_id: int, *, approved: bool, reason: str | None, at: float
) -> Template:
    """Decide the audit of a template, also of one that was decided before, and tell the application.

    Raises:
        UnknownSubjectError: the application has no such template.
    """
    state = service.state
    with state.database:
        template = state.templates.get(app_key, temp_id)
        if template is None:
            raise UnknownSubjectError(f"application {app_key} has no template {temp_id}")
        status = AuditStatus.APPROVED if approved else AuditStatus.REFUSED
        decided = replace(template, status=status, refuse_reason=None if approved else reason)
        state.templates.put(decided)
        data = {"tempId": temp_id, "status": int(status), "refuseReason": decided.refuse_reason}
        service.callbacks.enqueue(app_key, CallbackType.TEMPLATE, data, at)
        state.tell("template", temp_id)
    return decided


def audit_due(service: Service, ref: str, at: float) -> None:
    """Let the clock decide an audit that nobody decided before. Inside a transaction only."""
    app_key, temp_id, audit_round = ref.split()
    if service.state.templates.round(app_key, int(temp_id)) != int(audit_round):
        return
    template = service.state.templates.get(app_key, int(temp_id))
    if template is not None:
        approved, reason = verdict(service, template.template, template.remark)
        audit_template(service, app_key, template.temp_id, approved=approved, reason=reason, at=at)


def _find(call: Call) -> Template | None:
    text = call.path_id
    known = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    call.template = call.service.state.templates.get(call.owner_key, int(text)) if known else None
    return call.template


def _hand_in(call: Call, temp_id: int) -> None:
    service, body = call.service, call.body
    template = Template(
        call.owner_key, temp_id, body["template"], body["type"], body.get("ttl"), body.get("remark")
    )
    audit_round = service.state.templates.put(template)
    note_audit(
        service,
        Due.TEMPLATE_AUDIT,
        f"{call.owner_key} {temp_id} {audit_round}",
        call.now,
        service.settings.template_audit_seconds,
    )
    service.state.tell("template", temp_id)
