"""Steps 2 and 3: who calls, and may they."""

from __future__ import annotations

import base64
import binascii

from .context import CallContext
from .rules.enforcement import enforce
from .rules.request import ENTRANCE


def authenticate(call: CallContext) -> None:
    """Find the application or account that calls.

    Raises:
        Refusal: it may not.
    """
    call.credentials = _decoded(call.request.headers.get("authorization", ""))
    enforce(ENTRANCE, call)


def _decoded(header: str) -> tuple[str, str] | None:
    """Read user and password from an Authorization header; None if it is no Basic pair."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = pair.partition(":")
    return (user, password) if colon else None
