"""What an observer is told of a call, and the guard between it and the call.

Knows what may be told: operation, address, status, code, outcome, time. Never a phone number, a text, an id,
a key. Must not know what observers do with it. Loaded by those who have an observer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, final

from jsms_api.operations import OperationInfo

from .errors import JsmsError, Outcome

if TYPE_CHECKING:
    from ._answers import Answer

__all__ = ["CallBegun", "CallEnded", "CallObserver", "Watched", "begin"]

_LOGGER: Final = logging.getLogger("jsmskit")


@dataclass(frozen=True, slots=True)
class CallBegun:
    """What is known of a call before its first try.

    Attributes:
        operation: operationId of the call, such as `sendCode`.
        method: of the request, in capitals.
        path: below the base address, with parameters in braces: `/codes/{msg_id}/valid`.
        base_url: where the request goes, without a slash at the end.
    """

    operation: str
    method: str
    path: str
    base_url: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """What became of a call.

    Attributes:
        outcome: None if the call gave a result, else what is known of the request.
        attempts: how many times a request was begun.
        seconds: how long the call took, repeats and the waits between them included.
        status: HTTP status of the last answer, None if there was none.
        code: return code of the service, None if there was none.
        error: the exception's class as `module.Class`, None if the call gave a result. Also of an interruption,
            such as `asyncio.exceptions.CancelledError`.
    """

    outcome: Outcome | None
    attempts: int
    seconds: float
    status: int | None
    code: int | None
    error: str | None


class CallObserver(Protocol):
    """Is told of every call of a client: called when one begins, it gives back what is to be called when
    that one ends.

    Both calls are made in the thread or task of the call, so a context variable set by the first is seen
    by whatever the transport does, and may be reset by the second. They must not block. What they raise is
    logged and changes nothing about the call: a message that went out is never lost for an observer's
    defect. Arguments that are refused before a request is made are no call.
    """

    def __call__(self, begun: CallBegun, /) -> Callable[[CallEnded], object]:
        """Take note that a call begins."""
        ...


def begin(observer: CallObserver, info: OperationInfo, base_url: str) -> Watched:
    """Tell an observer of a call that begins; what comes back takes its end."""
    try:
        return Watched(observer(CallBegun(info.operation_id, info.method, info.path, base_url)))
    except Exception:
        _LOGGER.exception("the observer failed at the begin of %s", info.operation_id)
        return Watched(_nobody)


@final
class Watched:
    """A call that an observer was told of, and will be told the end of."""

    __slots__ = ("_tell",)

    def __init__(self, tell: Callable[[CallEnded], object]) -> None:
        self._tell = tell

    def ended_well(self, *, attempts: int, seconds: float, answer: Answer | None) -> None:
        """It gave a result. A wrong verification code is one, so there may be a return code."""
        status, code = (None, None) if answer is None else (answer.status, answer.code)
        self._end(CallEnded(None, attempts, seconds, status, code, None))

    def failed(self, failure: JsmsError, *, seconds: float) -> None:
        """It gave an error."""
        status, code = failure.http_status, failure.code
        self._end(CallEnded(failure.outcome, failure.attempts, seconds, status, code, _name(failure)))

    def interrupted(self, interruption: BaseException, *, attempts: int, seconds: float) -> None:
        """It was cancelled or broken off: what became of it nobody knows."""
        self._end(CallEnded(Outcome.UNKNOWN, attempts, seconds, None, None, _name(interruption)))

    def _end(self, ended: CallEnded) -> None:
        try:
            self._tell(ended)
        except Exception:
            _LOGGER.exception("the observer failed at the end of a call")


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _nobody(ended: CallEnded) -> None:
    """Stands in for an observer that failed at the begin."""
