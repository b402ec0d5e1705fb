"""Faults in what the mock counts, whom it lets in, what it reads: limits, money, tenants, characters, tolerance.

Each is one line of a real slip. See `planting` for the means.
Long because it is a catalogue.
"""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from jsms_api import limits
from jsms_api.error_table import ErrorCode as Code
from jsmskit.mock.model import clock, magic_numbers, message_text
from jsmskit.mock.model.http import Request
from jsmskit.mock.service import dispatcher, request_body, request_schemas
from jsmskit.mock.service.operations import reports, schedules, sending
from jsmskit.mock.service.rules import content, fields, request
from jsmskit.mock.state.accounts import BalanceStore
from jsmskit.mock.state.messages import MessageStore
from jsmskit.mock.state.reviewed import TemplateStore
from jsmskit.mock.state.schedules import ScheduleStore

from tests.fuzz.planted.planting import (
    breaks,
    fault,
    faulty,
    never,
    operation,
    patched,
    refuse,
    requests,
    setting,
    spec_field,
)

LIMIT, MONEY, TENANT = "limit off by one", "sums wrong", "another application's"
CHARACTER, LENIENCE, TIME = "bytes for characters", "tolerance", "time off by one"


# Limits.

fault(LIMIT, "a tag of 11 characters", spec_field, "SendMessageBatchRequest", "tag", maxLength=11)
fault(LIMIT, "no tag of 10 characters", spec_field, "ScheduleBatchRequest", "tag", maxLength=9)
fault(LIMIT, "1001 recipients", spec_field, "SendMessageBatchRequest", "recipients", maxItems=1001)
fault(LIMIT, "no 1000 recipients", spec_field, "SendMessageBatchRequest", "recipients", maxItems=999)
fault(LIMIT, "a voice code of 9 digits", spec_field, "SendVoiceCodeRequest", "code", maxLength=9)
fault(LIMIT, "no voice code of 4 digits", spec_field, "SendVoiceCodeRequest", "code", minLength=5)
fault(LIMIT, "a voice code that lives 86401 seconds", spec_field, "SendVoiceCodeRequest", "ttl", maximum=86_401)
fault(LIMIT, "a template whose codes live 0 seconds", spec_field, "TemplateRequest", "ttl", minimum=0)
fault(LIMIT, "a remark of 101 characters", setting, "remark_limit", 101)
fault(LIMIT, "a text of 501 characters", setting, "text_limit", 501)
fault(LIMIT, "texts of 350 characters at most", setting, "text_limit", 350)
fault(LIMIT, "a sign of 9 characters", spec_field, "SignForm", "sign", maxLength=9)
fault(LIMIT, "no number that begins with 19", spec_field, "SendMessageRequest", "mobile", pattern="^1[3-8][0-9]*$")
fault(
    LIMIT,
    "four marketing messages in ten minutes",
    breaks,
    "limit.marketing",
    lambda _, each: each.counts.short >= limits.MARKETING_PER_WINDOW + 1,
)
fault(
    LIMIT,
    "two of the same notice in ten minutes",
    breaks,
    "limit.same-notice",
    lambda _, each: each.counts.same_text >= limits.NOTICE_SAME_TEXT - 1,
)
fault(
    LIMIT,
    "a picture one byte too large",
    patched,
    fields,
    "limits",
    lambda own: SimpleNamespace(**(vars(own) | {"SIGN_IMAGE_SIZE_BYTES": own.SIGN_IMAGE_SIZE_BYTES + 1})),
)
fault(
    LIMIT,
    "one report in one pull",
    patched,
    MessageStore,
    "take_reports",
    lambda original: lambda self, app_key, *, since, limit: original(self, app_key, since=since, limit=1),
)

# Money.


def _priced(price: Any) -> None:
    """Let texts cost otherwise; `price` gets the text and its right length."""

    def make(original: Any) -> Any:
        def measure(told: str) -> tuple[int, int]:
            length = original(told)[0]
            return length, price(told, length)

        return measure

    for module in (message_text, content, schedules):
        if hasattr(module, "measure"):
            patched(module, "measure", make)


fault(MONEY, "long texts cost a unit for every 70 characters", _priced, lambda _, length: -(-length // 70))
fault(MONEY, "71 characters cost one unit", _priced, lambda _, length: 1 if length <= 71 else -(-length // 67))
fault(MONEY, "a line break counts one", _priced, lambda told, _: 1 if len(told) <= 70 else -(-len(told) // 67))
fault(
    MONEY,
    "the brackets of the sign are not counted",
    _priced,
    lambda _, length: 1 if length - 2 <= 70 else -(-(length - 2) // 67),
)


@faulty(MONEY, "notices are paid as marketing")
def _notices_as_marketing() -> None:
    for module in ("sending", "messages", "schedules"):
        owner = __import__(f"jsmskit.mock.service.operations.{module}", fromlist=["_"])
        if hasattr(owner, "kind_of"):
            patched(owner, "kind_of", lambda _: lambda kind: "industry" if kind == 1 else "market")


@faulty(MONEY, "the general balance pays first")
def _general_pays_first() -> None:
    for module in ("sending", "messages", "schedules"):
        owner = __import__(f"jsmskit.mock.service.operations.{module}", fromlist=["_"])
        if hasattr(owner, "paying_balances"):
            patched(owner, "paying_balances", lambda original: lambda *told: tuple(
                original(*told)[position] for position in (1, 0, 3, 2)
            ))  # fmt: skip


fault(MONEY, "a batch is not paid", patched, sending.Charge, "commit", lambda _: lambda self: None)


@faulty(MONEY, "balances fall below zero")
def _below_zero() -> None:
    def make(_: Any) -> Any:
        def take(self: Any, keys: Any, units: int) -> Any:
            key = next(iter(keys))
            self.set_left(key, (self.left(key) or 0) - units)
            return key

        return take

    patched(BalanceStore, "take", make)


# Tenants and credentials.


@faulty(TENANT, "any password will do")
def _any_password() -> None:
    def decide(_: Any, call: Any) -> bool:
        accounts = call.components.state.accounts
        key = call.credentials[0] if call.credentials else ""
        owner = accounts.account(key) if call.info.credential == "dev" else accounts.application(key)
        if owner is None:
            return True
        call.owner_key, call.switches = key, owner.switches
        if call.info.credential != "dev":
            call.app, call.lists = owner, accounts.lists(key)
        return False

    breaks("auth.failed", decide)


fault(
    TENANT,
    "another application's schedule can be read",
    patched,
    ScheduleStore,
    "get",
    lambda original: lambda self, app_key, key: original(self, None, key),
)


@faulty(TENANT, "another application's code can be verified")
def _foreign_code() -> None:
    def make(original: Any) -> Any:
        def code(self: Any, app_key: str, msg_id: int) -> Any:
            row = self._database.connection.execute(
                "SELECT app_key FROM messages WHERE msg_id = ? AND code IS NOT NULL", (msg_id,)
            ).fetchone()
            return original(self, row[0] if row else app_key, msg_id)

        return code

    patched(MessageStore, "code", make)


@faulty(TENANT, "another application's template can be used")
def _foreign_template() -> None:
    def make(original: Any) -> Any:
        def get(self: Any, app_key: str, temp_id: int) -> Any:
            row = self._database.connection.execute(
                "SELECT app_key FROM templates WHERE temp_id = ? ORDER BY app_key", (temp_id,)
            ).fetchone()
            return original(self, app_key, temp_id) or (original(self, row[0], temp_id) if row else None)

        return get

    patched(TemplateStore, "get", make)


fault(TENANT, "a blacklisted application is served", never, "access.blacklisted")
fault(TENANT, "an application is served from anywhere", never, "access.address")

# Characters.


@faulty(CHARACTER, "a tag of 10 bytes")
def _tag_in_bytes() -> None:
    @operation("sendMessageBatch", "createScheduleBatch")
    def around(original: Any, call: Any) -> Any:
        if len(call.body.get("tag", "").encode()) > 10:
            refuse(Code.INVALID_BODY)
        return original(call)


@faulty(CHARACTER, "a remark of 100 UTF-16 units")
def _remark_in_units() -> None:
    @operation("createTemplate", "updateTemplate")
    def around(original: Any, call: Any) -> Any:
        if len(call.body.get("remark", "").encode("utf-16-le")) > 200:
            refuse(Code.REMARK_TOO_LONG)
        return original(call)


fault(CHARACTER, "prices by bytes", _priced, lambda told, _: max(1, -(-len(told.encode()) // 140)))


@faulty(CHARACTER, "texts of 500 bytes")
def _text_in_bytes() -> None:
    def decide(original: Any, addressee: Any) -> bool:
        return bool(original(addressee)) or len(addressee.text.encode()) > 500

    breaks("content.length", decide)


fault(
    CHARACTER,
    "no sign outside the basic Chinese block's first half",
    spec_field,
    "SignForm",
    "sign",
    pattern="^[0-9A-Za-z一-龥]+$",
)

# Tolerance.


@faulty(LENIENCE, "an unknown field is refused")
def _unknown_fields_refused() -> None:
    def make(original: Any) -> Any:
        def read(call: Any) -> None:
            original(call)
            if set(call.sent) - set(request_body._schema(call).fields):
                refuse(Code.INVALID_BODY)

        return read

    patched(dispatcher, "read_json", make)


fault(
    LENIENCE,
    "digit text is no template id",
    patched,
    request_schemas,
    "_UNDERSTOOD",
    lambda known: {**known, "temp_id": lambda value: value},
)


@faulty(LENIENCE, "+86 is an invalid number")
def _no_country_prefix() -> None:
    import re

    patched(request_schemas, "_PREFIXED", lambda _: re.compile(r"(?!)"))


@faulty(LENIENCE, "JSON under text/plain is refused")
def _no_plain_json() -> None:
    patched(request, "LENIENT", lambda _: frozenset())
    patched(request_body, "LENIENT", lambda _: frozenset())


fault(LENIENCE, "JSON under any media type is read", never, "media.mismatch")
fault(LENIENCE, "a name that stands twice is read", patched, request_body, "_DECODER", lambda _: json.JSONDecoder())


@faulty(LENIENCE, "values with braces are filled in again")
def _filled_again() -> None:
    def make(original: Any) -> Any:
        def fill(self: Any, params: Any) -> str:
            found = str(original(self, params))
            for name, value in params.items():
                found = found.replace("{{" + name + "}}", value)
            return found

        return fill

    patched(message_text.TemplateText, "fill", make)


@faulty(LENIENCE, "a form with empty parts is refused")
def _empty_parts_refused() -> None:
    def make(original: Any) -> Any:
        def read(content_type: str, body: bytes) -> Any:
            if b"\r\n\r\n\r\n--" in body:
                raise request_body.NotAFormError("empty")
            return original(content_type, body)

        return read

    patched(request_body, "read_parts", make)


fault(LENIENCE, "a magic number is an ordinary one", patched, magic_numbers, "code_in", lambda _: lambda told: None)


@faulty(LENIENCE, "a number in front of the path's zeros is the same id")
def _leading_zeros() -> None:
    def stripped(request: Request) -> Request:
        head, slash, tail = request.path.rpartition("/")
        return replace(request, path=head + slash + (tail.lstrip("0") or tail))

    requests(stripped)


@faulty(TIME, "the mock's clock runs a second ahead for schedules")
def _schedules_early() -> None:
    patched(clock, "milliseconds", lambda _: lambda at: int(at * 1000) + 1000)
    patched(reports, "milliseconds", lambda _: lambda at: int(at * 1000) + 1000)
