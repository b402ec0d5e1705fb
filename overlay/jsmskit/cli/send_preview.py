"""The lines above a question that costs money: recipient, text and billed units.

Reading a template costs nothing. What cannot be found out is left out: a question is never worth an error. No line
shows a whole phone number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jsmskit._privacy import mask_phone
from jsmskit.errors import AuthenticationError, ConfigurationError, JsmsError
from jsmskit.recipients import Recipient

from .language import gettext as _
from .language import is_chinese, ngettext

if TYPE_CHECKING:
    from jsmskit import JsmsClient

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
    at: str = "",
) -> list[str]:
    """Return the lines for one message. `code`: the service fills in a code of its own."""
    values = {"code": _CODE, **params} if code else params
    text = template_text(client, template_id)
    return many_messages(client, [Recipient(phone, values)], text, template_id, sign_id, at=at)


def many_messages(
    client: JsmsClient,
    people: Sequence[Recipient],
    text: str | None,
    template_id: int,
    sign_id: int | None,
    *,
    at: str = "",
) -> list[str]:
    """Return the lines for messages: to whom, the first text, the units of all."""
    to = ", ".join(mask_phone(one.phone) for one in people[:_SHOWN])
    more = len(people) - _SHOWN
    if more > 0:
        to = _("{numbers} and {count} more").format(numbers=to, count=more)
    if len(people) > 1:
        to = _("{count} recipients: {numbers}").format(count=len(people), numbers=to)
    lines = [named(_("To"), to)]
    if at:
        lines.append(named(_("When"), at))
    if text is None:
        unknown = _("template {template_id} (its text could not be read)").format(template_id=template_id)
        return [*lines, named(_("Text"), unknown)]
    sign = _sign(client, sign_id)
    filled = [client.templates.preview(text, one.params, sign=sign or "") for one in people]
    lines.append(named(_("Text"), filled[0].text if sign else _("【sign】") + filled[0].text))
    missing = [one.missing for one in filled if one.missing]
    if len(people) == 1 and missing:
        told = _("missing {names}; the service will refuse it").format(names=", ".join(missing[0]))
        lines.append(named(_("Values"), told))
    elif missing:
        told = _("missing for {count} of them; the service will refuse those").format(count=len(missing))
        lines.append(named(_("Values"), told))
    units = sum(one.units for one in filled)
    costs = ngettext("{count} unit", "{count} units", units).format(count=units)
    return [*lines, named(_("Costs"), costs if sign else _("{units}, or more with the sign").format(units=costs))]


def one_call(phone: str, language: str | None) -> list[str]:
    """Return the lines for a voice code."""
    spoken = f"{mask_phone(phone)} ({language or 'chinese'})"
    return [named(_("Call"), spoken), named(_("Costs"), _("1 voice message"))]


def named(name: str, value: str, width: int = 7) -> str:
    """Return a line of a name and its value, which begins `width` columns behind the start."""
    return f"{name}: {value}" if is_chinese() else f"{name + ':':<{width}} {value}"


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
