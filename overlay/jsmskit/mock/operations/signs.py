"""Signs: handed in with papers, audited, changed, read, deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ..bodies import check, read_form
from ..call import Call
from ..due import Due
from ..records import AuditStatus, CallbackType, Sign
from ..rules.papers import judge_papers, take_fields
from ..rules.resources import CHANGEABLE_SIGN, DELETABLE_SIGN, KNOWN_SIGN, NEW_SIGN
from ..rules.table import Sureness, declare, enforce
from ..service import Service
from ..spec_document import request_schema
from .answer import EMPTY
from .audits import UnknownSubjectError, note_audit, verdict
from .sending import demand

_LONGEST_ID: Final = 16

declare(
    "sign.use-status",
    "use_status is 1 for an approved sign and 0 for all others; status is 0 in audit.",
    Sureness.ASSUMED,
    "sign page; C18",
)


def create_sign(call: Call) -> dict[str, Any]:
    """Hand in a new sign; it goes to audit."""
    _read(call)
    enforce(NEW_SIGN, call)
    state = call.service.state
    with state.database:
        sign_id = state.signs.next_id()
        _hand_in(call, sign_id)
    return {"sign_id": sign_id}


def update_sign(call: Call) -> dict[str, Any]:
    """Hand in a refused sign again."""
    _read(call)
    sign = _find(call)
    enforce(CHANGEABLE_SIGN, call)
    assert sign is not None  # for the type checkers: judged above
    with call.service.state.database:
        _hand_in(call, sign.sign_id)
    return {"sign_id": sign.sign_id}


def get_sign(call: Call) -> dict[str, Any]:
    """Read a sign."""
    sign = _find(call)
    enforce(KNOWN_SIGN, call)
    assert sign is not None  # for the type checkers: judged above
    return {
        "sign_id": sign.sign_id,
        "sign": sign.sign,
        "status": int(sign.status),
        "is_default": int(sign.is_default),
        "use_status": int(sign.status is AuditStatus.APPROVED),
    }


def delete_sign(call: Call) -> None:
    """Delete a sign that is not the default one."""
    sign = _find(call)
    enforce(DELETABLE_SIGN, call)
    assert sign is not None  # for the type checkers: judged above
    state = call.service.state
    with state.database:
        state.signs.delete(call.owner_key, sign.sign_id)
        state.tell("sign", sign.sign_id)
    return EMPTY


def audit_sign(
    service: Service, app_key: str, sign_id: int, *, approved: bool, reason: str | None, at: float
) -> Sign:
    """Decide the audit of a sign, also of one that was decided before, and tell the application.

    Raises:
        UnknownSubjectError: the application has no such sign.
    """
    state = service.state
    with state.database:
        sign = state.signs.get(app_key, sign_id)
        if sign is None:
            raise UnknownSubjectError(f"application {app_key} has no sign {sign_id}")
        status = AuditStatus.APPROVED if approved else AuditStatus.REFUSED
        is_default = approved and (sign.is_default or state.signs.default(app_key) is None)
        decided = replace(
            sign, status=status, refuse_reason=None if approved else reason, is_default=is_default
        )
        state.signs.put(decided)
        data = {"signId": sign_id, "status": int(status), "refuseReason": decided.refuse_reason}
        service.callbacks.enqueue(app_key, CallbackType.SIGN, data, at)
        state.tell("sign", sign_id)
    return decided


def set_default_sign(service: Service, app_key: str, sign_id: int) -> Sign:
    """Choose the default sign, as the console does; the API has no call for it.

    Raises:
        UnknownSubjectError: the application has no such sign, or it is not approved.
    """
    state = service.state
    with state.database:
        sign = state.signs.get(app_key, sign_id)
        if sign is None or sign.status is not AuditStatus.APPROVED:
            raise UnknownSubjectError(f"application {app_key} has no approved sign {sign_id}")
        chosen = replace(sign, is_default=True)
        state.signs.put(chosen)
        state.tell("sign", sign_id)
    return chosen


def audit_due(service: Service, ref: str, at: float) -> None:
    """Let the clock decide an audit that nobody decided before. Inside a transaction only."""
    app_key, sign_id, audit_round = ref.split()
    if service.state.signs.round(app_key, int(sign_id)) != int(audit_round):
        return
    sign = service.state.signs.get(app_key, int(sign_id))
    if sign is not None:
        approved, reason = verdict(service, sign.sign, sign.remark)
        audit_sign(service, app_key, sign.sign_id, approved=approved, reason=reason, at=at)


def _read(call: Call) -> None:
    """Read the form and judge it (steps 4 to 6)."""
    parts = read_form(call)
    schema = request_schema(call.info.operation_id)
    assert schema is not None  # for the type checkers: this operation has a body
    call.body = call.sent = take_fields(schema, parts)
    check(call, schema)
    judge_papers(call, parts)


def _find(call: Call) -> Sign | None:
    text = call.path_id
    demand(call, text)
    known = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    call.sign = call.service.state.signs.get(call.owner_key, int(text)) if known else None
    return call.sign


def _hand_in(call: Call, sign_id: int) -> None:
    service, body = call.service, call.body
    sign = Sign(call.owner_key, sign_id, body["sign"], body.get("type"), body.get("remark"))
    audit_round = service.state.signs.put(sign)
    note_audit(
        service,
        Due.SIGN_AUDIT,
        f"{call.owner_key} {sign_id} {audit_round}",
        call.now,
        service.settings.sign_audit_seconds,
    )
    service.state.tell("sign", sign_id)
