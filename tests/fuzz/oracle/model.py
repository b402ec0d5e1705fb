"""The reference model of the service: what is wrong with a call, what a success must say, and what is kept of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ERRORS, ErrorCode
from jsms_api.operations import OperationInfo

from tests.fuzz.oracle import world
from tests.fuzz.oracle.bodies import Entry, Faults, Fields, path_faults
from tests.fuzz.oracle.exchange import CHINA, declared, demanded, demanded_of_entry, status_of
from tests.fuzz.oracle.world import App, Code, Message, Purse, Reviewed, Task, World

#: Compares the decoded body of a success with what must be there, remembers what it says, and lists problems.
Accept = Callable[[Any], list[str]]

_DAY, _WINDOW = 86_400.0, 600.0
#: How long reports and replies wait to be pulled: the mock keeps them for 7 days (C19).
_RETENTION: Final = 7 * _DAY
#: What the platform adds to marketing.
_HINT: Final = "回T退订"
_VARIABLE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_]*[A-Za-z0-9])?")
_LINK: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_OWN_CODE: Final = world.CODE_HERE * limits.TEXT_CODE_LENGTH


def same(name: str, got: Any, wanted: Any) -> list[str]:
    """Compare one value; JSON's true is no 1."""
    is_same = got == wanted and isinstance(got, bool) is isinstance(wanted, bool)
    return [] if is_same else [f"[model] {name} is {got!r}, not {wanted!r}"]


def same_fields(told: Mapping[str, Any], **wanted: Any) -> list[str]:
    """Compare fields of an answer; one that must be None may be absent."""
    return [problem for name, value in wanted.items() for problem in same(name, told.get(name), value)]


def whole_text(sign: str, body: str, kind: int | None) -> str:
    """Write a text as it reaches the phone."""
    return f"【{sign}】{body}{_HINT if kind == world.MARKETING else ''}"


def length(text: str) -> int:
    """Count the characters that are billed: a line break counts two, also as CR LF."""
    breaks = text.count("\n")
    return len(text) - breaks - text.count("\r\n") + limits.BILLING_LINE_BREAK * breaks


def units(text: str) -> int:
    """Count the price in messages."""
    count = length(text)
    return 1 if count <= limits.BILLING_SINGLE_LENGTH else -(-count // limits.BILLING_PART_LENGTH)


def values_of(params: Mapping[str, Any] | None) -> dict[str, str]:
    """Read the values as text; null counts as no value."""
    return {name: str(value) for name, value in (params or {}).items() if value is not None}


def balance_accept(purse: Purse, prefix: str) -> Accept:
    """Compare balances to the message."""
    return lambda told: [
        problem
        for name, value in purse.items()
        for problem in same(f"{prefix}_{name}", told.get(f"{prefix}_{name}", "absent"), value)
    ]


@dataclass(slots=True)
class Call:
    """One call of one application. What is wrong with it is put into the faults of its fields."""

    world: World
    app: App
    info: OperationInfo
    fields: Fields
    path_id: str

    def expect(self) -> Accept | None:
        """Judge the call; say what a success must look like, None where there can be none."""
        name = self.info.operation_id
        if self.path_id:
            self.faults.merge(path_faults(name, self.path_id))
        expect: dict[str, Callable[[], Accept | None]] = {
            "sendCode": self._single, "sendMessage": self._single, "sendMessageBatch": self._batch,
            "createSchedule": self._single, "createScheduleBatch": self._batch,
            "updateSchedule": self._single, "updateScheduleBatch": self._batch,
            "sendVoiceCode": self._voice, "verifyCode": self._verify,
            "getSchedule": self._get_schedule, "deleteSchedule": self._delete_schedule,
            "createTemplate": self._submit_template, "updateTemplate": self._submit_template,
            "getTemplate": self._get_template, "deleteTemplate": self._delete_template,
            "createSign": self._submit_sign, "updateSign": self._submit_sign,
            "getSign": self._get_sign, "deleteSign": self._delete_sign,
            "getAppBalance": self._balance, "pullReports": self._pull_reports, "pullReplies": self._pull_replies,
        }  # fmt: skip
        return expect[name]()

    @property
    def faults(self) -> Faults:
        return self.fields.faults

    def _look_up(self, kept: Mapping[Any, Any], identity: object, unknown: ErrorCode) -> Any:
        """Find what a call names; that it is missing is a fault, unless the id demands a code of its own."""
        code = demanded(self.info, str(identity))
        found = kept.get(identity)
        if code is not None:
            self.faults.add(code)
        elif found is None:
            self.faults.add(unknown)
        return found

    # What is sent.

    def _template(self) -> Reviewed | None:
        """Find the template; its absence or state is a fault of the request."""
        temp_id = self.fields.get("temp_id")
        if not isinstance(temp_id, int):
            return None
        found: Reviewed | None = self._look_up(self.app.templates, temp_id, ErrorCode.INVALID_TEMP_ID)
        if found is not None:
            if found.status == world.IN_REVIEW:
                self.faults.add(ErrorCode.TEMPLATE_AUDITING)
            if found.status == world.REFUSED:
                self.faults.add(ErrorCode.TEMPLATE_NOT_PASS)
            if self.info.operation_id == "sendCode" and found.kind != world.VERIFICATION:
                self.faults.add(ErrorCode.WRONG_TEMPLATE_TYPE)
        return found

    def _sign(self) -> Reviewed | None:
        """Find the sign that is named, or the default one."""
        sign_id = self.fields.get("sign_id")
        if sign_id is None:
            if self.app.default_sign is None:
                self.faults.add(ErrorCode.SIGNATURE_NOT_SET)
            return self.app.default_sign
        usable = {each.id: each for each in self.app.signs.values() if each.status == world.APPROVED}
        found: Reviewed | None = self._look_up(usable, sign_id, ErrorCode.INVALID_SIGN_ID)
        return found

    def _message(
        self,
        phone: str,
        params: Mapping[str, Any] | None,
        template: Reviewed | None,
        sign: Reviewed | None,
        earlier: Counter[tuple[str, str | None]] | None = None,
    ) -> tuple[Message | None, Faults]:
        """Write the message to one number and list what stands against it.

        Args:
            phone: whose.
            params: values as they were sent.
            template: None if it cannot be used; then nothing is written.
            sign: as the template.
            earlier: how often earlier entries of the same batch go to a number, and with which text.
        """
        faults, is_code = Faults(), self.info.operation_id == "sendCode"
        if phone in self.app.invalid:
            faults.add(ErrorCode.INVALID_MOBILE)
        if template is None or sign is None:
            return None, faults
        values = {"code": _OWN_CODE} if is_code else values_of(params)
        names = set(_VARIABLE.findall(template.text))
        if names and not values:
            faults.add(ErrorCode.PARAMETERS_IS_EMPTY)
        elif not names <= values.keys():
            faults.add(ErrorCode.PARAMETERS_NOT_ALL_REPLACED)
        # Each variable once: a value is never looked at for variables.
        filled = _VARIABLE.sub(lambda match: values.get(match.group(1), match.group(0)), template.text)
        text = whole_text(sign.text, filled, template.kind)
        message = Message(phone, text, template.kind, units(text), status_of(phone), values)
        if names <= values.keys():  # whatever else is wrong: no source says which of two faults is told
            found = {
                ErrorCode.CONTENT_CONTAINS_SPECIAL_SYMBOL: "【" in filled or "】" in filled,
                ErrorCode.HAS_BLACK_WORD: any(word in filled.lower() for word in self.app.black_words),
                ErrorCode.INVALID_CONTENT_LENGTH: length(text) > limits.MESSAGE_LENGTH,
            }
            faults.add(*(code for code, is_broken in found.items() if is_broken and code in declared(self.info)))
        if template.kind == world.MARKETING and phone in self.app.unsubscribed:
            faults.add(ErrorCode.UNSUBSCRIBED_MOBILE)
        if ErrorCode.OUT_OF_FREQ in declared(self.info) and self._is_at_limit(message, earlier or Counter()):
            faults.add(ErrorCode.OUT_OF_FREQ)  # timed messages are not refused by limits (C8)
        return message, faults

    def _is_at_limit(self, message: Message, earlier: Counter[tuple[str, str | None]]) -> bool:
        phone, kind, now = message.phone, message.kind, self.world.now
        here = earlier[phone, None]
        if kind == world.MARKETING:
            return self.app.count(phone, after=now - _WINDOW, kind=kind) + here >= limits.MARKETING_PER_WINDOW
        day = self.app.count(phone, after=now - _DAY, kind=kind) + here
        if kind == world.VERIFICATION:
            return day >= limits.TEXT_CODES_PER_DAY
        text = self.app.count(phone, after=now - _WINDOW, kind=kind, text=message.text) + earlier[phone, message.text]
        return day >= limits.NOTICE_PER_DAY or text >= limits.NOTICE_SAME_TEXT

    def _new_id(self, told: Any, kind: type) -> list[str]:
        if not isinstance(told, kind) or isinstance(told, bool):
            return [f"[model] msg_id is {told!r}"]
        return [] if self.world.is_new(str(told)) else [f"[model] msg_id {told} was given before"]

    def _went_out(self, message: Message, msg_id: Any, kind: type) -> list[str]:
        message.msg_id = str(msg_id)
        self.world.pay(self.app, message.kind, message.units)
        self.world.send(self.app, message, self.world.now)
        if message.code is not None:
            self.app.codes[message.msg_id] = message.code
        return self._new_id(msg_id, kind)

    def _single(self) -> Accept | None:
        faults, name = self.faults, self.info.operation_id
        is_task = "Schedule" in name
        at = self._send_at() if is_task else None
        if is_task and self.path_id:
            self._waiting_task(is_batch=False)
        template, sign = self._template(), self._sign()
        phone = self.fields.get("mobile")
        if not isinstance(phone, str):
            return None
        if (code := demanded(self.info, phone)) is not None:
            faults.add(code)
        message, wrong = self._message(phone, self.fields.get("temp_para"), template, sign)
        faults.merge(wrong)
        if message is None or template is None:
            return None
        if not self.world.pay(self.app, message.kind, message.units, really=False):
            faults.add(ErrorCode.NO_MONEY)
        if is_task:
            return None if at is None else self._task_made([message], template, at)
        if name == "sendCode":
            message.code = Code(self.world.now + (300 if template.ttl is None else template.ttl))
        return lambda told: self._went_out(message, told.get("msg_id"), str if name == "sendCode" else int)

    def _voice(self) -> Accept | None:
        faults, phone = self.faults, self.fields.get("mobile")
        if not isinstance(phone, str):
            return None
        if (code := demanded(self.info, phone)) is not None:
            faults.add(code)
        if phone in self.app.invalid:
            faults.add(ErrorCode.INVALID_MOBILE)
        if self.app.count(phone, after=self.world.now - limits.VOICE_CODE_INTERVAL_SECONDS, kind=None):
            faults.add(ErrorCode.OUT_OF_FREQ)
        if not self.world.pay(self.app, None, 1, really=False):
            faults.add(ErrorCode.NO_MONEY)
        own, life = self.fields.get("code"), self.fields.get("ttl") or limits.VOICE_CODE_DEFAULT_LIFE_SECONDS
        message = Message(phone, own or _OWN_CODE, None, 1, status_of(phone), code=Code(self.world.now + life, own))
        return lambda told: self._went_out(message, told.get("msg_id"), str)

    def _batch(self) -> Accept | None:
        faults = self.faults
        is_task = self.info.operation_id != "sendMessageBatch"
        at = self._send_at() if is_task else None
        if self.path_id:
            self._waiting_task(is_batch=True)
        template, sign = self._template(), self._sign()
        for entry in self.fields.entries:
            code = demanded(self.info, entry.mobile)
            if code is not None and demanded_of_entry(self.info, entry.mobile) is None:
                # A number that is refused for something else need not be looked at for what it demands.
                _, wrong = self._message(entry.mobile, entry.params, template, sign)
                (faults.doubt if entry.faults.certain or wrong.certain else faults.add)(code)
        words = self.app.black_words if ErrorCode.HAS_BLACK_WORD in self.info.codes[403] else ()
        if template is not None and any(word in template.text.lower() for word in words):
            # What stands in the template itself concerns every entry, so the whole request is refused.
            faults.add(ErrorCode.HAS_BLACK_WORD)
        if template is None or sign is None or faults.certain:
            return None
        rows, is_payable = self._judge_entries(template, sign)
        if not is_payable:
            faults.add(ErrorCode.NO_MONEY)
        return self._batch_task_made(rows, template, at or 0) if is_task else self._batch_sent(rows)

    def _judge_entries(
        self, template: Reviewed, sign: Reviewed
    ) -> tuple[list[tuple[Entry, Message | None, Faults]], bool]:
        """Judge every entry in order; False if nothing that could be sent can be paid for: refused as a whole."""
        rows: list[tuple[Entry, Message | None, Faults]] = []
        earlier: Counter[tuple[str, str | None]] = Counter()
        is_short = False
        before = {account.key: dict(account.balances) for account in (self.app, *self.world.accounts.values())}
        for entry in self.fields.entries:
            message, wrong = None, entry.faults
            if not wrong.certain:
                message, wrong = self._message(entry.mobile, entry.params, template, sign, earlier)
                wrong.merge(entry.faults)
                if (code := demanded_of_entry(self.info, entry.mobile)) is not None:
                    wrong.add(code)
                if message is not None and earlier[entry.mobile, message.text]:
                    wrong.add(ErrorCode.REPEAT_SEND)
            if message is not None and not wrong.certain:
                if self.world.pay(self.app, message.kind, message.units):
                    earlier.update([(entry.mobile, None), (entry.mobile, message.text)])
                else:
                    is_short = True
                    wrong.add(ErrorCode.NO_MONEY)
            rows.append((entry, message, wrong))
        for account in (self.app, *self.world.accounts.values()):
            account.balances.update(before[account.key])  # paid when the answer says so
        return rows, bool(earlier) or not is_short

    def _failed(self, told: Any, entry: Entry, wrong: Faults) -> list[str]:
        code = str(told.get("error_code"))
        if not code.isdigit() or int(code) not in wrong.certain | wrong.possible:
            return [f"[oracle] entry {entry.sent_mobile!r}: {code}, but {sorted(wrong.certain)} is right"]
        problems = same_fields(told, error_message=ERRORS[int(code)].message, error_code=code)
        values = values_of(entry.params)
        longest = max(map(len, values.values()), default=0)
        if entry.params is not None and longest <= limits.TEMPLATE_PARAMETERS_VALUES_MAX_LENGTH:
            problems += same("temp_para", told.get("temp_para", {}), values)
        return problems

    def _counts(self, told: Any, rows: list[tuple[Entry, Message | None, Faults]]) -> list[str]:
        good = sum(not wrong.certain for _, _, wrong in rows)
        return same_fields(told, success_count=good, failure_count=len(rows) - good)

    def _batch_sent(self, rows: list[tuple[Entry, Message | None, Faults]]) -> Accept:
        def accept(told: Any) -> list[str]:
            problems = self._counts(told, rows)
            listed = told.get("recipients", [])
            if len(listed) != len(rows):
                return [*problems, f"[model] {len(listed)} entries in the answer, {len(rows)} in the request"]
            for got, (entry, message, wrong) in zip(listed, rows, strict=True):
                problems += _same_number(got.get("mobile"), entry)
                if wrong.certain:
                    problems += self._new_id(got.get("msg_id"), str) + self._failed(got, entry, wrong)
                elif "error_code" in got or message is None:
                    problems.append(f"[oracle] entry {entry.sent_mobile!r} failed with {got.get('error_code')}")
                else:
                    problems += self._went_out(message, got.get("msg_id"), str)
            return problems

        return accept

    # Timed tasks.

    def _send_at(self) -> float | None:
        told = self.fields.get("send_time")
        if not isinstance(told, str) or len(told) != 19:
            return None
        try:
            at = datetime.strptime(told, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).timestamp()
        except ValueError:
            at = 0.0
        if at <= self.world.now:
            self.faults.add(ErrorCode.INVALID_SEND_TIME)
        return at

    def _waiting_task(self, *, is_batch: bool | None) -> None:
        """Judge the task in the path: for a change by the call for batches or not, for deleting (None)."""
        tasks = {key: task for key, task in self.app.tasks.items() if is_batch is None or task.batch is is_batch}
        task = self._look_up(tasks, self.path_id, ErrorCode.INVALID_SCHEDULE_ID)
        if task is not None and task.state != world.WAITING:
            self.faults.add(ErrorCode.WRONG_SCHEDULE_STATUS)

    def _task_made(self, messages: list[Message], template: Reviewed, at: float) -> Accept:
        is_batch, send_time = "recipients" in self.fields.values, self.fields.get("send_time")

        def accept(told: Any) -> list[str]:
            identity = told.get("schedule_id")
            problems = same("schedule_id", identity, self.path_id or identity)
            if not self.world.is_new(str(identity)) and not self.path_id:
                problems.append(f"[model] schedule_id {identity} was given before")
            kind = template.kind or 0
            self.app.tasks[identity] = Task(identity, is_batch, send_time, at, template.id, kind, messages)
            return problems

        return accept

    def _batch_task_made(
        self, rows: list[tuple[Entry, Message | None, Faults]], template: Reviewed, at: float
    ) -> Accept:
        good = [message for _, message, wrong in rows if message is not None and not wrong.certain]
        bad = [(entry, wrong) for entry, _, wrong in rows if wrong.certain]
        made = self._task_made(good, template, at)

        def accept(told: Any) -> list[str]:
            problems = self._counts(told, rows) + made(told)
            listed = told.get("failure_recipients", [])
            if len(listed) != len(bad):
                return [*problems, f"[model] {len(listed)} failures listed, {len(bad)} are right"]
            for got, (entry, wrong) in zip(listed, bad, strict=True):
                problems += _same_number(got.get("mobile"), entry) + self._failed(got, entry, wrong)
            return problems

        return accept

    def _delete_schedule(self) -> Accept:
        self._waiting_task(is_batch=None)

        def accept(_: Any) -> list[str]:
            self.app.tasks[self.path_id].state = world.DELETED
            return []

        return accept

    def _get_schedule(self) -> Accept | None:
        """Judge getSchedule: readable until deleted (G5)."""
        tasks = {key: task for key, task in self.app.tasks.items() if task.state != world.DELETED}
        task: Task | None = self._look_up(tasks, self.path_id, ErrorCode.INVALID_SCHEDULE_ID)
        if task is None:
            return None

        def accept(told: Any) -> list[str]:
            problems = same_fields(told, schedule_id=task.schedule_id, send_time=task.send_time, temp_id=task.temp_id)
            listed = told.get("recipients", [])
            if len(listed) != len(task.messages):
                return [*problems, f"[model] {len(listed)} recipients, not {len(task.messages)}"]
            for got, message in zip(listed, task.messages, strict=True):
                problems += same("temp_para", got.get("temp_para") or {}, message.params or {})
                if not message.msg_id:
                    message.msg_id = str(got.get("msg_id"))
                    problems += self._new_id(message.msg_id, str)
                problems += same_fields(got, mobile=message.phone, msg_id=message.msg_id)
            return problems

        return accept

    # Codes.

    def _verify(self) -> Accept | None:
        code: Code | None = self._look_up(self.app.codes, self.path_id, ErrorCode.WRONG_MSG_ID)
        typed = self.fields.get("code")
        if code is None:
            return None
        if code.verified:
            self.faults.add(ErrorCode.VERIFIED_CODE)
        if self.world.now >= code.expires_at:
            self.faults.add(ErrorCode.EXPIRED_CODE)
        if typed is not None and typed != code.value:
            self.faults.add(ErrorCode.INVALID_CODE)

        def accept(told: Any) -> list[str]:
            code.verified = True
            return same("is_valid", told.get("is_valid"), True)

        return accept

    # Templates and signs.

    def _judge_template(self) -> None:
        """Judge what a template must be to be handed in."""
        faults, fields = self.faults, self.fields
        text, kind, remark = fields.get("template"), fields.get("type"), fields.get("remark") or ""
        if kind == world.VERIFICATION and "ttl" not in fields.values:
            faults.add(ErrorCode.INVALID_TTL_VALUE)
        if not self.app.has_sign(world.APPROVED):
            faults.add(ErrorCode.SIGNATURE_NOT_SET)
        if not isinstance(text, str):
            return
        sign = self.app.default_sign
        if length(whole_text(sign.text, text, kind) if sign else text) > limits.MESSAGE_LENGTH:
            faults.add(ErrorCode.TEMPLATE_TOO_LONG)
        names = _VARIABLE.findall(text)
        # No source says what braces mean that are left over, and names are ruled by C11 and C12.
        stray = re.search(r"\{\{|\}\}", _VARIABLE.sub("", text)) or any(re.search("[{}]", name) for name in names)
        is_right = set(names) == {"code"} if kind == world.VERIFICATION else all(map(_NAME.fullmatch, names))
        if stray or (isinstance(kind, int) and not is_right):
            faults.add(ErrorCode.TEMPLATE_PARAMETER_INVALID)
        if "url" in names and not _LINK.search(remark):
            faults.add(ErrorCode.SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK)
        if any(word in text.lower() for word in self.app.black_words):
            faults.add(ErrorCode.HAS_BLACK_WORD)

    def _named(self, kept: Mapping[int, Reviewed], unknown: ErrorCode) -> Reviewed | None:
        """Find the template or sign in the path."""
        number = int(self.path_id) if self.path_id.isdecimal() else -1
        found: Reviewed | None = self._look_up(kept, number, unknown)
        return found

    def _named_template(self) -> Reviewed | None:
        return self._named(self.app.templates, ErrorCode.INVALID_TEMP_ID)

    def _named_sign(self) -> Reviewed | None:
        return self._named(self.app.signs, ErrorCode.INVALID_SIGN_ID)

    def _submitted(
        self, kept: dict[int, Reviewed], name: str, text: str, audit: float, known: Reviewed | None
    ) -> Accept | None:
        """Expect a template or sign to be stored under a new id, or under the known one, and to go to review."""
        if self.path_id and known is None:
            return None
        get = self.fields.get

        def accept(told: Any) -> list[str]:
            number = told.get(name)
            problems = same(name, number, number if known is None else known.id)
            if known is None and number in kept:
                problems.append(f"[model] {name} {number} is given already")
            made = Reviewed(number, get(text), get("type"), get("ttl"), get("remark"), world.IN_REVIEW)
            made.review_at = self.world.now + audit
            kept[number] = made
            return problems

        return accept

    def _submit_template(self) -> Accept | None:
        self._judge_template()
        known = self._named_template() if self.path_id else None
        if known is not None and known.status != world.REFUSED:
            self.faults.add(ErrorCode.MODIFY_TEMPLATE_NOT_ALLOW)
        return self._submitted(self.app.templates, "temp_id", "template", world.TEMPLATE_AUDIT, known)

    def _submit_sign(self) -> Accept | None:
        known = self._named_sign() if self.path_id else None
        if known is not None and known.status == world.APPROVED:
            self.faults.add(ErrorCode.INVALID_SIGNATURE)
        if self.app.has_sign(world.IN_REVIEW):
            self.faults.add(ErrorCode.OTHER_SIGNATURES_IN_AUDIT)
        return self._submitted(self.app.signs, "sign_id", "sign", world.SIGN_AUDIT, known)

    def _get_template(self) -> Accept | None:
        """Judge getTemplate: what was handed in, and where the review stands."""
        found = self._named_template()
        return found and (
            lambda told: (
                same_fields(
                    told, temp_id=found.id, template=found.text, type=found.kind, status=found.status, ttl=found.ttl
                )
                + same("remark", told.get("remark") or "", found.remark or "")
            )
        )

    def _get_sign(self) -> Accept | None:
        found = self._named_sign()
        return found and (
            lambda told: same_fields(
                told, sign_id=found.id, sign=found.text, status=found.status, is_default=int(found.is_default)
            )
        )

    def _delete_template(self) -> Accept | None:
        """Judge deleteTemplate; the ready-made one cannot go."""
        found = self._named_template()
        if found is not None and found.id == limits.READY_MADE_TEMPLATE:
            self.faults.add(ErrorCode.INVALID_TEMP_ID)
        return self._deleted(self.app.templates, found)

    def _delete_sign(self) -> Accept | None:
        found = self._named_sign()
        if found is not None and found.is_default:
            self.faults.add(ErrorCode.DEFAULT_SIGNATURE_CANNOT_BE_DELETED)
        return self._deleted(self.app.signs, found)

    def _deleted(self, kept: dict[int, Reviewed], found: Reviewed | None) -> Accept | None:
        def accept(_: Any) -> list[str]:
            if found is not None:
                del kept[found.id]
            return []

        return accept

    # Balances and pulls.

    def _balance(self) -> Accept:
        if all(value is None for value in self.app.balances.values()):
            self.faults.add(ErrorCode.APP_QUOTA_NOT_ASSIGNED)
        return balance_accept(self.app.balances, "app")

    def _judge_pull(self) -> None:
        last = self.app.last_pull.get(self.info.operation_id)
        if last is not None and self.world.now - last < limits.PULL_INTERVAL_SECONDS:
            self.faults.add(ErrorCode.OUT_OF_FREQ)

    def _pull_reports(self) -> Accept:
        """Expect the oldest 500 reports that are due and were not handed out."""
        self._judge_pull()

        def accept(told: Any) -> list[str]:
            now = self.app.last_pull["pullReports"] = self.world.now
            due = [(each.at + world.REPORT_DELAY, each) for each in self.app.reports]
            ready = sorted((each for each in due if now - _RETENTION <= each[0] <= now), key=lambda each: each[0])
            wanted, later = ready[: limits.PULL_PAGE_SIZE], ready[limits.PULL_PAGE_SIZE :]
            self.app.reports = [each for _, each in later] + [each for at, each in due if at > now]
            # Within one instant the order is not promised; ids that no response has told are not known.
            got = sorted((each.get("receiveTime"), each.get("phone"), each.get("status")) for each in told)
            right = sorted((int(at * 1000), each.phone, each.status) for at, each in wanted)
            problems = same("reports", got, right)
            ids = [str(each.get("msgId")) for each in told]
            known = {each.msg_id for _, each in wanted if each.msg_id}
            problems += [f"[model] the report of {each} is missing" for each in sorted(known - set(ids))]
            return problems + ([] if len(set(ids)) == len(ids) else ["[model] a report came twice"])

        return accept

    def _pull_replies(self) -> Accept:
        self._judge_pull()

        def accept(told: Any) -> list[str]:
            now = self.app.last_pull["pullReplies"] = self.world.now
            ready = [each for each in self.app.replies if each["replyTime"] >= 1000 * (now - _RETENTION)]
            wanted, self.app.replies = ready[: limits.PULL_PAGE_SIZE], ready[limits.PULL_PAGE_SIZE :]
            return same("replies", told, wanted)

        return accept


def _same_number(told: Any, entry: Entry) -> list[str]:
    """Compare the number in an answer: as it was sent, or without the country's prefix."""
    return [] if told in (entry.sent_mobile, entry.mobile) else same("mobile", told, entry.sent_mobile)
