"""Takes a request to its response: route, credentials, body, operation. Never raises for what a request holds."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode
from jsms_api.operations import Credential, OperationInfo

from ..callbacks.delivery import Callbacks
from ..model import magic_numbers
from ..model.clock import Clock
from ..model.http import ERROR_HEADERS, Request, Response, find_route, read_basic_pair
from ..model.random_ids import RandomIds
from ..model.records import TimerKind
from ..model.settings import DEFAULT_SETTINGS, Reading, Settings
from ..state.state import State
from . import readings, reports, reviews, schedules, sending
from .context import CallContext, Components, Refusal
from .request_body import MULTIPART, read_json
from .reviews import SIGNS, TEMPLATES, Reviewed, T

logger = logging.getLogger("jsmskit.mock")

_JSON: Final = {"content-type": "application/json"}
_JSON_EMPTY: Final = {"content-type": "application/json", "content-length": "0"}

#: What decides and acts; it returns the JSON of the answer, None for an answer without a body.
_OPERATIONS: Final[Mapping[str, Callable[[CallContext], Any]]] = {
    "sendCode": sending.send_code,
    "sendVoiceCode": sending.send_voice_code,
    "verifyCode": sending.verify_code,
    "sendMessage": sending.send_message,
    "sendMessageBatch": sending.send_message_batch,
    "createSchedule": schedules.create_schedule,
    "createScheduleBatch": schedules.create_schedule_batch,
    "updateSchedule": schedules.create_schedule,
    "updateScheduleBatch": schedules.create_schedule_batch,
    "getSchedule": schedules.get_schedule,
    "deleteSchedule": schedules.delete_schedule,
    "getAccountBalance": reports.get_account_balance,
    "getAppBalance": reports.get_app_balance,
    "createTemplate": reviews.create_template,
    "updateTemplate": reviews.update_template,
    "getTemplate": reviews.get_template,
    "deleteTemplate": reviews.delete_template,
    "createSign": reviews.create_sign,
    "updateSign": reviews.update_sign,
    "getSign": reviews.get_sign,
    "deleteSign": reviews.delete_sign,
    "pullReports": reports.pull_reports,
    "pullReplies": reports.pull_replies,
}

#: Refusals of verifyCode that are a verdict on the code: these alone carry is_valid (C2).
_VERDICTS: Final = frozenset(
    {code for code, info in ERRORS.items() if info.category is ErrorCategory.VERIFICATION}
    | {ErrorCode.MISSING_CODE, ErrorCode.WRONG_MSG_ID}
)


class Dispatcher:
    """The whole service, without a way in: transports hand it requests.

    Args:
        state: what is remembered.
        clock: the only time.
        random_ids: where codes and ids come from; the ones that the state was made with.
        settings: every switch.

    Attributes:
        components: the parts, for control calls.
    """

    def __init__(
        self, state: State, clock: Clock, random_ids: RandomIds, settings: Settings = DEFAULT_SETTINGS
    ) -> None:
        callbacks = Callbacks(state, random_ids, keep=settings.keep_messages)
        self.components = Components(state, clock, random_ids, settings, callbacks)
        timers, components = state.timers, self.components
        timers.handle(TimerKind.SCHEDULE, lambda ref, at: schedules.send_scheduled(components, ref, at))
        timers.handle(TimerKind.REPORTS, lambda _, at: reports.reports_due(components, at))
        timers.handle(TimerKind.TEMPLATE_REVIEW, lambda ref, at: reviews.run_review(components, TEMPLATES, ref, at))
        timers.handle(TimerKind.SIGN_REVIEW, lambda ref, at: reviews.run_review(components, SIGNS, ref, at))
        clock.changes.subscribe(self.run_until)

    @property
    def settings(self) -> Settings:
        """The switches; assign a changed copy to change them."""
        return self.components.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.components.settings = settings

    # Requests.

    def handle(self, request: Request) -> Response:
        """Answer one request. Safe to be called from several threads; one is answered at a time."""
        state = self.components.state
        with state.database.lock:
            now = self.components.clock.now()
            state.timers.run_until(now)
            response = self._answer(request, now)
            state.timers.run_until(now)
        return response

    def failed(self, request: Request) -> Response:
        """Answer a request on which the mock itself has failed; the reason goes to the log. In an `except` only."""
        logger.exception("the mock has failed on %s %s; please report it", request.method, request.path)
        return self.refuse(request, ErrorCode.SERVER_ERROR, "mock.defect")

    def refuse(self, request: Request, code: int, rule_id: str) -> Response:
        """Answer a request with a return code, in the form in which its call does."""
        route, operation = find_route(request.path), self.operation_of(request.method, request.path)
        allow = "" if route is None else route.allow
        return _refusal(self.components.settings, code, rule_id, operation=operation, allow=allow)

    def operation_of(self, method: str, path: str) -> str | None:
        """Tell which operation a method and a path mean; None if none."""
        info = _find_operation(method, path)
        return None if info is None else info.operation_id

    def body_limit(self, method: str, path: str) -> int:
        """Tell how many bytes of a body are worth reading; one more shows that it is too large."""
        info, settings = _find_operation(method, path), self.components.settings
        is_form = info is not None and info.content_type == MULTIPART
        return settings.max_form_bytes if is_form else settings.max_body_bytes

    def _answer(self, request: Request, now: float) -> Response:
        settings = self.components.settings
        if Reading.CREDENTIALS_FIRST in settings.readings and not request.headers.get("authorization"):
            return _refusal(settings, ErrorCode.MISSING_AUTH, "path.unknown")
        route = find_route(request.path)
        if route is None or (Reading.STRICT_SLASH in settings.readings and request.path.endswith("/")):
            return _refusal(settings, ErrorCode.API_NOT_FOUND, "path.unknown")
        methods = readings.read_methods(settings, route)
        info = methods.get(request.method)
        if info is None:
            refused = ErrorCode.REQUEST_METHOD_NOT_SUPPORT
            return _refusal(settings, refused, "path.method", allow=route.allow)
        call = CallContext(self.components, info, request, route.path_id, now)
        remark: str | None = None
        try:
            if magic_numbers.HEADER in request.headers:
                remark = _obey_header(call)
            _authenticate(call)
            if info.content_type is not None and info.content_type != MULTIPART:
                read_json(call)
            answer = readings.read_answer(settings, _OPERATIONS[info.operation_id](call))
        except Refusal as refusal:
            code = readings.read_code(settings, refusal.code, refusal.rule_id)
            operation, app_key = info.operation_id, call.owner_key or None
            return _refusal(settings, code, refusal.rule_id, operation=operation, app_key=app_key, allow=route.allow)
        body, headers = (b"", _JSON_EMPTY) if answer is None else (orjson.dumps(answer), _JSON)
        if Reading.LIMIT_HEADERS in settings.readings:
            headers = {**headers, **readings.LIMIT_HEADER}
        return Response(200, headers, body, remark, info.operation_id, None, call.owner_key)

    # What happens without a request.

    def run_until(self, now: float) -> int:
        """Do everything that falls due until an instant; tell how much that was. See `TimerQueue.run_until`."""
        return self.components.state.timers.run_until(now)

    def review(self, kind: Reviewed[T], app_key: str, number: int, *, approved: bool, reason: str | None = None) -> T:
        """Decide the review of a template or a sign.

        Raises:
            UnknownSubjectError: the application has no such template or sign.
        """
        now = self._now()
        decided = reviews.review(self.components, kind, app_key, number, approved=approved, reason=reason, at=now)
        self.run_until(now)
        return decided

    def reply(self, phone: str, content: str, app_key: str | None = None) -> str:
        """Let a person write back; return the key of the application that is told.

        Raises:
            UnknownSubjectError: no such application, or nothing was sent to the number.
        """
        now = self._now()
        receiver = reports.reply(self.components, phone, content, app_key=app_key, at=now)
        self.run_until(now)
        return receiver

    def _now(self) -> float:
        """Catch up with the clock, then tell the time."""
        now = self.components.clock.now()
        self.run_until(now)
        return now


def _find_operation(method: str, path: str) -> OperationInfo | None:
    route = find_route(path)
    return None if route is None else route.methods.get(method)


def _obey_header(call: CallContext) -> str:
    code = magic_numbers.requested_code_by_header(call.info, call.request.headers[magic_numbers.HEADER])
    if code is None or code == ErrorCode.SUCCESS:
        return "magic.header-ignored"
    raise Refusal("magic.header", code)


def _authenticate(call: CallContext) -> None:
    """Find the application or account that calls, and judge its access (steps 2 and 3).

    Raises:
        Refusal: it may not.
    """
    header = call.request.headers.get("authorization", "").strip()
    if not header:
        raise Refusal("auth.missing")
    key, secret = read_basic_pair(header) or ("", "")
    state, for_account = call.components.state, call.info.credential is Credential.DEV
    account = state.accounts.get(key) if for_account else None
    app = state.applications.get(key) if not for_account or call.reads(Reading.APP_PAIR_FOR_ACCOUNT) else None
    if account is not None and account.dev_secret == secret:
        call.owner_key, flags = key, account.switches
    elif app is not None and app.master_secret == secret:
        call.app, flags = app, app.switches
        call.owner_key = app.dev_key if for_account else key
    else:
        raise Refusal("auth.failed")
    if not flags.sms_open:
        raise Refusal("access.not-open")
    if flags.blacklisted:
        raise Refusal("access.blacklisted")
    if flags.allowed_ips and not _is_allowed(call.request.client_ip, flags.allowed_ips):
        raise Refusal("access.address")


@lru_cache(maxsize=256)
def _is_allowed(client_ip: str, allowed: tuple[str, ...]) -> bool:
    try:
        address = ipaddress.ip_address(client_ip)
        return any(address in ipaddress.ip_network(network, strict=False) for network in allowed)
    except ValueError:  # neither may be an address at all; then nothing is allowed
        return False


def _refusal(
    settings: Settings,
    code: int,
    rule_id: str,
    *,
    operation: str | None = None,
    app_key: str | None = None,
    allow: str = "",
) -> Response:
    info = ERRORS[code]
    status = info.http_status
    envelope: dict[str, Any] = {"error": {"code": int(code), "message": readings.read_message(settings, info)}}
    if operation == "verifyCode" and code in _VERDICTS:
        envelope = {"is_valid": False, **envelope}
        if Reading.REFUSED_CHECK_IS_200 in settings.readings:
            status = 200
    headers = dict(ERROR_HEADERS)
    if code == ErrorCode.REQUEST_METHOD_NOT_SUPPORT:
        headers["allow"] = allow
    if Reading.LIMIT_HEADERS in settings.readings:
        headers |= readings.LIMIT_HEADER
    return Response(status, headers, orjson.dumps(envelope), rule_id, operation, int(code), app_key)
