"""The one error of a call that failed, in words. What the call proves was decided in `classification`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ERRORS, ErrorCode
from jsms_api.operations import Credential, Effect, OperationInfo

from ..errors import APIConnectionError, APIError, APITimeoutError, ConfigurationError, JsmsError, Outcome, error_class
from .classification import AttemptStatus
from .responses import ParsedResponse, safe_excerpt


@dataclass(frozen=True, slots=True, repr=False)
class AttemptResult:
    """How one attempt ended. `response` is there if its head came; `detail` are words that may be shown."""

    status: AttemptStatus
    response: ParsedResponse | None = None
    detail: str = ""
    result: Any = None

    def __repr__(self) -> str:
        return f"AttemptResult({self.status.name})"


def build_error(
    info: OperationInfo, attempt: AttemptResult, outcome: Outcome, *, attempts: int, doubtful: bool
) -> JsmsError:
    """Return the error of a call whose last attempt proves this outcome. `doubtful`: an earlier attempt of the call may
    have been carried out.
    """
    status, response = attempt.status, attempt.response
    code = None if response is None else response.code
    kind = error_class(code) if status.error is APIError else status.error
    presumed_outcome = status.presumed_outcome
    message = _message(attempt)
    if doubtful and outcome is not Outcome.UNKNOWN:
        # What is known of the last attempt says nothing about the one before it.
        outcome = Outcome.UNKNOWN
        message += " But an earlier attempt of this call may have been carried out."
        if code == ErrorCode.REPEAT_SEND:
            presumed_outcome = "accepted"
    is_lost = info.effect is Effect.DESTRUCTIVE_READ and outcome is Outcome.UNKNOWN
    return kind(
        message,
        operation=info.operation_id,
        remedy=_remedy(status, kind, outcome, info.effect),
        outcome=outcome,
        attempts=attempts,
        code=code,
        http_status=None if response is None else response.status,
        presumed_outcome=presumed_outcome,
        retry_after=None if response is None else response.retry_after,
        records_at_risk=limits.PULL_PAGE_SIZE if is_lost else 0,
    )


_LOOK_FIRST: Final[dict[Effect, str]] = {
    Effect.SEND: "Do not send it again before you know: look at the delivery reports, or ask the recipient.",
    Effect.CHANGE: "Look at what is there before you try again: the change may have been made.",
    Effect.DESTRUCTIVE_READ: "Another call brings only what came since: the service hands each record out once."
    " Look at the console for what is missing.",
    Effect.NONE: "The call only reads; it may be made again.",
}
"""Where it is not known whether a call was carried out."""
_REMEDIES: Final[dict[AttemptStatus, str]] = {
    AttemptStatus.CERTIFICATE_REFUSED: "If your own proxy re-signs the traffic, pass its authority as ca_file.",
    AttemptStatus.POOL_TIMEOUT: "Make fewer calls at once, or raise max_connections or deadline.",
    AttemptStatus.PROXY_REFUSED: "Check the proxy's address and its user name and password.",
    AttemptStatus.REDIRECTED: "Correct base_url: the service itself sends no redirects.",
}


def _remedy(status: AttemptStatus, kind: type[JsmsError], outcome: Outcome, effect: Effect) -> str | None:
    """Return what to do about a failure without a code; None where the error's class or its code says it."""
    if status in _REMEDIES:
        return _REMEDIES[status]
    if kind not in (APIConnectionError, APITimeoutError):
        return None
    if outcome is Outcome.NOT_SENT:
        return "Check the network and the address; the call may be made again."
    return _LOOK_FIRST[effect]


def _message(attempt: AttemptResult) -> str:
    response = attempt.response
    words = [attempt.status.message]
    if response is not None:
        words.append(f"HTTP status {response.status}.")
        info = None if response.code is None else ERRORS.get(response.code)
        if info is not None:
            words = [f"{info.code} {info.message}: {info.title_en}."]
        elif response.code is not None:
            words.append(f"Return code {response.code}, which this version does not know.")
            if response.message:
                words.append(f"The server says: {safe_excerpt(response.message)}.")
        if response.reason:
            words.append(response.reason)
        if response.location:
            words.append(f"It points to the host {response.location}.")
    if attempt.detail:
        words.append(f"({attempt.detail})")
    return " ".join(words)


def missing_credentials_error(info: OperationInfo) -> ConfigurationError:
    which = "dev_key and dev_secret" if info.credential is Credential.DEV else "app_key and master_secret"
    return ConfigurationError(
        f"This call needs {which}, and the client was made without them.",
        operation=info.operation_id,
        remedy=f"Make the client with {which}; the console shows them (account: personal information).",
        field=which.partition(" ")[0],
    )


LOGGER: Final = logging.getLogger("jsmskit")
# Without it a program that has set up no logging would find our warnings on its standard error.
LOGGER.addHandler(logging.NullHandler())
