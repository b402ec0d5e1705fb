"""A small service of timed tasks that misbehaves when told to: keeps tasks, shows them, lets them go out at the end.

Like its sibling for direct sending it shares no code with the package.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from campaign_service import Answer, answer, refusal
from jsmskit import TransportRequest

OURS = "13800000000"
"""The operator's own number."""
Step = Callable[[Callable[[], Answer]], Answer]


class TimedService:
    """A transport. `then` says what becomes of the next calls of one kind: create, put, show or cancel."""

    def __init__(self) -> None:
        self.tasks: dict[str, list[str]] = {}
        self.calls: list[str] = []
        self.refused: dict[str, int] = {}
        self.keeps_quiet = False
        """Refused recipients are counted, and not listed."""
        self._plan: dict[str, list[Step]] = defaultdict(list)
        self._next = 0

    def then(self, kind: str, *steps: Step) -> None:
        """A step is given what the service would do, and may do it, or not, or answer otherwise."""
        self._plan[kind] += steps

    def exchange(self, request: TransportRequest, *, timeout: float, new_connection: bool) -> Answer:
        kind = {"POST": "create", "PUT": "put", "GET": "show", "DELETE": "cancel"}[request.method]
        self.calls.append(kind)

        def act() -> Answer:
            return self._act(kind, request.url.rpartition("/")[2], request.body)

        plan = self._plan[kind]
        return plan.pop(0)(act) if plan else act()

    def _act(self, kind: str, name: str, body: bytes) -> Answer:
        if kind == "create":
            self._next += 1
            name = f"task-{self._next}"
        elif name not in self.tasks:
            return refusal(50028)
        if kind == "cancel":
            del self.tasks[name]
            return 200, {}, b""
        if kind == "show":
            entries = [{"mobile": phone, "msg_id": f"8{phone}"} for phone in self.tasks[name]]
            return answer(
                200, {"schedule_id": name, "send_time": "2026-03-03 09:00:00", "temp_id": 8, "recipients": entries}
            )
        document: dict[str, Any] = json.loads(body)
        phones = [entry["mobile"] for entry in document["recipients"]]
        no = {phone: self.refused[phone] for phone in phones if phone in self.refused}
        self.tasks[name] = [phone for phone in phones if phone not in no]
        entries = [{"mobile": phone, "error_code": str(code), "error_message": "no"} for phone, code in no.items()]
        counts = {"success_count": len(phones) - len(no), "failure_count": len(no)}
        listed = [] if self.keeps_quiet else entries
        return answer(200, {"schedule_id": name, **counts, "failure_recipients": listed})

    def went_out(self) -> Counter[str]:
        """Who has a message when every task has gone out; the operator's own is not counted."""
        return Counter(phone for phones in self.tasks.values() for phone in phones if phone != OURS)

    def close(self) -> None:
        """Nothing is open."""


def lost_request(act: Callable[[], Answer]) -> Answer:
    """A step: nothing arrives, and nobody can tell."""
    raise ConnectionResetError("gone")


def lost_answer(act: Callable[[], Answer]) -> Answer:
    """A step: it is done, and the answer lost."""
    act()
    raise ConnectionResetError("gone")


def refused(code: int, status: int = 400) -> Step:
    """A step: nothing is done, for this reason."""

    def refused(act: Callable[[], Answer]) -> Answer:
        return refusal(code, status)

    return refused
