"""The ways in which the default transport fails, each a class of its own, named as every HTTP library names them.

Part of the transport seam. `_outcomes` reads the names; nothing else is known of them, and no text of the other
side is ever put into one.
"""

from __future__ import annotations

__all__ = [
    "AnswerTooLarge",
    "CertificateRefusedError",
    "ClosedError",
    "ConnectError",
    "ConnectTimeout",
    "LocalProtocolError",
    "PoolTimeout",
    "ProxyError",
    "ReadError",
    "ReadTimeout",
    "RemoteProtocolError",
    "UnsupportedProtocol",
    "WriteError",
    "WriteTimeout",
]


class ClosedError(Exception):
    """The transport was closed before."""


class PoolTimeout(Exception):
    """No connection became free in time."""


class UnsupportedProtocol(Exception):
    """The address leaves the origin."""


class LocalProtocolError(Exception):
    """The request cannot be written as HTTP."""


class ConnectError(Exception):
    """No connection came about. Its words come from this machine only."""


class ConnectTimeout(Exception):
    """No connection came about in time, TLS included."""


class CertificateRefusedError(Exception):
    """The server's certificate is not to be trusted, or not for this host."""


class ProxyError(Exception):
    """The proxy did not let the call through."""


class WriteError(Exception):
    """The connection broke while the request was written."""


class WriteTimeout(Exception):
    """The request could not be written in time."""


class ReadError(Exception):
    """The connection broke while the answer was read."""


class ReadTimeout(Exception):
    """The answer, or its next part, did not come in time."""


class RemoteProtocolError(Exception):
    """What came is no HTTP/1.1 answer, or it ended too early."""


class AnswerTooLarge(Exception):
    """The answer has more bytes than are taken."""
