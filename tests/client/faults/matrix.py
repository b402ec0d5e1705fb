"""Runs cells: one fault, plain or TLS, one size, one client_kind, one operation; and judges the client's word by
the truth.

Four things must never happen: "not sent" although the server had the whole request; another try after one
that the server had whole; an exception that is no `JsmsError`; a call that lasts longer than its deadline
(and a fifth of a second).
"""

from __future__ import annotations

import itertools
import random
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import trustme
from jsms_api.models.batch_recipient import BatchRecipient
from jsms_api.models.schedule_batch_request import ScheduleBatchRequest
from jsms_api.models.schedule_request import ScheduleRequest
from jsms_api.models.send_code_request import SendCodeRequest
from jsms_api.models.send_message_batch_request import SendMessageBatchRequest
from jsms_api.models.send_message_request import SendMessageRequest
from jsms_api.models.send_voice_code_request import SendVoiceCodeRequest
from jsmskit import JsmsError, Outcome, RetryPolicy
from jsmskit._calls.request import raw_request

from tests.client.callers import Caller
from tests.client.faults.catalogue import FAULTS, Fault
from tests.client.faults.wire import Brought, FaultServer
from tests.client.operations import GENERATED, SENDS

SIZES: Final = {"small": 35, "batch": 60_000, "large": 8_000_000}
DEADLINE: Final = 0.6
STEP: Final = 0.35
GRACE: Final = 0.2
POLICY: Final = RetryPolicy(base_delay=0.01, max_delay=0.02)


@dataclass(frozen=True)
class Cell:
    fault: str
    tls: bool
    size: str
    client_kind: str
    operation: str

    def __str__(self) -> str:
        return f"{self.fault}-{'tls' if self.tls else 'plain'}-{self.size}-{self.client_kind}-{self.operation}"


@dataclass(frozen=True)
class Judged:
    """What became of a cell: a word for the ending, and what must never be."""

    cell: Cell
    ending: str
    attempts: int
    whole: int
    seconds: float
    violations: tuple[str, ...]
    reruns: int = 0


BY_NAME: Final = {fault.name: fault for fault in FAULTS}
EXTRA: Final = ("refused_connection", "tls_untrusted", "tls_wrong_host")
"""Faults that are no behaviour of a connection, but of the address or the certificate."""


def cells(operations: Iterable[str] = SENDS, sizes: Iterable[str] = tuple(SIZES)) -> Iterator[Cell]:
    """All of them for these operations and sizes."""
    for fault, tls, size, client_kind, operation in itertools.product(
        (*BY_NAME, *EXTRA), (False, True), tuple(sizes), ("sync", "async"), tuple(operations)
    ):
        only_tls = fault.startswith("tls_")
        if tls or not only_tls:
            yield Cell(fault, tls, size, client_kind, operation)


class Certificates:
    """An authority of our own, and a server with a certificate of it."""

    def __init__(self, folder: Path) -> None:
        authority, stranger = trustme.CA(), trustme.CA()
        self.file = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.file)
        self.good = self._context(authority, "127.0.0.1")
        self.untrusted = self._context(stranger, "127.0.0.1")
        self.other_host = self._context(authority, "elsewhere.example")
        self.common_name_only = self._context(authority, common_name="localhost")

    @staticmethod
    def _context(authority: trustme.CA, *names: str, common_name: str | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, common_name=common_name).configure_cert(context)
        return context

    def for_fault(self, fault: str) -> ssl.SSLContext:
        return {"tls_untrusted": self.untrusted, "tls_wrong_host": self.other_host}.get(fault, self.good)


def body_of(operation: str, size: int) -> Any:
    """A body of about this many bytes. The generated call checks nothing, so every operation can be made large."""
    many = [BatchRecipient(mobile="1" * max(11, size // 1000)) for _ in range(min(1000, max(1, size // 40)))]
    one: dict[str, Any] = {"mobile": "1" * max(11, size)}
    at = {"send_time": "2030-01-01 00:00:00"}
    return {
        "sendCode": lambda: SendCodeRequest(temp_id=1, **one),
        "sendVoiceCode": lambda: SendVoiceCodeRequest(**one),
        "sendMessage": lambda: SendMessageRequest(temp_id=1, **one),
        "sendMessageBatch": lambda: SendMessageBatchRequest(temp_id=1, recipients=many),
        "createSchedule": lambda: ScheduleRequest(temp_id=1, **at, **one),
        "createScheduleBatch": lambda: ScheduleBatchRequest(temp_id=1, recipients=many, **at),
    }[operation]()


Over = Callable[[str, ssl.SSLContext | None], Any]
"""Makes another transport than the default one: sync or async, with this trust."""


def run_fairly(cell: Cell, certificates: Certificates, tries: int = 3, *, over: Over | None = None) -> Judged:
    """Run a cell; if it was late and nothing else, again: a machine with other work to do is not the client's fault.

    Every other violation counts at once and for good.
    """
    for again in range(tries):
        judged = run_cell(cell, certificates, over=over)
        judged = replace(judged, reruns=again)
        if any(kind_of(violation) != "past_the_deadline" for violation in judged.violations) or not judged.violations:
            break
    return judged


def run_cell(cell: Cell, certificates: Certificates, *, over: Over | None = None) -> Judged:
    fault = BY_NAME.get(cell.fault, Fault(cell.fault, BY_NAME["good"].act))
    tls = certificates.for_fault(cell.fault) if cell.tls else None
    server = FaultServer(fault.act, tls=tls, before_tls=fault.before_tls, receive_buffer=4096 if fault.narrow else None)
    try:
        port = server.port if cell.fault != "refused_connection" else closed_port()
        url = f"{'https' if cell.tls else 'http'}://127.0.0.1:{port}/v1"
        options = {
            "base_url": url,
            "timeout": STEP,
            "connect_timeout": STEP,
            "deadline": DEADLINE,
            "retry": POLICY,
            "ca_file": certificates.file if cell.tls else None,
            "transport": None,
        }
        if over is not None:
            file = options.pop("ca_file")
            options["transport"] = over(cell.client_kind, ssl.create_default_context(cafile=file) if file else None)
        body = body_of(cell.operation, SIZES[cell.size])
        caught, seconds = call(cell, options, body)
    finally:
        server.close()
    return judged(cell, caught, seconds, server.brought)


def call(cell: Cell, options: dict[str, Any], body: Any) -> tuple[BaseException | None, float]:
    """What the call raised, if anything, and how long it took.

    The request is encoded before the clock starts, as the deadline does: eight megabytes of JSON take a while.
    """
    ready = raw_request(GENERATED[cell.operation], (), {"body": body})
    with Caller(cell.client_kind, **options) as caller:
        begun = time.monotonic()
        try:
            caller(lambda client: client._executor.run(ready))
        except Exception as error:  # noqa: BLE001  # strays are what is looked for
            return error, time.monotonic() - begun
        return None, time.monotonic() - begun


def judged(cell: Cell, caught: BaseException | None, seconds: float, brought: list[Brought]) -> Judged:
    """Compare the client's word with what the server had."""
    violations: list[str] = []
    had = [one for one in brought if one.whole]
    if caught is not None and not isinstance(caught, JsmsError):
        violations.append(f"stray exception: {caught!r}")
    if isinstance(caught, JsmsError):
        if caught.outcome is Outcome.NOT_SENT and had:
            violations.append("not sent, but the server had it whole")
        if caught.__context__ is not None:
            violations.append(f"an exception hangs on the error: {caught.__context__!r}")
    # Of a connection that was begun before the other's request was whole nobody can say that it came after it.
    if had and any(one.begun > min(first.whole_at or 0.0 for first in had) for one in brought):
        violations.append("repeated although the server had it whole")
    if len(had) > 1:
        violations.append(f"the server had it {len(had)} times")
    if seconds > DEADLINE + GRACE:
        violations.append(f"lasted {seconds:.2f} s, deadline {DEADLINE} s")
    ending = "result"
    if isinstance(caught, JsmsError):
        ending = f"{type(caught).__name__} {caught.outcome}"
    elif caught is not None:
        ending = f"stray {type(caught).__name__}"
    return Judged(cell, ending, getattr(caught, "attempts", 1), len(had), seconds, tuple(violations))


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_KINDS: Final = {
    "not sent": "false_not_sent",
    "repeated": "repeats_after_unknown",
    "the server had": "repeats_after_unknown",
    "lasted": "past_the_deadline",
}
_STRAY: Final = "foreign_exceptions"


def kind_of(violation: str) -> str:
    """The kind of a violation, without its figures."""
    return next((kind for start, kind in _KINDS.items() if violation.startswith(start)), _STRAY)


def summary(results: Iterable[Judged]) -> dict[str, Any]:
    listed = list(results)
    found = Counter(kind_of(word) for one in listed for word in one.violations)
    return {
        "cells": len(listed),
        "faults": len({one.cell.fault for one in listed}),
        "operations": len({one.cell.operation for one in listed}),
        "body_bytes": sorted(SIZES[size] for size in {one.cell.size for one in listed}),
        "cells_over_tls": sum(one.cell.tls for one in listed),
        "cells_async": sum(one.cell.client_kind == "async" for one in listed),
        "violations": {kind: found[kind] for kind in (*dict.fromkeys(_KINDS.values()), _STRAY)},
        "deadline_seconds": DEADLINE,
        "grace_seconds": GRACE,
        "endings": dict(sorted(Counter(one.ending for one in listed).items())),
        "slowest_seconds": round(max(one.seconds for one in listed), 3),
        "run_again_for_being_late": sum(one.reruns for one in listed),
    }


def shuffled(wanted: Iterable[Cell], seed: int) -> list[Cell]:
    """The cells in an order that the seed decides, so that no order is favoured and every run can be made again."""
    listed = list(wanted)
    random.Random(seed).shuffle(listed)
    return listed
