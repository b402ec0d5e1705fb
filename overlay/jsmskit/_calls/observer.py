"""What an observer is told of a call: never a phone number, a text, an id or a key.

Loaded only by clients that have an observer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from jsms_api.operations import OperationInfo

from ..errors import Outcome
from .failures import LOGGER


@dataclass(frozen=True, slots=True)
class CallStarted:
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
class CallFinished:
    """What became of a call.

    Attributes:
        outcome: None if the call returned a result, else what is known of the request.
        attempts: how many times a request was begun.
        seconds: how long the call took, retries and the waits between them included.
        status: HTTP status of the last response, None if there was none.
        code: return code of the service, None if there was none.
        error: the exception's class as `module.Class`, None if the call returned a result. Also of an interruption,
            such as `asyncio.exceptions.CancelledError`.
    """

    outcome: Outcome | None
    attempts: int
    seconds: float
    status: int | None
    code: int | None
    error: str | None


class CallObserver(Protocol):
    """Is told of every call of a client: called when one begins, it returns what is called when that one ends.

    Both calls are made in the thread or task of the call, so a context variable set by the first is seen
    by whatever the transport does, and may be reset by the second. They must not block. What they raise is
    logged and changes nothing about the call: a message that went out is never lost for an observer's
    defect. Arguments that are refused before a request is made are no call.
    """

    def __call__(self, started: CallStarted, /) -> Callable[[CallFinished], object]:
        """Return what is called when the call ends."""
        ...


def start(observer: CallObserver, info: OperationInfo, base_url: str) -> Callable[..., None]:
    """Tell an observer of a call that begins. What is returned takes the exception itself, and the other fields of
    `CallFinished`.
    """
    started = CallStarted(info.operation_id, info.method, info.path, base_url)
    try:
        tell = observer(started)
    except Exception:  # noqa: BLE001  # an observer's defect changes nothing about the call
        LOGGER.exception("the observer failed at the start of %s", info.operation_id)
        return _tell_nobody

    def finish(error: BaseException | None, **ended: Any) -> None:
        try:
            tell(CallFinished(error=None if error is None else _name(error), **ended))
        except Exception:  # noqa: BLE001  # nor here: the message went out
            LOGGER.exception("the observer failed at the end of a call")

    return finish


def _tell_nobody(error: BaseException | None, **ended: object) -> None:
    """Takes the place of an observer that failed at the start."""


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
