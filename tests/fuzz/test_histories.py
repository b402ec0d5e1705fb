"""Random histories of calls, pauses and reviews against the reference model of the service.

After every step the mock's response, the phones and the balances must be what the model says. In process, on a frozen
clock; what fails is shrunk to the few steps that matter.
"""

from __future__ import annotations

from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.fuzz.oracle import initial_state
from tests.fuzz.reached import Reached
from tests.fuzz.requests.calls import call as request
from tests.fuzz.requests.calls import send_time
from tests.fuzz.run import Run

CALLERS = st.sampled_from((initial_state.MAIN.key,) * 8 + (initial_state.POOR.key,) * 3 + (initial_state.BARE.key,))
NUMBERS = st.sampled_from(
    (*initial_state.NUMBERS[:3], initial_state.UNSUBSCRIBED, initial_state.LISTED_INVALID, "12000000000")
)
TEMPLATES = st.sampled_from(
    (
        initial_state.READY_MADE_ID,
        initial_state.ONE_VARIABLE,
        initial_state.NO_VARIABLES,
        initial_state.SEVERAL_VARIABLES,
        initial_state.TO_MEMBERS,
        initial_state.SHORT_LIFE,
        initial_state.IN_AUDIT,
        initial_state.TURNED_DOWN,
        initial_state.WITH_BLACK_WORD,
        initial_state.EMPTY_TEXT_FITS,
        99,
    )
)
SIGNS = st.sampled_from((None, None, None, initial_state.SECOND_SIGN, initial_state.TURNED_DOWN_SIGN, 99))
VALUES = st.dictionaries(
    st.sampled_from(("number", "name", "shop", "date", "text", "code", "unknown")),
    st.sampled_from(("741627", "张三", "a\nb", "含【括号】", "黑词", "字" * 61, "字" * 490, "", "{{name}}")),
    max_size=5,
)
AHEAD = st.sampled_from((-1, 0, 1, 5, 60, 3600))
PAUSES = st.sampled_from((0.25, 1, 4, 5, 19, 20, 59, 60, 300, 600, 3 * 3600, 86_400, 2 * 86_400))
TEXTS = st.sampled_from(
    ("验证码{{code}}", "您好{{name}}", "点击{{url}}", "无变量", "{{a", "{{_x}}", "黑词{{name}}", "请拒绝", "字" * 495)
)


def drawn(**values: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a body; fields that come out as None are left out."""
    return st.fixed_dictionaries(values).map(
        lambda body: {name: value for name, value in body.items() if value is not None}
    )


MESSAGES = drawn(mobile=NUMBERS, temp_id=TEMPLATES, temp_para=VALUES, sign_id=SIGNS)
ENTRIES = st.lists(drawn(mobile=NUMBERS, temp_para=VALUES), min_size=0, max_size=4)
BATCHES = drawn(temp_id=TEMPLATES, recipients=ENTRIES, sign_id=SIGNS)
FORMS = drawn(
    template=TEXTS,
    type=st.sampled_from((1, 2, 3, 4)),
    ttl=st.sampled_from((None, None, 0, 1, 60, 86_400, 86_401)),
    remark=st.sampled_from((None, "", "https://example.com/ 说明", "字" * 100, "字" * 101)),
)


class History(RuleBasedStateMachine):
    """One history: the mock, the model, and everything that can happen."""

    codes = Bundle("codes")
    tasks = Bundle("tasks")
    templates = Bundle("templates")
    signs = Bundle("signs")

    def __init__(self) -> None:
        super().__init__()
        self.run = Run()
        self.world = self.run.world

    @initialize(target=tasks)
    def unknown_task(self) -> str:
        """An id that no task has."""
        return "1a886e7c-a267-49e6-9970-0d396ca5bb1e"

    @initialize(target=codes)
    def unknown_code(self) -> str:
        """An id that no code has."""
        return "288193860302"

    @initialize(target=templates)
    def seeded_templates(self) -> Any:
        """Templates of the opening position."""
        return multiple(1, initial_state.ONE_VARIABLE, initial_state.TURNED_DOWN, 99)

    @initialize(target=signs)
    def seeded_signs(self) -> Any:
        """Signs of the opening position."""
        return multiple(initial_state.DEFAULT_SIGN, initial_state.SECOND_SIGN, initial_state.TURNED_DOWN_SIGN, 99)

    def call(self, name: str, caller: str, body: dict[str, Any] | None = None, path_id: object = "") -> Any:
        """Make a call, compare everything, and give the decoded answer of a success."""
        answer = self.run.send("histories", request(name, body, path_id, caller))
        return answer.decoded() if answer.status == 200 else None

    # Codes.

    @rule(target=codes, caller=CALLERS, body=drawn(mobile=NUMBERS, temp_id=TEMPLATES, sign_id=SIGNS))
    def send_code(self, caller: str, body: dict[str, Any]) -> Any:
        """A text code."""
        told = self.call("sendCode", caller, body)
        return told["msg_id"] if told else multiple()

    @rule(
        target=codes,
        caller=CALLERS,
        body=drawn(
            mobile=NUMBERS,
            code=st.sampled_from((None, None, "0000", "99999999", "123", "12a4", 4711)),
            ttl=st.sampled_from((None, 1, 20, 86_400, 0)),
            voice_lang=st.sampled_from((None, 0, 2, 3)),
        ),
    )
    def send_voice_code(self, caller: str, body: dict[str, Any]) -> Any:
        """A spoken code."""
        told = self.call("sendVoiceCode", caller, body)
        return told["msg_id"] if told else multiple()

    @rule(caller=CALLERS, msg_id=codes, guess=st.sampled_from((None, None, "000001", "")))
    def verify(self, caller: str, msg_id: str, guess: str | None) -> None:
        """A check, mostly of what the phone shows."""
        code = self.world.apps[caller].codes.get(msg_id)
        right = code.value if code is not None else None
        self.call("verifyCode", caller, {"code": right or "123456" if guess is None else guess}, msg_id)

    @rule(msg_id=codes, early=st.sampled_from((1, 0.25, 0)))
    def wait_for_the_end_of_a_code(self, msg_id: str, early: float) -> None:
        """Time passes until a code is about to die, or does."""
        for app in self.world.apps.values():
            code = app.codes.get(msg_id)
            if code is not None and code.expires_at - early > self.world.now:
                self.pass_time(code.expires_at - early - self.world.now)

    # Messages.

    @rule(caller=CALLERS, body=MESSAGES, often=st.sampled_from((1, 1, 4)))
    def send_message(self, caller: str, body: dict[str, Any], often: int) -> None:
        """One message, or the same one again and again."""
        for _ in range(often):
            self.call("sendMessage", caller, body)

    @rule(caller=CALLERS, body=BATCHES, doubled=st.booleans())
    def send_batch(self, caller: str, body: dict[str, Any], doubled: bool) -> None:
        """A batch, perhaps with every entry twice."""
        self.call("sendMessageBatch", caller, {**body, "recipients": body["recipients"] * (1 + doubled)})

    # Timed tasks.

    @rule(target=tasks, caller=CALLERS, body=MESSAGES, ahead=AHEAD)
    def create_schedule(self, caller: str, body: dict[str, Any], ahead: int) -> Any:
        """A timed message."""
        told = self.call("createSchedule", caller, {**body, "send_time": send_time(self.world.now + ahead)})
        return told["schedule_id"] if told else multiple()

    @rule(target=tasks, caller=CALLERS, body=BATCHES, ahead=AHEAD)
    def create_schedule_batch(self, caller: str, body: dict[str, Any], ahead: int) -> Any:
        """A timed batch."""
        at = send_time(self.world.now + ahead)
        told = self.call("createScheduleBatch", caller, {**body, "send_time": at})
        return told["schedule_id"] if told else multiple()

    @rule(caller=CALLERS, task=tasks, body=st.one_of(MESSAGES, BATCHES), ahead=AHEAD)
    def update_schedule(self, caller: str, task: str, body: dict[str, Any], ahead: int) -> None:
        """A change, of the right kind or not."""
        name = "updateScheduleBatch" if "recipients" in body else "updateSchedule"
        self.call(name, caller, {**body, "send_time": send_time(self.world.now + ahead)}, task)

    @rule(caller=CALLERS, task=tasks)
    def get_schedule(self, caller: str, task: str) -> None:
        """A look at a task."""
        self.call("getSchedule", caller, path_id=task)

    @rule(caller=CALLERS, task=tasks)
    def delete_schedule(self, caller: str, task: str) -> None:
        """A task is cancelled."""
        self.call("deleteSchedule", caller, path_id=task)

    # Templates.

    @rule(target=templates, caller=CALLERS, body=FORMS)
    def create_template(self, caller: str, body: dict[str, Any]) -> Any:
        """A template is handed in."""
        told = self.call("createTemplate", caller, body)
        return told["temp_id"] if told else multiple()

    @rule(caller=CALLERS, temp_id=templates, body=FORMS)
    def update_template(self, caller: str, temp_id: int, body: dict[str, Any]) -> None:
        """A template is handed in again."""
        self.call("updateTemplate", caller, {**body, "temp_id": temp_id}, temp_id)

    @rule(caller=CALLERS, temp_id=templates)
    def get_template(self, caller: str, temp_id: int) -> None:
        """A look at a template."""
        self.call("getTemplate", caller, path_id=temp_id)

    @rule(caller=CALLERS, temp_id=templates)
    def delete_template(self, caller: str, temp_id: int) -> None:
        """A template goes."""
        self.call("deleteTemplate", caller, path_id=temp_id)

    @rule(caller=CALLERS, temp_id=templates, body=drawn(mobile=NUMBERS, temp_para=VALUES))
    def send_made_template(self, caller: str, temp_id: int, body: dict[str, Any]) -> None:
        """A message from a template of this history."""
        self.call("sendMessage", caller, {**body, "temp_id": temp_id})

    @rule(caller=CALLERS, temp_id=templates, approved=st.booleans())
    def review_template(self, caller: str, temp_id: int, approved: bool) -> None:
        """Somebody decides about a template before the clock does."""
        self.run.decide("template", caller, temp_id, approved)

    # Signs.

    @rule(
        target=signs,
        caller=CALLERS,
        body=drawn(
            sign=st.sampled_from(("极光推送短信服务", "AB", "A", "极光推送短信服务了", "拒绝", "a b")),
            type=st.sampled_from((None, "1", "7", "8")),
            remark=st.sampled_from((None, "字" * 100, "字" * 101)),
        ),
    )
    def create_sign(self, caller: str, body: dict[str, Any]) -> Any:
        """A sign is handed in."""
        told = self.call("createSign", caller, body)
        return told["sign_id"] if told else multiple()

    @rule(caller=CALLERS, sign_id=signs, text=st.sampled_from(("新签名", "x")))
    def update_sign(self, caller: str, sign_id: int, text: str) -> None:
        """A sign is handed in again."""
        self.call("updateSign", caller, {"sign": text}, sign_id)

    @rule(caller=CALLERS, sign_id=signs)
    def get_sign(self, caller: str, sign_id: int) -> None:
        """A look at a sign."""
        self.call("getSign", caller, path_id=sign_id)

    @rule(caller=CALLERS, sign_id=signs)
    def delete_sign(self, caller: str, sign_id: int) -> None:
        """A sign goes."""
        self.call("deleteSign", caller, path_id=sign_id)

    @rule(caller=CALLERS, sign_id=signs, approved=st.booleans())
    def review_sign(self, caller: str, sign_id: int, approved: bool) -> None:
        """Somebody decides about a sign before the clock does."""
        self.run.decide("sign", caller, sign_id, approved)

    # Reading, replies, time.

    @rule(caller=CALLERS, name=st.sampled_from(("pullReports", "pullReplies", "getAppBalance", "getAccountBalance")))
    def read(self, caller: str, name: str) -> None:
        """A pull or a look at the balances."""
        self.call(name, caller)

    @rule(caller=CALLERS, phone=NUMBERS, content=st.sampled_from(("TD", "t ", "好的", "退订")))
    def reply(self, caller: str, phone: str, content: str) -> None:
        """Somebody writes back."""
        self.run.happen(("reply", caller, phone, content))

    @rule(seconds=PAUSES)
    def pass_time(self, seconds: float) -> None:
        """Time passes."""
        self.run.happen(float(seconds))

    @invariant()
    def no_balance_is_below_zero(self) -> None:
        """What is left is never less than nothing."""
        for app in self.world.apps.values():
            assert all(held is None or held >= 0 for held in app.balances.values())

    def teardown(self) -> None:
        """Compare the balances once more, to the message."""
        if self.world.apps:
            for caller in (initial_state.MAIN.key, initial_state.POOR.key):
                self.call("getAppBalance", caller)


def check_histories(seed: int, count: int) -> Reached:
    """Run random histories.

    Raises:
        WrongResponseError: the model contradicts a response, or what arrived on phones.
    """
    reached = Reached()

    class Counted(History):
        def teardown(self) -> None:
            super().teardown()
            reached.add(self.run.reached)

    seeded = hypothesis.seed(seed)(Counted)
    run_state_machine_as_test(
        seeded, settings=settings(max_examples=count, stateful_step_count=40, deadline=None, database=None)
    )
    return reached


@pytest.mark.parametrize("seed", [1, 2])
def test_random_histories(seed: int) -> None:
    assert check_histories(seed, 20).cases > 0
