"""How each return code is deserved: for every operation and code a request or a history that brings it.

A recipe gets a fresh bench and gives the answer; what no request and no history can bring is listed in
`UNDESERVABLE`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from jsms_api.error_table import ErrorCode as E
from jsms_api.operations import OPERATIONS, Credential
from jsmskit.mock.model.records import AccessFlags, Balances
from jsmskit.mock.state.accounts import FIXED_CODE, INVALID, UNSUBSCRIBED

from tests.mock.bench import (
    APP,
    DEV,
    IN_AUDIT,
    MARKETING,
    NOTICE,
    PHONE,
    REFUSED,
    REFUSED_SIGN,
    Answer,
    Bench,
    basic,
    batch_task,
    form_body,
    notice_entry,
    single_task,
)

#: Nothing that a caller does makes the service fail; the code has its magic ways only.
UNDESERVABLE = {(operation, E.SERVER_ERROR) for operation in OPERATIONS}

SENDS_ONE = ("sendCode", "sendMessage", "createSchedule", "updateSchedule")
SENDS_MANY = ("sendMessageBatch", "createScheduleBatch", "updateScheduleBatch")
SCHEDULES = ("createSchedule", "updateSchedule", "createScheduleBatch", "updateScheduleBatch")


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


Recipe = Callable[[Bench, str], Answer]


def _spoiled(**fields: Any) -> Recipe:
    return lambda bench, operation: prepare(bench, operation).with_fields(**fields).make()


def _switched(**switches: Any) -> Recipe:
    def recipe(bench: Bench, operation: str) -> Answer:
        prepared = prepare(bench, operation)
        accounts = bench.state.accounts
        changed = AccessFlags(**switches)
        app, account = accounts.application(bench.app_key), accounts.account(_dev_key(bench))
        assert app is not None
        assert account is not None
        accounts.put_application(replace(app, switches=changed))
        accounts.put_account(replace(account, switches=changed))
        return prepared.make()

    return recipe


def _dev_key(bench: Bench) -> str:
    return bench.state.accounts.account_keys()[0]


def _without_money(bench: Bench) -> None:
    accounts = bench.state.accounts
    accounts.set_balances(Balances(0, 0, 0, 0), app_key=bench.app_key)
    accounts.set_balances(Balances(0, 0, 0, 0), dev_key=_dev_key(bench))


def _poor(bench: Bench, operation: str) -> Answer:
    prepared = prepare(bench, operation)
    _without_money(bench)
    return prepared.make()


def _twice(bench: Bench, operation: str) -> Answer:
    prepared = prepare(bench, operation)
    prepared.make()
    return prepared.make()


def _too_often(bench: Bench, operation: str) -> Answer:
    if operation in ("getAccountBalance", "getAppBalance"):
        bench.change(balance_interval_seconds=1)
    if operation == "sendCode":
        for _ in range(200):
            bench.send_code()
        return prepare(bench, operation).make()
    if operation == "sendMessage":
        for _ in range(3):
            bench.notice()
        return prepare(bench, operation).make()
    return _twice(bench, operation)


def _unsigned(bench: Bench, operation: str) -> Answer:
    prepared = prepare(bench, operation)
    for sign in bench.state.signs.of(bench.app_key):
        bench.state.signs.delete(bench.app_key, sign.sign_id)
    return prepared.make()


def _black_word(bench: Bench, operation: str) -> Answer:
    prepared = prepare(bench, operation)
    # Every template of the bench starts with one of these.
    bench.state.accounts.set_black_words(bench.app_key, ["您"])
    return prepared.make()


def _personal(bench: Bench, operation: str) -> Answer:
    if operation == "sendCode":
        return prepare(bench, operation).with_fields(temp_id=NOTICE).make()
    if operation in ("createTemplate", "updateTemplate"):
        return prepare(bench, operation).with_fields(type=4).make()
    bench.change(personal_account=True)
    return prepare(bench, operation).with_fields(temp_id=MARKETING).make()


def _repeat(bench: Bench, operation: str) -> Answer:
    bench.change(repeat_window_seconds=60)
    bench.state.accounts.put_number(bench.app_key, FIXED_CODE, PHONE, "123456")
    if operation == "sendCode":
        return _twice(bench, operation)
    prepared = prepare(bench, operation)
    number = (prepared.body or {})["temp_para"]["number"]
    bench.notice(number=number)
    return prepared.make()


def _other_path(bench: Bench, operation: str) -> Answer:
    prepared = prepare(bench, operation)
    return replace(prepared, path=f"{prepared.path}/nothing/of/that/kind").make()


def _other_method(bench: Bench, operation: str) -> Answer:
    return replace(prepare(bench, operation), method="PATCH").make()


def _wrong_media(bench: Bench, operation: str) -> Answer:
    return prepare(bench, operation).make(content_type="application/xml")


def _unknown_id(bench: Bench, operation: str) -> Answer:
    prepared = prepare(bench, operation)
    unknown = "99999999-0000-4000-8000-000000000000" if "schedule" in prepared.path else "999999999"
    front, behind = OPERATIONS[operation].path.split("{")[0], OPERATIONS[operation].path.partition("}")[2]
    return replace(prepared, path=f"{front}{unknown}{behind}").make()


def _unknown_template(bench: Bench, operation: str) -> Answer:
    if "{temp_id}" in OPERATIONS[operation].path:
        return _unknown_id(bench, operation)
    return _spoiled(temp_id=999_999)(bench, operation)


def _unknown_sign(bench: Bench, operation: str) -> Answer:
    if "{sign_id}" in OPERATIONS[operation].path:
        return _unknown_id(bench, operation)
    return _spoiled(sign_id=999_999)(bench, operation)


def _too_late(bench: Bench, operation: str) -> Answer:
    prepared = prepare(bench, operation)
    bench.clock.advance(7 * 86_400)
    body = prepared.body
    if body is not None:
        prepared = prepared.with_fields(send_time="2024-06-07 09:00:00")
    return prepared.make()


def _expired(bench: Bench, operation: str) -> Answer:
    prepared = prepare(bench, operation)
    bench.clock.advance(300)
    return prepared.make()


def _another_sign_in_review(bench: Bench, operation: str) -> Answer:
    prepared = prepare(bench, operation)
    bench.sign("在审签名")
    return prepared.make()


def _default_sign(bench: Bench, operation: str) -> Answer:
    default = bench.state.signs.default(bench.app_key)
    assert default is not None
    return bench.delete(f"/sign/{default.sign_id}")


def _nothing_assigned(bench: Bench, operation: str) -> Answer:
    bench.state.accounts.set_balances(Balances(), app_key=bench.app_key)
    return prepare(bench, operation).make()


def _unsubscribed(bench: Bench, operation: str) -> Answer:
    bench.state.accounts.put_number(bench.app_key, UNSUBSCRIBED, PHONE)
    fields = {"temp_id": MARKETING, "temp_para": {"what": "书"}}
    return prepare(bench, operation).with_fields(**fields).make()


def _content_length(bench: Bench, operation: str) -> Answer:
    if operation == "sendVoiceCode":
        return _spoiled(code="123")(bench, operation)
    return _spoiled(temp_para={"number": "数" * 490})(bench, operation)


#: The recipe of each code, whatever the operation.
BY_CODE: dict[E, Recipe] = {
    E.MISSING_AUTH: lambda bench, operation: prepare(bench, operation).make(auth=None),
    E.AUTH_FAILED: lambda bench, operation: prepare(bench, operation).make(auth=basic("a" * 24, "b" * 24)),
    E.MISSING_BODY: lambda bench, operation: prepare(bench, operation).make(raw=b""),
    E.MISSING_MOBILE: _spoiled(mobile=None),
    E.MISSING_TEMP_ID: _spoiled(temp_id=None),
    E.INVALID_MOBILE: _spoiled(mobile="1380013800"),
    E.INVALID_BODY: lambda bench, operation: prepare(bench, operation).make(raw=b"{not json"),
    E.NO_SMS_CODE_AUTH: _switched(sms_open=False),
    E.OUT_OF_FREQ: _too_often,
    E.INVALID_CODE: _spoiled(code="wrong"),
    E.EXPIRED_CODE: _expired,
    E.VERIFIED_CODE: _twice,
    E.INVALID_TEMP_ID: _unknown_template,
    E.NO_MONEY: _poor,
    E.MISSING_CODE: _spoiled(code=None),
    E.API_NOT_FOUND: _other_path,
    E.MEDIA_NOT_SUPPORTED: _wrong_media,
    E.REQUEST_METHOD_NOT_SUPPORT: _other_method,
    E.TEMPLATE_AUDITING: _spoiled(temp_id=IN_AUDIT),
    E.TEMPLATE_NOT_PASS: _spoiled(temp_id=REFUSED),
    E.PARAMETERS_NOT_ALL_REPLACED: _spoiled(temp_para={"other": "1"}),
    E.PARAMETERS_IS_EMPTY: _spoiled(temp_para=None),
    E.UNSUBSCRIBED_MOBILE: _unsubscribed,
    E.WRONG_TEMPLATE_TYPE: _personal,
    E.WRONG_MSG_ID: _unknown_id,
    E.INVALID_SEND_TIME: _spoiled(send_time="2024-05-06 12:00:00"),
    E.INVALID_SCHEDULE_ID: _unknown_id,
    E.WRONG_SCHEDULE_STATUS: _too_late,
    E.RECIPIENTS_IS_EMPTY: _spoiled(recipients=[]),
    E.TOO_MUCH_RECIPIENTS: _spoiled(recipients=[notice_entry(f"138{i:08d}") for i in range(1001)]),
    E.APP_QUOTA_NOT_ASSIGNED: _nothing_assigned,
    E.REPEAT_SEND: _repeat,
    E.ILLEGAL_IP: _switched(allowed_ips=("203.0.113.0/24",)),
    E.APP_IN_BLACK: _switched(blacklisted=True),
    E.HAS_BLACK_WORD: _black_word,
    E.INVALID_CONTENT_LENGTH: _content_length,
    E.INVALID_CODE_TYPE: _spoiled(code="12a4"),
    E.INVALID_VOICE_LANGUAGE_TYPE: _spoiled(voice_lang=3),
    E.INVALID_TTL_VALUE: _spoiled(ttl=86_401),
    E.TEMPLATE_IS_EMPTY: _spoiled(template=""),
    E.TEMPLATE_TOO_LONG: _spoiled(template="字" * 501),
    E.TEMPLATE_PARAMETER_INVALID: _spoiled(template="您好{{_x_}}"),
    E.REMARK_TOO_LONG: _spoiled(remark="字" * 101),
    E.SIGNATURE_NOT_SET: _unsigned,
    E.MODIFY_TEMPLATE_NOT_ALLOW: lambda bench, operation: replace(
        prepare(bench, operation), path=f"/templates/{NOTICE}"
    ).make(),
    E.TEMPLATE_CONTAINS_SPECIAL_SYMBOL: _spoiled(template="【我】您好"),
    E.SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK: _spoiled(template="见{{url}}"),
    E.CONTENT_CONTAINS_SPECIAL_SYMBOL: _spoiled(temp_para={"number": "【1】"}),
    E.INVALID_IMAGE: _spoiled(idCardImage=b"GIF89a"),
    E.INVALID_SIGN_ID: _unknown_sign,
    E.OTHER_SIGNATURES_IN_AUDIT: _another_sign_in_review,
    E.INVALID_SIGNATURE: _spoiled(sign="不行!"),
    E.DEFAULT_SIGNATURE_CANNOT_BE_DELETED: _default_sign,
}


def deserve(bench: Bench, operation: str, code: E) -> Answer:
    """Do what brings a code on an operation."""
    return BY_CODE[code](bench, operation)


EntryRecipe = Callable[[Bench, dict[str, Any]], dict[str, Any]]


def _entry(**changes: Any) -> EntryRecipe:
    def recipe(bench: Bench, entry: dict[str, Any]) -> dict[str, Any]:
        changed = {**entry, **changes}
        return {name: value for name, value in changed.items() if value is not None}

    return recipe


def _overused(bench: Bench, entry: dict[str, Any]) -> dict[str, Any]:
    for _ in range(3):
        bench.notice(entry["mobile"], entry["temp_para"]["number"])
    return entry


def _listed(bench: Bench, entry: dict[str, Any]) -> dict[str, Any]:
    bench.state.accounts.put_number(bench.app_key, INVALID, entry["mobile"])
    return entry


def _forbidden(bench: Bench, entry: dict[str, Any]) -> dict[str, Any]:
    bench.state.accounts.set_black_words(bench.app_key, ["坏词"])
    return {**entry, "temp_para": {"number": "坏词"}}


#: How one entry of a batch of two deserves a code; the other entry always succeeds.
BY_ENTRY_CODE: dict[E, EntryRecipe] = {
    E.MISSING_MOBILE: _entry(mobile=None),
    E.INVALID_MOBILE: _listed,
    E.OUT_OF_FREQ: _overused,
    E.PARAMETERS_NOT_ALL_REPLACED: _entry(temp_para={"other": "1"}),
    E.PARAMETERS_IS_EMPTY: _entry(temp_para=None),
    E.REPEAT_SEND: _entry(mobile=PHONE),
    E.HAS_BLACK_WORD: _forbidden,
    E.INVALID_CONTENT_LENGTH: _entry(temp_para={"number": "数" * 490}),
    E.CONTENT_CONTAINS_SPECIAL_SYMBOL: _entry(temp_para={"number": "【1】"}),
}


def deserve_in_entry(bench: Bench, operation: str, code: E) -> dict[str, Any]:
    """Do what brings a code to the second of two entries; gives that entry of the answer."""
    bad = "13800138001"
    fields: dict[str, Any] = {}
    if code is E.UNSUBSCRIBED_MOBILE:
        bench.state.accounts.put_number(bench.app_key, UNSUBSCRIBED, bad)
        fields = {"temp_id": MARKETING}
        entries = [{"mobile": phone, "temp_para": {"what": "书"}} for phone in (PHONE, bad)]
    elif code is E.NO_MONEY:
        entries = [notice_entry(PHONE), notice_entry(bad)]
    else:
        entries = [notice_entry(PHONE), BY_ENTRY_CODE[code](bench, notice_entry(bad))]
    prepared = prepare(bench, operation).with_fields(recipients=entries, **fields)
    if code is E.NO_MONEY:
        _without_money(bench)
        bench.state.accounts.set_balances(Balances(balance=1), app_key=bench.app_key)
    return second_entry(prepared.make())


def second_entry(answer: Answer) -> dict[str, Any]:
    """Read the refused entry off the answer to a batch of two, of which the first succeeded."""
    told = answer.json
    assert (told["success_count"], told["failure_count"]) == (1, 1), told
    if "recipients" in told:
        assert "error_code" not in told["recipients"][0]
        return dict(told["recipients"][1])
    (entry,) = told["failure_recipients"]
    return dict(entry)
