"""Step 8: can the message to a recipient be written?"""

from __future__ import annotations

from typing import Final

from jsms_api.error_table import ErrorCode

from ...model.message_text import BRACKETS, measure
from ...model.rule_catalog import Confidence, declare
from ...model.settings import Reading
from ..context import CallContext, RecipientContext
from . import Rule, rule

_DOCUMENTED, _INFERRED = Confidence.DOCUMENTED, Confidence.INFERRED

declare("params.unknown-names", "Names in temp_para that the template does not have are ignored.", _INFERRED, "G22")


@rule(
    "params.none",
    ErrorCode.PARAMETERS_IS_EMPTY,
    "The template has variables, and temp_para is missing or empty.",
    _INFERRED,
    "send page; C21",
)
def params_none(recipient: RecipientContext) -> bool:
    return not recipient.params and bool(recipient.call.words.names)


@rule(
    "params.incomplete",
    ErrorCode.PARAMETERS_NOT_ALL_REPLACED,
    "Some variables of the template have no value.",
    _DOCUMENTED,
    "send page; C21",
)
def params_incomplete(recipient: RecipientContext) -> bool:
    names, given = recipient.call.words.names, (recipient.params or {}).keys()
    return not names <= given or (names != given and recipient.call.reads(Reading.UNKNOWN_NAMES_REFUSED))


VARIABLES: Final[tuple[Rule[RecipientContext], ...]] = (params_none, params_incomplete)


def write(recipient: RecipientContext) -> None:
    """Write the message, as it will reach the phone. The rules on variables must have held."""
    call = recipient.call
    filled = recipient.filled = call.words.fill(recipient.params or {})
    text = recipient.text = f"{call.front}{filled}{call.back}"
    recipient.length, recipient.units = measure(text)


@rule(
    "content.brackets",
    ErrorCode.CONTENT_CONTAINS_SPECIAL_SYMBOL,
    "The filled-in text holds 【 or 】.",
    _DOCUMENTED,
    "send page",
)
def content_has_brackets(recipient: RecipientContext) -> bool:
    filled = recipient.filled
    return BRACKETS[0] in filled or BRACKETS[1] in filled


@rule(
    "content.black-word",
    ErrorCode.HAS_BLACK_WORD,
    "The filled-in text holds a forbidden word; which ones are forbidden is set in the mock.",
    _DOCUMENTED,
    "send page",
)
def content_has_black_word(recipient: RecipientContext) -> bool:
    words = recipient.call.lists.black_words
    return bool(words) and has_black_word(recipient.filled, words)


@rule(
    "content.length",
    ErrorCode.INVALID_CONTENT_LENGTH,
    "The whole text, with sign and unsubscribe hint, is longer than 500 characters (350 by a setting).",
    _DOCUMENTED,
    "send page, template page; C10",
)
def content_too_long(recipient: RecipientContext) -> bool:
    return recipient.length > recipient.call.components.settings.text_limit


@rule(
    "content.black-word-in-template",
    ErrorCode.HAS_BLACK_WORD,
    "The template of a batch holds a forbidden word itself: the batch is refused, not its entries.",
    _INFERRED,
    "send page",
)
def template_of_batch_has_black_word(call: CallContext) -> bool:
    words, template = call.lists.black_words, call.template
    return bool(words) and template is not None and has_black_word(template.template, words)


BATCH_TEMPLATE: Final[tuple[Rule[CallContext], ...]] = (template_of_batch_has_black_word,)


CONTENT: Final[tuple[Rule[RecipientContext], ...]] = (content_has_brackets, content_has_black_word, content_too_long)


def has_black_word(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether a text holds one of these words, in whatever case."""
    lowered = text.lower()
    return any(word in lowered for word in words)
