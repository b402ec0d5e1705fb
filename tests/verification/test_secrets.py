"""No number, code, address, pepper or password in any repr, log line, error or frame of this package."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import jsmskit
import pytest
from jsmskit.mock import MASTER_SECRET, Fault, FaultKind, JsmsMock
from jsmskit.verification import ChallengeContext, MemoryStore, Policy, RedisStore, TooManyRequestsError
from jsmskit.verification.store import Attempt, Conclude, Reserve, Settle
from verification_scene import Between, sync_verification

from tests.judges_of_secrets import shown_by_frames

PHONE = "13987654321"
CODE = "739164"
ADDRESS = "198.51.100.77"
PEPPER = "Zauberpfeffer-und-Salz"
PASSWORD = "Sesam-oeffne-dich"
PRIVATE = (PHONE, CODE, ADDRESS, PEPPER, PASSWORD, MASTER_SECRET)


def everything_about(error: BaseException) -> str:
    return "\n".join(shown_by_frames(error))


def assert_private(text: str) -> None:
    for each in PRIVATE:
        assert each not in text, f"{each} in {text[max(0, text.index(each) - 200) : text.index(each) + 50]}"


def fail(context: ChallengeContext) -> bool:
    raise RuntimeError("captcha")


START: Callable[[Any], Any] = lambda v: v.start(PHONE, purpose="login", ip=ADDRESS)  # noqa: E731
CHECK: Callable[[Any], Any] = lambda v: v.check(PHONE, CODE, purpose="login")  # noqa: E731


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("a defect")], ids=["ctrl-c", "defect"])
@pytest.mark.parametrize(("call", "kind"), [(START, Reserve), (START, Settle), (CHECK, Attempt), (CHECK, Conclude)])
def test_an_interruption_in_the_store_shows_nothing(
    mock: JsmsMock, call: Callable[[Any], Any], kind: type, error: BaseException
) -> None:
    inner = MemoryStore()

    def interrupt(step: Any) -> None:
        if isinstance(step, kind):
            raise error

    START(sync_verification(mock, inner, application="default"))
    mock.advance(60)
    with pytest.raises(type(error)) as caught:
        call(sync_verification(mock, Between(inner, interrupt)))
    assert_private(everything_about(caught.value))


def test_refusals_show_nothing(mock: JsmsMock) -> None:
    one = sync_verification(mock, MemoryStore())
    START(one)
    with pytest.raises(TooManyRequestsError) as caught:
        START(one)
    assert_private(everything_about(caught.value))
    with pytest.raises(RuntimeError) as failed:
        START(sync_verification(mock, MemoryStore(), challenge=fail))
    assert_private(everything_about(failed.value))
    for call in (
        lambda: one.start(PHONE, purpose="a b", ip=ADDRESS),
        lambda: one.start(PHONE, purpose="login", ip=ADDRESS, channel="fax"),  # type: ignore[arg-type]
        lambda: one.check(PHONE, CODE, purpose=""),
    ):
        with pytest.raises(jsmskit.ConfigurationError) as refused:
            call()
        assert_private(everything_about(refused.value))


def test_failures_of_the_service_show_nothing(mock: JsmsMock) -> None:
    for kind in (FaultKind.REFUSE, FaultKind.DROP, FaultKind.MALFORMED):
        one = sync_verification(mock, MemoryStore())
        mock.faults.add(Fault(kind, operation="sendCode"))
        failed = START(one)
        mock.faults.clear()
        assert failed.error is not None
        assert_private(repr(failed) + everything_about(failed.error))
        mock.advance(60)
        START(one)
        mock.faults.add(Fault(kind, operation="verifyCode"))
        unchecked = CHECK(one)
        mock.faults.clear()
        assert unchecked.error is not None
        assert_private(repr(unchecked) + everything_about(unchecked.error))
        mock.advance(86_400)


def test_a_store_that_is_down_shows_nothing() -> None:
    mock = JsmsMock()
    store = RedisStore(f"redis://user:{PASSWORD}@127.0.0.1:1", pepper=PEPPER)
    one = sync_verification(mock, store)
    for call in (START, CHECK, lambda _: store.stats()):
        with pytest.raises(jsmskit.JsmsError) as caught:
            call(one)
        assert_private(everything_about(caught.value))
    mock.close()


def test_logs_and_reprs_show_nothing(mock: JsmsMock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    store = MemoryStore()
    policy = Policy(blocked_numbers=["13812345678"], blocked_addresses=[ADDRESS])
    one = sync_verification(mock, store)
    reserved: list[str] = []
    seen = sync_verification(mock, Between(store, lambda step: reserved.append(repr(step))))
    shown = [repr(START(seen)), repr(CHECK(seen)), repr(one), repr(store), repr(store.peppers), repr(policy)]
    assert_private("\n".join([*shown, *reserved, caplog.text]))
    assert "139****4321" in caplog.text
