"""Faults in what the mock counts, whom it lets in, what it reads: limits, money, tenants, characters, tolerance.

Each is one line of a real slip. Knows the mock's rules by their ids. See `planting` for the means.
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
from jsmskit.mock.service import dispatcher, normalization, request_body
from jsmskit.mock.service.operations import reports, schedules, sending
from jsmskit.mock.service.rules import content, request, sign_documents
from jsmskit.mock.state.accounts import BalanceStore
from jsmskit.mock.state.messages import MessageStore
from jsmskit.mock.state.reviewed import TemplateStore
from jsmskit.mock.state.schedules import ScheduleStore

from tests.fuzz.gate.planting import (
    breaks,
    bug,
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


@bug(LIMIT, "a tag of 11 characters")
def _tag_of_11() -> None:
    spec_field("SendMessageBatchRequest", "tag", maxLength=11)


@bug(LIMIT, "no tag of 10 characters")
def _no_tag_of_10() -> None:
    spec_field("ScheduleBatchRequest", "tag", maxLength=9)


@bug(LIMIT, "1001 recipients")
def _recipients_1001() -> None:
    spec_field("SendMessageBatchRequest", "recipients", maxItems=1001)


@bug(LIMIT, "no 1000 recipients")
def _no_recipients_1000() -> None:
    spec_field("SendMessageBatchRequest", "recipients", maxItems=999)


@bug(LIMIT, "a voice code of 9 digits")
def _voice_code_of_9() -> None:
    spec_field("SendVoiceCodeRequest", "code", maxLength=9)


@bug(LIMIT, "no voice code of 4 digits")
def _no_voice_code_of_4() -> None:
    spec_field("SendVoiceCodeRequest", "code", minLength=5)


@bug(LIMIT, "a voice code that lives 86401 seconds")
def _life_of_86401() -> None:
    spec_field("SendVoiceCodeRequest", "ttl", maximum=86_401)


@bug(LIMIT, "a template whose codes live 0 seconds")
def _life_of_0() -> None:
    spec_field("TemplateRequest", "ttl", minimum=0)


@bug(LIMIT, "a remark of 101 characters")
def _remark_of_101() -> None:
    setting("remark_limit", 101)


@bug(LIMIT, "a text of 501 characters")
def _text_of_501() -> None:
    setting("text_limit", 501)


@bug(LIMIT, "texts of 350 characters at most")
def _text_of_350() -> None:
    setting("text_limit", 350)


@bug(LIMIT, "a sign of 9 characters")
def _sign_of_9() -> None:
    spec_field("SignForm", "sign", maxLength=9)


@bug(LIMIT, "no number that begins with 19")
def _no_number_19() -> None:
    spec_field("SendMessageRequest", "mobile", pattern="^1[3-8][0-9]*$")


@bug(LIMIT, "four marketing messages in ten minutes")
def _four_of_marketing() -> None:
    breaks("limit.marketing", lambda _, each: each.counts.short >= limits.MARKETING_PER_WINDOW + 1)


@bug(LIMIT, "two of the same notice in ten minutes")
def _two_of_a_notice() -> None:
    breaks("limit.same-notice", lambda _, each: each.counts.same_text >= limits.NOTICE_SAME_TEXT - 1)


@bug(LIMIT, "a picture one byte too large")
def _picture_too_large() -> None:
    # A copy of the limits, so that the oracle's own stay as they are.
    patched(sign_documents, "limits", lambda own: SimpleNamespace(**(vars(own) | {
        "SIGN_IMAGE_SIZE_BYTES": own.SIGN_IMAGE_SIZE_BYTES + 1
    })))  # fmt: skip


@bug(LIMIT, "one report in one pull")
def _reports_one_by_one() -> None:
    patched(MessageStore, "take_reports", lambda original: lambda self, app_key, *, since, limit: (
        original(self, app_key, since=since, limit=1)
    ))  # fmt: skip


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


@bug(MONEY, "long texts cost a unit for every 70 characters")
def _parts_of_70() -> None:
    _priced(lambda _, length: -(-length // 70))


@bug(MONEY, "71 characters cost one unit")
def _single_of_71() -> None:
    _priced(lambda _, length: 1 if length <= 71 else -(-length // 67))


@bug(MONEY, "a line break counts one")
def _line_break_counts_one() -> None:
    _priced(lambda told, _: 1 if len(told) <= 70 else -(-len(told) // 67))


@bug(MONEY, "the brackets of the sign are not counted")
def _brackets_are_free() -> None:
    _priced(lambda _, length: 1 if length - 2 <= 70 else -(-(length - 2) // 67))


@bug(MONEY, "notices are paid as marketing")
def _notices_as_marketing() -> None:
    for module in ("sending", "messages", "schedules"):
        owner = __import__(f"jsmskit.mock.service.operations.{module}", fromlist=["_"])
        if hasattr(owner, "kind_of"):
            patched(owner, "kind_of", lambda _: lambda kind: "industry" if kind == 1 else "market")


@bug(MONEY, "the general balance pays first")
def _general_pays_first() -> None:
    for module in ("sending", "messages", "schedules"):
        owner = __import__(f"jsmskit.mock.service.operations.{module}", fromlist=["_"])
        if hasattr(owner, "paying_balances"):
            patched(owner, "paying_balances", lambda original: lambda *told: tuple(
                original(*told)[position] for position in (1, 0, 3, 2)
            ))  # fmt: skip


@bug(MONEY, "a batch is not paid")
def _batch_is_free() -> None:
    patched(sending.Charge, "commit", lambda _: lambda self: None)


@bug(MONEY, "balances fall below zero")
def _below_zero() -> None:
    def make(_: Any) -> Any:
        def take(self: Any, keys: Any, units: int) -> Any:
            key = next(iter(keys))
            self.set_left(key, (self.left(key) or 0) - units)
            return key

        return take

    patched(BalanceStore, "take", make)


# Tenants and credentials.


@bug(TENANT, "any password will do")
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


@bug(TENANT, "another application's schedule can be read")
def _foreign_schedule() -> None:
    patched(ScheduleStore, "get", lambda original: lambda self, app_key, key: original(self, None, key))


@bug(TENANT, "another application's code can be verified")
def _foreign_code() -> None:
    def make(original: Any) -> Any:
        def code(self: Any, app_key: str, msg_id: int) -> Any:
            row = self._database.connection.execute(
                "SELECT app_key FROM messages WHERE msg_id = ? AND code IS NOT NULL", (msg_id,)
            ).fetchone()
            return original(self, row[0] if row else app_key, msg_id)

        return code

    patched(MessageStore, "code", make)


@bug(TENANT, "another application's template can be used")
def _foreign_template() -> None:
    def make(original: Any) -> Any:
        def get(self: Any, app_key: str, temp_id: int) -> Any:
            row = self._database.connection.execute(
                "SELECT app_key FROM templates WHERE temp_id = ? ORDER BY app_key", (temp_id,)
            ).fetchone()
            return original(self, app_key, temp_id) or (original(self, row[0], temp_id) if row else None)

        return get

    patched(TemplateStore, "get", make)


@bug(TENANT, "a blacklisted application is served")
def _blacklisted_is_served() -> None:
    never("access.blacklisted")


@bug(TENANT, "an application is served from anywhere")
def _any_address() -> None:
    never("access.address")


# Characters.


@bug(CHARACTER, "a tag of 10 bytes")
def _tag_in_bytes() -> None:
    @operation("sendMessageBatch", "createScheduleBatch")
    def around(original: Any, call: Any) -> Any:
        if len(call.body.get("tag", "").encode()) > 10:
            refuse(Code.INVALID_BODY)
        return original(call)


@bug(CHARACTER, "a remark of 100 UTF-16 units")
def _remark_in_units() -> None:
    @operation("createTemplate", "updateTemplate")
    def around(original: Any, call: Any) -> Any:
        if len(call.body.get("remark", "").encode("utf-16-le")) > 200:
            refuse(Code.REMARK_TOO_LONG)
        return original(call)


@bug(CHARACTER, "prices by bytes")
def _priced_in_bytes() -> None:
    _priced(lambda told, _: max(1, -(-len(told.encode()) // 140)))


@bug(CHARACTER, "texts of 500 bytes")
def _text_in_bytes() -> None:
    def decide(original: Any, addressee: Any) -> bool:
        return bool(original(addressee)) or len(addressee.text.encode()) > 500

    breaks("content.length", decide)


@bug(CHARACTER, "no sign outside the basic Chinese block's first half")
def _sign_alphabet() -> None:
    spec_field("SignForm", "sign", pattern="^[0-9A-Za-z一-龥]+$")


# Tolerance.


@bug(LENIENCE, "an unknown field is refused")
def _unknown_fields_refused() -> None:
    def make(original: Any) -> Any:
        def read(call: Any) -> None:
            original(call)
            if set(call.sent) - set(request_body._schema(call).fields):
                refuse(Code.INVALID_BODY)

        return read

    patched(dispatcher, "read_json", make)


@bug(LENIENCE, "digit text is no template id")
def _no_digit_text() -> None:
    patched(normalization, "_UNDERSTOOD", lambda known: {**known, "temp_id": lambda value: value})


@bug(LENIENCE, "+86 is an invalid number")
def _no_country_prefix() -> None:
    import re

    patched(normalization, "_PREFIXED", lambda _: re.compile(r"(?!)"))


@bug(LENIENCE, "JSON under text/plain is refused")
def _no_plain_json() -> None:
    patched(request, "LENIENT", lambda _: frozenset())
    patched(request_body, "LENIENT", lambda _: frozenset())


@bug(LENIENCE, "JSON under any media type is read")
def _any_media_type() -> None:
    never("media.mismatch")


@bug(LENIENCE, "a name that stands twice is read")
def _names_twice() -> None:
    patched(request_body, "_DECODER", lambda _: json.JSONDecoder())


@bug(LENIENCE, "values with braces are filled in again")
def _filled_again() -> None:
    def make(original: Any) -> Any:
        def fill(self: Any, params: Any) -> str:
            found = str(original(self, params))
            for name, value in params.items():
                found = found.replace("{{" + name + "}}", value)
            return found

        return fill

    patched(message_text.TemplateText, "fill", make)


@bug(LENIENCE, "a form with empty parts is refused")
def _empty_parts_refused() -> None:
    def make(original: Any) -> Any:
        def read(content_type: str, body: bytes) -> Any:
            if b"\r\n\r\n\r\n--" in body:
                raise request_body.NotAFormError("empty")
            return original(content_type, body)

        return read

    patched(request_body, "read_parts", make)


@bug(LENIENCE, "a magic number is an ordinary one")
def _no_magic_number() -> None:
    patched(magic_numbers, "code_in", lambda _: lambda told: None)


@bug(LENIENCE, "a number in front of the path's zeros is the same id")
def _leading_zeros() -> None:
    def stripped(request: Request) -> Request:
        head, slash, tail = request.path.rpartition("/")
        return replace(request, path=head + slash + (tail.lstrip("0") or tail))

    requests(stripped)


@bug(TIME, "the mock's clock runs a second ahead for schedules")
def _schedules_early() -> None:
    patched(clock, "milliseconds", lambda _: lambda at: int(at * 1000) + 1000)
    patched(reports, "milliseconds", lambda _: lambda at: int(at * 1000) + 1000)
