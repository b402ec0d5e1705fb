"""The mock's brain: a request in, a reply out.

Knows the order of the decisions (see `rules`) and who makes each. Does no I/O but the state's, reads no
clock but the mock's, and never raises for anything that a request can hold.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import orjson
from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode

from . import magic, routes
from .admission import admit
from .bodies import read_json
from .call import Call
from .callbacks import Callbacks
from .clock import Clock
from .due import Due
from .operations import balances, batches, codes, firing, messages, reports, schedules, signs, templates
from .operations.answer import Operation
from .records import Sign, Template
from .rules.entrance import DEFECT, METHOD_NOT_ALLOWED, MULTIPART, PATH_UNKNOWN
from .rules.table import Refusal
from .service import Service
from .settings import DEFAULT_SETTINGS, Settings
from .source import Source
from .state import State
from .wire import ERROR_HEADERS, Reply, Request

__all__ = ["Exchange", "Reply", "Request"]

logger = logging.getLogger("jsmskit.mock")

_JSON: Final = {"content-type": "application/json"}
_JSON_EMPTY: Final = {"content-type": "application/json", "content-length": "0"}

_OPERATIONS: Final[Mapping[str, Operation]] = {
    "sendCode": codes.send_code,
    "sendVoiceCode": codes.send_voice_code,
    "verifyCode": codes.verify_code,
    "sendMessage": messages.send_message,
    "sendMessageBatch": batches.send_message_batch,
    "createSchedule": schedules.create_schedule,
    "createScheduleBatch": schedules.create_schedule_batch,
    "updateSchedule": schedules.create_schedule,
    "updateScheduleBatch": schedules.create_schedule_batch,
    "getSchedule": schedules.get_schedule,
    "deleteSchedule": schedules.delete_schedule,
    "getAccountBalance": balances.get_account_balance,
    "getAppBalance": balances.get_app_balance,
    "createTemplate": templates.create_template,
    "updateTemplate": templates.update_template,
    "getTemplate": templates.get_template,
    "deleteTemplate": templates.delete_template,
    "createSign": signs.create_sign,
    "updateSign": signs.update_sign,
    "getSign": signs.get_sign,
    "deleteSign": signs.delete_sign,
    "pullReports": reports.pull_reports,
    "pullReplies": reports.pull_replies,
}

#: Refusals of verifyCode that are a verdict on the code: these alone carry is_valid (C2).
_VERDICTS: Final = frozenset(
    {code for code, info in ERRORS.items() if info.category is ErrorCategory.VERIFICATION}
    | {ErrorCode.MISSING_CODE, ErrorCode.WRONG_MSG_ID}
)


class Exchange:
    """The whole service, without a way in: mouths hand it requests.

    Args:
        state: what is remembered.
        clock: the only time.
        source: the only chance; the one that the state was made with.
        settings: every switch.

    Attributes:
        service: the parts, for control calls.
    """

    def __init__(
        self, state: State, clock: Clock, source: Source, settings: Settings = DEFAULT_SETTINGS
    ) -> None:
        self.service = Service(state, clock, source, settings)
        agenda, service = state.agenda, self.service
        agenda.handle(Due.SCHEDULE, lambda ref, at: firing.fire(service, ref, at))
        agenda.handle(Due.REPORTS, lambda _, at: reports.reports_due(service, at))
        agenda.handle(Due.TEMPLATE_AUDIT, lambda ref, at: templates.audit_due(service, ref, at))
        agenda.handle(Due.SIGN_AUDIT, lambda ref, at: signs.audit_due(service, ref, at))
        clock.on_advance(self._clock_moved)

    @property
    def settings(self) -> Settings:
        """The switches; assign a changed copy to change them."""
        return self.service.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.service.settings = settings

    @property
    def callbacks(self) -> Callbacks:
        """Where deliveries are settled, and the sink is set."""
        return self.service.callbacks

    # Requests.

    def handle(self, request: Request) -> Reply:
        """Answer one request. Safe to be called from several threads; one is answered at a time."""
        state = self.service.state
        with state.database.lock:
            now = self.service.clock.now()
            state.agenda.run_until(now)
            reply = self._answer(request, now)
            state.agenda.run_until(now)
        return reply

    def failed(self, request: Request) -> Reply:
        """Answer a request on which the mock itself has failed; the reason goes to the log. In an `except` only."""
        logger.exception("the mock has failed on %s %s; please report it", request.method, request.path)
        reply = _refusal(ErrorCode.SERVER_ERROR, DEFECT.id)
        return replace(reply, operation=self.operation_of(request.method, request.path))

    def operation_of(self, method: str, path: str) -> str | None:
        """Tell which operation a method and a path mean; None if none."""
        route = routes.find(path)
        info = None if route is None else route.methods.get(method)
        return None if info is None else info.operation_id

    def body_limit(self, method: str, path: str) -> int:
        """Tell how many bytes of a body are worth reading; one more shows that it is too large."""
        route = routes.find(path)
        info = None if route is None else route.methods.get(method)
        settings = self.service.settings
        is_form = info is not None and info.content_type == MULTIPART
        return settings.max_form_bytes if is_form else settings.max_body_bytes

    def _answer(self, request: Request, now: float) -> Reply:
        route = routes.find(request.path)
        if route is None:
            return _refusal(ErrorCode.API_NOT_FOUND, PATH_UNKNOWN.id)
        info = route.methods.get(request.method)
        if info is None:
            code = ErrorCode.REQUEST_METHOD_NOT_SUPPORT
            return _refusal(code, METHOD_NOT_ALLOWED.id, allow=route.allow)
        call = Call(self.service, info, request, route.path_id, now)
        remark: str | None = None
        try:
            if magic.HEADER in request.headers:
                remark = _obey_header(call)
            admit(call)
            if info.content_type is not None and info.content_type != MULTIPART:
                read_json(call)
            answer = _OPERATIONS[info.operation_id](call)
        except Refusal as refusal:
            return _refusal(refusal.code, refusal.rule_id, call=call, allow=route.allow)
        body, headers = (b"", _JSON_EMPTY) if answer is None else (orjson.dumps(answer), _JSON)
        return Reply(200, headers, body, remark, info.operation_id, None, call.owner_key)

    # What happens without a request.

    def run_until(self, now: float) -> int:
        """Do everything that falls due until an instant; tell how much that was. See `Agenda.run_until`."""
        return self.service.state.agenda.run_until(now)

    def next_due(self) -> float | None:
        """Tell when something falls due next, for whoever has to wake up while the clock runs."""
        return self.service.state.agenda.next_at()

    def audit_template(
        self, app_key: str, temp_id: int, *, approved: bool, reason: str | None = None
    ) -> Template:
        """Decide the audit of a template.

        Raises:
            UnknownSubjectError: the application has no such template.
        """
        now = self._now()
        decided = templates.audit_template(
            self.service, app_key, temp_id, approved=approved, reason=reason, at=now
        )
        self.run_until(now)
        return decided

    def audit_sign(self, app_key: str, sign_id: int, *, approved: bool, reason: str | None = None) -> Sign:
        """Decide the audit of a sign.

        Raises:
            UnknownSubjectError: the application has no such sign.
        """
        now = self._now()
        decided = signs.audit_sign(self.service, app_key, sign_id, approved=approved, reason=reason, at=now)
        self.run_until(now)
        return decided

    def set_default_sign(self, app_key: str, sign_id: int) -> Sign:
        """Choose the default sign of an application, as the console does.

        Raises:
            UnknownSubjectError: the application has no such sign, or it is not approved.
        """
        return signs.set_default_sign(self.service, app_key, sign_id)

    def reply(self, phone: str, content: str, app_key: str | None = None) -> str:
        """Let a person write back; gives the key of the application that is told.

        Raises:
            UnknownSubjectError: no such application, or nobody has written to the number.
        """
        now = self._now()
        receiver = reports.reply(self.service, phone, content, app_key=app_key, at=now)
        self.run_until(now)
        return receiver

    def _clock_moved(self, now: float) -> None:
        self.run_until(now)

    def _now(self) -> float:
        """Catch up with the clock, then tell the time."""
        now = self.service.clock.now()
        self.run_until(now)
        return now


def _obey_header(call: Call) -> str:
    code = magic.demanded_by_header(call.info, call.request.headers[magic.HEADER])
    if code is None or code == ErrorCode.SUCCESS:
        return magic.HEADER_IGNORED
    raise Refusal(code, magic.HEADER_RULE)


def _refusal(code: int, rule_id: str, *, call: Call | None = None, allow: str = "") -> Reply:
    info = ERRORS[code]
    envelope: dict[str, Any] = {"error": {"code": int(code), "message": info.message}}
    if call is not None and call.info.operation_id == "verifyCode" and code in _VERDICTS:
        envelope = {"is_valid": False, **envelope}
    headers = dict(ERROR_HEADERS)
    if code == ErrorCode.REQUEST_METHOD_NOT_SUPPORT:
        headers["allow"] = allow
    operation = None if call is None else call.info.operation_id
    app_key = None if call is None else call.owner_key or None
    return Reply(info.http_status, headers, orjson.dumps(envelope), rule_id, operation, int(code), app_key)
