"""Steps 2 and 3: who calls, and may they.

Knows the Authorization header, and who was let in since anything was changed. Must not know the rules' reasons.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import NamedTuple

from jsms_api.operations import Credential

from .call import Call
from .records import Account, Application, Switches
from .rules.entrance import ENTRANCE
from .rules.table import enforce
from .store.accounts import NumberLists


class Caller(NamedTuple):
    """Who was let in; for the meaning see `Call`. An account has no application and no lists."""

    owner_key: str
    account: Account | None
    switches: Switches
    app: Application | None
    lists: NumberLists | None


def admit(call: Call) -> None:
    """Find the application or account that calls.

    Raises:
        Refusal: it may not.
    """
    header = call.request.headers.get("authorization", "")
    known = call.service.worked_out
    key = ("admitted", header, call.info.credential, call.request.client_ip)
    caller: Caller | None = known.get(key)
    if caller is None:
        call.credentials = _decoded(header)
        enforce(ENTRANCE, call)
        of_account = call.info.credential is Credential.DEV
        ours = (None, None) if of_account else (call.app, call.lists)
        known[key] = Caller(call.owner_key, call.account, call.switches, *ours)
    else:
        call.owner_key, call.account, call.switches, app, lists = caller
        if app is not None and lists is not None:
            call.app, call.lists = app, lists


@lru_cache(maxsize=1024)
def _decoded(header: str) -> tuple[str, str] | None:
    """Read user and password from an Authorization header; None if it is no Basic pair."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = pair.partition(":")
    return (user, password) if colon else None
