"""How an operation answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from jsms_api.error_table import ERRORS

from ..context import CallContext

#: Decides and acts; what it gives is the JSON of the answer, None for an answer without a body.
Operation = Callable[[CallContext], Any]


def refused_entry(
    code: int, mobile: str, params: Mapping[str, str] | None, msg_id: int | None = None
) -> dict[str, Any]:
    """Make an entry that was refused, as batches list it: the code as text (C3), temp_para echoed."""
    entry: dict[str, Any] = {"error_code": str(int(code)), "error_message": ERRORS[code].message}
    if msg_id is not None:
        entry["msg_id"] = str(msg_id)
    entry["mobile"] = mobile
    if params is not None:
        entry["temp_para"] = params
    return entry


#: Body of an answer that has none.
EMPTY: Final = None
