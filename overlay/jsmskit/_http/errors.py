"""The ways in which an exchange fails, each a class, with the evidence of how far its request came.

No text of the other side is ever put into one.
"""

from __future__ import annotations

from types import FrameType, TracebackType


class TransportError(Exception):
    """An exchange that brought no whole response.

    Attributes:
        body_sent: False only if it is certain that the end of the request body was never written.
        status: of the response, if its head had come.
        detail: a few words that may be shown; they never come from the other side.
    """

    def __init__(self, detail: str = "", *, body_sent: bool = True, status: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.body_sent = body_sent
        self.status = status


class ClosedError(TransportError):
    """The transport was closed before."""


class PoolTimeout(TransportError):
    """No connection became free in time."""


class UnsupportedProtocol(TransportError):
    """The address leaves the origin."""


class LocalProtocolError(TransportError):
    """The request cannot be written as HTTP."""


class ConnectError(TransportError):
    """No connection came about."""


class ConnectTimeout(TransportError):
    """No connection came about in time, TLS included."""


class CertificateRefusedError(TransportError):
    """The server's certificate is not to be trusted, or not for this host."""


class ProxyError(TransportError):
    """The proxy did not let the call through."""


class WriteError(TransportError):
    """The connection broke while the request was written."""


class WriteTimeout(TransportError):
    """The request could not be written in time."""


class ReadError(TransportError):
    """The connection broke while the response was read."""


class ReadTimeout(TransportError):
    """The response, or its next part, did not come in time."""


class RemoteProtocolError(TransportError):
    """What came is no HTTP/1.1 response, or it ended too early."""


class ResponseTooLarge(TransportError):
    """The response has more bytes than are taken."""


def failure_of(error: Exception, kind: type[TransportError], detail: str | None = None) -> TransportError:
    """Return what the failure of a system call means. Raises it again if a signal handler raised it."""
    if comes_from_signal_handler(error):
        raise error
    return kind(type(error).__name__ if detail is None else detail)


def foreign_error(error: Exception) -> TransportError:
    """Translate an exception of somebody else's transport.

    Only a refused connection and a name that cannot be resolved prove that nothing was sent. Names of HTTP libraries
    prove nothing: one bridge between two of them calls a lost response a connect timeout.
    """
    from socket import gaierror  # a client with its own transport never loads it

    name = type(error).__name__  # the words of a stranger's exception may carry anything
    if isinstance(error, (ConnectionRefusedError, gaierror)):
        return ConnectError(name, body_sent=False)
    if isinstance(error, TimeoutError):
        return ReadTimeout(name)
    return ReadError(name) if isinstance(error, OSError) else TransportError(name)


def comes_from_signal_handler(error: BaseException) -> bool:
    """Return whether a signal handler of the application raised this, in the middle of a call.

    Time limits of task queues (Celery's soft limit, rq) and many programs raise an ordinary exception, often
    `TimeoutError`, from a handler. It is meant for the caller and says nothing about the exchange. Python gives a
    handler the interrupted frame as an argument, which is how it is told from anything else.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        if _was_given(trace.tb_next, trace.tb_frame):
            return True
        trace = trace.tb_next
    return False


def _was_given(handler: TracebackType, interrupted: FrameType) -> bool:
    code = handler.tb_frame.f_code
    count = code.co_argcount + bool(code.co_flags & 0x04)  # CO_VARARGS: `def handler(*unused)`
    given = [handler.tb_frame.f_locals.get(name) for name in code.co_varnames[: count + code.co_kwonlyargcount]]
    return any(one is interrupted or (isinstance(one, tuple) and interrupted in one) for one in given)
