"""The reference model's memory: what the service must remember of the calls that it answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

IN_REVIEW, APPROVED, REFUSED = 0, 1, 2
VERIFICATION, NOTICE, MARKETING = 1, 2, 3
WAITING, SENT, DELETED = "waiting", "sent", "deleted"
NO_BALANCE = 4005

#: Seconds between a message and its report, the mock's default (no page says how long it takes).
REPORT_DELAY: Final = 5.0
#: Seconds that reviews take when no one decides earlier: 3 working hours, 2 working days.
TEMPLATE_AUDIT: Final = 3 * 3600.0
SIGN_AUDIT: Final = 2 * 86_400.0
#: A text with this is refused by an automatic review, the mock's default.
REFUSED_WORD: Final = "拒绝"

Purse = dict[str, int | None]
#: Stands in an expected text for a code that the service makes. Half a surrogate pair: no request can carry one.
CODE_HERE: Final = "\udc00"


@dataclass(slots=True)
class Reviewed:
    """A template (with type, life of its codes) or a sign (perhaps the default one) of one application."""

    id: int
    text: str
    kind: int | None = None
    ttl: int | None = None
    remark: str | None = None
    status: int = APPROVED
    is_default: bool = False
    review_at: float | None = None


@dataclass(slots=True)
class Code:
    """A verification code. `value` is None until it was read off the phone."""

    expires_at: float
    value: str | None = None
    verified: bool = False


@dataclass(slots=True)
class Message:
    """A message that goes out, or waits in a timed task.

    Attributes:
        phone: 11 digits.
        text: as it reaches the phone; where the service makes the code, it holds `CODE_HERE` in its place.
        kind: type of the template, None for a voice call.
        units: what it costs.
        status: that it is reported with.
        params: values of a timed message.
        msg_id: empty where no response has told it yet.
        code: that it carries.
        at: when it was sent.
    """

    phone: str
    text: str
    kind: int | None
    units: int
    status: int
    params: dict[str, str] | None = None
    msg_id: str = ""
    code: Code | None = None
    at: float = 0.0


@dataclass(slots=True)
class Task:
    schedule_id: str
    batch: bool
    send_time: str
    at: float
    temp_id: int
    kind: int
    messages: list[Message]
    state: str = WAITING


@dataclass(slots=True)
class Account:
    """An account: its pair, what it holds, and the code that everything is refused with, if it is."""

    key: str
    secret: str
    balances: Purse
    refusal: int | None = None


@dataclass(slots=True)
class App(Account):
    dev_key: str = ""
    templates: dict[int, Reviewed] = field(default_factory=dict)
    signs: dict[int, Reviewed] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    sent: dict[str, list[Message]] = field(default_factory=dict)
    #: What waits to be pulled.
    reports: list[Message] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    last_pull: dict[str, float] = field(default_factory=dict)
    unsubscribed: set[str] = field(default_factory=set)
    invalid: set[str] = field(default_factory=set)
    black_words: set[str] = field(default_factory=set)

    @property
    def default_sign(self) -> Reviewed | None:
        """The sign that is used when a message names none."""
        return next((sign for sign in self.signs.values() if sign.is_default), None)

    def has_sign(self, status: int) -> bool:
        """Tell whether a sign is in a state of review."""
        return any(sign.status == status for sign in self.signs.values())

    def count(self, phone: str, *, after: float, kind: int | None, text: str | None = None) -> int:
        """Count the messages of a type (and text) that a number was sent after an instant."""
        return sum(
            each.at > after and each.kind == kind and (text is None or each.text == text)
            for each in self.sent.get(phone, ())
        )


@dataclass(slots=True)
class World:
    """All there is, and what time it is."""

    now: float
    apps: dict[str, App]
    accounts: dict[str, Account]
    ids: set[str] = field(default_factory=set)
    #: What must show on phones, with the application that sent it, since that was compared last.
    arrivals: list[tuple[str, Message]] = field(default_factory=list)

    def pay(self, app: App, kind: int | None, units: int, *, really: bool = True) -> bool:
        """Take units off the first balance that holds enough; tell whether one does."""
        specific = {None: "voice", MARKETING: "market"}.get(kind, "industry")
        account = self.accounts.get(app.dev_key)
        for purse in (app.balances, account.balances if account else {}):
            for name in (specific, "balance"):
                held = purse.get(name)
                if held is not None and held >= units:
                    purse[name] = held - units if really else held
                    return True
        return False

    def send(self, app: App, message: Message, at: float) -> None:
        """Remember a message that goes out: for the limits, the phone and the report."""
        message.at = at
        app.sent.setdefault(message.phone, []).append(message)
        app.reports.append(message)
        self.arrivals.append((app.key, message))

    def advance_to(self, at: float) -> None:
        """Let time pass: reviews end, tasks go out."""
        for app in self.apps.values():
            for each in (*app.templates.values(), *app.signs.values()):
                if each.review_at is not None and each.review_at <= at:
                    self.decide(app, each, approve=REFUSED_WORD not in each.text + (each.remark or ""))
        tasks = [(task.at, app, task) for app in self.apps.values() for task in app.tasks.values()]
        for due, app, task in sorted(tasks, key=lambda each: each[0]):
            if task.state == WAITING and due <= at:
                task.state = SENT
                for message in task.messages:
                    if task.kind == MARKETING and message.phone in app.unsubscribed:
                        continue  # unsubscribed meanwhile: neither sent nor reported (the mock's assumption)
                    if not self.pay(app, task.kind, message.units):
                        message.status = NO_BALANCE
                    self.send(app, message, due)
        self.now = at

    def decide(self, app: App, each: Reviewed, *, approve: bool) -> None:
        """End the review of a template or a sign; the first approved sign becomes the default (G9)."""
        each.status = APPROVED if approve else REFUSED
        each.review_at = None
        if each.id in app.signs and app.signs[each.id] is each:
            each.is_default = approve and (each.is_default or app.default_sign is None)

    def receive_reply(self, app: App, phone: str, content: str) -> None:
        """Keep a reply; some words unsubscribe the number."""
        app.replies.append({"phone": phone, "replyTime": int(self.now * 1000), "content": content})
        if content.strip().upper() in ("T", "TD", "退订"):
            app.unsubscribed.add(phone)

    def is_new(self, identity: str) -> bool:
        """Remember an id; tell whether it was never given before."""
        is_new = identity not in self.ids
        self.ids.add(identity)
        return is_new
