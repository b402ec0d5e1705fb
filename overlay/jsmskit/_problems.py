"""Makes the one error of a call that failed, from what was seen.

Knows the words. Must not decide anything: the ending and the verdict come from `_outcomes`, the code from
the table.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from jsms_api import limits
from jsms_api.error_table import ERRORS, ErrorCode
from jsms_api.operations import Credential, Effect, OperationInfo

from ._answers import Answer, shown
from ._outcomes import Family, Sight, Verdict
from .errors import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    InvalidRequestError,
    JsmsError,
    Outcome,
    RateLimitError,
    ServerError,
    UnexpectedResponseError,
    error_class,
)

__all__ = ["Ending", "missing_credential", "problem", "unsendable"]


class Ending(NamedTuple):
    """How one try ended. `answer` is there if the head of one came; `detail` are words that may be shown."""

    sight: Sight
    answer: Answer | None = None
    detail: str = ""
    result: Any = None

    def __repr__(self) -> str:
        return f"Ending({self.sight})"


_FAMILIES: Final[dict[Family, type[JsmsError]]] = {
    Family.INVALID: InvalidRequestError,
    Family.CONFIGURATION: ConfigurationError,
    Family.CONNECTION: APIConnectionError,
    Family.TIMEOUT: APITimeoutError,
    Family.UNEXPECTED: UnexpectedResponseError,
    Family.RATE: RateLimitError,
    Family.SERVER: ServerError,
}


def problem(
    info: OperationInfo, ending: Ending, verdict: Verdict, *, attempts: int, doubtful: bool
) -> JsmsError:
    """The error of a call. `doubtful` says that an earlier try of the same call may have been carried out."""
    answer = ending.answer
    code = None if answer is None else answer.code
    kind = error_class(code) if verdict.family is Family.CODE else _FAMILIES[verdict.family]
    outcome = Outcome.UNKNOWN if verdict.outcome is None else verdict.outcome
    likely = verdict.likely
    message = _words(ending, verdict)
    if doubtful and outcome is not Outcome.UNKNOWN:
        # What is known of the last try says nothing about the one before it.
        outcome = Outcome.UNKNOWN
        message += " But an earlier try of this call may have been carried out."
        if code == ErrorCode.REPEAT_SEND:
            likely = "accepted"
    lost = info.effect is Effect.DESTRUCTIVE_READ and outcome is Outcome.UNKNOWN
    return kind(
        message,
        operation=info.operation_id,
        remedy=_remedy(ending.sight, verdict.family, outcome, info.effect),
        outcome=outcome,
        attempts=attempts,
        code=code,
        http_status=None if answer is None else answer.status,
        likely=likely,
        retry_after=None if answer is None else answer.retry_after,
        records_at_risk=limits.PULL_PAGE_SIZE if lost else 0,
    )


_LOOK_FIRST: Final[dict[Effect, str]] = {
    Effect.SEND: "Do not repeat it before you know: look at the delivery reports, or ask the person.",
    Effect.CHANGE: "Look at what is there before you repeat it: the change may have been made.",
    Effect.DESTRUCTIVE_READ: "Another call brings only what came since: the service hands each record out once."
    " Look at the console for what is missing.",
    Effect.NONE: "The call only reads; it may be made again.",
}
"""Where it is not known whether a call was carried out."""
_REMEDIES: Final[dict[Sight, str]] = {
    Sight.CERTIFICATE_REFUSED: "If your own proxy signs the traffic anew, pass its authority as ca_file.",
    Sight.POOL_BUSY: "Make fewer calls at once, or raise max_connections or deadline.",
    Sight.PROXY_REFUSED: "Check the proxy's address and its user name and password.",
    Sight.REDIRECTED: "Correct base_url: the service itself sends no redirects.",
}


def _remedy(sight: Sight, family: Family, outcome: Outcome, effect: Effect) -> str | None:
    """What to do about an ending without a code; None where the error's class or its code knows better."""
    if sight in _REMEDIES:
        return _REMEDIES[sight]
    if family not in (Family.CONNECTION, Family.TIMEOUT):
        return None
    if outcome is Outcome.NOT_SENT:
        return "Check the network and the address; the call may be made again."
    return _LOOK_FIRST[effect]


def _words(ending: Ending, verdict: Verdict) -> str:
    answer = ending.answer
    words = [verdict.words]
    if answer is not None:
        words.append(f"HTTP status {answer.status}.")
        info = None if answer.code is None else ERRORS.get(answer.code)
        if info is not None:
            words = [f"{info.code} {info.message}: {info.title_en}."]
        elif answer.code is not None:
            words.append(f"Return code {answer.code}, which this version does not know.")
            if answer.message:
                words.append(f"The server says: {shown(answer.message)}.")
        if answer.why:
            words.append(answer.why)
        if answer.location:
            words.append(f"It points to the host {answer.location}.")
    if ending.detail:
        words.append(f"({ending.detail})")
    return " ".join(words)


def missing_credential(info: OperationInfo) -> ConfigurationError:
    """The error of a call that needs keys which the client was not given."""
    which = "dev_key and dev_secret" if info.credential is Credential.DEV else "app_key and master_secret"
    return ConfigurationError(
        f"This call needs {which}, and the client was made without them.",
        operation=info.operation_id,
        remedy=f"Make the client with {which}; the console shows them (account: personal information).",
        field=which.partition(" ")[0],
    )


def unsendable(operation_id: str, why: str) -> InvalidRequestError:
    """The error of arguments that do not make a request."""
    return InvalidRequestError(why, operation=operation_id, outcome=Outcome.NOT_SENT)
