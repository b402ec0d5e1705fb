"""Spans and durations as OpenTelemetry's SDK sees them, sync and async."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from jsms_api.error_table import ERRORS, ErrorCode
from jsms_api.operations import OPERATIONS
from jsmskit import JsmsError, __version__
from jsmskit.telemetry import OpenTelemetryObserver
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes.url_attributes import URL_TEMPLATE
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import (
    HTTP_REQUEST_METHOD,
    HTTP_REQUEST_RESEND_COUNT,
    HTTP_RESPONSE_STATUS_CODE,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.url_attributes import URL_FULL
from opentelemetry.trace import SpanKind, StatusCode

from tests.client.callers import APP, DEV, Caller, FakeClock, answer, failed, refusal
from tests.client.operations import CALLS, PHONE, SCHEDULE

Calling = Callable[..., Caller]
ACCEPTED = answer(200, {"msg_id": "1"})
UNREACHABLE = ConnectionRefusedError()
LOST = ConnectionResetError()
PLACE = {SERVER_ADDRESS: "api.sms.jpush.cn", SERVER_PORT: 443}


@dataclass
class Field:
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)

    def __post_init__(self) -> None:
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider(metric_readers=[self.reader])
        self.observer = OpenTelemetryObserver(tracer_provider=self.tracers, meter_provider=self.meters)

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    @property
    def points(self) -> dict[Any, HistogramDataPoint]:
        """The points of the one histogram, by the outcome that they have."""
        data = self.reader.get_metrics_data()
        assert data is not None
        (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
        assert (metric.name, metric.unit) == ("jsms.client.operation.duration", "s")
        return {point.attributes["jsms.outcome"]: point for point in metric.data.data_points}  # type: ignore[index, misc]


@pytest.fixture
def telemetry() -> Field:
    return Field()


def test_a_call_is_one_client_span_with_the_fields_own_attribute_names(calling: Calling, telemetry: Field) -> None:
    """The names are compared with the constants of OpenTelemetry's package."""
    calling(ACCEPTED, observer=telemetry.observer)(CALLS["sendCode"])
    (span,) = telemetry.spans
    assert (span.name, span.kind, span.status.status_code) == ("POST /codes", SpanKind.CLIENT, StatusCode.UNSET)
    assert span.attributes == {
        HTTP_REQUEST_METHOD: "POST",
        HTTP_RESPONSE_STATUS_CODE: 200,
        URL_FULL: "https://api.sms.jpush.cn/v1/codes",
        URL_TEMPLATE: "/codes",
        **PLACE,
        "jsms.operation": "sendCode",
        "jsms.outcome": "accepted",
    }
    assert span.instrumentation_scope is not None
    assert (span.instrumentation_scope.name, span.instrumentation_scope.version) == ("jsmskit", __version__)


def test_an_error_is_told_by_its_name(calling: Calling, clock: FakeClock, telemetry: Field) -> None:
    """The code's name from the table; without a code, or with an unknown one, the class of the exception."""
    steps = [refusal(403, ErrorCode.INVALID_MOBILE), refusal(403, 99999), LOST]
    for step in steps:
        failed(calling(step, clock=clock, observer=telemetry.observer), CALLS["sendCode"])
    told = [
        tuple((span.attributes or {}).get(name) for name in (ERROR_TYPE, "jsms.outcome", "jsms.response.code"))
        for span in telemetry.spans
    ]
    assert told == [
        ("INVALID_MOBILE", "rejected", ErrorCode.INVALID_MOBILE),
        ("jsmskit.errors.APIError", "rejected", 99999),
        ("jsmskit.errors.APIConnectionError", "unknown", None),
    ]
    assert {span.status.status_code for span in telemetry.spans} == {StatusCode.ERROR}
    assert {span.status.description for span in telemetry.spans} == {None}


def test_repeats_are_counted_in_the_one_span(calling: Calling, clock: FakeClock, telemetry: Field) -> None:
    calling(UNREACHABLE, UNREACHABLE, ACCEPTED, clock=clock, observer=telemetry.observer)(CALLS["sendCode"])
    (span,) = telemetry.spans
    assert (span.attributes or {})[HTTP_REQUEST_RESEND_COUNT] == 2


def test_a_wrong_verification_code_is_no_error(calling: Calling, telemetry: Field) -> None:
    """The conventions let those who know more leave the status of a 4xx unset."""
    calling(refusal(403, ErrorCode.INVALID_CODE), observer=telemetry.observer)(CALLS["verifyCode"])
    (span,) = telemetry.spans
    assert span.status.status_code is StatusCode.UNSET
    assert ERROR_TYPE not in (span.attributes or {})
    assert (span.attributes or {})["jsms.response.code"] == ErrorCode.INVALID_CODE


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_no_span_holds_a_number_a_code_an_id_or_a_key(calling: Calling, telemetry: Field, operation_id: str) -> None:
    """Every operation, with a result or an error whose text repeats what was sent."""
    secrets = [PHONE, "18603050709", "288193860302", "123456", "039482", "741627", "37582", SCHEDULE, *APP]
    secrets += [DEV["dev_key"], DEV["dev_secret"], "张三"]
    caller = calling(refusal(403, 99999, " ".join(secrets)), observer=telemetry.observer, **DEV)
    with pytest.raises(JsmsError):
        caller(CALLS[operation_id])
    (span,) = telemetry.spans
    # Not times and ids of spans: a few digits stand in those by chance.
    words = (span.name, span.attributes, span.status.description, span.events, span.links)
    told = repr([*map(str, words), *(point.attributes for point in telemetry.points.values())])
    assert not [secret for secret in secrets if secret in told]
    assert operation_id in told
    assert ("REDACTED" in told) is ("{" in OPERATIONS[operation_id].path)


def test_a_span_is_current_during_its_call_and_a_child_of_the_callers(calling: Calling, telemetry: Field) -> None:
    """So log lines and spans that a transport makes belong to it; after the call the caller's is back."""
    tracer = telemetry.tracers.get_tracer("application")
    seen: list[int] = []

    def note(one: object) -> Any:
        seen.append(trace.get_current_span().get_span_context().span_id)
        return ACCEPTED

    caller = calling(note, observer=telemetry.observer)
    with tracer.start_as_current_span("login") as login:
        caller(CALLS["sendCode"])
        assert trace.get_current_span() is login
    ours, theirs = telemetry.spans
    assert seen == [ours.context.span_id]
    assert ours.parent is not None
    assert ours.parent.span_id == theirs.context.span_id


def test_durations_are_measured_by_outcome(calling: Calling, clock: FakeClock, telemetry: Field) -> None:
    """In seconds, with the boundaries of the conventions; the waits between tries are part of them."""

    def slow(one: object) -> Any:
        clock.time += 0.25
        return ACCEPTED

    caller = calling(slow, slow, clock=clock, observer=telemetry.observer)
    caller(CALLS["sendCode"])
    caller(CALLS["sendCode"])
    failed(calling(refusal(403, ErrorCode.NO_MONEY), observer=telemetry.observer), CALLS["sendCode"])
    points = telemetry.points
    assert (points["accepted"].count, points["accepted"].sum) == (2, 0.5)
    assert points["accepted"].attributes == {"jsms.operation": "sendCode", "jsms.outcome": "accepted", **PLACE}
    assert (points["rejected"].attributes or {})[ERROR_TYPE] == ERRORS[ErrorCode.NO_MONEY].name
    assert points["accepted"].explicit_bounds[:2] == (0.005, 0.01)
    assert points["accepted"].explicit_bounds[-2:] == (20.0, 60.0)


def test_the_global_providers_are_the_default(calling: Calling) -> None:
    """Without an SDK OpenTelemetry does nothing, and so does this."""
    assert calling(ACCEPTED, observer=OpenTelemetryObserver())(CALLS["sendCode"]).msg_id == "1"


def test_without_opentelemetry_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for it without the extra; the rest of the package never asks."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "jsmskit.telemetry")
    with pytest.raises(ImportError, match="pip install opentelemetry-api"):
        importlib.import_module("jsmskit.telemetry")
