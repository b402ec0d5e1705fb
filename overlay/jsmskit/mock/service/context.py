"""One call on its way through the decisions: what is known of it so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsms_api.operations import OperationInfo

from ..callbacks.queue import CallbackQueue
from ..model.clock import Clock
from ..model.http import Request
from ..model.message_text import TemplateText
from ..model.random_ids import RandomIds
from ..model.records import AccessFlags, Application, Schedule, Sign, Template
from ..model.settings import Reading, Settings
from ..state.accounts import NumberLists
from ..state.messages import RecentCounts, RememberedCode
from ..state.state import State


class Components:
    """The parts of one mock, for rules and operations.

    Attributes:
        state: what is remembered.
        clock: the only time.
        source: the only chance.
        settings: every switch; may be replaced while the mock runs.
        callbacks: what applications are told.
    """

    __slots__ = ("callbacks", "clock", "random_ids", "settings", "state")

    def __init__(self, state: State, clock: Clock, random_ids: RandomIds, settings: Settings) -> None:
        self.state = state
        self.clock = clock
        self.random_ids = random_ids
        self.settings = settings
        self.callbacks = CallbackQueue(state, keep=settings.keep_messages)

    def report_time(self, sent_at: float) -> float:
        """Return the instant at which the report of a message falls due."""
        return self.state.timers.report_time(sent_at + self.settings.report_delay_seconds, exact=self.clock.is_frozen)


class CallContext:
    """One call of one operation. Attributes below the line exist once the step that finds them has run.

    Attributes:
        components: the mock's parts.
        info: the operation.
        request: as it came.
        path_id: the id in the path, decoded; empty if the path has none.
        now: the instant of the call; time does not pass while it is decided.

        credentials: user and password, None if the header is no Basic pair.
        owner_key: key of the application or account that calls; empty before it is known.
        switches: of the application or account that calls.
        lists: what is special about numbers and words for the application that calls.
        app: the application that calls; unset for calls of the account.
        body: the fields of the body, cleaned of tolerated variants, only fields that the operation knows.
        sent: the fields of the body as they were sent.
        entry_refusals: of a batch: what the spec says about single entries, code and rule by position.
        template: that the call names, None if there is none.
        sign: that the call names or the default one, None if there is none.
        words: the template's text, taken apart.
        front: what stands before the filled-in text on the phone: the sign in its brackets.
        back: what stands behind it: the unsubscribe hint, or nothing.
        schedule: that the path names, None if there is none.
        code: that the path names, None if there is none.
        send_at: instant that `send_time` names, None if it names none.
    """

    __slots__ = (
        "app",
        "back",
        "body",
        "code",
        "components",
        "credentials",
        "entry_refusals",
        "front",
        "info",
        "lists",
        "now",
        "owner_key",
        "path_id",
        "request",
        "schedule",
        "send_at",
        "sent",
        "sign",
        "switches",
        "template",
        "words",
    )

    app: Application
    switches: AccessFlags
    lists: NumberLists
    body: dict[str, Any]
    sent: dict[str, Any]
    template: Template | None
    sign: Sign | None
    words: TemplateText
    front: str
    back: str
    schedule: Schedule | None
    code: RememberedCode | None
    send_at: float | None

    def __init__(self, components: Components, info: OperationInfo, request: Request, path_id: str, now: float) -> None:
        self.components = components
        self.info = info
        self.request = request
        self.path_id = path_id
        self.now = now
        self.credentials: tuple[str, str] | None = None
        self.owner_key = ""
        self.entry_refusals: dict[int, tuple[int, str]] = {}

    def reads(self, reading: Reading) -> bool:
        """Tell whether another reading than the spec's is set."""
        return reading in self.components.settings.readings


class RecipientContext:
    """One recipient of one call: what is known of the message to it so far.

    Attributes:
        call: that sends.
        phone: 11 digits.
        params: values for the template's variables, without those that were null; None if none were sent.
        filled: the template's text with the values put in.
        text: what reaches the phone.
        length: of the text, in counted characters.
        units: what it costs.
        counts: what the number was sent lately.
        texts_of_batch: of a batch: number and text of the entries accepted so far.
    """

    __slots__ = ("call", "counts", "filled", "length", "params", "phone", "text", "texts_of_batch", "units")

    filled: str
    text: str
    length: int
    units: int
    counts: RecentCounts

    def __init__(
        self,
        call: CallContext,
        phone: str,
        params: Mapping[str, str] | None,
        texts_of_batch: set[tuple[str, str]] | None = None,
    ) -> None:
        self.call = call
        self.phone = phone
        self.params = params
        self.texts_of_batch = texts_of_batch
