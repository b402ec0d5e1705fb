"""Templates and signs: submitted, reviewed, changed, read, deleted.

The vendor's pages describe the two alike; `TEMPLATES` and `SIGNS` hold what differs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from jsms_api import limits

from ..model.message_text import measure, parse_template, signed
from ..model.records import CallbackType, ReviewStatus, Sign, Template, TemplateType, TimerKind
from ..model.settings import Reading, Review, Settings
from ..state.state import State
from ..state.table import Table
from .context import CallContext, Components, Refusal
from .request_body import read_sign_form
from .sending import raise_if_requested

#: Where the ids that the mock allots begin, unless a larger one was seeded; the documentation's sample id.
_FIRST_ID: Final = 37_582
#: Longest text of digits that can be an id; the spec's largest id has as many.
_LONGEST_ID: Final = 16
_REASON: Final = "内容不规范"
_LINK: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)

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
    store: Callable[[State], Table[T]]
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
    _judge_template_form(call)
    _judge_template_allowed(call)
    return {"temp_id": _submit(call, TEMPLATES)}


def update_template(call: CallContext) -> dict[str, Any]:
    """Submit a refused template again."""
    raise_if_requested(call, call.path_id)
    _judge_template_form(call)
    if _find(call, TEMPLATES).status is not ReviewStatus.REFUSED:
        raise Refusal("template.not-refused")
    _judge_template_allowed(call)
    return {"temp_id": _submit(call, TEMPLATES, int(call.path_id))}


def _judge_template_form(call: CallContext) -> None:
    """Judge the form of a template (step 6); the spec has judged types, length and brackets before."""
    body, settings = call.body, call.components.settings
    text, kind, remark = body["template"], body["type"], body.get("remark", "")
    if kind == TemplateType.VERIFICATION and "ttl" not in body:
        raise Refusal("template.ttl-missing")
    sign = call.components.state.default_sign(call.owner_key)
    front = signed(sign.sign) if sign else ""
    back = settings.unsubscribe_hint if kind == TemplateType.MARKETING else ""
    if measure(front + text + back)[0] > settings.text_limit:
        raise Refusal("template.length")
    words = parse_template(text)
    if (
        not words.is_well_formed
        or (kind == TemplateType.VERIFICATION and words.names != frozenset({"code"}))
        or (call.reads(Reading.PLAIN_NAMES) and any("_" in name for name in words.names))
    ):
        raise Refusal("template.variables")
    if len(remark) > settings.remark_limit:
        raise Refusal("template.remark-length")
    if "url" in words.names and not _LINK.search(remark):
        raise Refusal("template.link-unexplained")


def _judge_template_allowed(call: CallContext) -> None:
    """Judge what else must hold for a template to be submitted."""
    state = call.components.state
    if not any(sign.status is ReviewStatus.APPROVED for sign in state.signs.find("app_key = ?", call.owner_key)):
        raise Refusal("template.no-sign")
    if state.lists_of(call.owner_key).has_black_word(call.body["template"]):
        raise Refusal("template.black-word")


def get_template(call: CallContext) -> dict[str, Any]:
    """Read a template."""
    raise_if_requested(call, call.path_id)
    template = _find(call, TEMPLATES)
    optional = {"ttl": template.ttl, "remark": template.remark}
    return {
        "temp_id": template.temp_id,
        "template": template.template,
        "type": template.type,
        "status": int(template.status),
        **{name: value for name, value in optional.items() if value is not None},
    }


def delete_template(call: CallContext) -> None:
    """Delete a template, whatever its status."""
    raise_if_requested(call, call.path_id)
    if _find(call, TEMPLATES).temp_id == limits.READY_MADE_TEMPLATE:
        # Deleted or not, every client addresses it as 1; without it no code could be sent.
        raise Refusal("template.ready-made")
    _delete(call, TEMPLATES)


def create_sign(call: CallContext) -> dict[str, Any]:
    """Submit a new sign; it goes to review."""
    read_sign_form(call)
    _judge_sign_allowed(call)
    return {"sign_id": _submit(call, SIGNS)}


def update_sign(call: CallContext) -> dict[str, Any]:
    """Submit a refused sign again."""
    read_sign_form(call)
    raise_if_requested(call, call.path_id)
    if _find(call, SIGNS).status is ReviewStatus.APPROVED:
        raise Refusal("sign.not-refused")
    _judge_sign_allowed(call)
    return {"sign_id": _submit(call, SIGNS, int(call.path_id))}


def _judge_sign_allowed(call: CallContext) -> None:
    signs = call.components.state.signs.find("app_key = ?", call.owner_key)
    if any(sign.status is ReviewStatus.IN_REVIEW for sign in signs):
        raise Refusal("sign.another-in-review")


def get_sign(call: CallContext) -> dict[str, Any]:
    """Read a sign."""
    raise_if_requested(call, call.path_id)
    sign = _find(call, SIGNS)
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
    if _find(call, SIGNS).is_default:
        raise Refusal("sign.is-default")
    _delete(call, SIGNS)


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
            is_default = approved and (decided.is_default or state.default_sign(app_key) is None)
            decided = replace(decided, is_default=is_default)
            state.put_sign(decided)
        else:
            store.put(decided)
        data = {kind.wire_id: number, "status": int(status), "refuseReason": decided.refuse_reason}
        components.callbacks.enqueue(app_key, kind.callback, data, at)
        state.tell(kind.noun, number)
    return decided


def run_review(components: Components, kind: Reviewed[T], ref: str, at: float) -> None:
    """Let the clock decide a review that was not decided before. Inside a transaction only."""
    app_key, number = ref.split()
    found = kind.store(components.state).get(app_key, int(number))
    if found is None or found.status is not ReviewStatus.IN_REVIEW:
        return
    told = (kind.text(found), found.remark or "")
    refused = any(word in text for word in components.settings.review_refuses for text in told)
    reason = _REASON if refused else None
    review(components, kind, app_key, int(number), approved=not refused, reason=reason, at=at)


def _find(call: CallContext, kind: Reviewed[T]) -> T:
    text = call.path_id
    known = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    found = kind.store(call.components.state).get(call.owner_key, int(text)) if known else None
    if found is None:
        raise Refusal(f"{kind.noun}.unknown")
    return found


def _submit(call: CallContext, kind: Reviewed[T], number: int | None = None) -> int:
    """Store what was submitted, under a new id if none is given, and note when the clock decides it, if it does."""
    components, state, store = call.components, call.components.state, kind.store(call.components.state)
    with state.database:
        number = store.next_id(_FIRST_ID) if number is None else number
        store.put(kind.read(call, number))
        how, ref = components.settings.review, f"{call.owner_key} {number}"
        if how is Review.MANUAL:
            state.timers.cancel(kind.timer, ref)
        else:
            at = call.now if how is Review.AT_ONCE else call.now + kind.seconds(components.settings)
            state.timers.schedule(at, kind.timer, ref)
        state.tell(kind.noun, number)
    return number


def _delete(call: CallContext, kind: Reviewed[T]) -> None:
    state, number = call.components.state, int(call.path_id)
    with state.database:
        kind.store(state).delete(call.owner_key, number)
        state.tell(kind.noun, number)
