"""Tell the shared scenario with our own client: the transcript that every other language must print.

python consumer.py SCENARIO.json http://127.0.0.1:5767      credentials come from JSMS_APP_KEY and the like
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

from jsms_api import models
from jsms_api.api.accounts import get_account_balance, get_app_balance
from jsms_api.api.codes import send_code, send_voice_code, verify_code
from jsms_api.api.messages import send_message, send_message_batch
from jsms_api.api.reports import pull_replies, pull_reports
from jsms_api.api.schedules import (
    create_schedule,
    create_schedule_batch,
    delete_schedule,
    get_schedule,
    update_schedule,
)
from jsms_api.api.templates import create_template, get_template
from jsmskit import APIError, JsmsClient

Json = Any

#: The operation as our client knows it, the model of its body, the names of its path parameters.
OPERATIONS: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "sendCode": (send_code.OPERATION, models.SendCodeRequest, ()),
    "sendVoiceCode": (send_voice_code.OPERATION, models.SendVoiceCodeRequest, ()),
    "verifyCode": (verify_code.OPERATION, models.VerifyCodeRequest, ("msg_id",)),
    "sendMessage": (send_message.OPERATION, models.SendMessageRequest, ()),
    "sendMessageBatch": (send_message_batch.OPERATION, models.SendMessageBatchRequest, ()),
    "createTemplate": (create_template.OPERATION, models.TemplateRequest, ()),
    "getTemplate": (get_template.OPERATION, None, ("temp_id",)),
    "createSchedule": (create_schedule.OPERATION, models.ScheduleRequest, ()),
    "createScheduleBatch": (create_schedule_batch.OPERATION, models.ScheduleBatchRequest, ()),
    "getSchedule": (get_schedule.OPERATION, None, ("schedule_id",)),
    "updateSchedule": (update_schedule.OPERATION, models.ScheduleRequest, ("schedule_id",)),
    "deleteSchedule": (delete_schedule.OPERATION, None, ("schedule_id",)),
    "getAppBalance": (get_app_balance.OPERATION, None, ()),
    "getAccountBalance": (get_account_balance.OPERATION, None, ()),
    "pullReplies": (pull_replies.OPERATION, None, ()),
    "pullReports": (pull_reports.OPERATION, None, ()),
}


class Told(NamedTuple):
    """What a step told: the status, and the answer or the refusal."""

    status: int
    answer: Json = None
    code: int | None = None


class Teller:
    """Tells one scenario to one mock, once."""

    def __init__(self, origin: str, hidden: list[str]) -> None:
        """Make the clients. `hidden` names the fields that differ from run to run."""
        self.origin = origin
        self.hidden = set(hidden)
        self.saved: dict[str, Json] = {}
        self.client = self._client(os.environ["JSMS_MASTER_SECRET"])
        self.stranger = self._client("0" * 24)

    def _client(self, secret: str) -> JsmsClient:
        return JsmsClient(
            os.environ["JSMS_APP_KEY"],
            secret,
            dev_key=os.environ["JSMS_DEV_KEY"],
            dev_secret=os.environ["JSMS_DEV_SECRET"],
            base_url=f"{self.origin}/v1",
        )

    def tell(self, steps: list[dict[str, Json]]) -> int:
        """Take all steps, print a line each, and return how many did not end as expected."""
        failures = 0
        for number, step in enumerate(steps, 1):
            told = self.control(step) if "control" in step else self.call(step)
            for field, name in step.get("save", {}).items():
                self.saved[name] = told.answer[field]
            expected = step.get("expect", {"status": told.status})
            unexpected = (expected["status"], expected.get("code")) != (told.status, told.code)
            failures += unexpected
            print(f"{number:02d} {step['say']}: {self.line(step, told)}{' UNEXPECTED' if unexpected else ''}")
        print(f"{failures} steps not as expected" if failures else f"all {len(steps)} steps as expected")
        return failures

    def filled(self, value: Json) -> Json:
        """Put saved values in the place of $names."""
        if isinstance(value, str) and value.startswith("$"):
            return self.saved[value[1:]]
        if isinstance(value, list):
            return [self.filled(inner) for inner in value]
        if isinstance(value, dict):
            return {key: self.filled(inner) for key, inner in value.items()}
        return value

    def call(self, step: dict[str, Json]) -> Told:
        """Take a step of the service, through the client."""
        operation, model, names = OPERATIONS[step["operation"]]
        arguments = [self.filled(step["path"][name]) for name in names]
        body = {} if model is None else {"body": model.from_dict(self.filled(step["body"]))}
        client = self.stranger if step.get("wrong_secret") else self.client
        try:
            answer = client.call(operation, *arguments, **body)
        except APIError as refused:
            return Told(refused.http_status or 0, code=refused.code)
        if isinstance(answer, list):
            return Told(200, [record.to_dict() for record in answer])
        return Told(200, None if answer is None else answer.to_dict())

    def control(self, step: dict[str, Json]) -> Told:
        """Take a step of the mock, by plain HTTP."""
        method, target = step["control"].split(" ", 1)
        target = re.sub(r"\$(\w+)", lambda found: str(self.saved[found[1]]), target)
        body = json.dumps(self.filled(step["body"])).encode() if "body" in step else None
        headers = {"Content-Type": "application/json"} if body else {}
        request = urllib.request.Request(self.origin + target, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            text = response.read()
            return Told(response.status, json.loads(text) if text else None)

    def line(self, step: dict[str, Json], told: Told) -> str:
        """Return what the transcript says of a step."""
        if "control" in step:
            return "done"
        head = f"{step['operation']} {told.status}"
        if told.code is not None:
            return f"{head} {told.code}"
        if told.answer is None:
            return head
        shown = told.answer
        if "show" in step:
            shown = {name: told.answer[name] for name in step["show"]}
        return f"{head} {self.canonical(shown)}"

    def canonical(self, value: Json) -> str:
        """Write JSON with sorted keys and no spaces; ids, which differ from run to run, as their type."""

        def masked(inner: Json, name: str = "") -> Json:
            if name in self.hidden:
                return "<text>" if isinstance(inner, str) else "<number>"
            if isinstance(inner, list):
                return [masked(entry) for entry in inner]
            if isinstance(inner, dict):
                return {key: masked(entry, key) for key, entry in inner.items()}
            return inner

        return json.dumps(masked(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream of this process
    story = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.exit(1 if Teller(sys.argv[2], story["hidden"]).tell(story["steps"]) else 0)
