"""The reference model's memory: what the service must remember of the calls that it answered."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

IN_REVIEW, APPROVED, REFUSED = 0, 1, 2
MARKETING = 3
WAITING, SENT, DELETED = "waiting", "sent", "deleted"
DELIVERED, NO_BALANCE = 4001, 4005

#: Seconds between a message and its report, the mock's default (no page says how long it takes).
REPORT_DELAY: Final = 5.0
#: Seconds that reviews take when nobody decides earlier: 3 working hours, 2 working days.
TEMPLATE_AUDIT: Final = 3 * 3600.0
SIGN_AUDIT: Final = 2 * 86_400.0
#: How long reports and replies wait to be pulled: the mock keeps them for 7 days (C19).
RETENTION: Final = 7 * 86_400.0
#: A text with this is refused by an automatic review, the mock's default.
REFUSED_WORD: Final = "拒绝"

Purse = dict[str, int | None]
#: Stands in an expected text for a code that the service makes. Half a surrogate pair: no request can carry
#: one.
CODE_HERE: Final = "\udc00"


@dataclass(slots=True)
class Template:
    """A template of one application."""

    temp_id: int
    text: str
    kind: int
    ttl: int | None = None
    remark: str | None = None
    status: int = APPROVED
    review_at: float | None = None


@dataclass(slots=True)
class Sign:
    """A sign of one application."""

    sign_id: int
    text: str
    status: int = APPROVED
    is_default: bool = False
    remark: str | None = None
    review_at: float | None = None


@dataclass(slots=True)
class Code:
    """A verification code. `value` is None until somebody looked at the phone."""

    phone: str
    expires_at: float
    value: str | None = None
    verified: bool = False


@dataclass(slots=True)
class TaskEntry:
    """One recipient of a timed task; its msg_id is known once the task was read."""

    phone: str
    params: dict[str, str] | None
    text: str
    units: int
    status: int
    msg_id: str | None = None


@dataclass(slots=True)
class Task:
    """A timed task."""

    schedule_id: str
    batch: bool
    send_time: str
    at: float
    temp_id: int
    kind: int
    entries: list[TaskEntry]
    state: str = WAITING


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that was sent to a number: type (None for a voice call), text, instant."""

    kind: int | None
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it must show on a phone. An empty msg_id: of a task that nobody read.

    Where the service made the code, the text holds `CODE_HERE` in its place, and the code is read off the phone.
    """

    app_key: str
    phone: str
    text: str
    msg_id: str
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report that waits to be pulled. An empty msg_id: sent by a task that nobody read."""

    at: float
    msg_id: str
    phone: str
    status: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that waits to be pulled."""

    at: float
    phone: str
    content: str


@dataclass(slots=True)
class Account:
    """An account: its pair, what it holds, and the code that everything is refused with, if it is."""

    key: str
    secret: str
    balances: Purse
    refusal: int | None = None


@dataclass(slots=True)
class App:
    """An application and all it has; `refusal` as for an account."""

    key: str
    secret: str
    dev_key: str
    balances: Purse
    refusal: int | None = None
    templates: dict[int, Template] = field(default_factory=dict)
    signs: dict[int, Sign] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    sendings: dict[str, list[Sending]] = field(default_factory=dict)
    reports: deque[Report] = field(default_factory=deque)
    replies: deque[Reply] = field(default_factory=deque)
    last_pull: dict[str, float] = field(default_factory=dict)
    unsubscribed: set[str] = field(default_factory=set)
    invalid: set[str] = field(default_factory=set)
    black_words: set[str] = field(default_factory=set)

    @property
    def default_sign(self) -> Sign | None:
        """The sign that is used when a message names none."""
        return next((sign for sign in self.signs.values() if sign.is_default), None)

    def count(self, phone: str, *, after: float, kind: int | None, text: str | None = None) -> int:
        """Count the messages of a type (and text) that a number was sent after an instant."""
        return sum(
            each.at > after and each.kind == kind and (text is None or each.text == text)
            for each in self.sendings.get(phone, ())
        )


@dataclass(slots=True)
class World:
    """All there is, and what time it is."""

    now: float
    apps: dict[str, App]
    accounts: dict[str, Account]
    message_ids: set[str] = field(default_factory=set)
    schedule_ids: set[str] = field(default_factory=set)
    arrivals: deque[Arrival] = field(default_factory=deque)

    def _purses(self, app: App, kind: int | None) -> list[tuple[Purse, str]]:
        """List the purses in the order in which they pay."""
        specific = {None: "voice", 1: "industry", 2: "industry", 3: "market"}[kind]
        account = self.accounts[app.dev_key].balances if app.dev_key in self.accounts else {}
        return [(purse, name) for purse in (app.balances, account) for name in (specific, "balance")]

    def can_pay(self, app: App, kind: int | None, units: int) -> bool:
        """Tell whether one purse holds enough for a message."""
        return any((purse.get(name) or 0) >= units for purse, name in self._purses(app, kind))

    def pay(self, app: App, kind: int | None, units: int) -> bool:
        """Take units off the first purse that holds enough; tell whether one did."""
        for purse, name in self._purses(app, kind):
            held = purse.get(name)
            if held is not None and held >= units:
                purse[name] = held - units
                return True
        return False

    def send(self, app: App, kind: int | None, arrival: Arrival, status: int, at: float) -> None:
        """Remember a message that goes out: for the limits, the phone and the report."""
        app.sendings.setdefault(arrival.phone, []).append(Sending(kind, arrival.text, at))
        app.reports.append(Report(at + REPORT_DELAY, arrival.msg_id, arrival.phone, status))
        self.arrivals.append(arrival)

    def advance_to(self, at: float) -> None:
        """Let time pass: reviews end, tasks go out."""
        for app in self.apps.values():
            for template in app.templates.values():
                if template.status == IN_REVIEW and template.review_at is not None and template.review_at <= at:
                    refused = REFUSED_WORD in template.text or REFUSED_WORD in (template.remark or "")
                    self.decide_template(template, approve=not refused)
            for sign in app.signs.values():
                if sign.status == IN_REVIEW and sign.review_at is not None and sign.review_at <= at:
                    refused = REFUSED_WORD in sign.text or REFUSED_WORD in (sign.remark or "")
                    self.decide_sign(app, sign, approve=not refused)
        due = [
            (task.at, app, task)
            for app in self.apps.values()
            for task in app.tasks.values()
            if task.state == WAITING and task.at <= at
        ]
        for _, app, task in sorted(due, key=lambda each: each[0]):
            task.state = SENT
            for entry in task.entries:
                if task.kind == MARKETING and entry.phone in app.unsubscribed:
                    continue  # unsubscribed meanwhile: neither sent nor reported (the mock's assumption)
                status = entry.status if self.pay(app, task.kind, entry.units) else NO_BALANCE
                arrival = Arrival(app.key, entry.phone, entry.text, entry.msg_id or "")
                self.send(app, task.kind, arrival, status, task.at)
        self.now = at

    def decide_template(self, template: Template, *, approve: bool) -> None:
        """End the review of a template."""
        template.status = APPROVED if approve else REFUSED
        template.review_at = None

    def decide_sign(self, app: App, sign: Sign, *, approve: bool) -> None:
        """End the review of a sign; the first approved sign becomes the default (G9)."""
        sign.status = APPROVED if approve else REFUSED
        sign.review_at = None
        sign.is_default = sign.is_default and approve
        if approve and app.default_sign is None:
            sign.is_default = True

    def receive_reply(self, app: App, phone: str, content: str) -> None:
        """Keep a reply; some words unsubscribe the number."""
        app.replies.append(Reply(self.now, phone, content))
        if content.strip().upper() in ("T", "TD", "退订"):
            app.unsubscribed.add(phone)

    def is_new_message_id(self, msg_id: str) -> bool:
        """Remember a message id; tell whether it was never given before."""
        if msg_id in self.message_ids:
            return False
        self.message_ids.add(msg_id)
        return True
