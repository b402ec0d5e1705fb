"""The recipients of a batch, as a caller passes them, and checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias, cast, final

from jsms_api import limits

from ._privacy import mask_phone
from ._validation.fields import InvalidArgument, canonical_phone
from ._validation.template_text import check_template_params

__all__ = ["PreparedRecipients", "Recipient", "RecipientLike"]


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """One recipient of a batch: a phone number, and values for the variables of the template."""

    phone: str | int
    params: Mapping[str, str] | None = None

    def __repr__(self) -> str:
        return f"Recipient(phone={mask_phone(self.phone)})"


RecipientLike: TypeAlias = Recipient | str | tuple[str, Mapping[str, str] | None]
"""What a list of recipients may hold: a `Recipient`, a plain number, or a pair of number and values."""


@final
class PreparedRecipients:
    """Recipients of one batch that were checked before, for senders of very many: they check when they plan and send
    much later. Its `repr` shows no number.

    phones: the numbers, eleven digits each, in the order of the batch. entries: as the request has them.
    """

    __slots__ = ("entries", "phones")

    def __init__(self, entries: Sequence[dict[str, Any]]) -> None:
        self.phones: tuple[str, ...] = tuple(entry["mobile"] for entry in entries)
        self.entries = entries

    @classmethod
    def of(cls, recipients: Iterable[RecipientLike] | PreparedRecipients) -> PreparedRecipients:
        """Check up to 1000 recipients; of prepared ones only how many they are. Raises `InvalidArgument` for the first
        one that is wrong, with its place.
        """
        if isinstance(recipients, PreparedRecipients):
            _check_count(len(recipients))
            return recipients
        if not _is_list(recipients):
            rule = f"recipients are a list, not {type(cast('object', recipients)).__name__}."
            raise InvalidArgument(_FIELD, "type", rule, _REMEDY)
        listed = recipients if isinstance(recipients, Sequence) else list(recipients)
        _check_count(len(listed))
        return cls([_entry(recipient, place) for place, recipient in enumerate(listed)])

    @classmethod
    def restored(cls, phones: Sequence[str], values: Sequence[str | None] | None = None) -> Self:
        """Take numbers, and for each its values (a JSON object of texts; None or empty for none), that were checked
        before, for instance when they were written into a ledger. Nothing is checked again.
        """
        if not values:
            return cls([{"mobile": phone} for phone in phones])
        params = json.loads(f"[{','.join(text or 'null' for text in values)}]")
        return cls(
            [
                {"mobile": phone, "temp_para": one} if one else {"mobile": phone}
                for phone, one in zip(phones, params, strict=True)
            ]
        )

    def __len__(self) -> int:
        return len(self.phones)

    def __repr__(self) -> str:
        return f"<{len(self.phones)} prepared recipients>"


_FIELD: Final = "recipients"
_REMEDY: Final = "Pass a list of numbers, of pairs (number, values), or of Recipient objects."


def _check_count(count: int) -> None:
    most = limits.SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS
    if not count:
        raise InvalidArgument(_FIELD, "minItems", "the list is empty.", _REMEDY)
    if count > most:
        rule = f"there are {count} recipients, one batch takes {most}."
        raise InvalidArgument(_FIELD, "maxItems", rule, "Split the list, or use a campaign for any number.")


def _is_list(recipients: object) -> bool:
    # A text, or a dict with numbers for keys, can be iterated too, and would send to whatever comes out of it.
    return isinstance(recipients, Iterable) and not isinstance(recipients, (str, bytes, Mapping))


def _entry(recipient: RecipientLike, place: int) -> dict[str, Any]:
    if isinstance(recipient, Recipient):
        phone, params = recipient.phone, recipient.params
    elif isinstance(recipient, tuple) and len(recipient) == 2:
        phone, params = recipient
    else:
        phone, params = recipient, None  # whatever it is, canonical_phone judges it
    try:
        entry: dict[str, Any] = {"mobile": canonical_phone(phone)}
        if params is not None:
            entry["temp_para"] = check_template_params(params, field="params")
    except InvalidArgument as refused:
        raise InvalidArgument(
            f"{_FIELD}[{place}].{refused.field}", refused.keyword, refused.message, refused.remedy, refused.code
        ) from None
    return entry
