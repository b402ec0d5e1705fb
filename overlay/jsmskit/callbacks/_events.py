"""The events, as values, and how their `data` is read: the payload of each callback type, and what real
senders vary in it (ids as numbers, numbers as text).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final, TypeAlias, TypedDict, cast

from jsms_api.error_table import REPORT_STATUSES, ReportStatusInfo

from .._encoding.strict_json import StrictJsonError, loads
from .._privacy import mask_phone, mask_phones_in
from .._validation.times import from_millis, from_wire_time
from ..errors import MalformedCallbackError

__all__ = [
    "CallbackEvent",
    "DeliveryReport",
    "Envelope",
    "Reply",
    "SignReview",
    "TemplateReview",
    "UnknownEvent",
    "read_event",
]

_APPROVED: Final = 1
_REFUSED: Final = 2
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")


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
class _Received:
    """The fields of every event.

    `nonce`: the signed nonce, a 64-bit number as text.
    `sent_at`: when the service signed the callback.
    `duplicate`: the very same callback (nonce, type and data) was handled before; do not act on it again.
    `raw`: the JSON text of `data` as received, with whole phone numbers: not for logs.
    """

    nonce: str
    sent_at: datetime
    duplicate: bool = False
    raw: str = field(compare=False, repr=False)

    def __repr__(self) -> str:
        told = (
            f"{item.name}={_shown(item.name, getattr(self, item.name))}" for item in fields(self) if item.repr
        )
        return f"{type(self).__name__}({', '.join(told)})"


def _shown(name: str, value: object) -> str:
    if name == "phone":
        return repr(mask_phone(value))
    if name == "content":
        return f"<{len(str(value))} characters>"
    return value.isoformat() if isinstance(value, datetime) else mask_phones_in(repr(value))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeliveryReport(_Received):
    """The delivery status of a message (`SMS_REPORT`).

    `msg_id`: the id that the sending call returned. `phone`: as the service wrote it. `received_at`: when the
    message was delivered or given up, in UTC+8. `status`: an open number; `info` explains the documented
    ones.
    """

    msg_id: str
    phone: str
    status: int
    received_at: datetime

    @property
    def info(self) -> ReportStatusInfo | None:
        """The row of the status, with a remedy; None for a number that this version does not know."""
        return REPORT_STATUSES.get(self.status)

    @property
    def delivered(self) -> bool:
        """True if the phone has the message; an unknown status is not taken for success."""
        info = self.info
        return info is not None and info.delivered

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two reports the same fact, even under different nonces. Holds the whole number: not for
        logs.
        """
        return ("report", self.msg_id, self.phone, str(self.status))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reply(_Received):
    """What a recipient wrote back (`SMS_REPLY`), for example a request to unsubscribe.

    It names no message: a reply cannot be tied to one. `replied_at`: when it reached the platform, in UTC+8.
    The text is shown by no `repr`.
    """

    phone: str
    content: str
    replied_at: datetime

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two replies the same one, even under different nonces. Holds the whole number: not for
        logs.
        """
        return ("reply", self.phone, self.replied_at.isoformat(), self.content)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Review(_Received):
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
class UnknownEvent(_Received):
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


class _FieldError(Exception):
    """A field of `data` is missing or has another form. The message quotes no value."""


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
    except _FieldError as missing:
        return _unknown(kind, str(missing), envelope)


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
    return DeliveryReport(
        msg_id=_text(data, "msgId"),
        phone=_text(data, "phone"),
        status=_integer(data, "status"),
        received_at=_moment(data, "receiveTime"),
        **envelope.as_fields(),
    )


def _reply(data: Mapping[str, object], envelope: Envelope) -> Reply:
    return Reply(
        phone=_text(data, "phone"),
        content=_text(data, "content", empty=True),
        replied_at=_moment(data, "replyTime"),
        **envelope.as_fields(),
    )


def _template_review(data: Mapping[str, object], envelope: Envelope) -> TemplateReview:
    return TemplateReview(
        template_id=_integer(data, "tempId"),
        status=_integer(data, "status"),
        refuse_reason=_reason(data),
        **envelope.as_fields(),
    )


def _sign_review(data: Mapping[str, object], envelope: Envelope) -> SignReview:
    return SignReview(
        sign_id=_integer(data, "signId"),
        status=_integer(data, "status"),
        refuse_reason=_reason(data),
        **envelope.as_fields(),
    )


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, object], Envelope], CallbackEvent]]] = {
    "SMS_REPORT": _report,
    "SMS_STATE": _report,  # what a draft of the documentation called it in 2017 (doubt C26)
    "SMS_REPLY": _reply,
    "SMS_TEMPLATE": _template_review,
    "SMS_SIGN": _sign_review,
}


def _text(data: Mapping[str, object], name: str, *, empty: bool = False) -> str:
    value = data.get(name)
    if type(value) is int:  # ids and numbers come as JSON numbers from some senders
        return str(value)
    if not isinstance(value, str) or not (value or empty):
        raise _FieldError(f"data.{name} is missing or not text.")
    return value


def _integer(data: Mapping[str, object], name: str) -> int:
    value = data.get(name)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if type(value) is not int:
        raise _FieldError(f"data.{name} is missing or not a whole number.")
    return value


def _moment(data: Mapping[str, object], name: str) -> datetime:
    value = data.get(name)
    try:
        if isinstance(value, str) and not _INTEGER.fullmatch(value):
            return from_wire_time(value)  # a notation that another client library was made to read
        return from_millis(_integer(data, name))
    except ValueError:
        raise _FieldError(f"data.{name} is not a time.") from None


def _reason(data: Mapping[str, object]) -> str | None:
    return None if data.get("refuseReason") is None else _text(data, "refuseReason", empty=True)
