"""What a person or a program is told when a command fails: what happened, was it sent, what to do.

Knows how each error of the package becomes those three lines and an exit code. Must not know commands, nor how
anything is sent. No line shows a whole phone number, a key or a traceback.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from typing import TYPE_CHECKING, Any, ClassVar, Final

import click

from .exit_codes import ExitCode
from .terminal import escape_control_chars, escape_json, wrap_text

if TYPE_CHECKING:
    from jsmskit.errors import JsmsError

__all__ = [
    "NOTHING_SENT",
    "ONLY_READS",
    "SENT_SO_FAR",
    "CommandError",
    "as_command_error",
    "interruption",
    "unwrap_interrupted",
    "usage_error",
]

NOTHING_SENT: Final = "No, nothing was sent."
SENT_SO_FAR: Final = "Yes, up to here; the ledger says how far."
_HANG: Final = len("  was it sent?  ")
ONLY_READS: Final = "No, this command only reads."
_DEFECT: Final = (
    "This is a defect of jsmskit. Please report it, with what JSMS_DEBUG=1 in front of the command prints."
)


class CommandError(click.ClickException):
    """A command that did not do what was asked.

    Args:
        what: what happened, in a sentence.
        sent: whether anything was sent, in a sentence.
        remedy: what to do.
        code: how the process ends.
        details: more fields for programs (`--json`).
        command: what was typed; put in by the program if left out.
    """

    exit_code: ClassVar[int] = ExitCode.FAILED

    def __init__(
        self,
        what: str,
        *,
        remedy: str,
        sent: str = NOTHING_SENT,
        code: ExitCode = ExitCode.FAILED,
        details: dict[str, Any] | None = None,
        command: str = "",
    ) -> None:
        super().__init__(what)
        self.what = what
        self.sent = sent
        self.remedy = remedy
        self.code = code
        self.details: dict[str, Any] = details or {}
        self.command = command
        self.for_programs = False

    def show(self, file: Any = None) -> None:
        """Write the three lines, or one JSON document if the command was asked for JSON."""
        text = self.as_json() if self.for_programs else self._for_people()
        click.echo(text, file=file, err=file is None)

    def lines(self) -> tuple[str, str, str]:
        """What happened, was it sent, what to do."""

        return (
            f"{self.command or 'jsms'}: {escape_control_chars(self.what)}",
            f"  was it sent?  {escape_control_chars(self.sent)}",
            f"  what to do:   {escape_control_chars(self.remedy)}",
        )

    def _for_people(self) -> str:
        """The lines, broken to fit where a person looks."""

        if not (sys.stderr and sys.stderr.isatty()):
            return "\n".join(self.lines())
        return "\n".join(wrap_text(line, hang=_HANG) for line in self.lines())

    def as_json(self) -> str:
        """The same for programs."""
        told = {
            "command": self.command or "jsms",
            "what": self.what,
            "sent": self.sent,
            "remedy": self.remedy,
            "exit_code": int(self.code),
            **self.details,
        }
        return escape_json(json.dumps({"error": told}, ensure_ascii=False))


def as_command_error(error: Exception) -> CommandError:
    """The failure that an exception becomes, whatever it is."""
    if isinstance(error, CommandError):
        return error
    if isinstance(error, click.UsageError):
        return usage_error(error)
    if isinstance(error, click.ClickException):  # a file that click could not open
        return CommandError(error.format_message(), remedy="Check the path and who may read or write it.")
    if "jsmskit.errors" in sys.modules:  # or it can be none of the package's errors
        from jsmskit.errors import JsmsError

        if isinstance(error, JsmsError):
            return _of_the_package(error)
    if isinstance(error, BrokenPipeError):
        return CommandError("who read the output went away.", remedy="Nothing.", code=ExitCode.BROKEN_PIPE)
    if isinstance(error, OSError):
        where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
        return CommandError(
            f"{where}{error.strerror or type(error).__name__}.",
            remedy="Check the path, who may read or write it, and whether the disk is full.",
        )
    if os.environ.get("JSMS_DEBUG"):
        raise error
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = (
        "" if place is None else f" (line {place.tb_lineno} of {place.tb_frame.f_globals.get('__name__')})"
    )
    return CommandError(
        f"unexpected {type(error).__name__}{where}.",
        sent="That is not known: if the command sends, take it for sent until a delivery report says more.",
        remedy=_DEFECT,
    )


def usage_error(error: click.UsageError) -> CommandError:
    """What was typed wrongly."""
    path = "jsms" if error.ctx is None else error.ctx.command_path
    what = " ".join(error.format_message().split())
    remedy = f"{path} --help shows what can be typed."
    if isinstance(error, click.NoSuchOption) and path == "jsms":
        remedy = f"Options stand behind the command: jsms COMMAND {error.option_name}."
    return CommandError(what, remedy=remedy, code=ExitCode.USAGE, command=path)


def interruption(error: KeyboardInterrupt, *, command: str, code: ExitCode) -> CommandError:
    """What a broken-off command leaves. The client notes on the exception what was under way."""
    word = "Terminated" if code is ExitCode.TERMINATED else "Interrupted"
    notes: list[str] = getattr(error, "__notes__", [])
    under_way = next((note for note in notes if note.startswith("jsmskit: ")), "")
    if not under_way:
        cut = unwrap_interrupted(error)
        if cut is not None:
            failure = as_command_error(cut)
            failure.command = failure.command or command
            return failure
        return CommandError(f"{word}.", remedy="Type it again when you want it.", code=code, command=command)
    operation = under_way.removeprefix("jsmskit: ").partition(" ")[0]
    sent, remedy = _perhaps(operation)
    return CommandError(
        f"{word} while {operation} was under way.",
        sent=sent,
        remedy=remedy,
        code=code,
        details={"operation": operation, "outcome": "unknown"},
        command=command,
    )


def unwrap_interrupted(error: BaseException) -> Exception | None:
    """What was being told when a Ctrl-C came: it says more of what was sent than the Ctrl-C does."""
    cut = error.__context__
    while cut is not None:
        if isinstance(cut, CommandError) or ("jsmskit.errors" in sys.modules and _is_ours(cut)):
            assert isinstance(cut, Exception)
            return cut
        cut = cut.__context__
    return None


def _is_ours(error: BaseException) -> bool:
    from jsmskit.errors import JsmsError

    return isinstance(error, JsmsError)


def _perhaps(operation: str) -> tuple[str, str]:
    from jsms_api import limits
    from jsms_api.operations import OPERATIONS, Effect

    effect = OPERATIONS[operation].effect
    if effect is Effect.SEND:
        return "Perhaps: it may have gone out.", (
            "Do not repeat it before you know: jsms reports, or the send log of the console, or ask the person."
        )
    if effect is Effect.DESTRUCTIVE_READ:
        return f"No; but up to {limits.PULL_PAGE_SIZE} records may be lost with the answer.", (
            "The service hands each record out once. Look at the console for what is missing."
        )
    return "Perhaps: the change may have been made.", "Look at it (get) before you repeat the command."


def _of_the_package(error: JsmsError) -> CommandError:
    from jsmskit.errors import Outcome

    effect = _effect_of(error)
    return CommandError(
        error.message,
        sent=_sent(error, effect),
        remedy=_remedy(error),
        code=_exit_code(error, effect),
        details={
            "kind": type(error).__name__,
            "operation": error.operation,
            # A call that only reads has carried nothing out, whatever came back.
            "outcome": str(Outcome.NOT_SENT if effect == "none" else error.outcome),
            "code": error.code,
            "name": error.name,
            "http_status": error.http_status,
            "field": error.field,
            "attempts": error.attempts,
            "retry_after": error.retry_after,
        },
    )


def _effect_of(error: JsmsError) -> str:
    from jsms_api.operations import OPERATIONS

    info = OPERATIONS.get(error.operation or "")
    return "" if info is None else info.effect.value


def _sent(error: JsmsError, effect: str) -> str:
    from jsmskit.errors import Outcome

    if _in_a_run(error):
        return SENT_SO_FAR
    if effect == "none":
        return ONLY_READS
    if error.outcome is not Outcome.UNKNOWN:
        refused = "No, it was refused." if error.outcome is Outcome.REJECTED else NOTHING_SENT
        return ONLY_READS if effect == "destructive-read" else refused
    if effect == "destructive-read":
        return f"No; but up to {error.records_at_risk} records may be lost with the answer."
    if error.presumed_outcome == "accepted":
        return "Probably yes."
    return "Perhaps: it may have gone out." if effect == "send" else "Perhaps: the change may have been made."


def _in_a_run(error: JsmsError) -> bool:
    """Whether a campaign had begun to send when this was raised."""
    return getattr(error, "campaign_id", None) is not None


def _remedy(error: JsmsError) -> str:
    from jsmskit.errors import APIConnectionError, ConfigurationError, Outcome

    words = error.remedy
    if isinstance(error, ConfigurationError):
        words = _OWN_REMEDIES.get(error.field or "", words)
    elif isinstance(error, APIConnectionError) and "`outcome`" in words:
        words = (
            "Look at the delivery reports before you repeat it."
            if error.outcome is Outcome.UNKNOWN
            else "Try again."
        )
    # The library speaks to programs; here somebody types.
    words = words.replace("as ca_file", "in JSMS_CA_FILE").replace(
        "Correct base_url", "Correct the address (--base-url, JSMS_BASE_URL)"
    )
    words = _as_options(words)
    if error.name is not None:
        words += f" (More: jsms explain {error.code})"
    return words


_TEXT_ARGUMENT: Final = re.compile(r'\b(phone_column|encoding|sheet|delimiter)="([^"]*)"')
_PAIR_ARGUMENT: Final = re.compile(r'\b(columns|params)=\{"([^"]*)": "([^"]*)"\}')
_TRUE_ARGUMENT: Final = re.compile(r"\b(multiline|again|retarget|as_typed)=True")


def _as_options(words: str) -> str:
    """Arguments of the library as options of the command line: `encoding="big5"` as `--encoding big5`."""
    words = _TEXT_ARGUMENT.sub(lambda found: f"--{found[1].replace('_', '-')} {shlex.quote(found[2])}", words)
    words = _PAIR_ARGUMENT.sub(
        lambda found: (
            ("--map " if found[1] == "columns" else "--param ") + shlex.quote(f"{found[2]}={found[3]}")
        ),
        words,
    )
    words = _TRUE_ARGUMENT.sub(lambda found: f"--{found[1].replace('_', '-')}", words)
    return words.replace("header=False", "--no-header")


_OWN_REMEDIES: Final = {
    "": "Set JSMS_APP_KEY and JSMS_MASTER_SECRET (or ..._FILE), or type: jsms login. To try without: --mock.",
    "dev_key": "Set JSMS_DEV_KEY and JSMS_DEV_SECRET: the pair of the account (console: personal information).",
    "dev_secret": "Set JSMS_DEV_KEY and JSMS_DEV_SECRET together, or neither.",
    "base_url": "Leave --base-url and JSMS_BASE_URL out for the service, or give what the mock prints.",
    "ca_file": "Let JSMS_CA_FILE name a file of certificates in PEM.",
}


def _exit_code(error: JsmsError, effect: str) -> ExitCode:
    from jsmskit import errors

    if _in_a_run(error):
        return ExitCode.PARTIAL
    if error.outcome is errors.Outcome.UNKNOWN and effect != "none":
        return ExitCode.UNKNOWN
    for kind, code in (
        (errors.ConfigurationError, ExitCode.CREDENTIALS),
        (errors.AuthenticationError, ExitCode.CREDENTIALS),
        (errors.RateLimitError, ExitCode.RATE_LIMITED),
        (errors.InsufficientBalanceError, ExitCode.NO_BALANCE),
        (errors.ServerError, ExitCode.NOT_SENT),
        (errors.APIError, ExitCode.REFUSED),
        (errors.APIConnectionError, ExitCode.NOT_SENT),
        (errors.UnexpectedResponseError, ExitCode.NOT_SENT),
    ):
        if isinstance(error, kind):
            return code
    return ExitCode.FAILED
