"""The lines above a question that costs money: recipient, text and billed units.

Reading a template costs nothing. What cannot be found out is left out: a question is never worth an error. No line
shows a whole phone number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jsmskit._privacy import mask_phone
from jsmskit.errors import AuthenticationError, ConfigurationError, JsmsError

from .language import gettext as _
from .language import is_chinese, ngettext

if TYPE_CHECKING:
    from jsmskit import JsmsClient
    from jsmskit.recipients import Recipient

#: Shown for a code that does not exist yet.
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
    """Return the lines for one message. `code`: the service fills in a code of its own."""
    text, sign = template_text(client, template_id), _sign(client, sign_id)
    lines = [named(_("To"), mask_phone(phone))]
    if text is None:
        return [*lines, named(_("Text"), _unknown_text(template_id))]
    values = {"code": _CODE, **params} if code else params
    filled = client.templates.preview(text, values, sign=sign or "")
    lines.append(named(_("Text"), _with_sign(filled.text, sign)))
    if filled.missing:
        missing = _("missing {names}; the service will refuse it").format(names=", ".join(filled.missing))
        lines.append(named(_("Values"), missing))
    return [*lines, named(_("Costs"), _units(filled.units, exact=sign is not None))]


def many_messages(
    client: JsmsClient,
    people: Sequence[Recipient],
    text: str | None,
    template_id: int,
    sign_id: int | None,
    *,
    at: str = "",
) -> list[str]:
    """Return the lines for a batch: how many, the first numbers, the first text, the units of all."""
    numbers = ", ".join(mask_phone(one.phone) for one in people[:_SHOWN])
    more = len(people) - _SHOWN
    if more > 0:
        numbers = _("{numbers} and {count} more").format(numbers=numbers, count=more)
    lines = [named(_("To"), _("{count} recipients: {numbers}").format(count=len(people), numbers=numbers))]
    if at:
        lines.append(named(_("When"), at))
    sign = _sign(client, sign_id)
    if text is None:
        return [*lines, named(_("Text"), _unknown_text(template_id))]
    filled = [client.templates.preview(text, dict(one.params or {}), sign=sign or "") for one in people]
    if filled:
        lines.append(named(_("Text"), _with_sign(filled[0].text, sign)))
    missing = sum(not one.complete for one in filled)
    if missing:
        told = _("missing for {count} of them; the service will refuse those").format(count=missing)
        lines.append(named(_("Values"), told))
    return [*lines, named(_("Costs"), _units(sum(one.units for one in filled), exact=sign is not None))]


def one_call(phone: str, language: str | None) -> list[str]:
    """Return the lines for a voice code."""
    spoken = f"{mask_phone(phone)} ({language or 'chinese'})"
    return [named(_("Call"), spoken), named(_("Costs"), _("1 voice message"))]


def when(at: str) -> str:
    """Return the line that says when a message is sent."""
    return named(_("When"), at)


def _with_sign(text: str, sign: str | None) -> str:
    # The service has no call that says which sign is the default one.
    return text if sign else _("【sign】") + text


def named(name: str, value: str, width: int = 7) -> str:
    """Return a line of a name and its value, which begins `width` columns behind the start."""
    return f"{name}: {value}" if is_chinese() else f"{name + ':':<{width}} {value}"


def _unknown_text(template_id: int) -> str:
    return _("template {template_id} (its text could not be read)").format(template_id=template_id)


def template_text(client: JsmsClient, template_id: int) -> str | None:
    """Return the text of a template; None if it cannot be read. Wrong keys raise: nothing can be sent with them."""
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
    told = ngettext("{count} unit", "{count} units", units).format(count=units)
    return told if exact else _("{units}, or more with the sign").format(units=told)
