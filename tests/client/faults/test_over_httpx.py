"""The same faults over the transport of docs/examples/httpx_transport, with httpx and with httpx2."""

from __future__ import annotations

import gc
import itertools
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsmskit import JsmsError, Outcome
from jsmskit.telemetry import OpenTelemetryObserver
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.client.callers import Caller
from tests.client.faults.matrix import BY_NAME, EXTRA, SENDS, SIZES, Cell, Certificates, run_fairly
from tests.client.faults.wire import Wire, serving
from tests.client.servers import GOOD, answering, next_request, url

EXAMPLE = Path(__file__).parents[3] / "docs/examples/httpx_transport/httpx_transport.py"
LIBRARIES = ("httpx", "httpx2")


def example(library: str) -> Any:
    """The module as a reader would change it for the other library: in its one line of import."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count("\nimport httpx ") == 1
    module = types.ModuleType(f"over_{library}")
    exec(compile(text.replace("\nimport httpx ", f"\nimport {library} as httpx "), str(EXAMPLE), "exec"), vars(module))
    return module


MODULES = {library: example(library) for library in LIBRARIES}


# The libraries leave what is cut off in a handshake to the collector: it is told once, at the end.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def transport(library: str, client_kind: str, **given: Any) -> Any:
    kind = "HttpxTransport" if client_kind == "sync" else "AsyncHttpxTransport"
    return getattr(MODULES[library], kind)(**given)


def turns() -> list[tuple[str, Cell]]:
    """Each fault once; libraries, sync and async, TLS, sizes and operations take turns."""
    libraries, client_kinds = itertools.cycle(LIBRARIES), itertools.cycle(("sync", "async", "async", "sync"))
    sizes, operations, tls = itertools.cycle(SIZES), itertools.cycle(SENDS), itertools.cycle((False, True, True))
    return [
        (
            next(libraries),
            Cell(fault, next(tls) or fault.startswith("tls_"), next(sizes), next(client_kinds), next(operations)),
        )
        for fault in (*BY_NAME, *EXTRA)
    ]


@pytest.mark.parametrize(("library", "cell"), turns(), ids=str)
def test_the_word_of_the_client_is_true(library: str, cell: Cell, certificates: Certificates) -> None:
    """Never "not sent" for what the server had, no second attempt after that, no stray exception, no overtime."""

    def over(client_kind: str, trust: Any) -> Any:
        return transport(library, client_kind, **({"verify": trust} if trust else {}))

    assert run_fairly(cell, certificates, over=over).violations == ()


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_planted_response_is_not_the_answer_to_the_next_request(library: str, client_kind: str) -> None:
    """With kept connections both libraries took it: a wrong code was valid."""

    def act(wire: Wire) -> None:
        while True:
            request = next_request(wire)
            if b"/valid" in request:
                wire.answer("403 No", b'{"is_valid": false, "error": {"code": 50010, "message": "no"}}')
            else:
                planted = b'HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"is_valid": true}'
                wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(GOOD), GOOD) + planted)

    with (
        serving(act) as server,
        Caller(client_kind, base_url=url(server), transport=transport(library, client_kind)) as caller,
    ):
        receipt = caller(lambda client: client.codes.send("13800138000"))
        assert not caller(lambda client: client.codes.verify(receipt.msg_id, "000000")).ok
        assert len(server.brought) == 2


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_request_that_was_cut_off_is_unknown(library: str, client_kind: str) -> None:
    """What it proves less than the transport of the package, which knows that the end was never written."""

    def act(wire: Wire) -> None:
        wire.read_bytes(20)
        wire.reset()

    with (
        serving(act) as server,
        Caller(client_kind, base_url=url(server), transport=transport(library, client_kind)) as caller,
        pytest.raises(JsmsError) as caught,
    ):
        caller(lambda client: client.codes.send("13800138000"))
    assert (caught.value.outcome, len(server.brought)) == (Outcome.UNKNOWN, 1)


def test_a_span_of_the_instrumentation_hangs_below_the_one_of_the_call(client_kind: str) -> None:
    """The sync transport sends in a thread of its own, and takes the trace with it."""
    exporter = InMemorySpanExporter()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    observer = OpenTelemetryObserver(tracer_provider=tracers)
    HTTPXClientInstrumentor().instrument(tracer_provider=tracers)
    try:
        with (
            serving(answering()) as server,
            Caller(
                client_kind, base_url=url(server), transport=transport("httpx", client_kind), observer=observer
            ) as caller,
        ):
            caller(lambda client: client.codes.send("13800138000"))
    finally:
        HTTPXClientInstrumentor().uninstrument()
    request, call = exporter.get_finished_spans()
    assert request.parent is not None
    assert call.context is not None
    assert request.parent.span_id == call.context.span_id
