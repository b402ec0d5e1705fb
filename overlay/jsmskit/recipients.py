"""The recipients of a batch, as a caller gives them.

Knows the shapes that are taken and how each is judged. Must not know requests or operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Self, TypeAlias, cast, final

from attrs import field, frozen
from jsms_api import limits

from ._json_text import encode_plain
from ._masking import mask_phone
from ._phones import normalise_phone
from ._refusal import InputRefusedError
from ._texts import check_template_params

__all__ = ["PreparedRecipients", "Recipient", "RecipientLike", "check_count", "wire_recipients"]


@frozen
class Recipient:
    """One recipient of a batch: a phone number, and values for the variables of the template."""

    phone: str | int = field(repr=mask_phone)
    params: Mapping[str, str] | None = field(default=None, repr=False)


RecipientLike: TypeAlias = Recipient | str | tuple[str, Mapping[str, str] | None]
"""What a list of recipients may hold: a `Recipient`, a plain number, or a pair of number and values."""


@final
class PreparedRecipients:
    """Recipients of one batch, checked and encoded before: for senders of very many, who check when they plan
    and send much later. Not changed after it was made; its `repr` shows nobody.

    phones: the numbers, eleven digits each, in the order of the batch. entries: the JSON array of the request.
    """

    __slots__ = ("entries", "phones")

    def __init__(self, phones: Sequence[str], entries: str) -> None:
        self.phones = tuple(phones)
        self.entries = entries

    @classmethod
    def of(cls, recipients: Iterable[RecipientLike]) -> Self:
        """Check and encode up to 1000 recipients. Raises `InputRefusedError` for the first one that is wrong."""
        made = wire_recipients(recipients)
        return cls([entry["mobile"] for entry in made], encode_plain(made).decode())

    @classmethod
    def restored(cls, phones: Sequence[str], values: Sequence[str | None] | None = None) -> Self:
        """From numbers, and for each of them its values (a JSON object of texts; None or empty for none), that were
        checked before, for instance when they were written into a ledger. Nothing is checked again: what is given
        goes on the wire as it is.
        """
        if not phones or not values or not any(values):
            entries = '"},{"mobile":"'.join(phones)
            return cls(phones, f'[{{"mobile":"{entries}"}}]' if phones else "[]")
        if all(values):
            # Four pieces for each, put in their places a column at a time.
            pieces = ["", '","temp_para":', "", '},{"mobile":"'] * len(phones)
            pieces[0::4] = phones
            pieces[2::4] = cast("Sequence[str]", values)
            pieces[-1] = "}]"
            return cls(phones, '[{"mobile":"' + "".join(pieces))
        listed = [
            f'{{"mobile":"{phone}","temp_para":{text}}}' if text else f'{{"mobile":"{phone}"}}'
            for phone, text in zip(phones, values, strict=True)
        ]
        return cls(phones, f"[{','.join(listed)}]")

    def __len__(self) -> int:
        return len(self.phones)

    def __repr__(self) -> str:
        return f"<{len(self.phones)} prepared recipients>"


_FIELD: Final = "recipients"
_REMEDY: Final = "Pass a list of numbers, of pairs (number, values), or of Recipient objects."


def wire_recipients(recipients: Iterable[RecipientLike]) -> list[dict[str, Any]]:
    """The entries as they go on the wire. Raises `InputRefusedError` for the first one that is wrong, with
    its place.
    """
    if not _is_list(recipients):
        rule = f"recipients are a list, not {type(cast('object', recipients)).__name__}."
        raise InputRefusedError(_FIELD, "type", rule, _REMEDY)
    listed = recipients if isinstance(recipients, Sequence) else list(recipients)
    check_count(len(listed))
    return [_entry(recipient, place) for place, recipient in enumerate(listed)]


def check_count(count: int) -> None:
    """Raise `InputRefusedError` unless one batch takes so many recipients."""
    most = limits.SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS
    if not count:
        raise InputRefusedError(_FIELD, "minItems", "the list is empty.", _REMEDY)
    if count > most:
        rule = f"there are {count} recipients, one batch takes {most}."
        raise InputRefusedError(_FIELD, "maxItems", rule, "Split the list, or use a campaign for any number.")


def _is_list(recipients: object) -> bool:
    # A text, or a dict with numbers for keys, can be iterated too, and would send to whatever comes out of
    # it.
    return isinstance(recipients, Iterable) and not isinstance(recipients, (str, bytes, Mapping))


def _entry(recipient: RecipientLike, place: int) -> dict[str, Any]:
    if isinstance(recipient, Recipient):
        phone, params = recipient.phone, recipient.params
    elif isinstance(recipient, tuple) and len(recipient) == 2:
        phone, params = recipient
    else:
        phone, params = recipient, None  # whatever it is, normalise_phone judges it
    try:
        entry: dict[str, Any] = {"mobile": normalise_phone(phone)}
        if params is not None:
            entry["temp_para"] = check_template_params(params, field="params")
    except InputRefusedError as refused:
        raise InputRefusedError(
            f"{_FIELD}[{place}].{refused.field}", refused.keyword, refused.rule, refused.remedy, refused.code
        ) from None
    return entry
