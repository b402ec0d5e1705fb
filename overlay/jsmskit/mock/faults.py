"""Faults on request: slow answers, lost requests, lost answers, broken bodies, any code, any status."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from typing import Any, Final, NamedTuple, cast

import orjson
from jsms_api.error_table import ERRORS
from jsms_api.operations import OPERATIONS

from .model.from_json import read_record
from .model.http import Request, Response, read_basic_pair


class FaultKind(enum.StrEnum):
    """What happens to a request.

    LATENCY: it is processed, and its answer comes `seconds` later on the mock's clock.
    REFUSE: the connection ends before the mock takes the request: nothing is sent.
    DROP: the mock takes the request, and the connection ends without an answer.
    HANG: the mock takes the request and never answers; the client's own deadline ends it.
    MALFORMED: the mock takes the request and answers with a body that is cut in half, or with `body`.
    CODE: answered with the envelope of the return code `code`.
    STATUS: answered with the HTTP status `status` and `body`, as a proxy in between would.
    """

    LATENCY = "latency"
    REFUSE = "refuse"
    DROP = "drop"
    HANG = "hang"
    MALFORMED = "malformed"
    CODE = "code"
    STATUS = "status"


class FaultError(ValueError):
    """A fault that cannot be. The text names the field, what is wrong with it, and the remedy."""


#: Fields that mean something to some kinds only; the one kind of a field needs it.
_KINDS_OF: Final = {
    "seconds": (FaultKind.LATENCY,),
    "code": (FaultKind.CODE,),
    "status": (FaultKind.STATUS,),
    "body": (FaultKind.STATUS, FaultKind.MALFORMED),
    "accepted": (FaultKind.CODE, FaultKind.STATUS),
}
_BOUNDS: Final = {"probability": (0, 1), "seconds": (0, 86_400), "status": (200, 599)}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and whom it strikes. Fields that are None do not narrow.

    Attributes:
        kind: what happens.
        operation: only calls of this operationId, such as sendCode.
        phone: only requests that name this number (11 digits) as a recipient.
        app_key: only requests of this application or account.
        times: strike so often, then never again. None: until it is removed.
        probability: strike this share of the requests that match, 0 to 1, drawn repeatably from `seed`.
        seed: seed of the draw.
        seconds: of LATENCY, on the mock's clock.
        code: of CODE, one of the documented return codes.
        status: of STATUS, 200 to 599.
        body: of STATUS and MALFORMED, the text to answer with.
        content_type: of STATUS and MALFORMED.
        accepted: of CODE and STATUS: take the request first, and lie about it.
    """

    kind: FaultKind
    operation: str | None = None
    phone: str | None = None
    app_key: str | None = None
    times: int | None = None
    probability: float | None = None
    seed: int = 0
    seconds: float | None = None
    code: int | None = None
    status: int | None = None
    body: str | None = None
    content_type: str = "application/json"
    accepted: bool = False

    def __post_init__(self) -> None:
        if self.operation is not None and self.operation not in OPERATIONS:
            raise FaultError(f"operation: {self.operation!r} is not one of {', '.join(sorted(OPERATIONS))}")
        if self.times is not None and self.times < 1:
            raise FaultError("times: must be at least 1; leave it out for a fault that stays")
        for name, kinds in _KINDS_OF.items():
            value = getattr(self, name)
            is_given = value is not None and value is not False
            if is_given and self.kind not in kinds:
                raise FaultError(f"{name}: means nothing to a fault of kind {self.kind}; leave it out")
            if not is_given and kinds == (self.kind,):
                raise FaultError(f"{name}: is needed by a fault of kind {self.kind}")
        for name, (least, most) in _BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise FaultError(f"{name}: must lie between {least} and {most}")
        if self.code is not None and self.code not in ERRORS:
            raise FaultError(f"code: {self.code} is not a documented return code")

    @property
    def takes_request(self) -> bool:
        """Whether the mock processes the request all the same."""
        return self.accepted if self.kind in (FaultKind.CODE, FaultKind.STATUS) else self.kind is not FaultKind.REFUSE


@dataclass(slots=True)
class ActiveFault:
    """An active fault, and how often it has struck.

    Attributes:
        id: names it in the control API; counts up from 1.
        fault: the fault itself.
        seen: requests that matched.
        struck: requests that it struck.
    """

    id: int
    fault: Fault
    seen: int = 0
    struck: int = 0

    @property
    def remaining(self) -> int | None:
        """How often it will still strike; None: without end."""
        return None if self.fault.times is None else self.fault.times - self.struck

    def as_json(self) -> dict[str, Any]:
        """Return the form that the control API shows: what narrows or describes it, and its counts."""
        told = {name: value for name, value in asdict(self.fault).items() if value is not None}
        if self.fault.kind not in (FaultKind.STATUS, FaultKind.MALFORMED):
            del told["content_type"]
        return {"id": self.id, **told, "seen": self.seen, "struck": self.struck, "remaining": self.remaining}

    def strikes(self) -> bool:
        """Draw for one more request that matched."""
        self.seen += 1
        fault = self.fault
        if fault.times is not None and self.struck >= fault.times:
            return False
        if fault.probability is not None:
            # A hash, not a generator: the draw depends on seed and count alone, whatever else is drawn.
            digest = hashlib.sha256(f"{fault.seed}:{self.seen}".encode()).digest()
            if int.from_bytes(digest[:8], "big") >= fault.probability * 2**64:
                return False
        self.struck += 1
        return True


class FaultPlan:
    """The active faults.

    Args:
        lock: held around every change and decision; the mock's own, so that a request and its fault are one.
        changed: called when faults were added or removed.
    """

    def __init__(self, lock: AbstractContextManager[object], changed: Callable[[], object]) -> None:
        self._lock = lock
        self._changed = changed
        self._active: dict[int, ActiveFault] = {}
        self._last_id = 0

    def add(self, fault: Fault) -> ActiveFault:
        """Add a fault. Faults are tried in the order in which they were added."""
        with self._lock:
            self._last_id += 1
            added = ActiveFault(self._last_id, fault)
            self._active[added.id] = added
            self._changed()
            return added

    def listed(self) -> list[ActiveFault]:
        """List the faults, used up or not, so that a test can see whether one has struck."""
        with self._lock:
            return list(self._active.values())

    def remove(self, fault_id: int) -> bool:
        """Remove one fault; return whether it was there."""
        with self._lock:
            gone = self._active.pop(fault_id, None)
            self._changed()
            return gone is not None

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._active.clear()
            self._changed()

    def to_state(self) -> dict[str, Any]:
        """Return the faults with their counts, in a form that JSON can hold."""
        with self._lock:
            return {"last_id": self._last_id, "standing": [asdict(one) for one in self._active.values()]}

    def restore(self, position: Mapping[str, Any]) -> None:
        """Put back the faults that `to_state` returned, with their counts."""
        with self._lock:
            self._last_id = position["last_id"]
            self._active = {told["id"]: read_record(ActiveFault, told) for told in position["standing"]}

    def needs_phones(self) -> bool:
        """Whether a decision depends on the numbers in a request (reading them costs a parse)."""
        return any(one.fault.phone is not None for one in self._active.values())

    def __bool__(self) -> bool:
        return bool(self._active)

    def decide(self, operation: str | None, app_key: str | None, phones: Iterable[str]) -> tuple[float, Fault | None]:
        """Decide about one request: delays add up, and the first other fault that strikes ends it."""
        named = frozenset(phones)
        latency = 0.0
        with self._lock:
            for active in self._active.values():
                fault = active.fault
                if (
                    (fault.operation is not None and fault.operation != operation)
                    or (fault.app_key is not None and fault.app_key != app_key)
                    or (fault.phone is not None and fault.phone not in named)
                    or not active.strikes()
                ):
                    continue
                if fault.kind is not FaultKind.LATENCY:
                    return latency, fault
                latency += fault.seconds or 0.0
        return latency, None


#: On every response of every transport, so that the mock is not mistaken for the service.
MARK: Final[Mapping[str, str]] = {"x-mock": "jsmskit"}


class ConnectionEnd(enum.Enum):
    """How an exchange ends.

    ANSWERED: with the response.
    REFUSED: the connection ends; the mock took nothing.
    RESET: the connection ends; the mock took the request.
    TIMEOUT: nothing ever comes; the mock took the request.
    """

    ANSWERED = enum.auto()
    REFUSED = enum.auto()
    RESET = enum.auto()
    TIMEOUT = enum.auto()


class FaultedResponse(NamedTuple):
    """What a transport has to carry out.

    Attributes:
        end: how the exchange ends.
        response: what is answered; None unless `end` is ANSWERED.
        latency: seconds on the mock's clock that pass before the end.
    """

    end: ConnectionEnd
    response: Response | None = None
    latency: float = 0.0


#: The ends of the faults that answer nothing.
_ENDS: Final = {
    FaultKind.REFUSE: ConnectionEnd.REFUSED,
    FaultKind.DROP: ConnectionEnd.RESET,
    FaultKind.HANG: ConnectionEnd.TIMEOUT,
}


def inject_faults(
    request: Request,
    operation: str | None,
    *,
    plan: FaultPlan,
    handle: Callable[[Request], Response],
    refuse: Callable[[Request, int, str], Response],
) -> FaultedResponse:
    """Take one request through faults and rules.

    Args:
        request: as it came.
        operation: what its path and method mean, if anything.
        plan: the active faults.
        handle: the rules.
        refuse: answers with a return code, for a reason.
    """
    phones = read_phones(request.body) if plan.needs_phones() else ()
    pair = read_basic_pair(request.headers.get("authorization", ""))
    latency, fault = plan.decide(operation, None if pair is None else pair[0], phones)
    response = handle(request) if fault is None or fault.takes_request else None
    if fault is None:
        return FaultedResponse(ConnectionEnd.ANSWERED, response, latency)
    if fault.kind in _ENDS:
        return FaultedResponse(_ENDS[fault.kind], None, latency)
    body = None if fault.body is None else fault.body.encode()
    if fault.kind is FaultKind.CODE and fault.code is not None:
        response = refuse(request, fault.code, "fault")
    elif fault.kind is FaultKind.MALFORMED and response is not None:
        # Half a JSON text is never a JSON text.
        broken = (response.body[: len(response.body) // 2] or b"{") if body is None else body
        headers = {**response.headers, "content-type": fault.content_type}
        response = replace(response, headers=headers, body=broken, rule="fault")
    else:
        status = fault.status or HTTPStatus.INTERNAL_SERVER_ERROR
        is_bodiless = status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        content = b"" if is_bodiless or body is None else body
        response = Response(status, {"content-type": fault.content_type}, content, rule="fault", operation=operation)
    return FaultedResponse(ConnectionEnd.ANSWERED, response, latency)


def read_phones(body: bytes) -> list[str]:
    """Read the numbers that a JSON body names, by their last 11 digits; none from anything else."""
    try:
        told: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    fields = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
    entries: list[Any] = fields["recipients"] if isinstance(fields.get("recipients"), list) else []
    named: list[dict[str, Any]] = [one for one in (fields, *entries) if isinstance(one, dict)]
    return [str(one["mobile"])[-11:] for one in named if "mobile" in one]
