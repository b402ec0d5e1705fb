"""What a campaign is told to do: values that are checked when they are made, with the reasons of their defaults."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from jsms_api import limits

from jsmskit._validation.fields import SERVICE_TIMEZONE

from .errors import PlanError
from .states import TemplateKind

CHUNK_SIZE: Final = limits.SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS
CANARY_SIZES: Final = (10, 100)
"""Sizes of the first chunks. They are sent alone, one after the other: a wrong template hurts ten people, not
all.
"""

_LONGEST_HOLD_SECONDS: Final = 3600.0
_MOST_CONCURRENT: Final = 64
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class Mode(StrEnum):
    """How a chunk reaches the service."""

    DIRECT = "direct"
    """One request; what is lost with its answer is unknown."""
    SCHEDULE = "schedule"
    """Two phases through timed tasks; never tried on the live service."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of the day, in the service's zone (UTC+8), in which marketing may go out.

    Default 08:00 to 21:00: the vendor's rules page.
    """

    opens: time
    closes: time

    @classmethod
    def parse(cls, opens: str, closes: str) -> QuietHours:
        """Read two clock times such as `08:00`. Raises `PlanError`."""
        found = [_CLOCK.fullmatch(text) for text in (opens, closes)]
        if found[0] is None or found[1] is None:
            raise PlanError("the hours must look like 08:00.", "Give two times of the day, the earlier one first.")
        first, last = (time(int(match[1]), int(match[2])) for match in (found[0], found[1]))
        if first >= last:
            raise PlanError("the hours end before they begin.", "Give the earlier time first.")
        return cls(first, last)

    def seconds_until_open(self, now: float, *, needed: float) -> float:
        """How long to wait until a request may begin; 0 if it may begin now and end, after `needed` seconds, in
        the hours.
        """
        local = datetime.fromtimestamp(now, UTC).astimezone(SERVICE_TIMEZONE)
        opens = datetime.combine(local.date(), self.opens, SERVICE_TIMEZONE)
        closes = datetime.combine(local.date(), self.closes, SERVICE_TIMEZONE)
        if local < opens:
            return (opens - local).total_seconds()
        if local + timedelta(seconds=needed) <= closes:
            return 0.0
        return (opens + timedelta(days=1) - local).total_seconds()


DEFAULT_HOURS: Final = QuietHours.parse(*limits.MARKETING_HOURS)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the messages of a campaign go: the address of the service (or a mock), and the application.

    application: a fingerprint of its key, as `client.application`. chosen_by: the options of the command line that
    chose it, to be repeated in hints.
    """

    address: str
    application: str
    chosen_by: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.address}, application {self.application}"


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """What is known of the template: read it from the service with `read_template`, or state it.

    Without `text`, variables are not checked and billed units not estimated. `sign` is the sign's text
    without brackets, `hint` what the platform adds to marketing messages; both count for the length. `target` is where
    it was read: the campaign is bound to it.
    """

    template_id: int
    text: str | None = field(default=None, repr=False)
    kind: TemplateKind = TemplateKind.UNKNOWN
    sign: str = ""
    hint: str = ""
    target: Target | None = None

    def __post_init__(self) -> None:
        lowest = limits.SEND_MESSAGE_BATCH_REQUEST_TEMP_ID_MINIMUM
        if type(self.template_id) is not int or self.template_id < lowest:
            raise PlanError("the template id must be a positive number.", "Give the number that the console shows.")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a campaign is run. Shared by all workers of one ledger through the ledger, not through memory.

    concurrency: requests in flight at most, 1 to 4 by default policy (each may become one unknown chunk in a
        crash).
    rate: recipients a second at most, over all workers; None for no limit of our own.
    deadline_seconds: for one request; also how far before the end of the quiet hours the last one is begun.
    canary: hold everything back until the small first chunks have come through.
    canary_rejected_share: a canary of which more is refused pauses the campaign.
    unknown_in_a_row, unknown_share: the circuit breaker for unknowns; every unknown costs a person's time.
    split_calls: how many calls one chunk may cost when it is halved to find a bad row.
    refusal_takes_nobody: the assumption that an error for the whole request means that no recipient was
        taken. It is not documented; False makes such chunks unknown.
    too_often_wait_seconds, too_often_tries: recipients refused as too often go back, so late, so many times.
    unreachable_in_a_row: pause after so many requests in a row that did not leave.
    balance_every: look at the balance after so many chunks; 0 for never.
    hours: quiet hours for marketing; `hours_override` is the recorded reason for ignoring them.
    account: name of the shared rate limit; campaigns on other accounts give other names.
    send_within_seconds: a claimed chunk that was not sent so soon after (a frozen machine) is given back, not
        sent.
    worker_silence_seconds: a worker that was not heard for so long is taken for dead: its chunks become
        unknown.
    """

    concurrency: int = 1
    rate: float | None = None
    deadline_seconds: float = 60.0
    canary: bool = True
    canary_rejected_share: float = 0.5
    unknown_in_a_row: int = 2
    unknown_share: float = 0.005
    split_calls: int = 64
    refusal_takes_nobody: bool = True
    too_often_wait_seconds: float = 600.0
    too_often_tries: int = 2
    unreachable_in_a_row: int = 5
    balance_every: int = 50
    hours: QuietHours = DEFAULT_HOURS
    hours_override: str | None = None
    account: str = "default"
    send_within_seconds: float = 30.0
    worker_silence_seconds: float = 300.0
    mode: Mode = Mode.DIRECT
    schedule_canary_phone: str | None = field(default=None, repr=False)
    schedule_lead_seconds: float = 300.0
    schedule_reserve_seconds: float = 7 * 86400.0

    def __post_init__(self) -> None:
        if not 1 <= self.concurrency <= _MOST_CONCURRENT:
            raise PlanError(
                f"concurrency is {self.concurrency}, 1 to {_MOST_CONCURRENT} are possible.",
                "Take 1 to 4: every request in flight may become an unknown chunk.",
            )
        if self.rate is not None and not self.rate > 0:
            raise PlanError("the rate must be above zero.", "Give the recipients for each second, or leave it out.")
        if self.mode is Mode.SCHEDULE and self.schedule_canary_phone is None:
            raise PlanError(
                "schedule mode needs a number of your own.",
                "Give schedule_canary_phone (--canary-phone): it holds the place of each chunk.",
            )

    def to_json(self) -> str:
        """As text for the ledger, so that workers on other machines run a campaign in the same way."""
        plain = asdict(self)
        plain["hours"] = [self.hours.opens.isoformat("minutes"), self.hours.closes.isoformat("minutes")]
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> RunSettings:
        """Read what `to_json` wrote."""
        plain: dict[str, Any] = json.loads(text)
        plain["hours"] = QuietHours.parse(*plain["hours"])
        plain["mode"] = Mode(plain["mode"])
        return cls(**plain)

    @property
    def longest_hold_seconds(self) -> float:
        """The longest time for which anything of a campaign is put off, whatever a response asks for. A moment to wait
        for that is further away was written before the clock was set back.
        """
        return max(_LONGEST_HOLD_SECONDS, self.too_often_wait_seconds)

    @property
    def seconds_until_sent(self) -> float:
        """How long after its claim a chunk may still go out."""
        lead = self.schedule_lead_seconds if self.mode is Mode.SCHEDULE else 0.0
        return self.deadline_seconds + lead
