"""Step 8: can the message to a recipient be written (fact base 11)?

Knows a template's variables and what may stand in a text.
"""

from __future__ import annotations

from typing import Final

from jsms_api.error_table import ErrorCode

from ..call import Addressee
from ..records import TemplateType
from ..text import BRACKETS, counted_length, on_the_phone, take_apart, units
from .table import Rule, Sureness, declare, rule

_DOCUMENTED, _INFERRED = Sureness.DOCUMENTED, Sureness.INFERRED

declare(
    "params.unknown-names",
    "Names in temp_para that the template does not have are ignored.",
    _INFERRED,
    "G22",
)


@rule(
    "params.none",
    ErrorCode.PARAMETERS_IS_EMPTY,
    "The template has variables, and temp_para is missing or empty.",
    _INFERRED,
    "C21",
)
def params_none(addressee: Addressee) -> bool:
    return not addressee.params and bool(_names(addressee))


@rule(
    "params.incomplete",
    ErrorCode.PARAMETERS_NOT_ALL_REPLACED,
    "Some variables of the template have no value.",
    _DOCUMENTED,
    "5.1, C21",
)
def params_incomplete(addressee: Addressee) -> bool:
    return not _names(addressee) <= (addressee.params or {}).keys()


def _names(addressee: Addressee) -> frozenset[str]:
    template = addressee.call.template
    return frozenset() if template is None else take_apart(template.template).names


VARIABLES: Final[tuple[Rule[Addressee], ...]] = (params_none, params_incomplete)


def write(addressee: Addressee) -> None:
    """Write the message, as it will reach the phone. The rules on variables must have held."""
    call = addressee.call
    template, sign = call.template, call.sign
    assert template is not None  # for the type checkers: steps 7 and 8 come before
    assert sign is not None
    filled = take_apart(template.template).fill(addressee.params or {})
    hint = call.service.settings.unsubscribe_hint if template.type == TemplateType.MARKETING else ""
    addressee.filled = filled
    addressee.text = on_the_phone(sign.sign, filled, hint)
    addressee.units = units(counted_length(addressee.text))


@rule(
    "content.brackets",
    ErrorCode.CONTENT_CONTAINS_SPECIAL_SYMBOL,
    "The filled-in text holds 【 or 】.",
    _DOCUMENTED,
    "5.1",
)
def content_has_brackets(addressee: Addressee) -> bool:
    filled = addressee.filled
    return BRACKETS[0] in filled or BRACKETS[1] in filled


@rule(
    "content.black-word",
    ErrorCode.HAS_BLACK_WORD,
    "The filled-in text holds a forbidden word; which ones are forbidden is set in the mock.",
    _DOCUMENTED,
    "5.1",
)
def content_has_black_word(addressee: Addressee) -> bool:
    call = addressee.call
    words = call.service.state.accounts.lists(call.owner_key).black_words
    return bool(words) and has_black_word(addressee.filled, words)


@rule(
    "content.length",
    ErrorCode.INVALID_CONTENT_LENGTH,
    "The whole text, with sign and unsubscribe hint, is longer than 500 characters (350 by a setting).",
    _DOCUMENTED,
    "6.3, C10",
)
def content_too_long(addressee: Addressee) -> bool:
    limit = addressee.call.service.settings.text_limit
    return len(addressee.text) * 2 > limit and counted_length(addressee.text) > limit


CONTENT: Final[tuple[Rule[Addressee], ...]] = (
    content_has_brackets,
    content_has_black_word,
    content_too_long,
)


def has_black_word(text: str, words: tuple[str, ...]) -> bool:
    """Say whether a text holds one of these words, in whatever case."""
    lowered = text.lower()
    return any(word in lowered for word in words)
