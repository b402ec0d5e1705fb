"""Templates: handed in, reviewed, changed, read, deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ...model.records import CallbackType, ReviewStatus, Template
from ...model.rule_catalog import Confidence, declare
from ...state.timers import TimerKind
from ..components import Components
from ..context import CallContext
from ..rules.enforcement import enforce
from ..rules.fields import TEMPLATE_ALLOWED, TEMPLATE_FORM
from ..rules.resources import CHANGEABLE_TEMPLATE, DELETABLE_TEMPLATE, KNOWN_TEMPLATE
from .responses import EMPTY
from .reviews import UnknownSubjectError, review_result, schedule_review
from .sending import raise_if_requested

#: Longest text of digits that can be an id; the spec's largest id has as many.
_LONGEST_ID: Final = 16

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


def create_template(call: CallContext) -> dict[str, Any]:
    """Hand in a new template; it goes to review."""
    enforce(TEMPLATE_FORM, call)
    enforce(TEMPLATE_ALLOWED, call)
    state = call.components.state
    with state.database:
        temp_id = state.templates.next_id()
        _submit(call, temp_id)
    return {"temp_id": temp_id}


def update_template(call: CallContext) -> dict[str, Any]:
    """Hand in a refused template again."""
    raise_if_requested(call, call.path_id)
    enforce(TEMPLATE_FORM, call)
    template = _find(call)
    enforce(CHANGEABLE_TEMPLATE, call)
    enforce(TEMPLATE_ALLOWED, call)
    assert template is not None  # for the type checkers: judged above
    with call.components.state.database:
        _submit(call, template.temp_id)
    return {"temp_id": template.temp_id}


def get_template(call: CallContext) -> dict[str, Any]:
    """Read a template."""
    raise_if_requested(call, call.path_id)
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


def delete_template(call: CallContext) -> None:
    """Delete a template, whatever its status."""
    raise_if_requested(call, call.path_id)
    template = _find(call)
    enforce(DELETABLE_TEMPLATE, call)
    assert template is not None  # for the type checkers: judged above
    state = call.components.state
    with state.database:
        state.templates.delete(call.owner_key, template.temp_id)
        state.tell("template", template.temp_id)
    return EMPTY


def review_template(
    components: Components, app_key: str, temp_id: int, *, approved: bool, reason: str | None, at: float
) -> Template:
    """Decide the review of a template, also of one that was decided before, and tell the application.

    Raises:
        UnknownSubjectError: the application has no such template.
    """
    state = components.state
    with state.database:
        template = state.templates.get(app_key, temp_id)
        if template is None:
            raise UnknownSubjectError(f"application {app_key} has no template {temp_id}")
        status = ReviewStatus.APPROVED if approved else ReviewStatus.REFUSED
        decided = replace(template, status=status, refuse_reason=None if approved else reason)
        state.templates.put(decided)
        data = {"tempId": temp_id, "status": int(status), "refuseReason": decided.refuse_reason}
        components.callbacks.enqueue(app_key, CallbackType.TEMPLATE, data, at)
        state.tell("template", temp_id)
    return decided


def run_review(components: Components, ref: str, at: float) -> None:
    """Let the clock decide a review that was not decided before. Inside a transaction only."""
    app_key, temp_id, review_round = ref.split()
    if components.state.templates.round(app_key, int(temp_id)) != int(review_round):
        return
    template = components.state.templates.get(app_key, int(temp_id))
    if template is not None:
        approved, reason = review_result(components, template.template, template.remark)
        review_template(components, app_key, template.temp_id, approved=approved, reason=reason, at=at)


def _find(call: CallContext) -> Template | None:
    text = call.path_id
    known = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    call.template = call.components.state.templates.get(call.owner_key, int(text)) if known else None
    return call.template


def _submit(call: CallContext, temp_id: int) -> None:
    components, body = call.components, call.body
    template = Template(
        call.owner_key, temp_id, body["template"], body["type"], body.get("ttl"), body.get("remark")
    )
    review_round = components.state.templates.put(template)
    schedule_review(
        components,
        TimerKind.TEMPLATE_REVIEW,
        f"{call.owner_key} {temp_id} {review_round}",
        call.now,
        components.settings.template_review_seconds,
    )
    components.state.tell("template", temp_id)
