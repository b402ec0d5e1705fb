"""A call of every operation that would succeed, to be spoiled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from jsms_api.operations import OPERATIONS, Credential

from tests.mock.bench import (
    APP,
    DEV,
    NOTICE,
    PHONE,
    REFUSED,
    REFUSED_SIGN,
    Answer,
    Bench,
    batch_task,
    form_body,
    notice_entry,
    single_task,
)

SENDS_ONE = ("sendCode", "sendMessage", "createSchedule", "updateSchedule")
SENDS_MANY = ("sendMessageBatch", "createScheduleBatch", "updateScheduleBatch")


@dataclass(frozen=True)
class Prepared:
    """A call that would succeed, to be spoiled."""

    bench: Bench
    method: str
    path: str
    body: dict[str, Any] | None = None
    form: dict[str, str | bytes] | None = None
    auth: str = APP
    more: dict[str, Any] = field(default_factory=dict)

    def make(self, **more: Any) -> Answer:
        options = {"auth": self.auth, **self.more, **more}
        body: Any = self.body
        if self.form is not None:
            body = form_body(self.form)
            options.setdefault("content_type", "multipart/form-data; boundary=xyz")
        if "raw" in options:
            body = options.pop("raw")
        return self.bench.call(self.method, self.path, body, **options)

    def with_fields(self, **fields: Any) -> Prepared:
        """Change fields; None takes one out."""
        if self.form is not None:
            changed: dict[str, Any] = {**self.form, **fields}
            return replace(self, form={name: value for name, value in changed.items() if value is not None})
        changed = {**(self.body or {}), **fields}
        return replace(self, body={name: value for name, value in changed.items() if value is not None})


def prepare(bench: Bench, operation: str) -> Prepared:
    """Make a call of an operation that would succeed."""
    info = OPERATIONS[operation]
    path, body, form = info.path, None, None
    recipients = [notice_entry(PHONE), notice_entry("13800138001")]
    template = {"template": "您好{{name}}", "type": 2}
    if operation == "sendCode":
        body = {"mobile": PHONE, "temp_id": 1}
    elif operation == "sendVoiceCode":
        body = {"mobile": PHONE}
    elif operation == "verifyCode":
        msg_id = bench.send_code()
        path, body = f"/codes/{msg_id}/valid", {"code": bench.code_of(msg_id)}
    elif operation == "sendMessage":
        body = {"mobile": PHONE, "temp_id": NOTICE, "temp_para": {"number": "1"}}
    elif operation == "sendMessageBatch":
        body = {"temp_id": NOTICE, "recipients": recipients}
    elif operation in ("createSchedule", "createScheduleBatch"):
        body = single_task() if operation == "createSchedule" else batch_task(*recipients)
    elif operation == "updateSchedule":
        path, body = f"/schedule/{bench.schedule()}", single_task(temp_para={"number": "2"})
    elif operation == "updateScheduleBatch":
        path, body = f"/schedule/batch/{bench.schedule_batch()}", batch_task(*recipients)
    elif operation in ("getSchedule", "deleteSchedule"):
        path = f"/schedule/{bench.schedule()}"
    elif operation == "createTemplate":
        body = template
    elif operation == "updateTemplate":
        path, body = f"/templates/{REFUSED}", {"temp_id": REFUSED, **template}
    elif operation in ("getTemplate", "deleteTemplate"):
        path = f"/templates/{NOTICE}"
    elif operation == "createSign":
        form = {"sign": "新签名"}
    elif operation == "updateSign":
        path, form = f"/sign/{REFUSED_SIGN}", {"sign": "新签名"}
    elif operation in ("getSign", "deleteSign"):
        path = f"/sign/{REFUSED_SIGN}"
    auth = DEV if info.credential is Credential.DEV else APP
    return Prepared(bench, info.method, path, body, form, auth)
