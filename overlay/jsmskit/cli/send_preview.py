"""What is about to be sent, in a few lines for the person who is asked: to whom, what text, how many units.

Knows how to ask the service for a template, which costs nothing. Must not know commands. What cannot be found
out is left out: a question is never worth an error. No line shows a whole phone number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jsmskit._privacy import mask_phone
from jsmskit.errors import AuthenticationError, ConfigurationError, JsmsError

if TYPE_CHECKING:
    from jsmskit import JsmsClient
    from jsmskit.recipients import Recipient

__all__ = ["many_messages", "one_call", "one_message", "template_text"]

#: Stands for a code that is not made yet.
_CODE = "******"
_SHOWN = 3


def one_message(
    client: JsmsClient,
    phone: str,
    template_id: int,
    params: Mapping[str, str],
    sign_id: int | None,
    *,
    code: bool = False,
) -> list[str]:
    """Number, text and units of one message. `code`: the service puts in a code of its own."""
    text, sign = template_text(client, template_id), _sign(client, sign_id)
    lines = [f"To:     {mask_phone(phone)}"]
    if text is None:
        return [*lines, f"Text:   template {template_id} (it could not be looked up)"]
    values = {"code": _CODE, **params} if code else params
    filled = client.templates.preview(text, values, sign=sign or "")
    lines.append(f"Text:   {'' if sign else '【sign】'}{filled.text}")
    if filled.missing:
        lines.append(f"Values: missing {', '.join(filled.missing)}; the service will refuse it")
    return [*lines, f"Costs:  {_units(filled.units, exact=sign is not None)}"]


def many_messages(
    client: JsmsClient,
    people: Sequence[Recipient],
    text: str | None,
    template_id: int,
    sign_id: int | None,
    *,
    at: str = "",
) -> list[str]:
    """The same for a batch: how many, the first few numbers, the first text, the units of all."""
    numbers = ", ".join(mask_phone(one.phone) for one in people[:_SHOWN])
    more = "" if len(people) <= _SHOWN else f" and {len(people) - _SHOWN} more"
    lines = [f"To:     {len(people)} recipients: {numbers}{more}"]
    if at:
        lines.append(f"When:   {at}")
    sign = _sign(client, sign_id)
    if text is None:
        return [*lines, f"Text:   template {template_id} (it could not be looked up)"]
    filled = [client.templates.preview(text, dict(one.params or {}), sign=sign or "") for one in people]
    if filled:
        lines.append(f"Text:   {'' if sign else '【sign】'}{filled[0].text}")
    missing = sum(not one.complete for one in filled)
    if missing:
        lines.append(f"Values: missing for {missing} of them; the service will refuse those")
    return [*lines, f"Costs:  {_units(sum(one.units for one in filled), exact=sign is not None)}"]


def one_call(phone: str, language: str | None) -> list[str]:
    """A code that is read out."""
    return [f"Call:   {mask_phone(phone)} ({language or 'chinese'})", "Costs:  1 voice message"]


def template_text(client: JsmsClient, template_id: int) -> str | None:
    """The text of a template; None if it cannot be looked up. Wrong keys are raised: nothing can be sent with them."""
    try:
        return client.templates.get(template_id).template
    except (AuthenticationError, ConfigurationError):
        raise
    except JsmsError:
        return None


def _sign(client: JsmsClient, sign_id: int | None) -> str | None:
    # The service has no call that says which sign is the default one.
    if sign_id is None:
        return None
    try:
        return client.signs.get(sign_id).sign
    except JsmsError:
        return None


def _units(units: int, *, exact: bool) -> str:
    return f"{units} unit{'' if units == 1 else 's'}" + ("" if exact else ", or more with the sign")
