"""Signals: heard wherever they fall, and no Ctrl-C cuts off what a command has to say."""

from __future__ import annotations

import os
import signal
import socket
import threading
from _thread import interrupt_main
from collections.abc import Callable, Iterator

import click
import pytest
from jsmskit.cli import output
from jsmskit.cli.errors import CommandError
from jsmskit.cli.exit_codes import ExitCode
from jsmskit.cli.framework import Command, Group
from jsmskit.cli.signals import Terminated, ignore_signals, prompt_signals, sigterm_as_interrupt
from jsmskit.errors import APITimeoutError, Outcome


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Whoever runs the suite in the background has Ctrl-C ignored, which is inherited."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_signal_that_ended_no_system_call_is_heard_all_the_same() -> None:
    """`interrupt_main` notes a signal and ends no call: what happens in the moment before a call begins."""
    ours, theirs = socket.socketpair()

    def note() -> None:
        theirs.recv(1)
        interrupt_main(signal.SIGINT)

    never: list[bool] = []

    def give_up() -> None:
        never.append(True)
        theirs.send(b"x")

    def exchange() -> None:
        ours.send(b"x")
        ours.recv(100)

    with ours, theirs:
        threading.Thread(target=note).start()
        late = threading.Timer(30, give_up)
        late.start()
        with pytest.raises(KeyboardInterrupt), prompt_signals():
            exchange()
        late.cancel()
        late.join()

    assert not never
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def test_a_handler_of_somebody_else_is_left_alone() -> None:
    heard: list[int] = []
    signal.signal(signal.SIGALRM, lambda number, _: heard.append(number))
    try:
        with prompt_signals():
            assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
            signal.raise_signal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    assert heard == [signal.SIGALRM]


def test_another_thread_is_told_nothing_and_changes_nothing() -> None:
    """Only the main thread may ask for signals."""
    seen: list[object] = []

    def work() -> None:
        with sigterm_as_interrupt(), prompt_signals(), ignore_signals():
            seen.extend(map(signal.getsignal, (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)))

    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()

    assert seen == before


def test_sigterm_is_told_as_ctrl_c_is() -> None:
    with pytest.raises(Terminated), sigterm_as_interrupt():
        os.kill(os.getpid(), signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def _run(callback: Callable[[], object], capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    section = Group("jsms", commands=[Command("send", callback=callback)])
    with pytest.raises(SystemExit) as ended:
        section.main(["send"], "jsms")
    return ended.value.code, capsys.readouterr().err


def _lost() -> APITimeoutError:
    return APITimeoutError("No answer came in time.", operation="sendCode", outcome=Outcome.UNKNOWN)


def test_ctrl_c_while_a_failure_is_told_does_not_cut_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show = output.show_error

    def pressed(error: CommandError, *, for_programs: bool) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        show(error, for_programs=for_programs)

    monkeypatch.setattr(output, "show_error", pressed)

    def lose() -> None:
        raise _lost()

    code, told = _run(lose, capsys)

    assert code == ExitCode.UNKNOWN
    assert "Unknown: it may have been sent." in told
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_that_runs_into_a_failure_does_not_hide_it(capsys: pytest.CaptureFixture[str]) -> None:
    """It may fall between the error and who catches it; "nothing was sent" would be a lie then."""

    def lose() -> None:
        try:
            raise _lost()
        finally:
            raise KeyboardInterrupt

    code, told = _run(lose, capsys)

    assert code == ExitCode.UNKNOWN
    assert told.startswith("jsms send: No answer came in time.")
    assert "Unknown: it may have been sent." in told


def test_ctrl_c_behind_a_command_that_failed_does_not_hide_it(capsys: pytest.CaptureFixture[str]) -> None:

    class Late(Command):
        def invoke(self, ctx: click.Context) -> object:
            try:
                return super().invoke(ctx)
            finally:
                raise KeyboardInterrupt

    def lose() -> None:
        raise _lost()

    section = Group("jsms", commands=[Late("send", callback=lose)])
    with pytest.raises(SystemExit) as ended:
        section.main(["send"], "jsms")

    assert ended.value.code == ExitCode.UNKNOWN
    assert "jsms send: No answer came in time." in capsys.readouterr().err


def test_ctrl_c_with_nothing_behind_it_says_that_nothing_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    """An error of something else that was being handled is none of ours."""

    def stop() -> None:
        try:
            raise BlockingIOError
        except BlockingIOError:
            raise KeyboardInterrupt from None

    code, told = _run(stop, capsys)

    assert code == ExitCode.INTERRUPTED
    assert "No, nothing was sent." in told
