"""Other readings of open questions (`Settings.readings`), as far as they concern a whole request or response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from jsms_api.error_table import ErrorCode, ErrorInfo
from jsms_api.operations import OperationInfo

from ..model.http import Route
from ..model.settings import Reading, Settings
from .context import Refusal

LIMIT_HEADER: Final = {"x-ratelimit-remaining": "1"}

_CODES: Final = {
    (Reading.NO_VALUES_50022, "params.none"): ErrorCode.PARAMETERS_NOT_ALL_REPLACED,
    (Reading.UNKNOWN_SIGN_50104, "sign.not-usable"): ErrorCode.INVALID_SIGNATURE,
}


def read_methods(settings: Settings, route: Route) -> Mapping[str, OperationInfo]:
    """Return the operations of a path, by method."""
    change = route.methods.get("POST")
    if Reading.PUT_SIGN in settings.readings and change is not None and change.operation_id == "updateSign":
        return {**{name: info for name, info in route.methods.items() if name != "POST"}, "PUT": change}
    return route.methods


def read_code(settings: Settings, code: int, rule_id: str) -> int:
    """Return the code that the breach of a rule brings."""
    return next((_CODES[one, rule_id] for one in settings.readings if (one, rule_id) in _CODES), code)


def read_message(settings: Settings, info: ErrorInfo) -> str:
    """Return the words of a refusal."""
    is_old = Reading.OLDER_WORDS in settings.readings and "C7" in info.doubts
    return info.other_messages[0] if is_old else info.message


def read_answer(settings: Settings, answer: Any) -> Any:
    """Return the JSON of a success.

    Raises:
        Refusal: there is none, by another reading.
    """
    readings = settings.readings
    if answer is None:
        return {} if Reading.JSON_AFTER_DELETE in readings else None
    if not isinstance(answer, dict):
        return answer
    whole = cast("dict[str, Any]", answer)
    entries: list[dict[str, Any]] = whole.get("recipients", [])
    if Reading.FAILED_BATCH_REFUSED in readings and whole.get("success_count") == 0:
        raise Refusal("batch.all-refused", int(entries[0]["error_code"]))
    for one in (whole, *entries):
        if Reading.NUMERIC_IDS in readings and "msg_id" in one:
            one["msg_id"] = int(one["msg_id"])
        if Reading.NUMERIC_ENTRY_CODES in readings and "error_code" in one:
            one["error_code"] = int(one["error_code"])
    return whole
