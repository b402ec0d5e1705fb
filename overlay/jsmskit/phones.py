"""Phone numbers of mainland China: bring them into one form, and test what is one."""

from __future__ import annotations

from ._validation.fields import InvalidArgument, canonical_phone, error_for_argument

__all__ = ["is_mobile_phone", "normalize_phone"]


def normalize_phone(phone: str | int) -> str:
    """Return a mobile number as the service wants it: eleven plain digits, such as `13800138000`.

    Use it for the key under which you store a number. Removed are blanks of every kind, dashes, invisible marks that
    phones put around a copied number, and the country code as `+86`, `0086` or (in front of eleven digits) `86`.
    Full-width digits become plain ones. An `int` is taken as its digits. Nothing else is corrected. The client does the
    same with every number that you pass.

    Raises:
        JsmsError: if it is no mobile number of mainland China, with the class and code that sending to it would raise:
            `RecipientError`, or `InvalidRequestError` for an empty or badly typed one. The text masks the number.
    """
    try:
        return canonical_phone(phone)
    except InvalidArgument as refused:
        error = error_for_argument("sendCode", refused)
    del phone  # a traceback with local variables must not show it
    error.operation = None
    raise error


def is_mobile_phone(phone: object) -> bool:
    """Return whether `normalize_phone` would take this value. Raises nothing."""
    try:
        canonical_phone(phone)  # type: ignore[arg-type]
    except InvalidArgument:
        return False
    return True
