"""The one way that every call takes: keys, deadline, one or more attempts, the result or the error, a line in the log.

Every decision is made elsewhere, by pure functions (`_calls`). This is the one place that raises outside of `except`
blocks, so that no exception of a library, which may carry the request, hangs on ours as its context; below it, errors
are raised `from None`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar, final

from jsms_api.operations import Credential, Effect, OperationInfo

from .._calls.classification import (
    AttemptStatus,
    RetryBudget,
    RetryPolicy,
    assess,
    classify_exception,
    classify_response,
    classify_truncated_response,
    retry_delay,
)
from .._calls.failures import LOGGER, AttemptResult, build_error, missing_credentials_error
from .._calls.request import PreparedRequest, RefusedRequest
from .._calls.responses import (
    ContradictoryResponse,
    InvalidResponse,
    ParsedResponse,
    max_response_bytes,
    parse_response,
)
from .._config.credentials import BasicCredentials, Credentials
from .._config.options import BATCH_DEADLINE, CALL_DEADLINE
from .._http.errors import TransportError, comes_from_signal_handler, foreign_error
from .._http.protocols import AsyncSleep, AsyncTransport, TransportRequest
from .._version import VERSION
from ..errors import ConfigurationError, JsmsError, Outcome

if TYPE_CHECKING:
    from .._calls.observer import CallObserver
    from .._http.config import TransportConfig
    from ..recipient_guard import RecipientGuard


@final
class AsyncLazyTransport:
    """Holds a transport that was passed in, or makes one of the package: loading it costs more than making a client."""

    def __init__(self, config: TransportConfig | None, transport: AsyncTransport | None = None) -> None:
        self._config = config
        self._transport = transport
        self._made: dict[str, AsyncTransport] = {}
        self._closed = False

    def get(self) -> AsyncTransport:
        """Return the transport. Raises `ConfigurationError` after closing."""
        if self._closed:
            raise ConfigurationError("The client is closed.", remedy="Make a new client, or close this one later.")
        if self._transport is None and self._config is not None:
            from .._http._async.transport import AsyncHttpTransport

            made = AsyncHttpTransport(self._config)
            # One step, so that two threads end with the same one. A lock could be left held by a fork.
            self._transport = self._made.setdefault("transport", made)
        assert self._transport is not None  # one of the two was passed in
        return self._transport

    async def aclose(self) -> None:
        """Close the transport, unless it was passed in: that one is its maker's. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        for transport in self._made.values():
            await transport.aclose()


R = TypeVar("R")

FIXED_HEADERS: Final = {
    "Accept": "application/json",
    # Encoded responses are refused unread, so none is asked for.
    "Accept-Encoding": "identity",
    "User-Agent": f"jsmskit/{VERSION}",
}
_JSON: Final = "application/json"


@final
class AsyncCallExecutor:
    """Runs prepared requests. One for each client; copies of a client share all but deadline and retry policy."""

    def __init__(
        self,
        *,
        base: str,
        credentials: Credentials,
        transport: AsyncLazyTransport,
        deadline: float | None,
        retry: RetryPolicy,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        sleep: AsyncSleep,
        rng: Callable[[], float],
        observer: CallObserver | None,
        guard: RecipientGuard | None,
    ) -> None:
        self._base = base
        self._credentials = credentials
        self._transport = transport
        self.deadline = deadline
        self.retry = retry
        self.clock = clock
        self.now = now
        self.sleep = sleep
        self._rng = rng
        self._observer = observer
        self.guard = guard
        self._budget = RetryBudget(retry.budget)
        self._headers: dict[tuple[Credential, str | None], Mapping[str, str]] = {}
        self.last_pulls: dict[str, float] = {}
        """When each pull operation last ended, by this client and its copies."""

    @property
    def base_url(self) -> str:
        """The address that requests go to."""
        return self._base

    @property
    def application(self) -> str:
        """A fingerprint of the application's key."""
        return self._credentials.pairs[Credential.APP].fingerprint

    def copy(self, *, deadline: float | None, retry: RetryPolicy) -> AsyncCallExecutor:
        """Return one with another deadline and policy: one pool, one budget, one memory of pulls."""
        copy = AsyncCallExecutor.__new__(AsyncCallExecutor)
        copy.__dict__.update(self.__dict__)
        copy.deadline = deadline
        copy.retry = retry
        return copy

    async def run(self, request: PreparedRequest[R] | RefusedRequest, *, allow_duplicate: bool = False) -> R:
        """Make the call: return its result, or raise one `JsmsError`."""
        if self.guard is not None and isinstance(request, PreparedRequest):
            request = self.guard.apply(request)
        if isinstance(request, RefusedRequest):
            raise request.error
        if request.result is not None:
            return request.result
        info = request.info
        credentials = self._credentials.pairs.get(info.credential)
        if credentials is None:
            raise missing_credentials_error(info)
        transport = self._transport.get()
        started = self.clock()
        deadline = started + (self.deadline or (BATCH_DEADLINE if request.is_batch else CALL_DEADLINE))
        tell = None if self._observer is None else self._observe(self._observer, info)
        attempts = 0
        doubtful = False
        delay: float | None = None
        while True:
            attempts += 1
            try:
                if delay is not None:
                    await self.sleep(delay)
                attempt = await self._attempt(
                    transport, request, credentials, deadline, new_connection=request.is_batch or attempts > 1
                )
            except BaseException as interruption:
                self._finish(info, tell, Outcome.UNKNOWN, attempts, started, None, interruption)
                if info.effect is not Effect.NONE:
                    interruption.add_note(f"jsmskit: {info.operation_id} was under way; it may have been carried out.")
                raise
            if attempt.status is AttemptStatus.ACCEPTED:
                self._budget.deposit(self.retry.budget)
                self._finish(info, tell, None, attempts, started, attempt.response, None)
                result: R = attempt.result
                return result
            outcome, _ = assess(info.effect, attempt.status, strict=self.retry.strict)
            assert outcome is not None  # only what was accepted has none
            delay = retry_delay(
                info.effect,
                attempt.status,
                attempt=attempts,
                policy=self.retry,
                allow_duplicate=allow_duplicate,
                random=self._rng,
            )
            if delay is None or self.clock() + delay >= deadline or not self._budget.withdraw(self.retry.retry_cost):
                break
            doubtful = doubtful or (outcome is Outcome.UNKNOWN and info.effect is not Effect.NONE)
        failure: JsmsError = build_error(info, attempt, outcome, attempts=attempts, doubtful=doubtful)
        self._finish(info, tell, failure.outcome, attempts, started, attempt.response, failure)
        raise failure

    def _observe(self, observer: CallObserver, info: OperationInfo) -> Callable[..., None]:
        from .._calls.observer import start  # most clients have no observer, and do not pay for it

        return start(observer, info, self._base)

    def _finish(
        self,
        info: OperationInfo,
        tell: Callable[..., None] | None,
        outcome: Outcome | None,
        attempts: int,
        started: float,
        response: ParsedResponse | None,
        error: BaseException | None,
    ) -> None:
        """Log a call that ended, as a warning if somebody has to look at it, and tell the observer.

        The line never holds a number, a text, an id, a key or an address.
        """
        seconds = self.clock() - started
        status, code = (None, None) if response is None else (response.status, response.code)
        level = logging.INFO if outcome in (None, Outcome.REJECTED) else logging.WARNING
        if LOGGER.isEnabledFor(level):
            LOGGER.log(
                level,
                "%s status=%s code=%s outcome=%s ms=%.1f attempt=%d",
                info.operation_id,
                status or "-",
                code or "-",
                "accepted" if outcome is None else outcome.value,
                round(seconds * 1000, 1),  # all its digits could spell a code by chance
                attempts,
            )
        if tell is not None:
            tell(error, outcome=outcome, attempts=attempts, seconds=seconds, status=status, code=code)

    async def _attempt(
        self,
        transport: AsyncTransport,
        request: PreparedRequest[Any],
        credentials: BasicCredentials,
        deadline: float,
        *,
        new_connection: bool,
    ) -> AttemptResult:
        """Send once. Whatever comes back or fails, the result is a value; only interruptions pass through."""
        left = deadline - self.clock()
        if left <= 0:
            return AttemptResult(AttemptStatus.DEADLINE_EXCEEDED)
        # Handed down whole, since its `repr` hides it: an interruption shows the local variables of every frame.
        outgoing = TransportRequest(
            request.info.method,
            self._base + request.target,
            self._headers_for(request, credentials),
            request.body,
            max_response_bytes(large=request.has_large_response),
        )
        try:
            response = parse_response(
                *await transport.exchange(outgoing, timeout=left, new_connection=new_connection),
                large=request.has_large_response,
            )
            return _read(request, response)
        except TransportError as error:
            failure = error
        except Exception as error:  # whatever a transport raises, the caller gets a JsmsError
            if comes_from_signal_handler(error):
                raise
            failure = foreign_error(error)
        if failure.status is None:
            return AttemptResult(classify_exception(failure), None, failure.detail)
        truncated = ParsedResponse(failure.status, readable=False)
        status = classify_truncated_response(failure, failure.status)
        return AttemptResult(status, truncated, failure.detail)

    def _headers_for(self, request: PreparedRequest[Any], credentials: BasicCredentials) -> Mapping[str, str]:
        content_type = request.content_type
        key = request.info.credential, content_type
        if key not in self._headers:
            headers = {**FIXED_HEADERS, "Authorization": credentials.authorization.reveal()}
            if content_type is not None:
                headers["Content-Type"] = content_type
            if content_type not in (None, _JSON):  # the others carry a boundary that is used once
                return headers
            self._headers[key] = headers
        return self._headers[key]


def _read(request: PreparedRequest[Any], response: ParsedResponse) -> AttemptResult:
    """Return what a response means for this request, with the result if there is one."""
    status = classify_response(response.status, code=response.code, readable=response.readable)
    is_expected = status is AttemptStatus.API_ERROR and response.code in request.expected_codes
    if status is not AttemptStatus.ACCEPTED and not is_expected:
        return AttemptResult(status, response)
    try:
        return AttemptResult(AttemptStatus.ACCEPTED, response, result=request.parse(response))
    except ContradictoryResponse as error:
        return AttemptResult(AttemptStatus.UNEXPECTED_STATUS, response, str(error))
    except InvalidResponse as error:
        return AttemptResult(AttemptStatus.INVALID_RESPONSE, response, str(error))
    except Exception as error:  # noqa: BLE001  # generated readers raise KeyError, TypeError and others
        reason = f"It has another shape than the contract says ({type(error).__name__})."
        return AttemptResult(AttemptStatus.INVALID_RESPONSE, response, reason)


class AsyncOperations:
    """The operations on one part of the service, by one client."""

    def __init__(self, executor: AsyncCallExecutor) -> None:
        self._executor = executor
