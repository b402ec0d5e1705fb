"""OpenTelemetry: a span and a duration for each call of a client, and counters of phone verification.

    from jsmskit import JsmsClient
    from jsmskit.telemetry import OpenTelemetryObserver

    client = JsmsClient.from_env(observer=OpenTelemetryObserver())

Needs the extra `jsmskit[otel]`. It uses the attribute names of OpenTelemetry's conventions for HTTP clients (version
1.44). An observer is told no phone number, text, code or key, so none can come into a span. Providers and exporters are
the application's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, final
from urllib.parse import urlsplit

from jsms_api.error_table import ERRORS

from ._calls.observer import CallFinished, CallStarted
from ._version import VERSION

try:
    from opentelemetry import context, metrics, trace
    from opentelemetry.trace import SpanKind, Status, StatusCode
except ImportError as error:
    raise ImportError("jsmskit.telemetry needs OpenTelemetry: pip install opentelemetry-api") from error

if TYPE_CHECKING:
    from .verification import VerificationEvent

__all__ = ["OpenTelemetryObserver", "VerificationMetrics"]

_SCOPE: Final = "jsmskit"
_SCHEMA: Final = "https://opentelemetry.io/schemas/1.44.0"

# The boundaries that the conventions advise for HTTP clients, and the two deadlines of calls and batches.
_BOUNDARIES: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 60.0)
_PARAMETER: Final = re.compile(r"\{[^}]*\}")
_PLAIN_PORTS: Final = {"http": 80, "https": 443}


@final
class OpenTelemetryObserver:
    """Makes a client span of each call, and measures it. One may serve any number of clients.

    The span is named `POST /codes/{msg_id}/valid`: the method and the template of the path. It is the
    current span during the call, so log lines and spans made meanwhile belong to it. A call that was tried
    several times is one span with `http.request.resend_count`; the waits between tries are part of it.

    Attributes, besides those of the HTTP conventions (`http.request.method`, `http.response.status_code`,
    `server.address`, `server.port`, `url.full` with REDACTED for ids, `url.template`): `jsms.operation`,
    `jsms.outcome` (`accepted`, `rejected`, `not_sent`, `unknown`), `jsms.response.code` if the service gave
    one. `error.type` is the name of that code (`INVALID_MOBILE`), or the class of the exception. A span of a
    call that gave a result has no error, also where the result is that a verification code was wrong.

    The histogram `jsms.client.operation.duration` (seconds) has the attributes `jsms.operation`, `jsms.outcome`,
    `server.address`, `server.port` and `error.type`: count it for rates, filter it for failures.

    Args:
        tracer_provider: where spans go; the global provider if left out.
        meter_provider: where durations go; the global provider if left out.
    """

    __slots__ = ("_duration", "_tracer")

    def __init__(
        self,
        *,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
    ) -> None:
        self._tracer = trace.get_tracer(_SCOPE, VERSION, tracer_provider, _SCHEMA)
        self._duration = metrics.get_meter(_SCOPE, VERSION, meter_provider, _SCHEMA).create_histogram(
            "jsms.client.operation.duration",
            unit="s",
            description="Duration of calls of the JSMS client, repeats included.",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )

    def __call__(self, begun: CallStarted, /) -> Callable[[CallFinished], None]:
        """Begin the span of a call. For clients, not for you."""
        server, url = _place(begun.base_url, begun.path)
        # The names with `jsms.` are ours: there are no conventions for text messages; `messaging.*` is about brokers.
        span = self._tracer.start_span(
            f"{begun.method} {begun.path}",
            kind=SpanKind.CLIENT,
            attributes={
                "http.request.method": begun.method,
                **server,
                "url.full": url,
                "url.template": begun.path,
                "jsms.operation": begun.operation,
            },
        )
        token = context.attach(trace.set_span_in_context(span))

        def ended(call: CallFinished) -> None:
            # First, so that nothing below can leave the caller inside a span that is over.
            context.detach(token)
            outcome = "accepted" if call.outcome is None else call.outcome.value
            seen: dict[str, str | int] = {"jsms.operation": begun.operation, "jsms.outcome": outcome}
            if call.error is not None:
                info = None if call.code is None else ERRORS.get(call.code)
                seen["error.type"] = call.error if info is None else info.name
                span.set_status(Status(StatusCode.ERROR))
            span.set_attributes(seen)
            if call.status is not None:
                span.set_attribute("http.response.status_code", call.status)
            if call.code is not None:
                span.set_attribute("jsms.response.code", call.code)
            if call.attempts > 1:
                span.set_attribute("http.request.resend_count", call.attempts - 1)
            self._duration.record(call.seconds, {**seen, **server}, trace.set_span_in_context(span))
            span.end()

        return ended


@lru_cache(maxsize=256)
def _place(base_url: str, path: str) -> tuple[dict[str, str | int], str]:
    """Return the server, and the URL without ids: a span must not be enough to ask for a message."""
    parts = urlsplit(base_url)
    port = parts.port or _PLAIN_PORTS[parts.scheme]
    server: dict[str, str | int] = {"server.address": parts.hostname or "", "server.port": port}
    return server, base_url + _PARAMETER.sub("REDACTED", path)


@final
class VerificationMetrics:
    """Count the starts and checks of `jsmskit.verification`. One may serve any number of verifications.

        verifications = PhoneVerification(client, store=store, observer=VerificationMetrics())

    The counters `jsms.verification.starts` and `jsms.verification.checks` have the attributes
    `jsms.verification.application`, `jsms.verification.purpose` and `jsms.verification.outcome`: `sent` or `right`,
    else the reason, or the name of the limit that was reached. Starts also have `jsms.verification.channel`. The share
    of starts that a right check follows falls when robots ask for codes; see docs/sms-pumping.md.

    Args:
        meter_provider: where counts go; the global provider if left out.
    """

    __slots__ = ("_counters",)

    def __init__(self, *, meter_provider: metrics.MeterProvider | None = None) -> None:
        meter = metrics.get_meter(_SCOPE, VERSION, meter_provider, _SCHEMA)
        self._counters = {
            "start": meter.create_counter("jsms.verification.starts", unit="{start}", description="Codes asked for."),
            "check": meter.create_counter("jsms.verification.checks", unit="{check}", description="Codes typed."),
        }

    def __call__(self, event: VerificationEvent, /) -> None:
        """Count one start or check. For verifications, not for you."""
        attributes = {
            "jsms.verification.application": event.application,
            "jsms.verification.purpose": event.purpose,
            "jsms.verification.outcome": event.outcome,
        }
        if event.channel:
            attributes["jsms.verification.channel"] = event.channel
        self._counters[event.kind].add(1, attributes)
