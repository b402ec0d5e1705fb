"""What the mock remembers, as frozen values: applications, templates, signs, messages, schedules."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class TemplateType(enum.IntEnum):
    """What a template is for; the first two together are called industry."""

    VERIFICATION = 1
    NOTICE = 2
    MARKETING = 3


class ReviewStatus(enum.IntEnum):
    """Where a template or sign stands."""

    IN_REVIEW = 0
    APPROVED = 1
    REFUSED = 2


class ScheduleState(enum.StrEnum):
    """Where a timed task stands; the service never tells it."""

    WAITING = "waiting"
    SENT = "sent"
    DELETED = "deleted"


class MessageKind(enum.StrEnum):
    """Which call sent a message."""

    CODE = "code"
    VOICE = "voice"
    MESSAGE = "message"
    BATCH = "batch"
    SCHEDULE = "schedule"


class CallbackType(enum.StrEnum):
    """What a callback tells (callback page)."""

    REPORT = "SMS_REPORT"
    REPLY = "SMS_REPLY"
    TEMPLATE = "SMS_TEMPLATE"
    SIGN = "SMS_SIGN"


@dataclass(frozen=True, slots=True)
class Balances:
    """Messages left, by kind; None: nothing was ever assigned of that kind.

    Attributes:
        balance: serves every kind.
        voice: spoken codes.
        industry: templates of type 1 and 2.
        market: templates of type 3.
    """

    balance: int | None = None
    voice: int | None = None
    industry: int | None = None
    market: int | None = None


@dataclass(frozen=True, slots=True)
class AccessFlags:
    """What is wrong with an account or application as a whole; the defaults are: nothing.

    Attributes:
        sms_open: False answers 50008 to everything.
        blacklisted: True answers 50036 to everything.
        allowed_ips: addresses or networks that may call; others get 50035. Empty: all may.
    """

    sms_open: bool = True
    blacklisted: bool = False
    allowed_ips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """An account: the dev pair, and the balances that its applications share."""

    dev_key: str
    dev_secret: str = field(repr=False)
    balances: Balances = Balances()
    switches: AccessFlags = AccessFlags()


@dataclass(frozen=True, slots=True)
class Application:
    """An application: its pair, its account, and what it was assigned. Applications never see each other."""

    app_key: str
    master_secret: str = field(repr=False)
    dev_key: str = ""
    balances: Balances = Balances()
    switches: AccessFlags = AccessFlags()


@dataclass(frozen=True, slots=True)
class NumberLists:
    """What is special about numbers and words for one application.

    Attributes:
        app_key: whose.
        invalid: numbers that the service takes for no valid number.
        unsubscribed: numbers that do not want marketing.
        fixed_codes: the code that a number always gets.
        black_words: texts that may not be sent, in lower case.
    """

    app_key: str
    invalid: frozenset[str] = frozenset()
    unsubscribed: frozenset[str] = frozenset()
    fixed_codes: Mapping[str, str] = field(default_factory=dict[str, str])
    black_words: frozenset[str] = frozenset()

    def has_black_word(self, text: str) -> bool:
        """Tell whether a text holds a forbidden word, in whatever case."""
        lowered = text.lower() if self.black_words else ""
        return any(word in lowered for word in self.black_words)


@dataclass(frozen=True, slots=True)
class LastCall:
    """When an application or account last made a call that is limited in frequency."""

    key: str
    operation: str
    at: float


@dataclass(frozen=True, slots=True)
class Template:
    """A template of one application; fields as on the wire, None where never given."""

    app_key: str
    temp_id: int
    template: str
    type: int
    ttl: int | None = None
    remark: str | None = None
    status: ReviewStatus = ReviewStatus.IN_REVIEW
    refuse_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of one application; without its brackets."""

    app_key: str
    sign_id: int
    sign: str
    type: int | None = None
    remark: str | None = None
    status: ReviewStatus = ReviewStatus.IN_REVIEW
    is_default: bool = False
    refuse_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was accepted, as it reaches the phone.

    Attributes:
        id: counts up in the order of arrival; never used again, also not after a restart.
        app_key: whose message.
        msg_id: as the service names it, text.
        phone: 11 digits.
        kind: which call sent it.
        text: what the phone shows: 【sign】, the filled-in text, the unsubscribe hint; for a voice code the
            digits that are read out.
        type: of the template; None for voice.
        temp_id: template; None for voice.
        sign_id: sign; None for voice.
        tag: of a batch.
        language: of a voice code: 0 Chinese, 1 English, 2 mixed.
        units: what it cost, in messages of 70 (67) characters.
        sent_at: seconds since 1970.
        code: the verification code that the service remembers, None for other messages.
        expires_at: when that code dies, seconds since 1970.
        verified_at: when it was verified.
        status: delivery status once reported (4001 ...), None before.
        reported_at: when.
        planned_status: what will be reported; only 4001 reaches the phone.
    """

    id: int
    app_key: str
    msg_id: str
    phone: str
    kind: MessageKind
    text: str
    type: int | None
    temp_id: int | None
    sign_id: int | None
    tag: str | None
    language: int | None
    units: int
    sent_at: float
    code: str | None
    expires_at: float | None
    verified_at: float | None
    status: int | None
    reported_at: float | None
    planned_status: int


@dataclass(frozen=True, slots=True)
class ScheduledMessage:
    """One recipient of a timed task.

    Attributes:
        msg_id: allotted at creation.
        phone: 11 digits.
        params: values as they were sent; None if none were.
        text: the filled-in text with sign and hint.
    """

    msg_id: int
    phone: str
    params: Mapping[str, str] | None
    text: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A timed task."""

    schedule_id: str
    app_key: str
    batch: bool
    send_time: str
    at: float
    temp_id: int
    type: int
    sign_id: int | None
    tag: str | None
    state: ScheduleState
    recipients: tuple[ScheduledMessage, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person wrote back; `waiting` to be pulled, or not any more."""

    id: int
    app_key: str
    phone: str
    content: str
    at: float
    waiting: bool


@dataclass(frozen=True, slots=True)
class CallbackAddress:
    """The receiver of one type of callback."""

    app_key: str
    type: CallbackType
    url: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A line of the delivery log: one try and how it went. `ok` is None while it is under way."""

    number: int
    at: float
    ok: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A callback and its tries. `next_at` is None once delivered, given up or under way."""

    id: int
    app_key: str
    type: CallbackType
    url: str
    data: str
    created_at: float
    next_at: float | None
    attempts: tuple[Attempt, ...]

    @property
    def under_way(self) -> Attempt | None:
        """The try whose end is not known."""
        return self.attempts[-1] if self.attempts and self.attempts[-1].ok is None else None

    @property
    def delivered(self) -> bool:
        """Whether a receiver took it."""
        return any(attempt.ok for attempt in self.attempts)


class TimerKind(enum.StrEnum):
    """What can fall due."""

    SCHEDULE = "schedule"
    TEMPLATE_REVIEW = "template-review"
    SIGN_REVIEW = "sign-review"
    REPORTS = "reports"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True)
class Timer:
    """What falls due at an instant; `ref` says whose."""

    kind: TimerKind
    ref: str
    at: float
