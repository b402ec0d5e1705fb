"""Every documented refusal of every operation, demanded once by the mock's header: the table beside the fuzzing.

Fuzzing reaches what requests and histories deserve; some answers (a failing server, a frequency limit that has no
number) come on demand only. Knows the documented pairs. Must not know how requests are sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from jsms_api.operations import OPERATIONS, Credential, OperationInfo

from tests.fuzz.gate import stage
from tests.fuzz.gate.magic import number_for
from tests.fuzz.gate.seasoning import send_time
from tests.fuzz.gate.wire import BASE_PATH, MAGIC_HEADER, Sent, basic


def _sent(info: OperationInfo, headers: dict[str, str], body: bytes = b"", path_id: str = "42") -> Sent:
    key = stage.DEV if info.credential is Credential.DEV else stage.MAIN.key
    path = info.path
    for name in ("msg_id", "temp_id", "sign_id", "schedule_id"):
        path = path.replace("{" + name + "}", path_id)
    told = {"authorization": basic(key, key[::-1]), **headers}
    if body:
        told["content-type"] = "application/json"
    return Sent(info.method, BASE_PATH + path, told, body)


def demands() -> Iterator[Sent]:
    """Give a request for every documented code of every operation."""
    for info in OPERATIONS.values():
        for codes in info.codes.values():
            for code in codes:
                yield _sent(info, {MAGIC_HEADER: str(code)})


def entry_demands(now: float, task_id: str) -> Iterator[Sent]:
    """Give a request for every batch call, with one entry for each code that entries of it can carry.

    Args:
        now: the instant of the call.
        task_id: of a batch task that is waiting.
    """
    for info in OPERATIONS.values():
        if info.entry_codes:
            body = {
                "temp_id": stage.EMPTY_TEXT_FITS,
                "send_time": send_time(now + 3600),
                "recipients": [
                    {"mobile": number_for(code), "temp_para": {"text": str(code)}}
                    for code in info.entry_codes
                ],
            }
            yield _sent(info, {}, json.dumps(body).encode(), task_id)
