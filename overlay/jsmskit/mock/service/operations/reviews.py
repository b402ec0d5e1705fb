"""Templates and signs: submitted, reviewed, changed, read, deleted.

The vendor's pages describe the two alike; `TEMPLATES` and `SIGNS` hold what differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from ...model.records import CallbackType, ReviewStatus, Sign, Template
from ...model.rule_catalog import Confidence, declare
from ...model.settings import Review, Settings
from ...state.reviewed import ReviewedStore
from ...state.state import State
from ...state.timers import TimerKind
from ..context import CallContext, Components
from ..request_body import check, read_form
from ..request_schemas import request_schema
from ..rules import enforce
from ..rules.fields import TEMPLATE_ALLOWED, TEMPLATE_FORM, judge_papers, take_fields
from ..rules.resources import (
    CHANGEABLE_SIGN,
    CHANGEABLE_TEMPLATE,
    DELETABLE_SIGN,
    DELETABLE_TEMPLATE,
    KNOWN_SIGN,
    KNOWN_TEMPLATE,
    NEW_SIGN,
)
from .sending import EMPTY, raise_if_requested

#: Longest text of digits that can be an id; the spec's largest id has as many.
_LONGEST_ID: Final = 16
_REASON: Final = "内容不规范"

declare(
    "review.automatic",
    "Unless it is decided before, the clock decides a review: a template after 3 hours, a sign after 2 "
    "days (settings); refused are texts and remarks that hold 拒绝, approved all others.",
    Confidence.ASSUMED,
    "FAQ, console guide",
)
declare(
    "sign.first-is-default",
    "The first sign that is approved becomes the default one; there is at most one.",
    Confidence.ASSUMED,
    "G9",
)
declare(
    "sign.use-status",
    "use_status is 1 for an approved sign and 0 for all others; status is 0 in review.",
    Confidence.ASSUMED,
    "sign page; C18",
)
declare(
    "template.path-decides",
    "If the temp_id of the body is another than that of the path, the path decides.",
    Confidence.INFERRED,
    "templates page",
)
declare(
    "template.absent-fields",
    "ttl and remark that were never given are absent from the answer; a ttl given for type 2 or 3 is kept "
    "and returned, and has no use.",
    Confidence.ASSUMED,
    "templates page; G10",
)

T = TypeVar("T", Template, Sign)


class UnknownSubjectError(LookupError):
    """There is no such template, sign or application. The text says which."""


@dataclass(frozen=True, slots=True)
class Reviewed(Generic[T]):
    """What a review decides about: templates, or signs.

    Attributes:
        noun: in texts and events.
        wire_id: field of a callback that holds the id.
        callback: that tells the application of a decision.
        timer: at which the clock decides.
        seconds: of the clock until it does.
        store: where they are kept.
        text: that is judged.
        read: makes one from the body of a call, with this id.
    """

    noun: str
    wire_id: str
    callback: CallbackType
    timer: TimerKind
    seconds: Callable[[Settings], float]
    store: Callable[[State], ReviewedStore[T]]
    text: Callable[[T], str]
    read: Callable[[CallContext, int], T]


TEMPLATES: Final[Reviewed[Template]] = Reviewed(
    "template",
    "tempId",
    CallbackType.TEMPLATE,
    TimerKind.TEMPLATE_REVIEW,
    lambda settings: settings.template_review_seconds,
    lambda state: state.templates,
    lambda template: template.template,
    lambda call, temp_id: Template(
        call.owner_key, temp_id, call.body["template"], call.body["type"], call.body.get("ttl"), call.body.get("remark")
    ),
)
SIGNS: Final[Reviewed[Sign]] = Reviewed(
    "sign",
    "signId",
    CallbackType.SIGN,
    TimerKind.SIGN_REVIEW,
    lambda settings: settings.sign_review_seconds,
    lambda state: state.signs,
    lambda sign: sign.sign,
    lambda call, sign_id: Sign(
        call.owner_key, sign_id, call.body["sign"], call.body.get("type"), call.body.get("remark")
    ),
)


def create_template(call: CallContext) -> dict[str, Any]:
    """Submit a new template; it goes to review."""
    enforce(TEMPLATE_FORM, call)
    enforce(TEMPLATE_ALLOWED, call)
    return {"temp_id": _submit(call, TEMPLATES)}


def update_template(call: CallContext) -> dict[str, Any]:
    """Submit a refused template again."""
    raise_if_requested(call, call.path_id)
    enforce(TEMPLATE_FORM, call)
    call.template = _find(call, TEMPLATES)
    enforce(CHANGEABLE_TEMPLATE, call)
    enforce(TEMPLATE_ALLOWED, call)
    return {"temp_id": _submit(call, TEMPLATES, int(call.path_id))}


def get_template(call: CallContext) -> dict[str, Any]:
    """Read a template."""
    raise_if_requested(call, call.path_id)
    template = call.template = _find(call, TEMPLATES)
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


def delete_template(call: CallContext) -> None:
    """Delete a template, whatever its status."""
    raise_if_requested(call, call.path_id)
    call.template = _find(call, TEMPLATES)
    enforce(DELETABLE_TEMPLATE, call)
    return _delete(call, TEMPLATES)


def create_sign(call: CallContext) -> dict[str, Any]:
    """Submit a new sign; it goes to review."""
    _read_sign_form(call)
    enforce(NEW_SIGN, call)
    return {"sign_id": _submit(call, SIGNS)}


def update_sign(call: CallContext) -> dict[str, Any]:
    """Submit a refused sign again."""
    _read_sign_form(call)
    raise_if_requested(call, call.path_id)
    call.sign = _find(call, SIGNS)
    enforce(CHANGEABLE_SIGN, call)
    return {"sign_id": _submit(call, SIGNS, int(call.path_id))}


def get_sign(call: CallContext) -> dict[str, Any]:
    """Read a sign."""
    raise_if_requested(call, call.path_id)
    sign = call.sign = _find(call, SIGNS)
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
    raise_if_requested(call, call.path_id)
    call.sign = _find(call, SIGNS)
    enforce(DELETABLE_SIGN, call)
    return _delete(call, SIGNS)


def review(
    components: Components,
    kind: Reviewed[T],
    app_key: str,
    number: int,
    *,
    approved: bool,
    reason: str | None,
    at: float,
) -> T:
    """Decide a review, also one that was decided before, and tell the application.

    Raises:
        UnknownSubjectError: the application has no such template or sign.
    """
    state = components.state
    store = kind.store(state)
    with state.database:
        found = store.get(app_key, number)
        if found is None:
            raise UnknownSubjectError(f"application {app_key} has no {kind.noun} {number}")
        status = ReviewStatus.APPROVED if approved else ReviewStatus.REFUSED
        decided = replace(found, status=status, refuse_reason=None if approved else reason)
        if isinstance(decided, Sign):
            is_default = approved and (decided.is_default or state.signs.default(app_key) is None)
            decided = replace(decided, is_default=is_default)
        store.put(decided)
        data = {kind.wire_id: number, "status": int(status), "refuseReason": decided.refuse_reason}
        components.callbacks.enqueue(app_key, kind.callback, data, at)
        state.tell(kind.noun, number)
    return decided


def run_review(components: Components, kind: Reviewed[T], ref: str, at: float) -> None:
    """Let the clock decide a review that was not decided before. Inside a transaction only."""
    app_key, number, review_round = ref.split()
    store = kind.store(components.state)
    found = store.get(app_key, int(number))
    if found is None or store.round(app_key, int(number)) != int(review_round):
        return
    told = (kind.text(found), found.remark or "")
    refused = any(word in text for word in components.settings.review_refuses for text in told)
    reason = _REASON if refused else None
    review(components, kind, app_key, int(number), approved=not refused, reason=reason, at=at)


def _read_sign_form(call: CallContext) -> None:
    """Read the form and judge it (steps 4 to 6)."""
    parts = read_form(call)
    schema = request_schema(call.info.operation_id)
    assert schema is not None  # for the type checkers: this operation has a body
    call.body = call.sent = take_fields(schema, parts)
    check(call, schema)
    judge_papers(call, parts)


def _find(call: CallContext, kind: Reviewed[T]) -> T | None:
    text = call.path_id
    known = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    return kind.store(call.components.state).get(call.owner_key, int(text)) if known else None


def _submit(call: CallContext, kind: Reviewed[T], number: int | None = None) -> int:
    """Store what was submitted, under a new id if none is given, and note when the clock decides it, if it does."""
    components, store = call.components, kind.store(call.components.state)
    with components.state.database:
        number = store.next_id() if number is None else number
        review_round = store.put(kind.read(call, number))
        how = components.settings.review
        if how is not Review.MANUAL:
            at = call.now if how is Review.AT_ONCE else call.now + kind.seconds(components.settings)
            components.state.timers.schedule(at, kind.timer, f"{call.owner_key} {number} {review_round}")
        components.state.tell(kind.noun, number)
    return number


def _delete(call: CallContext, kind: Reviewed[T]) -> None:
    state, number = call.components.state, int(call.path_id)
    with state.database:
        kind.store(state).delete(call.owner_key, number)
        state.tell(kind.noun, number)
    return EMPTY
