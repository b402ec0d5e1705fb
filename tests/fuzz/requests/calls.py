"""Requests with the right credentials, and one good body for each operation."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from jsms_api.operations import OPERATIONS, Credential

from tests.fuzz.oracle.exchange import BASE_PATH, CHINA, Sent, basic
from tests.fuzz.oracle.initial_state import DEV, MAIN, NO_VARIABLES, READY_MADE
from tests.fuzz.oracle.world import WAITING, App, World

#: First bytes of a picture that the newest form takes.
PICTURE: Final = b"\x89PNG\r\n\x1a\n"


def send_time(at: float) -> str:
    """Write an instant as the service's time text."""
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def call(name: str, body: dict[str, Any] | None = None, path_id: object = "", key: str = MAIN) -> Sent:
    """Make a request with the right credentials."""
    info = OPERATIONS[name]
    path = BASE_PATH + info.path
    if "{" in path:
        path = path[: path.index("{")] + str(path_id) + path[path.index("}") + 1 :]
    if info.credential is Credential.DEV:
        key = DEV
    headers = {"authorization": basic(key, key[::-1])}
    content = b""
    if info.content_type == "multipart/form-data":
        headers["content-type"] = "multipart/form-data; boundary=b"
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{part}"\r\n\r\n{value}\r\n'
            for part, value in (body or {}).items()
        ]
        content = ("".join(parts) + "--b--\r\n").encode()
    elif info.content_type is not None:
        headers["content-type"] = "application/json"
        content = json.dumps(body or {}).encode()
    return Sent(info.method, path, headers, content)


def good_body(name: str, state: World, number: str) -> dict[str, Any]:
    """Give a body that is in order."""
    later = send_time(state.now + 3600)
    message = {"mobile": number, "temp_id": NO_VARIABLES}
    batch = {"temp_id": NO_VARIABLES, "recipients": [{"mobile": number}]}
    template = {"template": "您的{{code}}", "type": 1, "ttl": 60}
    bodies: dict[str, dict[str, Any]] = {
        "sendCode": {"mobile": number, "temp_id": READY_MADE},
        "sendVoiceCode": {"mobile": number},
        "verifyCode": {"code": "000000"},
        "sendMessage": message,
        "sendMessageBatch": batch,
        "createSchedule": {**message, "send_time": later},
        "updateSchedule": {**message, "send_time": later},
        "createScheduleBatch": {**batch, "send_time": later},
        "updateScheduleBatch": {**batch, "send_time": later},
        "createTemplate": template,
        "updateTemplate": template,
        "createSign": {"sign": "极光推送"},
        "updateSign": {"sign": "极光推送"},
    }
    return bodies[name]


def message(phone: str, temp_id: int = NO_VARIABLES, key: str = MAIN, /, **values: Any) -> Sent:
    return call("sendMessage", {"mobile": phone, "temp_id": temp_id, "temp_para": values}, key=key)


def waiting_task(app: App, *, is_batch: bool) -> str:
    """Return the id of the newest timed task that waits; of nothing, where there is none."""
    tasks = [task for task in app.tasks.values() if task.batch is is_batch and task.state == WAITING]
    return tasks[-1].schedule_id if tasks else "1"
