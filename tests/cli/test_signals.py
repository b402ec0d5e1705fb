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
from jsmskit.cli.signals import prompt_signals
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

    def exchange() -> None:
        ours.send(b"x")
        ours.recv(100)

    ours.settimeout(30)
    with ours, theirs:
        threading.Thread(target=note).start()
        with pytest.raises(KeyboardInterrupt), prompt_signals():
            exchange()

    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def lose() -> None:
    raise APITimeoutError("No answer came in time.", operation="sendCode", outcome=Outcome.UNKNOWN)


def lose_and_be_interrupted() -> None:
    """It may fall between the error and who catches it."""
    try:
        lose()
    finally:
        raise KeyboardInterrupt


def be_interrupted_while_another_error_is_handled() -> None:
    try:
        raise BlockingIOError
    except BlockingIOError:
        raise KeyboardInterrupt from None


class InterruptedAtTheEnd(Command):
    """Ctrl-C comes when the command has failed already."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        finally:
            raise KeyboardInterrupt


def run(kind: type[Command], callback: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """Run a command; return its exit code and what it says."""
    with pytest.raises(SystemExit) as ended:
        Group("jsms", commands=[kind("send", callback=callback)]).main(["send"], "jsms")
    return ended.value.code, capsys.readouterr().err


@pytest.mark.parametrize("kind", [Command, InterruptedAtTheEnd])
@pytest.mark.parametrize("callback", [lose, lose_and_be_interrupted])
def test_ctrl_c_does_not_hide_a_failure(
    kind: type[Command], callback: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not said then that nothing was sent."""
    code, told = run(kind, callback, capsys)

    assert code == ExitCode.UNKNOWN
    assert "jsms send: No answer came in time.\n  was it sent?  Unknown: it may have been sent." in told


def test_ctrl_c_does_not_cut_off_what_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show = output.show_error

    def pressed(error: CommandError, *, for_programs: bool) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        show(error, for_programs=for_programs)

    monkeypatch.setattr(output, "show_error", pressed)
    code, told = run(Command, lose, capsys)

    assert (code, "Unknown: it may have been sent." in told) == (ExitCode.UNKNOWN, True)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_with_nothing_behind_it_says_that_nothing_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    """An error of something else that was being handled is none of ours."""
    code, told = run(Command, be_interrupted_while_another_error_is_handled, capsys)

    assert (code, "No, nothing was sent." in told) == (ExitCode.INTERRUPTED, True)
