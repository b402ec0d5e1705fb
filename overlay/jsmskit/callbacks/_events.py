"""The events, as values, and how their `data` is read: the payload of each callback type, and what real
senders vary in it (ids as numbers, numbers as text).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias, TypedDict, cast

from .._calls import fields
from .._calls.response import InvalidResponse
from .._encoding.strict_json import StrictJsonError, loads
from ..errors import MalformedCallbackError
from ..results.reports import DeliveryReport, ReceivedRecord, Reply

_APPROVED: Final = 1
_REFUSED: Final = 2


class _Around(TypedDict):
    nonce: str
    sent_at: datetime
    raw: str


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """What comes with `data`: the signed nonce and time, and the JSON text as received."""

    nonce: str
    sent_at: datetime
    raw: str

    def as_fields(self) -> _Around:
        return {"nonce": self.nonce, "sent_at": self.sent_at, "raw": self.raw}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Review(ReceivedRecord):
    """The result of a review. `status`: 1 approved, 2 refused; an open number."""

    status: int
    refuse_reason: str | None

    @property
    def approved(self) -> bool:
        """True if it may be used from now on."""
        return self.status == _APPROVED

    @property
    def refused(self) -> bool:
        """True if it was refused; it may be changed and submitted again."""
        return self.status == _REFUSED


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TemplateReview(_Review):
    """The review of a template has ended (`SMS_TEMPLATE`)."""

    template_id: int

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two reviews the same fact. A template that is submitted again can be refused again."""
        return ("template", str(self.template_id), str(self.status))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignReview(_Review):
    """The review of a sign has ended (`SMS_SIGN`)."""

    sign_id: int

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two reviews the same fact. A sign that is submitted again can be refused again."""
        return ("sign", str(self.sign_id), str(self.status))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UnknownEvent(ReceivedRecord):
    """A callback of a `type` that this version does not know, or whose data lacks a field of its type.

    Keep `raw`, and read it yourself: the service does not repeat a callback that was answered with 200.
    `type`: as received, 1 to 64 letters, digits, `_`, `.`, `:` and `-`. `reason`: why it could not be read,
    in a sentence.
    """

    type: str
    reason: str

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two events the same one, even under different nonces. May hold a whole number: not for
        logs.
        """
        return ("unknown", self.type, self.raw)


CallbackEvent: TypeAlias = DeliveryReport | Reply | TemplateReview | SignReview | UnknownEvent
"""What a callback can report."""


def read_event(kind: str, envelope: Envelope) -> CallbackEvent:
    """Return the event of a callback of this `type`. Further members of `data` are ignored.

    Raises `MalformedCallbackError` if the data of a known type is not a JSON object: then it was damaged on
    the way, and a repeat may be whole.
    """
    make = _MAKERS.get(kind)
    if make is None:
        return _unknown(kind, "This version does not know the type.", envelope)
    try:
        return make(_json_object(envelope.raw), envelope)
    except InvalidResponse as missing:
        return _unknown(kind, f"data.{missing}", envelope)


def _unknown(kind: str, reason: str, envelope: Envelope) -> UnknownEvent:
    return UnknownEvent(type=kind, reason=reason, **envelope.as_fields())


def _json_object(text: str) -> dict[str, object]:
    try:
        # A lone surrogate (a framework's stand-in for a broken byte) becomes invalid UTF-8, which is refused.
        data = loads(text.encode("utf-8", "surrogatepass"))
    except StrictJsonError as refused:
        raise MalformedCallbackError(f"data cannot be read: {refused}.") from None
    if not isinstance(data, dict):
        raise MalformedCallbackError("data is not a JSON object.")
    return cast("dict[str, object]", data)


def _report(data: Mapping[str, object], envelope: Envelope) -> DeliveryReport:
    return fields.delivery_report(data, **envelope.as_fields())


def _reply(data: Mapping[str, object], envelope: Envelope) -> Reply:
    return fields.reply(data, **envelope.as_fields())


def _template_review(data: Mapping[str, object], envelope: Envelope) -> TemplateReview:
    return TemplateReview(
        template_id=fields.integer(data, "tempId"),
        status=fields.integer(data, "status"),
        refuse_reason=_reason(data),
        **envelope.as_fields(),
    )


def _sign_review(data: Mapping[str, object], envelope: Envelope) -> SignReview:
    return SignReview(
        sign_id=fields.integer(data, "signId"),
        status=fields.integer(data, "status"),
        refuse_reason=_reason(data),
        **envelope.as_fields(),
    )


def _reason(data: Mapping[str, object]) -> str | None:
    return None if data.get("refuseReason") is None else fields.text_or_number(data, "refuseReason")


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, object], Envelope], CallbackEvent]]] = {
    "SMS_REPORT": _report,
    "SMS_STATE": _report,  # what a draft of the documentation called it in 2017 (doubt C26)
    "SMS_REPLY": _reply,
    "SMS_TEMPLATE": _template_review,
    "SMS_SIGN": _sign_review,
}
