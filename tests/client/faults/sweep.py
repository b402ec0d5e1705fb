"""Breaks the connection after every byte of a request, and of an answer, and judges each ending by the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from jsmskit import JsmsError, Outcome, RetryPolicy

from tests.client.callers import Caller
from tests.client.faults.wire import Brought, FaultServer, Wire, serving
from tests.client.operations import PHONE

_BODY = b'{"msg_id": "288193860302"}'
# One byte less than it says, so that no position of the sweep is a whole answer.
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    + f"Content-Length: {len(_BODY)}\r\n\r\n".encode()
    + _BODY[:-1]
)
ENDS: dict[str, Callable[[Wire], None]] = {"close": Wire.close, "reset": Wire.reset}


@dataclass
class Swept:
    """The figures of one sweep."""

    positions: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def note(self, place: int, error: JsmsError | None, brought: list[Brought]) -> None:
        self.positions += 1
        if error is None:
            self.violations.append(f"{place}: a result, although the answer was cut")
            return
        self.endings[f"{error.outcome} {error.presumed_outcome or ''}".strip()] += 1
        if error.outcome is Outcome.NOT_SENT and any(one.whole for one in brought):
            self.violations.append(f"{place}: not sent, but the server had it whole")
        if len(brought) > 1:
            self.violations.append(f"{place}: {len(brought)} connections for one try")
        if (error.presumed_outcome == "accepted") != (error.http_status == 200):
            self.violations.append(f"{place}: likely {error.presumed_outcome} with status {error.http_status}")


class Sweep:
    """A server that breaks every connection at the place that is set, and one client that calls it."""

    def __init__(self, client_kind: str, end: str) -> None:
        self._client_kind = client_kind
        self._end = ENDS[end]
        self._place = 0

    def request(self) -> Swept:
        """After 0, 1, 2 ... bytes of the request have been read."""
        swept = Swept()
        with serving(self._cut_request) as server, self._caller(server) as caller:
            for place in range(self._request_length() + 1):
                self._try(place, caller, server, swept)
        return swept

    def answer(self) -> Swept:
        """After the request was read, and 0, 1, 2 ... bytes of the answer were sent."""
        swept = Swept()
        with serving(self._cut_answer) as server, self._caller(server) as caller:
            for place in range(len(ANSWER) + 1):
                self._try(place, caller, server, swept)
        return swept

    def _try(self, place: int, caller: Caller, server: FaultServer, swept: Swept) -> None:
        self._place = place
        before = len(server.brought)
        swept.note(place, asked(caller), server.brought[before:])

    def _cut_request(self, wire: Wire) -> None:
        wire.read_bytes(self._place)
        self._end(wire)

    def _cut_answer(self, wire: Wire) -> None:
        wire.read_body()
        wire.send(ANSWER[: self._place])
        self._end(wire)

    def _caller(self, server: FaultServer) -> Caller:
        return Caller(
            self._client_kind,
            base_url=f"http://127.0.0.1:{server.port}/v1",
            deadline=5.0,
            retry=RetryPolicy(max_attempts=1),
        )

    def _request_length(self) -> int:
        """How long the request is, learned from one that arrives."""
        self._place = len(ANSWER)
        with serving(self._cut_answer) as server, self._caller(server) as caller:
            asked(caller)
        return len(server.brought[0].received)


def asked(caller: Caller) -> JsmsError | None:
    """The error of one call; None if it brought a result."""
    try:
        caller(lambda client: client.codes.send(PHONE))
    except JsmsError as error:
        return error
    return None
