"""The reference model of everything that sends: codes, messages, batches, timed tasks (operations 1, 2, 4-9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ERRORS, ErrorCode
from jsms_api.operations import OperationInfo

from tests.fuzz.oracle import magic, texts, world
from tests.fuzz.oracle.expectation import Accept, Expectation, same
from tests.fuzz.oracle.fields import Entry, Faults, Fields
from tests.fuzz.oracle.world import App, Arrival, Code, Sign, Task, TaskEntry, Template, World

_CHINA: Final = timezone(timedelta(hours=8))
_DAY: Final = 86_400.0
_WINDOW: Final = 600.0


@dataclass(slots=True)
class Message:
    """A message that may go out: where, what, at which price, and what is wrong with it."""

    phone: str
    values: dict[str, str]
    text: str = ""
    units: int = 0
    faults: Faults = field(default_factory=Faults)


@dataclass(slots=True)
class Sender:
    """One sending call of one application."""

    world: World
    app: App
    info: OperationInfo
    fields: Fields

    # What a send needs.

    def template(self, faults: Faults) -> Template | None:
        """Find the template; its absence or state is a fault of the request."""
        temp_id = self.fields.get("temp_id")
        if not isinstance(temp_id, int):
            return None
        demanded = magic.demanded(self.info, str(temp_id))
        if demanded is not None:
            faults.add(demanded)
        found = self.app.templates.get(temp_id)
        if found is None:
            if demanded is None:
                faults.add(ErrorCode.INVALID_TEMP_ID)
            return None
        if found.status == world.IN_REVIEW:
            faults.add(ErrorCode.TEMPLATE_AUDITING)
        elif found.status == world.REFUSED:
            faults.add(ErrorCode.TEMPLATE_NOT_PASS)
        if self.info.operation_id == "sendCode" and found.kind != texts.VERIFICATION:
            faults.add(ErrorCode.WRONG_TEMPLATE_TYPE)
        return found

    def sign(self, faults: Faults) -> Sign | None:
        """Find the sign that is named, or the default one."""
        sign_id = self.fields.get("sign_id")
        if sign_id is None:
            if self.app.default_sign is None:
                faults.add(ErrorCode.SIGNATURE_NOT_SET)
            return self.app.default_sign
        if not isinstance(sign_id, int):
            return None
        demanded = magic.demanded(self.info, str(sign_id))
        if demanded is not None:
            faults.add(demanded)
        found = self.app.signs.get(sign_id)
        if found is None or found.status != world.APPROVED:
            if demanded is None:
                faults.add(ErrorCode.INVALID_SIGN_ID)
            return None
        return found

    def message(
        self, phone: str, params: Mapping[str, Any] | None, template: Template | None, sign: Sign | None
    ) -> Message:
        """Write the message to one number and list what stands against it."""
        message = Message(phone, texts.values_of(params))
        faults = message.faults
        if phone in self.app.invalid:
            faults.add(ErrorCode.INVALID_MOBILE)
        if template is None or sign is None:
            return message
        names = set(texts.variables(template.text))
        complete = True
        if names and self.info.operation_id != "sendCode":
            complete = names <= message.values.keys()
            if not message.values:
                faults.add(ErrorCode.PARAMETERS_IS_EMPTY)
            elif not complete:
                faults.add(ErrorCode.PARAMETERS_NOT_ALL_REPLACED)
        if self.info.operation_id == "sendCode":
            message.values = {"code": world.CODE_HERE * limits.TEXT_CODE_LENGTH}
        filled = texts.fill(template.text, message.values)
        message.text = texts.whole(sign.text, filled, template.kind)
        message.units = texts.units(message.text)
        if complete:  # whatever else is wrong: no source says which of two faults is told
            self._judge_content(filled, message)
        self._judge_recipient(message, template)
        return message

    def _judge_content(self, filled: str, message: Message) -> None:
        declared = magic.declared(self.info)
        found = set()
        if "【" in filled or "】" in filled:
            found.add(ErrorCode.CONTENT_CONTAINS_SPECIAL_SYMBOL)
        if any(word in filled.lower() for word in self.app.black_words):
            found.add(ErrorCode.HAS_BLACK_WORD)
        if texts.length(message.text) > limits.MESSAGE_LENGTH:
            found.add(ErrorCode.INVALID_CONTENT_LENGTH)
        message.faults.add(*(code for code in found if code in declared))

    def _judge_recipient(self, message: Message, template: Template) -> None:
        phone, kind, app, now = message.phone, template.kind, self.app, self.world.now
        if kind == texts.MARKETING and phone in app.unsubscribed:
            message.faults.add(ErrorCode.UNSUBSCRIBED_MOBILE)
        if ErrorCode.OUT_OF_FREQ not in magic.declared(self.info):
            return  # timed messages are not refused by limits (C8)
        day = app.count(phone, after=now - _DAY, kind=kind)
        too_often = {
            texts.VERIFICATION: day >= limits.TEXT_CODES_PER_DAY,
            texts.NOTICE: day >= limits.NOTICE_PER_DAY
            or app.count(phone, after=now - _WINDOW, kind=kind, text=message.text) >= limits.NOTICE_SAME_TEXT,
            texts.MARKETING: app.count(phone, after=now - _WINDOW, kind=kind) >= limits.MARKETING_PER_WINDOW,
        }
        if too_often[kind]:
            message.faults.add(ErrorCode.OUT_OF_FREQ)

    # One recipient.

    def single(self) -> Expectation:
        """Expect the answer of a call for one number."""
        faults = self.fields.faults
        schedule = self.info.operation_id in ("createSchedule", "updateSchedule")
        at = self._send_at(faults) if schedule else None
        template, sign = self.template(faults), self.sign(faults)
        phone = self.fields.get("mobile")
        if not isinstance(phone, str):
            return Expectation(faults)
        demanded = magic.demanded(self.info, phone)
        if demanded is not None:
            faults.add(demanded)
        message = self.message(phone, self.fields.get("temp_para"), template, sign)
        faults.merge(message.faults)
        if template is None or sign is None or not message.text:
            return Expectation(faults)
        if not self.world.can_pay(self.app, template.kind, message.units):
            faults.add(ErrorCode.NO_MONEY)
        if faults.certain:
            return Expectation(faults)
        if at is not None:
            return Expectation(faults, self._task_made([message], template, at, batch=False))
        if self.info.operation_id == "sendCode":
            return Expectation(faults, self._code_sent(message, template))
        return Expectation(faults, self._message_sent(message, template))

    def voice(self) -> Expectation:
        """Expect the answer of sendVoiceCode."""
        faults = self.fields.faults
        phone = self.fields.get("mobile")
        if not isinstance(phone, str):
            return Expectation(faults)
        demanded = magic.demanded(self.info, phone)
        if demanded is not None:
            faults.add(demanded)
        if phone in self.app.invalid:
            faults.add(ErrorCode.INVALID_MOBILE)
        if self.app.count(phone, after=self.world.now - limits.VOICE_CODE_INTERVAL_SECONDS, kind=None):
            faults.add(ErrorCode.OUT_OF_FREQ)
        if not self.world.can_pay(self.app, None, 1):
            faults.add(ErrorCode.NO_MONEY)
        life = self.fields.get("ttl") or limits.VOICE_CODE_DEFAULT_LIFE_SECONDS

        def accept(told: Any) -> list[str]:
            msg_id, problems = self._new_id(told.get("msg_id"), str)
            own = self.fields.get("code")
            code = Code(phone, self.world.now + life, own)
            self.app.codes[msg_id] = code
            text = own or world.CODE_HERE * limits.TEXT_CODE_LENGTH
            self._went_out(None, Arrival(self.app.key, phone, text, msg_id, code), 1)
            return problems

        return Expectation(faults, accept)

    def _went_out(self, kind: int | None, arrival: Arrival, units: int) -> None:
        self.world.pay(self.app, kind, units)
        self.world.send(self.app, kind, arrival, magic.status_of(arrival.phone), self.world.now)

    def _new_id(self, told: Any, kind: type) -> tuple[str, list[str]]:
        if not isinstance(told, kind) or isinstance(told, bool):
            return str(told), [f"[model] msg_id is {told!r}"]
        fresh = self.world.is_new_message_id(str(told))
        return str(told), [] if fresh else [f"[model] msg_id {told} was given before"]

    def _arrival(self, message: Message, msg_id: str) -> Arrival:
        return Arrival(self.app.key, message.phone, message.text, msg_id)

    def _code_sent(self, message: Message, template: Template) -> Accept:
        def accept(told: Any) -> list[str]:
            msg_id, problems = self._new_id(told.get("msg_id"), str)
            life = template.ttl if template.ttl is not None else 300
            code = self.app.codes[msg_id] = Code(message.phone, self.world.now + life)
            arrival = Arrival(self.app.key, message.phone, message.text, msg_id, code)
            self._went_out(template.kind, arrival, message.units)
            return problems

        return accept

    def _message_sent(self, message: Message, template: Template) -> Accept:
        def accept(told: Any) -> list[str]:
            msg_id, problems = self._new_id(told.get("msg_id"), int)
            self._went_out(template.kind, self._arrival(message, msg_id), message.units)
            return problems

        return accept

    # Many recipients.

    def batch(self) -> Expectation:
        """Expect the answer of a call for many numbers."""
        faults = self.fields.faults
        at = None if self.info.operation_id == "sendMessageBatch" else self._send_at(faults)
        template, sign = self.template(faults), self.sign(faults)
        for entry in self.fields.entries:
            demanded = magic.demanded(self.info, entry.mobile)
            if demanded is not None and magic.demanded_of_entry(self.info, entry.mobile) is None:
                # A number that is refused for something else need not be looked at for what it demands.
                wrong = entry.faults.certain or self.message(entry.mobile, entry.params, template, sign).faults.certain
                (faults.doubt if wrong else faults.add)(demanded)
        words = self.app.black_words if ErrorCode.HAS_BLACK_WORD in self.info.codes[403] else ()
        if template is not None and any(word in template.text.lower() for word in words):
            # What stands in the template itself concerns every entry, so the whole request is refused.
            faults.add(ErrorCode.HAS_BLACK_WORD)
        if template is None or sign is None or faults.certain:
            return Expectation(faults)
        rows, payable = self._rows(template, sign)
        if rows and not payable:
            # Nothing that could be sent can be paid for: refused as a whole.
            faults.add(ErrorCode.NO_MONEY)
            return Expectation(faults)
        if at is not None:
            return Expectation(faults, self._batch_task_made(rows, template, at))
        return Expectation(faults, self._batch_sent(rows, template))

    def _rows(self, template: Template, sign: Sign) -> tuple[list[tuple[Entry, Message]], bool]:
        """Judge every entry in order; False if money is all that those which could be sent lack."""
        purse = _Purse(self.world, self.app, template.kind)
        seen: set[tuple[str, str]] = set()
        sent: dict[tuple[str, str | None], int] = {}
        rows: list[tuple[Entry, Message]] = []
        sendable, unpaid = 0, 0
        for entry in self.fields.entries:
            message = Message(entry.mobile, {}, faults=entry.faults)
            if not entry.faults.certain:
                message = self.message(entry.mobile, entry.params, template, sign)
                message.faults.merge(entry.faults)
                demanded = magic.demanded_of_entry(self.info, entry.mobile)
                if demanded is not None:
                    message.faults.add(demanded)
                if (entry.mobile, message.text) in seen:
                    message.faults.add(ErrorCode.REPEAT_SEND)
                if at_limit(self, message, template, sent):
                    message.faults.add(ErrorCode.OUT_OF_FREQ)
            if not message.faults.certain:
                sendable += 1
                if purse.take(message.units):
                    seen.add((entry.mobile, message.text))
                    for key in ((entry.mobile, None), (entry.mobile, message.text)):
                        sent[key] = sent.get(key, 0) + 1
                else:
                    unpaid += 1
                    message.faults.add(ErrorCode.NO_MONEY)
            rows.append((entry, message))
        return rows, not sendable or unpaid < sendable

    def _failed(self, told: Any, entry: Entry, message: Message) -> list[str]:
        code = str(told.get("error_code"))
        if not code.isdigit() or int(code) not in message.faults.allowed:
            return [f"[oracle] entry {entry.sent_mobile!r}: {code}, but {sorted(message.faults.certain)} is right"]
        problems = same("error_message", told.get("error_message"), ERRORS[int(code)].message)
        problems += same("error_code", told.get("error_code"), code)
        if entry.params is not None and all(len(each) <= 500 for each in texts.values_of(entry.params).values()):
            problems += same("temp_para", told.get("temp_para", {}), texts.values_of(entry.params))
        return problems

    def _counts(self, told: Any, rows: list[tuple[Entry, Message]]) -> list[str]:
        good = sum(not message.faults.certain for _, message in rows)
        problems = same("success_count", told.get("success_count"), good)
        return problems + same("failure_count", told.get("failure_count"), len(rows) - good)

    def _batch_sent(self, rows: list[tuple[Entry, Message]], template: Template) -> Accept:
        def accept(told: Any) -> list[str]:
            problems = self._counts(told, rows)
            listed = told.get("recipients", [])
            if len(listed) != len(rows):
                return [*problems, f"[model] {len(listed)} entries in the answer, {len(rows)} in the request"]
            for got, (entry, message) in zip(listed, rows, strict=True):
                problems += same_number(got.get("mobile"), entry)
                msg_id, wrong = self._new_id(got.get("msg_id"), str)
                problems += wrong
                if message.faults.certain:
                    problems += self._failed(got, entry, message)
                elif "error_code" in got:
                    problems.append(f"[oracle] entry {entry.sent_mobile!r} failed with {got['error_code']}")
                else:
                    self._went_out(template.kind, self._arrival(message, msg_id), message.units)
            return problems

        return accept

    # Timed tasks.

    def _send_at(self, faults: Faults) -> float | None:
        told = self.fields.get("send_time")
        if not isinstance(told, str) or len(told) != 19:
            return None
        try:
            at = datetime.strptime(told, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA)
            instant = (at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
        except ValueError:
            faults.add(ErrorCode.INVALID_SEND_TIME)
            return None
        if instant <= self.world.now:
            faults.add(ErrorCode.INVALID_SEND_TIME)
            return None
        return instant

    def _task_made(self, good: list[Message], template: Template, at: float, *, batch: bool) -> Accept:
        def accept(told: Any) -> list[str]:
            schedule_id = told.get("schedule_id")
            entries = [
                TaskEntry(each.phone, each.values or None, each.text, each.units, magic.status_of(each.phone))
                for each in good
            ]
            task = Task(schedule_id, batch, self.fields.get("send_time"), at, template.temp_id, template.kind, entries)
            problems = []
            if "path" in self.fields.values:
                problems += same("schedule_id", schedule_id, self.fields.get("path"))
            elif schedule_id in self.world.schedule_ids:
                problems.append(f"[model] schedule_id {schedule_id} was given before")
            self.world.schedule_ids.add(schedule_id)
            self.app.tasks[schedule_id] = task
            return problems

        return accept

    def _batch_task_made(self, rows: list[tuple[Entry, Message]], template: Template, at: float) -> Accept:
        good = [message for _, message in rows if not message.faults.certain]
        bad = [row for row in rows if row[1].faults.certain]
        made = self._task_made(good, template, at, batch=True)

        def accept(told: Any) -> list[str]:
            problems = self._counts(told, rows) + made(told)
            listed = told.get("failure_recipients", [])
            if len(listed) != len(bad):
                return [*problems, f"[model] {len(listed)} failures listed, {len(bad)} are right"]
            for got, (entry, message) in zip(listed, bad, strict=True):
                problems += same_number(got.get("mobile"), entry) + self._failed(got, entry, message)
            return problems

        return accept


def same_number(told: Any, entry: Entry) -> list[str]:
    """Compare the number in an answer: as it was sent, or without the country's prefix."""
    if told in (entry.sent_mobile, entry.mobile):
        return []
    return same("mobile", told, entry.sent_mobile)


def at_limit(sender: Sender, message: Message, template: Template, sent: Mapping[tuple[str, str | None], int]) -> bool:
    """Tell whether earlier entries of the same batch use up what a limit leaves to a number."""
    if ErrorCode.OUT_OF_FREQ not in magic.declared(sender.info) | set(sender.info.entry_codes):
        return False
    app, now, phone, kind = sender.app, sender.world.now, message.phone, template.kind
    here, same_text = sent.get((phone, None), 0), sent.get((phone, message.text), 0)
    if kind == texts.MARKETING:
        return app.count(phone, after=now - _WINDOW, kind=kind) + here >= limits.MARKETING_PER_WINDOW
    day = app.count(phone, after=now - _DAY, kind=kind) + here
    if kind == texts.VERIFICATION:
        return day >= limits.TEXT_CODES_PER_DAY
    text = app.count(phone, after=now - _WINDOW, kind=kind, text=message.text) + same_text
    return day >= limits.NOTICE_PER_DAY or text >= limits.NOTICE_SAME_TEXT


class _Purse:
    """What an application can still pay while the entries of a batch are judged one after the other."""

    def __init__(self, state: World, app: App, kind: int) -> None:
        names = ("market" if kind == texts.MARKETING else "industry", "balance")
        account = state.accounts[app.dev_key].balances if app.dev_key in state.accounts else {}
        self._left = [(purse.get(name) or 0) for purse in (app.balances, account) for name in names]

    def take(self, units: int) -> bool:
        """Take units off the first that holds enough."""
        for position, held in enumerate(self._left):
            if held >= units:
                self._left[position] = held - units
                return True
        return False
