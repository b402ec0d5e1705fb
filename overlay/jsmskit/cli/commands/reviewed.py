"""The parts that `jsms templates` and `jsms signs` share: both are submitted, reviewed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ..confirm import confirm
from ..hints import repeat_target
from ..language import gettext as _
from ..language import mark
from ..output import show, stderr_if_tty

if TYPE_CHECKING:
    from jsmskit import JsmsClient

    from ..connection import ConnectionOptions

_REVIEW: Final = {0: mark("in review"), 1: mark("approved"), 2: mark("rejected")}


def review_name(status: int) -> str:
    """Return the state of a review in words, or its number if this version does not know it."""
    return _REVIEW.get(int(status), str(int(status)))


def show_submitted(kind: str, number: int, as_json: bool) -> None:
    """Print the id of a template or sign that was submitted. `kind`: `template` or `sign`."""
    done = _("It is submitted: {kind}_id {id}.").format(kind=kind, id=number)
    show(as_json, {f"{kind}_id": number}, str(number), done=done)
    if not as_json:
        stderr_if_tty(
            repeat_target(
                _("It is in review. To see the result: jsms {kind}s get {id}").format(kind=kind, id=number)
            )
        )


def delete(
    connection: ConnectionOptions,
    kind: str,
    number: int,
    call: Callable[[JsmsClient], object],
    *,
    question: str,
    what: str,
    yes: bool,
    as_json: bool,
) -> None:
    """Ask, delete a template or sign with `call`, and say so."""
    with connection.client() as client:
        confirm(question.format(id=number), yes=yes, free=connection.is_free, what=what)
        call(client)
    told = _("deleted {id}").format(id=number)
    show(as_json, {f"{kind}_id": number, "deleted": True}, told, done=_("It is deleted."))
