"""From the bytes of a request to fields that the spec lets through, or to a refusal.

These are the steps 4 to 6 of the decision order (see `rules`).
"""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn, cast

import orjson
from jsms_api.error_table import ErrorCode

from ..model.rule_catalog import RuleInfo
from ..model.settings import Reading
from . import request_schemas
from .context import CallContext
from .form_body import NotAFormError, Part, read_parts
from .request_schemas import RequestSchema, Violation, request_schema
from .rules import Refusal, enforce
from .rules.request import ENVELOPE, LENIENT, NOT_A_FORM, NOT_AN_OBJECT, NOT_JSON_AT_ALL, NOT_READABLE, media_type


class UnreadableError(ValueError):
    """Not JSON by the mock's measure."""


def read_json_text(body: bytes) -> Any:
    """Read a JSON text in UTF-8.

    Beyond orjson's own strictness (no NaN, no half surrogate pairs, no byte order mark) a name that appears
    twice in one object is refused: which of the two counts is undefined.

    Raises:
        UnreadableError: not JSON, a name twice, or nested too deep.
    """
    try:
        orjson.loads(body)
        return _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise UnreadableError("a name appears twice in one object")
    return value


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique_names)


#: Bounds of the spec that a setting can widen: the rules of the mock judge them instead.
_JUDGED_BY_SETTING = {("remark", ErrorCode.REMARK_TOO_LONG)}
_SIGN_10 = range(9, 11)


def read_json(call: CallContext) -> None:
    """Read a JSON body into `call.body`, and the form of batch entries into `call.entry_refusals`.

    Raises:
        Refusal: the body is not what the spec asks for.
    """
    enforce(ENVELOPE, call)
    try:
        body = read_json_text(call.request.body)
    except UnreadableError:
        _refuse(NOT_JSON_AT_ALL if media_type(call) in LENIENT else NOT_READABLE)
    if not isinstance(body, dict):
        _refuse(NOT_AN_OBJECT)
    schema = _schema(call)
    call.sent = cast("dict[str, Any]", body)
    call.body = request_schemas.normalize(schema, call.sent)
    if call.reads(Reading.NO_PREFIX) and isinstance(call.sent.get("mobile"), str):
        call.body["mobile"] = call.sent["mobile"]
    check(call, schema)


def read_form(call: CallContext) -> list[Part]:
    """Read the parts of a form.

    Raises:
        Refusal: no form.
    """
    enforce(ENVELOPE, call)
    try:
        return read_parts(call.request.headers.get("content-type", ""), call.request.body)
    except NotAFormError:
        _refuse(NOT_A_FORM)


def check(call: CallContext, schema: RequestSchema) -> None:
    """Judge `call.body` by the spec.

    Raises:
        Refusal: it is refused as a whole; refusals of single entries are put into `call.entry_refusals`.
    """
    if schema.accepts(call.body):
        return
    for violation in schema.violations(call.body):
        if violation.entry is not None:
            call.entry_refusals.setdefault(violation.entry, (violation.code, violation.rule_id))
        elif not _is_judged_by_setting(call, violation):
            raise Refusal(violation.code, violation.rule_id)


def _schema(call: CallContext) -> RequestSchema:
    schema = request_schema(call.info.operation_id)
    assert schema is not None  # for the type checkers: only operations with a body are read
    return schema


def _is_judged_by_setting(call: CallContext, violation: Violation) -> bool:
    if violation.field == "sign" and violation.length in _SIGN_10:
        return call.reads(Reading.LONGER_SIGNS)
    if violation.field == "tag" and violation.keyword == "maxLength":
        return call.reads(Reading.LONG_TAGS)
    return (violation.field, violation.code) in _JUDGED_BY_SETTING


def _refuse(info: RuleInfo) -> NoReturn:
    assert info.code is not None  # for the type checkers: these rows have codes
    raise Refusal(info.code, info.id)
