"""Faults in what the mock decides and keeps: codes, state, time.

Each is one line of a real slip. See `planting` for the means.
Long because it is a catalogue.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jsms_api import limits
from jsms_api.error_table import ErrorCode as Code
from jsmskit.mock.model import message_text
from jsmskit.mock.model.random_ids import RandomIds
from jsmskit.mock.model.records import ReviewStatus, ScheduleState
from jsmskit.mock.service.operations import reports
from jsmskit.mock.service.operations import schedules as timed
from jsmskit.mock.service.rules import fields, recipients
from jsmskit.mock.state.messages import MessageStore
from jsmskit.mock.state.reviewed import SignStore, TemplateStore
from jsmskit.mock.state.schedules import ScheduleStore

from tests.fuzz.planted.planting import breaks, code_of, fault, faulty, never, operation, patched, refusal_code, setting

CODE, STATE, TIME = "wrong code", "state not kept", "time off by one"


# Codes.

fault(CODE, "50007 for an invalid number", refusal_code, "mobile", {Code.INVALID_MOBILE: Code.INVALID_BODY})
fault(CODE, "50006 for a missing number", refusal_code, "mobile", {Code.MISSING_MOBILE: Code.INVALID_MOBILE})
fault(
    CODE,
    "50004 for an entry's invalid number",
    refusal_code,
    "recipients[].mobile",
    {Code.INVALID_MOBILE: Code.MISSING_MOBILE},
)
fault(
    CODE,
    "50030 for too many recipients",
    refusal_code,
    "recipients",
    {Code.TOO_MUCH_RECIPIENTS: Code.RECIPIENTS_IS_EMPTY},
)
fault(
    CODE,
    "50039 for a voice code of the wrong length",
    refusal_code,
    "code",
    {Code.INVALID_CONTENT_LENGTH: Code.INVALID_CODE_TYPE},
)
fault(CODE, "50029 for an unknown schedule", code_of, "schedule.unknown", Code.WRONG_SCHEDULE_STATUS)
fault(CODE, "50022 where no value is given at all", code_of, "params.none", Code.PARAMETERS_NOT_ALL_REPLACED)
fault(CODE, "50010 for a code that was verified before", code_of, "code.verified", Code.INVALID_CODE)
fault(CODE, "50010 for a code that has expired", code_of, "code.expired", Code.INVALID_CODE)
fault(CODE, "50102 for the default sign", code_of, "sign.is-default", Code.INVALID_SIGN_ID)
fault(CODE, "50020 for a template that was refused", code_of, "template.refused", Code.TEMPLATE_AUDITING)
fault(
    CODE, "50013 for a change of a template that is not refused", code_of, "template.not-refused", Code.INVALID_TEMP_ID
)


@faulty(CODE, "50104 for a bad picture")
def _picture_is_text() -> None:
    def make(original: Any) -> Any:
        def refused(rule_id: str, code: int) -> Any:
            original(rule_id, Code.INVALID_SIGNATURE if code == Code.INVALID_IMAGE else code)

        return refused

    patched(fields, "_refuse", make)


# State.

fault(STATE, "a code can be verified again and again", never, "code.verified")
fault(STATE, "any code verifies", never, "code.wrong")
fault(STATE, "a deleted schedule can be read", never, "schedule.deleted")
fault(STATE, "a deleted schedule can be changed", never, "schedule.not-waiting")


@faulty(STATE, "a deleted schedule goes out all the same")
def _deleted_goes_out() -> None:
    def make(original: Any) -> Any:
        def get(self: Any, app_key: Any, schedule_id: str) -> Any:
            found = original(self, app_key, schedule_id)
            # Only the firing asks without naming an application.
            if app_key is None and found is not None and found.state is ScheduleState.DELETED:
                return replace(found, state=ScheduleState.WAITING)
            return found

        return get

    patched(ScheduleStore, "get", make)


@faulty(STATE, "a change of a schedule is answered and forgotten")
def _change_is_forgotten() -> None:
    @operation("updateSchedule")
    def around(_: Any, call: Any) -> Any:
        timed._decide_single(call)
        return {"schedule_id": call.path_id}


@faulty(STATE, "a change of a timed batch keeps its old recipients too")
def _old_recipients_stay() -> None:
    def make(original: Any) -> Any:
        def put(self: Any, schedule: Any) -> Any:
            before = self.get(schedule.app_key, schedule.schedule_id)
            kept = before.recipients if before is not None and schedule.batch else ()
            return original(self, replace(schedule, recipients=(*kept, *schedule.recipients)))

        return put

    patched(ScheduleStore, "put", make)


fault(
    STATE, "a deleted template stays", patched, TemplateStore, "delete", lambda _: lambda self, app_key, temp_id: None
)


@faulty(STATE, "a changed template stays refused")
def _changed_template_stays_refused() -> None:
    def make(original: Any) -> Any:
        def put(self: Any, template: Any) -> Any:
            before = self.get(template.app_key, template.temp_id)
            if before is not None and before.status is ReviewStatus.REFUSED:
                template = replace(template, status=ReviewStatus.REFUSED)
            return original(self, template)

        return put

    patched(TemplateStore, "put", make)


@faulty(STATE, "reports are handed out twice")
def _reports_twice() -> None:
    def make(original: Any) -> Any:
        def take(self: Any, app_key: str, *, since: float, limit: int) -> Any:
            found = original(self, app_key, since=since, limit=limit)
            with self._database as connection:
                connection.executemany(
                    "UPDATE messages SET waiting = 1 WHERE id = ?", [(report.id,) for report in found]
                )
            return found

        return take

    patched(MessageStore, "take_reports", make)


fault(STATE, "a person who writes TD is not unsubscribed", patched, reports, "_UNSUBSCRIBING", lambda _: frozenset())


@faulty(STATE, "message ids come again")
def _ids_come_again() -> None:
    def make(original: Any) -> Any:
        def message_id(self: Any) -> int:
            return int(original(self)) // 50 * 50

        return message_id

    patched(RandomIds, "message_id", make)


fault(
    STATE,
    "the first approved sign does not become the default",
    patched,
    SignStore,
    "default",
    lambda original: (
        lambda self, app_key: (
            None if (found := original(self, app_key)) is not None and found.sign_id > 37_584 else found
        )
    ),
)


@faulty(STATE, "only the first of several variables is filled in")
def _one_variable_only() -> None:
    def make(original: Any) -> Any:
        def fill(self: Any, params: Any) -> Any:
            first = next(iter(self.variables), "")
            return original(self, {name: value if name == first else "" for name, value in params.items()})

        return fill

    patched(message_text.TemplateText, "fill", make)


# Time.


@faulty(TIME, "a voice code after 19 seconds")
def _voice_after_19() -> None:
    def decide(_: Any, addressee: Any) -> bool:
        call = addressee.call
        last = call.components.state.inbox.last_voice_call(call.owner_key, addressee.phone)
        return last is not None and 0 <= call.now - last < limits.VOICE_CODE_INTERVAL_SECONDS - 1

    breaks("limit.voice", decide)


@faulty(TIME, "no voice code after exactly 20 seconds")
def _voice_not_after_20() -> None:
    def decide(_: Any, addressee: Any) -> bool:
        call = addressee.call
        last = call.components.state.inbox.last_voice_call(call.owner_key, addressee.phone)
        return last is not None and 0 <= call.now - last <= limits.VOICE_CODE_INTERVAL_SECONDS

    breaks("limit.voice", decide)


@faulty(TIME, "a pull after 4 seconds")
def _pull_after_4() -> None:
    def decide(_: Any, call: Any) -> bool:
        last = call.components.state.accounts.last_call(call.owner_key, call.info.operation_id)
        return last is not None and call.now - last < limits.PULL_INTERVAL_SECONDS - 1

    breaks("pull.too-soon", decide)


fault(
    TIME,
    "a code lives a second longer",
    breaks,
    "code.expired",
    lambda _, call: call.code is not None and call.now >= call.code.expires_at + 1,
)
fault(
    TIME,
    "a code is alive at the very end of its life",
    breaks,
    "code.expired",
    lambda _, call: call.code is not None and call.now > call.code.expires_at,
)


@faulty(TIME, "a voice code lives 61 seconds by default")
def _voice_lives_61() -> None:
    @operation("sendVoiceCode")
    def around(original: Any, call: Any) -> Any:
        call.body = {"ttl": limits.VOICE_CODE_DEFAULT_LIFE_SECONDS + 1, **call.body}
        return original(call)


fault(
    TIME,
    "send_time may be now",
    breaks,
    "send-time.past",
    lambda _, call: call.send_at is None or call.send_at < call.now,
)
fault(
    TIME,
    "send_time is read as UTC",
    patched,
    timed,
    "read_send_time",
    lambda original: lambda told: original(told) + 8 * 3600,
)
fault(TIME, "reports come a second late", setting, "report_delay_seconds", 6.0)
fault(TIME, "the ten minutes of the limits are eleven", patched, recipients, "SHORT_WINDOW", lambda _: 660.0)
fault(TIME, "a review takes an hour longer", setting, "template_review_seconds", 4 * 3600.0)
