"""Steps 1 to 4: path, method, credentials, access, media type, body."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsms_api.operations import Credential

from ...model.records import Balances, CallbackType
from ...model.rule_catalog import Confidence, declare
from ...model.settings import Reading
from ..context import CallContext
from . import Rule, rule

_DOCUMENTED, _INFERRED, _ASSUMED = Confidence.DOCUMENTED, Confidence.INFERRED, Confidence.ASSUMED

PATH_UNKNOWN: Final = declare(
    "path.unknown",
    "An unknown path is answered before anything else. A slash at the end is no other path (C24).",
    _DOCUMENTED,
    "all pages; C24",
    ErrorCode.API_NOT_FOUND,
)
METHOD_NOT_ALLOWED: Final = declare(
    "path.method",
    "A method that a known path does not have is answered before the credentials are looked at, with Allow.",
    _DOCUMENTED,
    "all pages; C5",
    ErrorCode.REQUEST_METHOD_NOT_SUPPORT,
)


@rule("auth.missing", ErrorCode.MISSING_AUTH, "No Authorization header, or an empty one.", _DOCUMENTED, "all pages")
def auth_missing(call: CallContext) -> bool:
    return not call.request.headers.get("authorization", "").strip()


@rule(
    "auth.failed",
    ErrorCode.AUTH_FAILED,
    "Not Basic, not readable, an unknown key, a wrong secret, or the other kind of pair than the call takes: "
    "the pair of the account for GET /accounts/dev, of an application for all others.",
    _DOCUMENTED,
    "all pages; C4",
)
def auth_failed(call: CallContext) -> bool:
    if call.credentials is None:
        return True
    key, secret = call.credentials
    accounts = call.components.state.accounts
    if call.info.credential is Credential.DEV:
        app = accounts.application(key) if call.reads(Reading.APP_PAIR_FOR_ACCOUNT) else None
        if app is not None and app.master_secret == secret:
            call.switches, call.owner_key = app.switches, app.dev_key
            return False
        account = accounts.account(key)
        if account is None or account.dev_secret != secret:
            return True
        call.switches = account.switches
    else:
        app = accounts.application(key)
        if app is None or app.master_secret != secret:
            return True
        call.app, call.switches, call.lists = app, app.switches, accounts.lists(key)
    call.owner_key = key
    return False


@rule(
    "access.not-open",
    ErrorCode.NO_SMS_CODE_AUTH,
    "The SMS service is not open for the application.",
    _DOCUMENTED,
    "all pages",
)
def not_open(call: CallContext) -> bool:
    return not call.switches.sms_open


@rule("access.blacklisted", ErrorCode.APP_IN_BLACK, "The application is blacklisted.", _DOCUMENTED, "send page")
def blacklisted(call: CallContext) -> bool:
    return call.switches.blacklisted


@rule(
    "access.address",
    ErrorCode.ILLEGAL_IP,
    "The application may be called from some addresses only, and this is none of them.",
    _INFERRED,
    "send page; G19",
)
def address_not_allowed(call: CallContext) -> bool:
    allowed = call.switches.allowed_ips
    return bool(allowed) and not _is_allowed(call.request.client_ip, allowed)


DEFECT: Final = declare(
    "mock.defect",
    "The mock itself has failed on a request: nothing was changed, and the reason is on its standard error (or in "
    "the log of the process that it runs in). Please report it.",
    _ASSUMED,
    "the mock's own",
    ErrorCode.SERVER_ERROR,
)

#: Steps 2 and 3.
ENTRANCE: Final[tuple[Rule[CallContext], ...]] = (auth_missing, auth_failed, not_open, blacklisted, address_not_allowed)


@lru_cache(maxsize=256)
def _is_allowed(client_ip: str, allowed: tuple[str, ...]) -> bool:
    try:
        address = ipaddress.ip_address(client_ip)
        return any(address in ipaddress.ip_network(network, strict=False) for network in allowed)
    except ValueError:  # neither may be an address at all; then nothing is allowed
        return False


#: Media types under which JSON is understood without a question.
_JSON: Final = frozenset({"", "application/json"})
#: Media types under which a body is read if it is JSON all the same: what real clients send (C23).
LENIENT: Final = frozenset({"text/plain", "application/x-www-form-urlencoded"})
MULTIPART: Final = "multipart/form-data"


def media_type(call: CallContext) -> str:
    """Read the media type of a request, without its parameters; empty if there is none."""
    return _without_parameters(call.request.headers.get("content-type", ""))


@lru_cache(maxsize=256)
def _without_parameters(header: str) -> str:
    return header.partition(";")[0].strip().lower()


@rule(
    "media.mismatch",
    ErrorCode.MEDIA_NOT_SUPPORTED,
    "The media type is clearly another than the call takes: not multipart for signs, neither JSON nor one of "
    "those that real clients send JSON under for the others.",
    _INFERRED,
    "all pages, real clients; C23",
)
def media_mismatch(call: CallContext) -> bool:
    found = media_type(call)
    if call.info.content_type == MULTIPART:
        # A request without type and body misses its body first of all.
        return found != MULTIPART and not (found == "" and not call.request.body)
    return found not in _JSON and (found not in LENIENT or call.reads(Reading.JSON_DEMANDED))


@rule("body.missing", ErrorCode.MISSING_BODY, "The body is empty.", _DOCUMENTED, "send page")
def body_missing(call: CallContext) -> bool:
    return not call.request.body


@rule(
    "body.too-large",
    ErrorCode.INVALID_BODY,
    "The body is larger than the mock reads: 1 MiB, more for forms with pictures.",
    _ASSUMED,
    "G18",
)
def body_too_large(call: CallContext) -> bool:
    settings = call.components.settings
    is_form = call.info.content_type == MULTIPART
    return len(call.request.body) > (settings.max_form_bytes if is_form else settings.max_body_bytes)


ENVELOPE: Final[tuple[Rule[CallContext], ...]] = (media_mismatch, body_missing, body_too_large)

NOT_JSON_AT_ALL: Final = declare(
    "media.not-json",
    "A body under text/plain or application/x-www-form-urlencoded that is not JSON has the wrong media type.",
    _INFERRED,
    "real clients; C23",
    ErrorCode.MEDIA_NOT_SUPPORTED,
)
NOT_READABLE: Final = declare(
    "body.unreadable",
    "The body is not JSON in UTF-8: broken, NaN or Infinity, half a surrogate pair, a byte order mark, a "
    "name twice in one object, nested beyond reason.",
    _DOCUMENTED,
    "send page",
    ErrorCode.INVALID_BODY,
)
NOT_AN_OBJECT: Final = declare(
    "body.not-an-object", "The body is JSON, but no object.", _DOCUMENTED, "send page", ErrorCode.INVALID_BODY
)
NOT_A_FORM: Final = declare(
    "body.not-a-form",
    "The body is no form: no boundary, broken or cut off, text that is not UTF-8, a text part twice.",
    _INFERRED,
    "sign page",
    ErrorCode.INVALID_BODY,
)


#: Which callback takes the place of which pull.
CALLBACK_OF_PULL: Final = {"pullReports": CallbackType.REPORT, "pullReplies": CallbackType.REPLY}


@rule(
    "pull.callback-set",
    ErrorCode.NO_SMS_CODE_AUTH,
    "An application that receives these records by callback cannot pull them. The code is a guess.",
    Confidence.ASSUMED,
    "pull page; G12",
)
def callback_set(call: CallContext) -> bool:
    kind = CALLBACK_OF_PULL[call.info.operation_id]
    return call.components.callbacks.address(call.owner_key, kind) is not None


@rule(
    "pull.too-soon",
    ErrorCode.OUT_OF_FREQ,
    f"Less than {limits.PULL_INTERVAL_SECONDS} seconds since the last pull of this kind that was answered.",
    Confidence.INFERRED,
    "pull page; G12",
)
def pulled_too_soon(call: CallContext) -> bool:
    return call.components.settings.limits and _is_within(call, limits.PULL_INTERVAL_SECONDS)


@rule(
    "balance.too-soon",
    ErrorCode.OUT_OF_FREQ,
    "Balances were asked for a moment ago (a setting, off by default: the code is listed, no number is).",
    Confidence.ASSUMED,
    "accounts page; C8",
)
def balance_too_soon(call: CallContext) -> bool:
    return _is_within(call, call.components.settings.balance_interval_seconds)


@rule(
    "balance.not-assigned",
    ErrorCode.APP_QUOTA_NOT_ASSIGNED,
    "The application was never assigned a balance of any kind.",
    Confidence.INFERRED,
    "accounts page; C9",
)
def nothing_assigned(call: CallContext) -> bool:
    balances = call.components.state.accounts.balances(app_key=call.owner_key)
    return balances == Balances()


PULL: Final[tuple[Rule[CallContext], ...]] = (callback_set, pulled_too_soon)
ACCOUNT_BALANCE: Final[tuple[Rule[CallContext], ...]] = (balance_too_soon,)
APP_BALANCE: Final[tuple[Rule[CallContext], ...]] = (balance_too_soon, nothing_assigned)


def _is_within(call: CallContext, seconds: float) -> bool:
    if seconds <= 0:
        return False
    last = call.components.state.accounts.last_call(call.owner_key, call.info.operation_id)
    return last is not None and 0 <= call.now - last < seconds
