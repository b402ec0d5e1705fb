"""Faults in what the mock decides and keeps: codes, state, time.

Each is one line of a real slip. Knows the mock's rules by their ids. See `planting` for the means.
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
from jsmskit.mock.service.rules import recipients, sign_documents
from jsmskit.mock.state.messages import MessageStore
from jsmskit.mock.state.reviewed import SignStore, TemplateStore
from jsmskit.mock.state.schedules import ScheduleStore

from tests.fuzz.gate.planting import (
    breaks,
    bug,
    code_of,
    never,
    operation,
    patched,
    refusal_code,
    setting,
)

CODE, STATE, TIME = "wrong code", "state not kept", "time off by one"


# Codes.


@bug(CODE, "50007 for an invalid number")
def _invalid_mobile_is_invalid_body() -> None:
    refusal_code("mobile", {Code.INVALID_MOBILE: Code.INVALID_BODY})


@bug(CODE, "50006 for a missing number")
def _missing_mobile_is_invalid() -> None:
    refusal_code("mobile", {Code.MISSING_MOBILE: Code.INVALID_MOBILE})


@bug(CODE, "50004 for an entry's invalid number")
def _entry_mobile_is_missing() -> None:
    refusal_code("recipients[].mobile", {Code.INVALID_MOBILE: Code.MISSING_MOBILE})


@bug(CODE, "50030 for too many recipients")
def _too_many_is_none() -> None:
    refusal_code("recipients", {Code.TOO_MUCH_RECIPIENTS: Code.RECIPIENTS_IS_EMPTY})


@bug(CODE, "50039 for a voice code of the wrong length")
def _length_is_alphabet() -> None:
    refusal_code("code", {Code.INVALID_CONTENT_LENGTH: Code.INVALID_CODE_TYPE})


@bug(CODE, "50029 for an unknown schedule")
def _unknown_schedule_is_wrong_status() -> None:
    code_of("schedule.unknown", Code.WRONG_SCHEDULE_STATUS)


@bug(CODE, "50022 where no value is given at all")
def _none_is_some() -> None:
    code_of("params.none", Code.PARAMETERS_NOT_ALL_REPLACED)


@bug(CODE, "50010 for a code that was verified before")
def _verified_is_wrong() -> None:
    code_of("code.verified", Code.INVALID_CODE)


@bug(CODE, "50010 for a code that has expired")
def _expired_is_wrong() -> None:
    code_of("code.expired", Code.INVALID_CODE)


@bug(CODE, "50102 for the default sign")
def _default_sign_is_unknown() -> None:
    code_of("sign.is-default", Code.INVALID_SIGN_ID)


@bug(CODE, "50020 for a template that was refused")
def _refused_is_review() -> None:
    code_of("template.refused", Code.TEMPLATE_AUDITING)


@bug(CODE, "50013 for a change of a template that is not refused")
def _unchangeable_is_unknown() -> None:
    code_of("template.not-refused", Code.INVALID_TEMP_ID)


@bug(CODE, "50104 for a bad picture")
def _picture_is_text() -> None:
    def make(original: Any) -> Any:
        def refused(rule_id: str, code: int) -> Any:
            original(rule_id, Code.INVALID_SIGNATURE if code == Code.INVALID_IMAGE else code)

        return refused

    patched(sign_documents, "_refuse", make)


# State.


@bug(STATE, "a code can be verified again and again")
def _verified_again() -> None:
    never("code.verified")


@bug(STATE, "any code verifies")
def _any_code_verifies() -> None:
    never("code.wrong")


@bug(STATE, "a deleted schedule can be read")
def _deleted_is_readable() -> None:
    never("schedule.deleted")


@bug(STATE, "a deleted schedule can be changed")
def _deleted_is_changeable() -> None:
    never("schedule.not-waiting")


@bug(STATE, "a deleted schedule goes out all the same")
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


@bug(STATE, "a change of a schedule is answered and forgotten")
def _change_is_forgotten() -> None:
    @operation("updateSchedule")
    def around(_: Any, call: Any) -> Any:
        timed._decide_single(call)
        return {"schedule_id": call.path_id}


@bug(STATE, "a change of a timed batch keeps its old recipients too")
def _old_recipients_stay() -> None:
    def make(original: Any) -> Any:
        def put(self: Any, schedule: Any) -> Any:
            before = self.get(schedule.app_key, schedule.schedule_id)
            kept = before.recipients if before is not None and schedule.batch else ()
            return original(self, replace(schedule, recipients=(*kept, *schedule.recipients)))

        return put

    patched(ScheduleStore, "put", make)


@bug(STATE, "a deleted template stays")
def _deleted_template_stays() -> None:
    patched(TemplateStore, "delete", lambda _: lambda self, app_key, temp_id: None)


@bug(STATE, "a changed template stays refused")
def _changed_template_stays_refused() -> None:
    def make(original: Any) -> Any:
        def put(self: Any, template: Any) -> Any:
            before = self.get(template.app_key, template.temp_id)
            if before is not None and before.status is ReviewStatus.REFUSED:
                template = replace(template, status=ReviewStatus.REFUSED)
            return original(self, template)

        return put

    patched(TemplateStore, "put", make)


@bug(STATE, "reports are handed out twice")
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


@bug(STATE, "a person who writes TD is not unsubscribed")
def _unsubscribing_is_forgotten() -> None:
    patched(reports, "_UNSUBSCRIBING", lambda _: frozenset())


@bug(STATE, "message ids come again")
def _ids_come_again() -> None:
    def make(original: Any) -> Any:
        def message_id(self: Any) -> int:
            return int(original(self)) // 50 * 50

        return message_id

    patched(RandomIds, "message_id", make)


@bug(STATE, "the first approved sign does not become the default")
def _no_first_default() -> None:
    patched(SignStore, "default", lambda original: lambda self, app_key: (
        None if (found := original(self, app_key)) is not None and found.sign_id > 37_584 else found
    ))  # fmt: skip


@bug(STATE, "only the first of several variables is filled in")
def _one_variable_only() -> None:
    def make(original: Any) -> Any:
        def fill(self: Any, params: Any) -> Any:
            first = next(iter(self.variables), "")
            return original(self, {name: value if name == first else "" for name, value in params.items()})

        return fill

    patched(message_text.TemplateText, "fill", make)


# Time.


@bug(TIME, "a voice code after 19 seconds")
def _voice_after_19() -> None:
    def decide(_: Any, addressee: Any) -> bool:
        call = addressee.call
        last = call.components.state.inbox.last_voice_call(call.owner_key, addressee.phone)
        return last is not None and 0 <= call.now - last < limits.VOICE_CODE_INTERVAL_SECONDS - 1

    breaks("limit.voice", decide)


@bug(TIME, "no voice code after exactly 20 seconds")
def _voice_not_after_20() -> None:
    def decide(_: Any, addressee: Any) -> bool:
        call = addressee.call
        last = call.components.state.inbox.last_voice_call(call.owner_key, addressee.phone)
        return last is not None and 0 <= call.now - last <= limits.VOICE_CODE_INTERVAL_SECONDS

    breaks("limit.voice", decide)


@bug(TIME, "a pull after 4 seconds")
def _pull_after_4() -> None:
    def decide(_: Any, call: Any) -> bool:
        last = call.components.state.accounts.last_call(call.owner_key, call.info.operation_id)
        return last is not None and call.now - last < limits.PULL_INTERVAL_SECONDS - 1

    breaks("pull.too-soon", decide)


@bug(TIME, "a code lives a second longer")
def _code_lives_longer() -> None:
    breaks("code.expired", lambda _, call: call.code is not None and call.now >= call.code.expires_at + 1)


@bug(TIME, "a code is alive at the very end of its life")
def _code_lives_at_the_end() -> None:
    breaks("code.expired", lambda _, call: call.code is not None and call.now > call.code.expires_at)


@bug(TIME, "a voice code lives 61 seconds by default")
def _voice_lives_61() -> None:
    @operation("sendVoiceCode")
    def around(original: Any, call: Any) -> Any:
        call.body = {"ttl": limits.VOICE_CODE_DEFAULT_LIFE_SECONDS + 1, **call.body}
        return original(call)


@bug(TIME, "send_time may be now")
def _send_time_may_be_now() -> None:
    breaks("send-time.past", lambda _, call: call.send_at is None or call.send_at < call.now)


@bug(TIME, "send_time is read as UTC")
def _send_time_in_utc() -> None:
    patched(timed, "read_send_time", lambda original: lambda told: original(told) + 8 * 3600)


@bug(TIME, "reports come a second late")
def _reports_late() -> None:
    setting("report_delay_seconds", 6.0)


@bug(TIME, "the ten minutes of the limits are eleven")
def _window_of_eleven_minutes() -> None:
    patched(recipients, "SHORT_WINDOW", lambda _: 660.0)


@bug(TIME, "a review takes an hour longer")
def _review_takes_longer() -> None:
    setting("template_review_seconds", 4 * 3600.0)
