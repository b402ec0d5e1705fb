"""The exit codes of `jsms`: one table for every command."""

from __future__ import annotations

from enum import IntEnum
from typing import Self

from .language import mark


class ExitCode(IntEnum):
    """How a command ended: the number, its meaning, and whether a script may run the command again."""

    meaning: str
    again: str

    def __new__(cls, number: int, meaning: str, again: str) -> Self:
        """Make a code of its row."""
        made = int.__new__(cls, number)
        made._value_ = number
        made.meaning = meaning
        made.again = again
        return made

    OK = 0, mark("Done."), "-"
    FAILED = 1, mark("Something on this machine failed: a file, a ledger, the mock."), mark("after a repair")
    USAGE = 2, mark("The command line is wrong, or needs --yes without a terminal."), mark("after a change")
    CREDENTIALS = 3, mark("Settings or keys are missing, malformed, or not accepted."), mark("after a change")
    REFUSED = (
        4,
        mark("The service, or a check before it, refused the number, template, sign, text or time."),
        mark("after a change"),
    )
    RATE_LIMITED = 5, mark("A rate limit was reached."), mark("later")
    NO_BALANCE = 6, mark("The balance is too low."), mark("after a top-up")
    NOT_SENT = 7, mark("There was no response, and nothing was carried out (or the command only reads)."), mark("yes")
    UNKNOWN = (
        8,
        mark("There was no clear response: it may have been carried out."),
        mark("NO: look at the delivery reports first"),
    )
    PARTIAL = (
        9,
        mark("Done in part: some recipients were refused, or a campaign has not finished."),
        mark("the rest only"),
    )
    NEGATIVE = 10, mark("The answer is no: a wrong code, nothing in time, a question answered with no."), "-"
    RESULT_LOST = 11, mark("It was done, but the result could not be written."), mark("NO: it was done")
    INTERRUPTED = 130, mark("Ctrl-C. The message says whether anything may have been sent."), mark("see the message")
    BROKEN_PIPE = 141, mark("The reader of the output closed it (`| head`); the command only read."), mark("yes")
    TERMINATED = 143, mark("SIGTERM; as for Ctrl-C."), mark("see the message")
