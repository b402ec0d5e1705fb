"""What one connection of the mock's server may cost.

Knows seconds and bytes. They guard the process; the service that is simulated documents none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Largest body that the mock reads. The service documents no limit (gap G18); a full batch stays far below.
MAX_BODY_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What one connection may cost.

    header_seconds: from the first byte of a request (or from connecting) to the end of its headers.
    body_seconds: from the end of the headers to the end of the body.
    header_bytes: request line and headers together.
    discarded_bytes: of a body that was refused for its size; read and thrown away, so that the client gets
        its answer instead of a reset, up to this amount.
    """

    header_seconds: float = 10.0
    body_seconds: float = 30.0
    header_bytes: int = 64 * 1024
    discarded_bytes: int = 16 * 1024 * 1024
