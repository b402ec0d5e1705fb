"""Sequences of calls and pauses around the moments at which time decides.

Random histories hardly ever wait exactly 19 seconds and then 1 more. What must be answered is for the oracle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jsms_api import limits

from tests.fuzz.oracle import world
from tests.fuzz.oracle.exchange import Sent
from tests.fuzz.oracle.initial_state import (
    BARE,
    EMPTY_TEXT_FITS,
    MAIN,
    NO_VARIABLES,
    ONE_VARIABLE,
    POOR,
    READY_MADE,
    READY_MADE_LIFE,
    TO_MEMBERS,
)
from tests.fuzz.oracle.world import World
from tests.fuzz.requests.calls import call, message, send_time
from tests.fuzz.run import Event

#: A request to make, or an event for `Run.happen`.
Step = Sent | Event
Sequence = Callable[[World, str], Iterator[Step]]


def _last(kept: Mapping[Any, Any]) -> Any:
    """Give the id of what was made last; of nothing, where a random history has left nothing."""
    return next(reversed(kept), "1")


def _voice_interval(_: World, number: str) -> Iterator[Step]:
    send = call("sendVoiceCode", {"mobile": number, "code": "0471"})
    yield send
    yield limits.VOICE_CODE_INTERVAL_SECONDS - 1.0
    yield send
    yield call("sendVoiceCode", {"mobile": number}, key=POOR)
    yield 0.75
    yield send
    yield 0.25
    yield send


def _life_of_voice_code(state: World, number: str) -> Iterator[Step]:
    for told in (None, 1, 90, limits.VOICE_CODE_DEFAULT_LIFE_SECONDS + 1):
        life = float(told or limits.VOICE_CODE_DEFAULT_LIFE_SECONDS)
        for wait in (life - 0.25, life):
            yield limits.VOICE_CODE_INTERVAL_SECONDS + 0.0
            yield call("sendVoiceCode", {"mobile": number, "code": "00471", **({"ttl": told} if told else {})})
            msg_id = _last(state.apps[MAIN].codes)
            yield wait
            yield call("verifyCode", {"code": "471"}, msg_id)
            yield call("verifyCode", {"code": "00471"}, msg_id)
            yield call("verifyCode", {"code": "00471"}, msg_id, POOR)
            yield call("verifyCode", {"code": "00471"}, msg_id)
    yield 10_000.0
    yield call("verifyCode", {"code": "1"}, msg_id)


def _life_of_text_code(state: World, number: str) -> Iterator[Step]:
    for wait in (READY_MADE_LIFE - 0.25, float(READY_MADE_LIFE)):
        yield call("sendCode", {"mobile": number, "temp_id": READY_MADE})
        msg_id = _last(state.apps[MAIN].codes)
        code = state.apps[MAIN].codes.get(msg_id)
        yield wait
        yield call("verifyCode", {"code": (code and code.value) or "1"}, msg_id, POOR)
        yield call("verifyCode", {"code": (code and code.value) or "1"}, msg_id)


def _pulls_of_replies(_: World, number: str) -> Iterator[Step]:
    yield ("reply", MAIN, number, "好的\n🙏")
    for wait in (5.0, limits.PULL_INTERVAL_SECONDS - 0.25, 0.25):
        yield wait
        yield call("pullReplies")
        yield call("pullReplies", key=POOR)


def _pulls(_: World, number: str) -> Iterator[Step]:
    yield 5.0
    yield call("pullReports")
    yield message(number)
    yield limits.PULL_INTERVAL_SECONDS - 1.0
    yield call("pullReports")
    yield 0.75
    yield call("pullReports")
    yield 0.25
    yield call("pullReports")
    yield 5.0
    yield call("pullReports")


def _marketing(_: World, number: str) -> Iterator[Step]:
    send = message(number, TO_MEMBERS, name="张三")
    for _position in range(limits.MARKETING_PER_WINDOW + 1):
        yield send
    yield 599.75
    yield send
    yield 0.25
    yield send


def _same_notice(_: World, number: str) -> Iterator[Step]:
    send = message(number)
    for _position in range(limits.NOTICE_SAME_TEXT + 1):
        yield send
    yield message(number, ONE_VARIABLE, number="1")
    yield 599.75
    yield send
    yield 0.25
    yield send


def _codes_in_a_day(_: World, number: str) -> Iterator[Step]:
    send = call("sendCode", {"mobile": number, "temp_id": READY_MADE})
    yield send
    yield 60.0
    for _position in range(limits.TEXT_CODES_PER_DAY):
        yield send
    yield 86_400.0 - 60.25
    yield send
    yield 0.25
    yield send
    yield send


def _notices_in_a_day(state: World, number: str) -> Iterator[Step]:
    def notice(text: object) -> dict[str, Any]:
        return {"mobile": number, "temp_para": {"number": text}}

    for position in range(limits.NOTICE_PER_DAY - 1):
        yield call("sendMessage", {**notice(position), "temp_id": ONE_VARIABLE})
    entries = [notice("a"), notice("b")]
    yield call("sendMessageBatch", {"temp_id": ONE_VARIABLE, "recipients": entries})
    timed = {**notice("c"), "temp_id": ONE_VARIABLE, "send_time": send_time(int(state.now) + 2)}
    yield call("createSchedule", timed)  # counts, and is not refused
    yield 86_399.75
    yield call("sendMessage", {**notice("d"), "temp_id": ONE_VARIABLE})
    yield 0.25
    yield call("sendMessage", {**notice("e"), "temp_id": ONE_VARIABLE})


def _task_of_the_other_kind(state: World, number: str) -> Iterator[Step]:
    at = send_time(int(state.now) + 20)
    single = {"mobile": number, "temp_id": NO_VARIABLES, "send_time": at}
    batch = {"temp_id": NO_VARIABLES, "send_time": at, "recipients": [{"mobile": number}]}
    yield call("createSchedule", single)
    yield call("updateScheduleBatch", batch, _last(state.apps[MAIN].tasks))
    yield call("createScheduleBatch", batch)
    yield call("updateSchedule", single, _last(state.apps[MAIN].tasks))
    yield call("getSchedule", path_id=_last(state.apps[MAIN].tasks))


def _task_falls_due(state: World, number: str) -> Iterator[Step]:
    yield 1.0 - state.now % 1.0  # to a whole second, so that a time text can name this very instant
    at = int(state.now) + 2
    body = {"mobile": number, "temp_id": NO_VARIABLES, "send_time": send_time(at)}
    yield call("createSchedule", {**body, "send_time": send_time(int(state.now))})
    yield call("createSchedule", body)
    task_id = _last(state.apps[MAIN].tasks)
    yield call("getSchedule", path_id=task_id, key=POOR)
    yield call("getSchedule", path_id=task_id)
    yield max(0.0, at - state.now - 0.25)
    yield call("updateSchedule", body, task_id)
    yield at - state.now
    yield call("updateSchedule", {**body, "send_time": send_time(at + 60)}, task_id)
    yield call("deleteSchedule", path_id=task_id)
    yield call("getSchedule", path_id=task_id)


def _task_changed(state: World, number: str) -> Iterator[Step]:
    at = int(state.now) + 20
    body = {"mobile": number, "temp_id": NO_VARIABLES, "send_time": send_time(at)}
    yield call("createSchedule", body)
    task_id = _last(state.apps[MAIN].tasks)
    later = {**body, "temp_id": ONE_VARIABLE, "temp_para": {"number": "8-2"}, "send_time": send_time(at + 20)}
    yield call("updateSchedule", later, task_id, POOR)
    yield call("updateSchedule", later, task_id)
    yield call("getSchedule", path_id=task_id)
    yield 20.0
    yield call("getSchedule", path_id=task_id)
    yield 20.0
    yield call("getSchedule", path_id=task_id)


def _task_deleted(state: World, number: str) -> Iterator[Step]:
    entries = [{"mobile": number}, {"mobile": "13800138000"}]
    body = {"temp_id": NO_VARIABLES, "recipients": entries, "send_time": send_time(int(state.now) + 20)}
    yield call("createScheduleBatch", body)
    task_id = _last(state.apps[MAIN].tasks)
    yield call("updateScheduleBatch", {**body, "recipients": entries[:1]}, task_id)
    yield call("getSchedule", path_id=task_id)
    yield call("deleteSchedule", path_id=task_id, key=POOR)
    yield call("deleteSchedule", path_id=task_id)
    yield call("getSchedule", path_id=task_id)
    yield call("updateScheduleBatch", body, task_id)
    yield 20.0


def _zero_in_front(state: World, number: str) -> Iterator[Step]:
    body = {"mobile": number, "temp_id": NO_VARIABLES, "send_time": send_time(int(state.now) + 90_000)}
    for _position in range(64):
        yield call("createSchedule", body)
        task_id = str(_last(state.apps[MAIN].tasks))
        if task_id.startswith("0"):
            yield call("getSchedule", path_id=task_id)
            yield call("getSchedule", path_id=task_id.lstrip("0"))
            break


def _unsubscribing(word: str) -> Sequence:
    def sequence(_: World, number: str) -> Iterator[Step]:
        send = message(number, TO_MEMBERS, name="张三")
        yield send
        yield ("reply", MAIN, number, "Thanks, TD")
        yield send
        yield ("reply", MAIN, number, word)
        yield send
        yield message(number)
        yield 5.0
        yield call("pullReplies")

    return sequence


def _length_and_price(state: World, number: str) -> Iterator[Step]:
    sign = state.apps[MAIN].default_sign
    around = len(sign.text) + 2 if sign is not None else 0
    texts = (
        # As long as one message holds; then of as many characters, of which a line break is one; then one fewer.
        "字" * (70 - around),
        "字" * (69 - around) + "\n",
        "😀" * (68 - around) + "\n",
        # As long as a text may be, which is counted in characters, and one longer.
        "字" * (135 - around),
        "字" * (500 - around),
        "字" * (501 - around),
    )
    for text in texts:
        yield message(number, EMPTY_TEXT_FITS, text=text)
        yield call("getAppBalance")


def _review_of_template(state: World, number: str) -> Iterator[Step]:
    yield call("createTemplate", {"template": "{{name}}与{{shop}}", "type": 2})
    temp_id = _last(state.apps[MAIN].templates)
    values = {"name": "{{shop}}", "shop": "{{name}}"}
    send = message(number, temp_id, **values)
    yield world.TEMPLATE_AUDIT - 0.25
    yield send
    yield 0.25
    yield send
    yield message(number, temp_id, POOR, **values)
    yield call("getTemplate", path_id=temp_id, key=POOR)
    yield call("updateTemplate", {"template": "x{{name}}", "type": 2}, temp_id)
    yield call("deleteTemplate", path_id=temp_id)
    yield send


def _signs_of_a_new_application(state: World, _: str) -> Iterator[Step]:
    signs = state.apps[BARE].signs
    for sign in list(signs.values()):
        if sign.status == world.IN_REVIEW:
            yield ("sign", BARE, sign.id, True)
    for text in ("一二三四五六七八九", "x", "字 符", "𠀀𠀀", "龥鿿一一一一一一"):
        yield call("createSign", {"sign": text}, key=BARE)
    sign_id = _last(signs)
    yield call("createSign", {"sign": "第二个"}, key=BARE)
    yield world.SIGN_AUDIT - 1.0
    yield call("getSign", path_id=sign_id, key=BARE)
    yield 1.0
    yield call("getSign", path_id=sign_id, key=BARE)
    yield message("13800138000", 1, BARE, code="1")
    yield call("deleteSign", path_id=sign_id, key=BARE)
    yield call("updateSign", {"sign": "改一改"}, sign_id, BARE)
    yield call("getSign", path_id=sign_id)


SEQUENCES: Final[tuple[Sequence, ...]] = (
    _voice_interval, _life_of_voice_code, _life_of_text_code, _pulls, _pulls_of_replies, _marketing, _same_notice,
    _codes_in_a_day, _notices_in_a_day, _task_of_the_other_kind, _task_falls_due, _task_changed, _task_deleted,
    _zero_in_front, *map(_unsubscribing, (" td ", "T", "退订")), _length_and_price, _review_of_template,
    _signs_of_a_new_application,
)  # fmt: skip
