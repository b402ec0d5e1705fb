"""The exit codes of `jsms`: one table, for every command.

Knows numbers and words. Must not know errors (`failure` finds the code of one) nor commands.
"""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EXIT_CODES", "ExitCode", "ExitCodeInfo"]


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
    """What a code means, and whether a script may run the command again."""

    meaning: str
    again: str


EXIT_CODES: Final[Mapping[ExitCode, ExitCodeInfo]] = MappingProxyType(
    {
        ExitCode.OK: ExitCodeInfo("Done.", "-"),
        ExitCode.FAILED: ExitCodeInfo(
            "Something on this machine failed: a file, a ledger, the mock.", "after a repair"
        ),
        ExitCode.USAGE: ExitCodeInfo(
            "The command was typed wrongly, or needs --yes where nobody can be asked.", "after a change"
        ),
        ExitCode.CREDENTIALS: ExitCodeInfo(
            "Settings or keys: missing, malformed, or not accepted.", "after a change"
        ),
        ExitCode.REFUSED: ExitCodeInfo(
            "The service, or a check before it, refused: number, template, sign, text, time.",
            "after a change",
        ),
        ExitCode.RATE_LIMITED: ExitCodeInfo("Too often.", "later"),
        ExitCode.NO_BALANCE: ExitCodeInfo("Nothing is left to pay with.", "after somebody paid"),
        ExitCode.NOT_SENT: ExitCodeInfo(
            "No answer, and certainly nothing was carried out (or the command only reads).", "yes"
        ),
        ExitCode.UNKNOWN: ExitCodeInfo(
            "No clear answer: it may have been carried out.", "NO: look at the delivery reports first"
        ),
        ExitCode.PARTIAL: ExitCodeInfo(
            "A part was done: some recipients were refused, or a campaign is not at its end.",
            "the rest only",
        ),
        ExitCode.NEGATIVE: ExitCodeInfo(
            "The answer is no: a wrong code, nothing arrived in time, a question answered with no.", "-"
        ),
        ExitCode.RESULT_LOST: ExitCodeInfo(
            "It was done, but the result could not be written out.", "NO: it was done"
        ),
        ExitCode.INTERRUPTED: ExitCodeInfo(
            "Ctrl-C. The message says whether anything may have been sent.", "see the message"
        ),
        ExitCode.BROKEN_PIPE: ExitCodeInfo(
            "Who read the output went away (`| head`); the command only read.", "yes"
        ),
        ExitCode.TERMINATED: ExitCodeInfo("Asked to end (SIGTERM); as for Ctrl-C.", "see the message"),
    }
)
