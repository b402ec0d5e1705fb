"""The reference model of what is kept and read: verification, templates, signs, tasks, balances, pulls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsms_api.operations import OperationInfo

from tests.fuzz.oracle import magic, texts, world
from tests.fuzz.oracle.expectation import Expectation, same
from tests.fuzz.oracle.fields import Faults, Fields, path_faults
from tests.fuzz.oracle.world import App, Purse, Sign, Template, World

_LINK: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_VERDICTS: Final = frozenset(
    {
        ErrorCode.INVALID_CODE,
        ErrorCode.EXPIRED_CODE,
        ErrorCode.VERIFIED_CODE,
        ErrorCode.MISSING_CODE,
        ErrorCode.WRONG_MSG_ID,
    }
)


@dataclass(slots=True)
class StoredResources:
    """One call of one application that reads or changes what is kept."""

    world: World
    app: App
    info: OperationInfo
    fields: Fields
    path_id: str

    def _path(self) -> tuple[Faults, bool]:
        """Judge the id in the path; tells whether it demands a code of its own."""
        faults = self.fields.faults
        faults.merge(path_faults(self.info.operation_id, self.path_id))
        demanded = magic.demanded(self.info, self.path_id)
        if demanded is not None:
            faults.add(demanded)
        return faults, demanded is not None

    # Codes.

    def verify(self) -> Expectation:
        """Expect the answer of verifyCode."""
        faults, demanded = self._path()
        found = self.app.codes.get(self.path_id)
        typed = self.fields.get("code")
        if found is None:
            if not demanded:
                faults.add(ErrorCode.WRONG_MSG_ID)
            return Expectation(faults, verdict=_VERDICTS)
        if found.verified:
            faults.add(ErrorCode.VERIFIED_CODE)
        if self.world.now >= found.expires_at:
            faults.add(ErrorCode.EXPIRED_CODE)
        if typed is not None and typed != found.value:
            faults.add(ErrorCode.INVALID_CODE)

        def accept(told: Any) -> list[str]:
            found.verified = True
            return same("is_valid", told.get("is_valid"), True)

        return Expectation(faults, accept, _VERDICTS)

    # Templates.

    def _template_form(self) -> Faults:
        """Judge what a template must be to be handed in."""
        faults, fields = self.fields.faults, self.fields
        text, kind, remark = fields.get("template"), fields.get("type"), fields.get("remark") or ""
        if kind == texts.VERIFICATION and "ttl" not in fields.values:
            faults.add(ErrorCode.INVALID_TTL_VALUE)
        if not any(sign.status == world.APPROVED for sign in self.app.signs.values()):
            faults.add(ErrorCode.SIGNATURE_NOT_SET)
        if not isinstance(text, str):
            return faults
        sign = self.app.default_sign
        whole = texts.whole(sign.text, text, kind or 0) if sign else text
        if texts.length(whole) > limits.MESSAGE_LENGTH:
            faults.add(ErrorCode.TEMPLATE_TOO_LONG)
        if texts.has_stray_braces(text) or (isinstance(kind, int) and not texts.names_are_right(text, kind)):
            faults.add(ErrorCode.TEMPLATE_PARAMETER_INVALID)
        if "url" in texts.variables(text) and not _LINK.search(remark):
            faults.add(ErrorCode.SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK)
        if any(word in text.lower() for word in self.app.black_words):
            faults.add(ErrorCode.HAS_BLACK_WORD)
        return faults

    def _made_template(self, temp_id: int) -> Template:
        fields = self.fields
        return Template(
            temp_id,
            fields.get("template"),
            fields.get("type"),
            fields.get("ttl"),
            fields.get("remark"),
            world.IN_REVIEW,
            self.world.now + world.TEMPLATE_AUDIT,
        )

    def create_template(self) -> Expectation:
        """Expect the answer of createTemplate."""

        def accept(told: Any) -> list[str]:
            temp_id = told.get("temp_id")
            known = temp_id in self.app.templates
            self.app.templates[temp_id] = self._made_template(temp_id)
            return [f"[model] temp_id {temp_id} is given already"] if known else []

        return Expectation(self._template_form(), accept)

    def _template(self) -> tuple[Faults, Template | None]:
        faults, demanded = self._path()
        found = self.app.templates.get(int(self.path_id)) if self.path_id.isdecimal() else None
        if found is None and not demanded:
            faults.add(ErrorCode.INVALID_TEMP_ID)
        return faults, found

    def update_template(self) -> Expectation:
        """Expect the answer of updateTemplate."""
        faults, found = self._template()
        self._template_form()
        if found is None:
            return Expectation(faults)
        if found.status != world.REFUSED:
            faults.add(ErrorCode.MODIFY_TEMPLATE_NOT_ALLOW)

        def accept(told: Any) -> list[str]:
            self.app.templates[found.temp_id] = self._made_template(found.temp_id)
            return same("temp_id", told.get("temp_id"), found.temp_id)

        return Expectation(faults, accept)

    def get_template(self) -> Expectation:
        """Expect the answer of getTemplate: what was handed in, and where the review stands."""
        faults, found = self._template()
        if found is None:
            return Expectation(faults)

        def accept(told: Any) -> list[str]:
            problems = same("temp_id", told.get("temp_id"), found.temp_id)
            problems += same("template", told.get("template"), found.text)
            problems += same("type", told.get("type"), found.kind)
            problems += same("status", told.get("status"), found.status)
            problems += same("ttl", told.get("ttl"), found.ttl)
            return problems + same("remark", told.get("remark") or "", found.remark or "")

        return Expectation(faults, accept)

    def delete_template(self) -> Expectation:
        """Expect the answer of deleteTemplate; the ready-made one cannot go."""
        faults, found = self._template()
        if found is not None and found.temp_id == limits.READY_MADE_TEMPLATE:
            faults.add(ErrorCode.INVALID_TEMP_ID)

        def accept(_: Any) -> list[str]:
            if found is not None:
                del self.app.templates[found.temp_id]
            return []

        return Expectation(faults, accept, empty=True)

    # Signs.

    def _made_sign(self, sign_id: int) -> Sign:
        fields, until = self.fields, self.world.now + world.SIGN_AUDIT
        return Sign(sign_id, fields.get("sign"), world.IN_REVIEW, False, fields.get("remark"), until)

    def _in_review(self) -> bool:
        return any(sign.status == world.IN_REVIEW for sign in self.app.signs.values())

    def create_sign(self) -> Expectation:
        """Expect the answer of createSign."""
        faults = self.fields.faults
        if self._in_review():
            faults.add(ErrorCode.OTHER_SIGNATURES_IN_AUDIT)

        def accept(told: Any) -> list[str]:
            sign_id = told.get("sign_id")
            known = sign_id in self.app.signs
            self.app.signs[sign_id] = self._made_sign(sign_id)
            return [f"[model] sign_id {sign_id} is given already"] if known else []

        return Expectation(faults, accept)

    def _sign(self) -> tuple[Faults, Sign | None]:
        faults, demanded = self._path()
        found = self.app.signs.get(int(self.path_id)) if self.path_id.isdecimal() else None
        if found is None and not demanded:
            faults.add(ErrorCode.INVALID_SIGN_ID)
        return faults, found

    def update_sign(self) -> Expectation:
        """Expect the answer of updateSign."""
        faults, found = self._sign()
        if found is None:
            return Expectation(faults)
        if found.status == world.APPROVED:
            faults.add(ErrorCode.INVALID_SIGNATURE)
        if self._in_review():
            faults.add(ErrorCode.OTHER_SIGNATURES_IN_AUDIT)

        def accept(told: Any) -> list[str]:
            self.app.signs[found.sign_id] = self._made_sign(found.sign_id)
            return same("sign_id", told.get("sign_id"), found.sign_id)

        return Expectation(faults, accept)

    def get_sign(self) -> Expectation:
        """Expect the answer of getSign."""
        faults, found = self._sign()
        if found is None:
            return Expectation(faults)

        def accept(told: Any) -> list[str]:
            problems = same("sign_id", told.get("sign_id"), found.sign_id)
            problems += same("sign", told.get("sign"), found.text)
            problems += same("status", told.get("status"), found.status)
            return problems + same("is_default", told.get("is_default"), int(found.is_default))

        return Expectation(faults, accept)

    def delete_sign(self) -> Expectation:
        """Expect the answer of deleteSign."""
        faults, found = self._sign()
        if found is not None and found.is_default:
            faults.add(ErrorCode.DEFAULT_SIGNATURE_CANNOT_BE_DELETED)

        def accept(_: Any) -> list[str]:
            if found is not None:
                del self.app.signs[found.sign_id]
            return []

        return Expectation(faults, accept, empty=True)

    # Timed tasks.

    def task_faults(self, *, changing: bool | None) -> Faults:
        """Judge the task in the path: for a change by the call for batches or not, for deleting (None)."""
        faults, demanded = self._path()
        task = self.app.tasks.get(self.path_id)
        if task is None or (changing is not None and task.batch is not changing):
            if not demanded:
                faults.add(ErrorCode.INVALID_SCHEDULE_ID)
        elif task.state != world.WAITING:
            faults.add(ErrorCode.WRONG_SCHEDULE_STATUS)
        return faults

    def delete_schedule(self) -> Expectation:
        """Expect the answer of deleteSchedule."""

        def accept(_: Any) -> list[str]:
            self.app.tasks[self.path_id].state = world.DELETED
            return []

        return Expectation(self.task_faults(changing=None), accept, empty=True)

    def get_schedule(self) -> Expectation:
        """Expect the answer of getSchedule: readable until deleted (G5)."""
        faults, demanded = self._path()
        task = self.app.tasks.get(self.path_id)
        if task is None or task.state == world.DELETED:
            if not demanded:
                faults.add(ErrorCode.INVALID_SCHEDULE_ID)
            return Expectation(faults)

        def accept(told: Any) -> list[str]:
            problems = same("schedule_id", told.get("schedule_id"), task.schedule_id)
            problems += same("send_time", told.get("send_time"), task.send_time)
            problems += same("temp_id", told.get("temp_id"), task.temp_id)
            listed = told.get("recipients", [])
            if len(listed) != len(task.entries):
                return [*problems, f"[model] {len(listed)} recipients, not {len(task.entries)}"]
            for got, entry in zip(listed, task.entries, strict=True):
                problems += same("mobile", got.get("mobile"), entry.phone)
                problems += same("temp_para", got.get("temp_para") or {}, entry.params or {})
                if entry.msg_id is None:
                    entry.msg_id = got.get("msg_id")
                    # A task that went out before it was read has used its ids on reports already.
                    if not self.world.is_new_message_id(str(entry.msg_id)) and task.state == world.WAITING:
                        problems.append(f"[model] msg_id {entry.msg_id} was given before")
                problems += same("msg_id", got.get("msg_id"), entry.msg_id)
            return problems

        return Expectation(faults, accept)

    # Balances and pulls.

    def balance(self, purse: Purse, prefix: str) -> Expectation:
        """Expect the answer of a balance call: to the message."""
        faults = self.fields.faults
        if prefix == "app" and all(value is None for value in purse.values()):
            faults.add(ErrorCode.APP_QUOTA_NOT_ASSIGNED)

        def accept(told: Any) -> list[str]:
            problems = []
            for name, value in purse.items():
                problems += same(f"{prefix}_{name}", told.get(f"{prefix}_{name}", "absent"), value)
            return problems

        return Expectation(faults, accept)

    def _pull(self, kind: str) -> Faults:
        faults = self.fields.faults
        last = self.app.last_pull.get(kind)
        if last is not None and self.world.now - last < limits.PULL_INTERVAL_SECONDS:
            faults.add(ErrorCode.OUT_OF_FREQ)
        return faults

    def pull_reports(self) -> Expectation:
        """Expect the answer of pullReports: the oldest 500 that are due and were not handed out."""

        def accept(told: Any) -> list[str]:
            self.app.last_pull["report"] = self.world.now
            now = self.world.now
            ready = sorted(
                (each for each in self.app.reports if now - world.RETENTION <= each.at <= now), key=lambda each: each.at
            )
            waiting = [each for each in self.app.reports if each.at > now]
            wanted, later = ready[: limits.PULL_PAGE_SIZE], ready[limits.PULL_PAGE_SIZE :]
            self.app.reports.clear()
            self.app.reports.extend([*later, *waiting])
            if len(told) != len(wanted):
                return [f"[model] {len(told)} reports, not {len(wanted)}"]
            problems = []
            # Within one instant the order is nobody's promise.
            key = lambda each: (each[0], each[1])  # noqa: E731
            got = sorted(((each.get("receiveTime"), each.get("phone"), each) for each in told), key=key)
            right = sorted(((int(each.at * 1000), each.phone, each) for each in wanted), key=key)
            for (at, phone, report), (due, number, expected) in zip(got, right, strict=True):
                problems += same("receiveTime", at, due) + same("phone", phone, number)
                problems += same("status", report.get("status"), expected.status)
            ids = [str(each.get("msgId")) for each in told]
            known = sorted(each.msg_id for each in wanted if each.msg_id)
            problems += [f"[model] the report of {each} is missing" for each in known if each not in ids]
            if len(set(ids)) != len(ids):
                problems.append("[model] a report came twice")
            return problems

        return Expectation(self._pull("report"), accept)

    def pull_replies(self) -> Expectation:
        """Expect the answer of pullReplies."""

        def accept(told: Any) -> list[str]:
            self.app.last_pull["reply"] = self.world.now
            oldest = self.world.now - world.RETENTION
            ready = [each for each in self.app.replies if each.at >= oldest]
            wanted, later = ready[: limits.PULL_PAGE_SIZE], ready[limits.PULL_PAGE_SIZE :]
            self.app.replies.clear()
            self.app.replies.extend(later)
            right = [
                {"phone": each.phone, "replyTime": int(each.at * 1000), "content": each.content} for each in wanted
            ]
            return same("replies", told, right)

        return Expectation(self._pull("reply"), accept)
