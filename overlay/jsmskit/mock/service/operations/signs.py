"""Signs: handed in with papers, reviewed, changed, read, deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ...model.records import CallbackType, ReviewStatus, Sign
from ...model.rule_catalog import Confidence, declare
from ...state.timers import TimerKind
from ..components import Components
from ..context import CallContext
from ..parsing.request_schemas import request_schema
from ..request_body import check, read_form
from ..rules.enforcement import enforce
from ..rules.resources import CHANGEABLE_SIGN, DELETABLE_SIGN, KNOWN_SIGN, NEW_SIGN
from ..rules.sign_documents import judge_papers, take_fields
from .responses import EMPTY
from .reviews import UnknownSubjectError, review_result, schedule_review
from .sending import raise_if_requested

_LONGEST_ID: Final = 16

declare(
    "sign.use-status",
    "use_status is 1 for an approved sign and 0 for all others; status is 0 in review.",
    Confidence.ASSUMED,
    "sign page; C18",
)


def create_sign(call: CallContext) -> dict[str, Any]:
    """Hand in a new sign; it goes to review."""
    _read(call)
    enforce(NEW_SIGN, call)
    state = call.components.state
    with state.database:
        sign_id = state.signs.next_id()
        _submit(call, sign_id)
    return {"sign_id": sign_id}


def update_sign(call: CallContext) -> dict[str, Any]:
    """Hand in a refused sign again."""
    _read(call)
    sign = _find(call)
    enforce(CHANGEABLE_SIGN, call)
    assert sign is not None  # for the type checkers: judged above
    with call.components.state.database:
        _submit(call, sign.sign_id)
    return {"sign_id": sign.sign_id}


def get_sign(call: CallContext) -> dict[str, Any]:
    """Read a sign."""
    sign = _find(call)
    enforce(KNOWN_SIGN, call)
    assert sign is not None  # for the type checkers: judged above
    return {
        "sign_id": sign.sign_id,
        "sign": sign.sign,
        "status": int(sign.status),
        "is_default": int(sign.is_default),
        "use_status": int(sign.status is ReviewStatus.APPROVED),
    }


def delete_sign(call: CallContext) -> None:
    """Delete a sign that is not the default one."""
    sign = _find(call)
    enforce(DELETABLE_SIGN, call)
    assert sign is not None  # for the type checkers: judged above
    state = call.components.state
    with state.database:
        state.signs.delete(call.owner_key, sign.sign_id)
        state.tell("sign", sign.sign_id)
    return EMPTY


def review_sign(
    components: Components, app_key: str, sign_id: int, *, approved: bool, reason: str | None, at: float
) -> Sign:
    """Decide the review of a sign, also of one that was decided before, and tell the application.

    Raises:
        UnknownSubjectError: the application has no such sign.
    """
    state = components.state
    with state.database:
        sign = state.signs.get(app_key, sign_id)
        if sign is None:
            raise UnknownSubjectError(f"application {app_key} has no sign {sign_id}")
        status = ReviewStatus.APPROVED if approved else ReviewStatus.REFUSED
        is_default = approved and (sign.is_default or state.signs.default(app_key) is None)
        decided = replace(
            sign, status=status, refuse_reason=None if approved else reason, is_default=is_default
        )
        state.signs.put(decided)
        data = {"signId": sign_id, "status": int(status), "refuseReason": decided.refuse_reason}
        components.callbacks.enqueue(app_key, CallbackType.SIGN, data, at)
        state.tell("sign", sign_id)
    return decided


def set_default_sign(components: Components, app_key: str, sign_id: int) -> Sign:
    """Choose the default sign, as the console does; the API has no call for it.

    Raises:
        UnknownSubjectError: the application has no such sign, or it is not approved.
    """
    state = components.state
    with state.database:
        sign = state.signs.get(app_key, sign_id)
        if sign is None or sign.status is not ReviewStatus.APPROVED:
            raise UnknownSubjectError(f"application {app_key} has no approved sign {sign_id}")
        chosen = replace(sign, is_default=True)
        state.signs.put(chosen)
        state.tell("sign", sign_id)
    return chosen


def run_review(components: Components, ref: str, at: float) -> None:
    """Let the clock decide a review that was not decided before. Inside a transaction only."""
    app_key, sign_id, review_round = ref.split()
    if components.state.signs.round(app_key, int(sign_id)) != int(review_round):
        return
    sign = components.state.signs.get(app_key, int(sign_id))
    if sign is not None:
        approved, reason = review_result(components, sign.sign, sign.remark)
        review_sign(components, app_key, sign.sign_id, approved=approved, reason=reason, at=at)


def _read(call: CallContext) -> None:
    """Read the form and judge it (steps 4 to 6)."""
    parts = read_form(call)
    schema = request_schema(call.info.operation_id)
    assert schema is not None  # for the type checkers: this operation has a body
    call.body = call.sent = take_fields(schema, parts)
    check(call, schema)
    judge_papers(call, parts)


def _find(call: CallContext) -> Sign | None:
    text = call.path_id
    raise_if_requested(call, text)
    known = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    call.sign = call.components.state.signs.get(call.owner_key, int(text)) if known else None
    return call.sign


def _submit(call: CallContext, sign_id: int) -> None:
    components, body = call.components, call.body
    sign = Sign(call.owner_key, sign_id, body["sign"], body.get("type"), body.get("remark"))
    review_round = components.state.signs.put(sign)
    schedule_review(
        components,
        TimerKind.SIGN_REVIEW,
        f"{call.owner_key} {sign_id} {review_round}",
        call.now,
        components.settings.sign_review_seconds,
    )
    components.state.tell("sign", sign_id)
