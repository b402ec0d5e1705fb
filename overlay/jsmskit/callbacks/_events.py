"""The events, as values, and how their `data` is read: the payload of each callback type, and what real
senders vary in it (ids as numbers, numbers as text).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, NoReturn, TypeAlias, cast
from urllib.parse import parse_qsl

from .._calls import responses
from .._calls.responses import InvalidResponse
from .._calls.strict_json import StrictJsonError, loads
from .._privacy import Hidden
from .._validation.fields import from_millis
from ..errors import MalformedCallbackError
from ..results.reports import DeliveryReport, ReceivedRecord, Reply

MAX_BODY_BYTES: Final = 64 * 1024
"""The most bytes of a body that are read. Documented callbacks have less than one kilobyte."""
_MAX_FIELDS: Final = 16

# A signed 64-bit number, kept as text: the signature is made of the text as received.
_NONCE: Final = re.compile(r"-?[0-9]{1,20}")
_MILLIS: Final = re.compile(r"[0-9]{1,16}")
# The type is logged, so that it holds nothing that could forge a line of the log.
_TYPE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
# Only letters and digits go back out, so that the handshake can never be made to echo a script.
_ECHO: Final = re.compile(r"[A-Za-z0-9]{1,64}")


@dataclass(frozen=True, slots=True, repr=False)
class CallbackForm(Hidden):
    """The fields as received, before anything is verified."""

    nonce: str
    timestamp: str
    signature: str
    type: str
    data: str

    @property
    def sent_at(self) -> datetime:
        """When it was signed. Raises `MalformedCallbackError` outside of the calendar."""
        try:
            return from_millis(int(self.timestamp))
        except ValueError:
            raise MalformedCallbackError("The timestamp lies outside of the calendar.") from None

    def envelope(self) -> dict[str, Any]:
        """Return what every event keeps of the form."""
        return {"nonce": self.nonce, "sent_at": self.sent_at, "raw": self.data}


def read_form(form: Mapping[str, object] | bytes | str) -> CallbackForm:
    """Return the five fields of a raw body, or of the mapping that a framework made of it.

    Further fields are ignored, as the documentation asks. Raises `MalformedCallbackError` if a field is
    missing, occurs twice or has another form, or if the body is too large or not a form.
    """
    given = _decode(form) if isinstance(form, (bytes, str)) else form
    if not hasattr(given, "get"):
        _malformed("The form is neither a body nor a mapping.")
    read = CallbackForm(*(_only_value(given, field.name) for field in fields(CallbackForm)))
    for name, pattern in (("nonce", _NONCE), ("timestamp", _MILLIS), ("type", _TYPE)):
        if not pattern.fullmatch(getattr(read, name)):
            _malformed(f"The field {name} is malformed.")
    return read


def challenge_response(query: Mapping[str, object] | bytes | str) -> bytes:
    """Return the value of `echostr` in a query string. Raises `MalformedCallbackError` if it is not 1 to 64
    letters and digits.
    """
    value = _only_value(_decode(query) if isinstance(query, (bytes, str)) else query, "echostr")
    if not _ECHO.fullmatch(value):
        _malformed("The query parameter echostr is not 1 to 64 letters and digits.")
    return value.encode("ascii")


def _decode(body: bytes | str) -> dict[str, list[str]]:
    # Lists, since a field that occurs twice must be refused: readers differ in which one counts.
    decoded: dict[str, list[str]] = {}
    try:
        if isinstance(body, str):
            body = body.encode("utf-8")
        if len(body) > MAX_BODY_BYTES:
            _malformed(f"The body has {len(body)} bytes, at most {MAX_BODY_BYTES} are read.")
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
        for name, value in pairs:
            decoded.setdefault(name, []).append(value)
    except ValueError:  # no UTF-8, a part without =, or too many parts; its text may quote the body
        decoded = {}
    if not decoded:
        _malformed("The body is not a form (application/x-www-form-urlencoded, UTF-8).")
    return decoded


def _only_value(given: Mapping[str, object], name: str) -> str:
    # The multi-value mappings of the frameworks return one value by [] and all by getlist.
    values: object = getattr(given, "getlist", given.get)(name)
    if isinstance(values, (list, tuple)):
        several = cast("list[object]", values)
        if len(several) > 1:
            _malformed(f"The field {name} occurs {len(several)} times.")
        values = several[0] if several else None
    if isinstance(values, int) and not isinstance(values, bool) and abs(values) < 10**20:
        return str(values)
    if values is None:
        _malformed(f"The field {name} is missing.")
    if not isinstance(values, str):
        _malformed(f"The field {name} is not text.")
    if len(values) > MAX_BODY_BYTES:
        _malformed(f"The field {name} is too long.")
    return values


def _malformed(message: str) -> NoReturn:
    raise MalformedCallbackError(message)


_APPROVED: Final = 1
_REFUSED: Final = 2


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

    Keep `raw`, and read it yourself: the service does not repeat a callback that was answered with 200. `type`: as
    received, 1 to 64 letters, digits, `_`, `.`, `:` and `-`. `reason`: why it could not be read, in a sentence.
    """

    type: str
    reason: str

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two events the same one, even under different nonces. May hold a whole number: not for logs."""
        return ("unknown", self.type, self.raw)


CallbackEvent: TypeAlias = DeliveryReport | Reply | TemplateReview | SignReview | UnknownEvent
"""What a callback can report."""


def read_event(form: CallbackForm) -> CallbackEvent:
    """Return the event of a verified form. Further members of `data` are ignored.

    Raises `MalformedCallbackError` if the data of a known type is not a JSON object: then it was damaged on the way,
    and a repeat may be whole.
    """
    read = _READERS.get(form.type)
    if read is None:
        return _unknown(form, "This version does not know the type.")
    try:
        return read(_json_object(form.data), **form.envelope())
    except InvalidResponse as missing:
        return _unknown(form, f"data.{missing}")


def _unknown(form: CallbackForm, reason: str) -> UnknownEvent:
    return UnknownEvent(type=form.type, reason=reason, **form.envelope())


def _json_object(text: str) -> dict[str, object]:
    try:
        # A lone surrogate (a framework's stand-in for a broken byte) becomes invalid UTF-8, which is refused.
        data = loads(text.encode("utf-8", "surrogatepass"))
    except StrictJsonError as refused:
        raise MalformedCallbackError(f"data cannot be read: {refused}.") from None
    if not isinstance(data, dict):
        raise MalformedCallbackError("data is not a JSON object.")
    return cast("dict[str, object]", data)


def _template_review(data: Mapping[str, object], **envelope: Any) -> TemplateReview:
    return TemplateReview(template_id=responses.integer(data, "tempId"), **_result(data), **envelope)


def _sign_review(data: Mapping[str, object], **envelope: Any) -> SignReview:
    return SignReview(sign_id=responses.integer(data, "signId"), **_result(data), **envelope)


def _result(data: Mapping[str, object]) -> dict[str, Any]:
    reason = responses.optional(data, "refuseReason", responses.text_or_number)
    return {"status": responses.integer(data, "status"), "refuse_reason": reason}


_READERS: Final[Mapping[str, Callable[..., CallbackEvent]]] = {
    "SMS_REPORT": responses.delivery_report,
    "SMS_STATE": responses.delivery_report,  # what a draft of the documentation called it in 2017 (doubt C26)
    "SMS_REPLY": responses.reply,
    "SMS_TEMPLATE": _template_review,
    "SMS_SIGN": _sign_review,
}
