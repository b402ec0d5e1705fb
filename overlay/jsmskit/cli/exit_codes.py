"""The exit codes of `jsms`: one table for every command."""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from .language import mark

if TYPE_CHECKING:
    from collections.abc import Mapping


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CREDENTIALS = 3
    REFUSED = 4
    RATE_LIMITED = 5
    NO_BALANCE = 6
    NOT_SENT = 7
    UNKNOWN = 8
    PARTIAL = 9
    NEGATIVE = 10
    RESULT_LOST = 11
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143


class ExitCodeInfo(NamedTuple):
    """The meaning of a code, and whether a script may run the command again."""

    meaning: str
    again: str


EXIT_CODES: Final[Mapping[ExitCode, ExitCodeInfo]] = MappingProxyType(
    {
        ExitCode.OK: ExitCodeInfo(mark("Done."), "-"),
        ExitCode.FAILED: ExitCodeInfo(
            mark("Something on this machine failed: a file, a ledger, the mock."), mark("after a repair")
        ),
        ExitCode.USAGE: ExitCodeInfo(
            mark("The command line is wrong, or needs --yes without a terminal."), mark("after a change")
        ),
        ExitCode.CREDENTIALS: ExitCodeInfo(
            mark("Settings or keys are missing, malformed, or not accepted."), mark("after a change")
        ),
        ExitCode.REFUSED: ExitCodeInfo(
            mark("The service, or a check before it, refused the number, template, sign, text or time."),
            mark("after a change"),
        ),
        ExitCode.RATE_LIMITED: ExitCodeInfo(mark("A rate limit was reached."), mark("later")),
        ExitCode.NO_BALANCE: ExitCodeInfo(mark("The balance is too low."), mark("after a top-up")),
        ExitCode.NOT_SENT: ExitCodeInfo(
            mark("There was no response, and nothing was carried out (or the command only reads)."), mark("yes")
        ),
        ExitCode.UNKNOWN: ExitCodeInfo(
            mark("There was no clear response: it may have been carried out."),
            mark("NO: look at the delivery reports first"),
        ),
        ExitCode.PARTIAL: ExitCodeInfo(
            mark("Done in part: some recipients were refused, or a campaign has not finished."), mark("the rest only")
        ),
        ExitCode.NEGATIVE: ExitCodeInfo(
            mark("The answer is no: a wrong code, nothing in time, a question answered with no."), "-"
        ),
        ExitCode.RESULT_LOST: ExitCodeInfo(
            mark("It was done, but the result could not be written."), mark("NO: it was done")
        ),
        ExitCode.INTERRUPTED: ExitCodeInfo(
            mark("Ctrl-C. The message says whether anything may have been sent."), mark("see the message")
        ),
        ExitCode.BROKEN_PIPE: ExitCodeInfo(
            mark("The reader of the output closed it (`| head`); the command only read."), mark("yes")
        ),
        ExitCode.TERMINATED: ExitCodeInfo(mark("SIGTERM; as for Ctrl-C."), mark("see the message")),
    }
)
