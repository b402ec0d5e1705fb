"""The three lines of a command that fails: what happened, was it sent, what to do; and its exit code.

No line shows a whole phone number, a key or a traceback.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from typing import TYPE_CHECKING, Any, Final, TypeGuard

import click

from .calls_made import calls_made
from .exit_codes import ExitCode
from .language import gettext as _
from .language import is_chinese, mark, translate_message
from .signals import Terminated

if TYPE_CHECKING:
    from jsmskit.errors import JsmsError

    from .calls_made import CallMade

NOTHING_SENT: Final = mark("No, nothing was sent.")
SENT_SO_FAR: Final = mark("Yes, up to here; the ledger says how far.")
ONLY_READS: Final = mark("No, this command only reads.")


class CommandError(Exception):
    """A command that failed.

    Args:
        what: what happened, in a sentence.
        sent: whether anything was sent, in a sentence.
        remedy: what to do.
        code: the exit code.
        details: more fields for programs (`--json`).
        command: the command; the framework adds it if it is left out.
    """

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
        self.sent = _(sent)
        self.remedy = remedy
        self.code = code
        self.details: dict[str, Any] = details or {}
        self.command = command

    def as_json(self) -> str:
        """Return the same as a JSON document."""
        told = {
            "command": self.command or "jsms",
            "what": self.what,
            "sent": self.sent,
            "remedy": self.remedy,
            "exit_code": int(self.code),
            **self.details,
        }
        return json.dumps({"error": told}, ensure_ascii=False)


def as_command_error(error: BaseException) -> CommandError:
    """Return the error of the command line for any exception, or for an interruption.

    It never says that nothing was sent if the command has sent something before.
    """
    failure, call = _failure(error), calls_made().weightiest
    if call is not None and call.effect == "send" and failure.sent in {_(NOTHING_SENT), _(ONLY_READS)}:
        failure.sent, remedy = _after(call)
        failure.remedy = f"{failure.remedy} {remedy}"
        failure.details |= call.details
    return failure


def _failure(error: BaseException) -> CommandError:
    if isinstance(error, CommandError):
        return error
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return _interruption(error)
    if isinstance(error, click.UsageError):
        return _usage_error(error)
    if isinstance(error, click.ClickException):  # a file that click could not open
        return CommandError(error.format_message(), remedy=_("Check the path and its permissions."))
    if _is_of_the_package(error):
        return _of_the_package(error)
    if isinstance(error, ModuleNotFoundError) and (failure := _missing_library(error)):
        return failure
    if isinstance(error, BrokenPipeError):
        return CommandError(
            _("the reader of the output has closed it."), remedy=_("No action needed."), code=ExitCode.BROKEN_PIPE
        )
    if isinstance(error, OSError):
        where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
        return CommandError(
            f"{where}{error.strerror or type(error).__name__}.",
            remedy=_("Check the path, its permissions, and the free space of the disk."),
        )
    if os.environ.get("JSMS_DEBUG"):
        raise error
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" ({place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno})"
    return CommandError(
        _("unexpected {error}{where}.").format(error=type(error).__name__, where=where),
        sent=_("Unknown: if the command sends, assume that it did until a delivery report says otherwise."),
        remedy=_("This is a bug in jsmskit. Please report it with what JSMS_DEBUG=1 in front of the command prints."),
    )


_LIBRARIES: Final = {
    "keyring": mark("pip install keyring, or set JSMS_APP_KEY and JSMS_MASTER_SECRET (or ..._FILE)."),
    "procrastinate": "pip install procrastinate",
}
"""What to type for the libraries of extras that a command imports before it sends anything."""


def _missing_library(error: ModuleNotFoundError) -> CommandError | None:
    """Return the error for a library of an extra; None for any other module, which is a bug."""
    from jsmskit.mock import INSTALL, LIBRARIES

    name = (error.name or "").partition(".")[0]
    remedy = INSTALL if name in LIBRARIES else _(_LIBRARIES.get(name, ""))
    what = _("this command needs the library {name}.").format(name=name)
    code = ExitCode.CREDENTIALS if name == "keyring" else ExitCode.FAILED
    return CommandError(what, remedy=remedy, code=code) if remedy else None


def _usage_error(error: click.UsageError) -> CommandError:
    path = "jsms" if error.ctx is None else error.ctx.command_path
    what = " ".join(error.format_message().split())
    remedy = _("See {command} --help.").format(command=path)
    if isinstance(error, click.NoSuchOption) and path == "jsms":
        remedy = _("Put options after the command: jsms COMMAND {option}.").format(option=error.option_name)
    return CommandError(what, remedy=remedy, code=ExitCode.USAGE, command=path)


def interrupted_by(error: BaseException) -> ExitCode:
    """Return the exit code for Ctrl-C or SIGTERM."""
    return ExitCode.TERMINATED if isinstance(error, Terminated) else ExitCode.INTERRUPTED


def interruption(error: BaseException, *, remedy: str, sent: str = NOTHING_SENT) -> CommandError:
    """Return the error for Ctrl-C or SIGTERM."""
    code = interrupted_by(error)
    what = _("Terminated.") if code is ExitCode.TERMINATED else _("Interrupted.")
    return CommandError(what, sent=sent, remedy=remedy, code=code)


def _interruption(error: BaseException) -> CommandError:
    cut = unwrap_interrupted(error)
    if cut is not None:
        return as_command_error(cut)
    call = calls_made().weightiest
    if call is None:
        return interruption(error, remedy=_("Run it again when you want to."))
    code = interrupted_by(error)
    terminated = code is ExitCode.TERMINATED
    if call.is_known:
        what = _("Terminated after {operation}.") if terminated else _("Interrupted after {operation}.")
    elif terminated:
        what = _("Terminated while {operation} was in flight.")
    else:
        what = _("Interrupted while {operation} was in flight.")
    sent, remedy = _after(call)
    return CommandError(
        what.format(operation=call.operation), sent=sent, remedy=remedy, code=code, details=call.details
    )


def _after(call: CallMade) -> tuple[str, str]:
    """Return whether this call sent something, and what to do before it is repeated."""
    from jsms_api import limits

    effect = call.effect.value
    if call.is_known and effect != "destructive-read":
        sent = _("Yes, it was accepted.") if effect == "send" else _("Yes, the change was made.")
    else:
        sent = _in_doubt(effect, limits.PULL_PAGE_SIZE)
    remedies = {
        "send": _("Find out before you repeat it: jsms reports, the send log of the console, or the recipient."),
        "destructive-read": _("Each record can be read once. Look in the console for what is missing."),
    }
    return sent, remedies.get(effect, _("Look at it (get) before you repeat the command."))


def unwrap_interrupted(error: BaseException) -> Exception | None:
    """Return the error that a Ctrl-C interrupted: it says more about what was sent than the Ctrl-C does."""
    cut = error.__context__
    while cut is not None:
        if isinstance(cut, CommandError) or _is_of_the_package(cut):
            return cut
        cut = cut.__context__
    return None


def _is_of_the_package(error: BaseException) -> TypeGuard[JsmsError]:
    # If nothing has imported the errors of the package, it is none of them, and the import is not paid for.
    package = sys.modules.get("jsmskit.errors")
    return package is not None and isinstance(error, package.JsmsError)


def _of_the_package(error: JsmsError) -> CommandError:
    from jsms_api.operations import OPERATIONS

    from jsmskit.errors import Outcome

    info = OPERATIONS.get(error.operation or "")
    effect = "" if info is None else info.effect.value
    # A call that only reads has carried nothing out, whatever came back.
    outcome = Outcome.NOT_SENT if effect == "none" else error.outcome
    in_run = getattr(error, "in_run", False)  # a campaign had begun to send when this was raised
    if in_run:
        sent, code = SENT_SO_FAR, ExitCode.PARTIAL
    elif outcome is Outcome.UNKNOWN:
        likely = error.presumed_outcome == "accepted" and effect != "destructive-read"
        sent = mark("Probably yes.") if likely else _in_doubt(effect, error.records_at_risk)
        code = ExitCode.UNKNOWN
    else:
        refused = mark("No, it was refused.") if outcome is Outcome.REJECTED else NOTHING_SENT
        sent = ONLY_READS if effect in ("none", "destructive-read") else refused
        kinds = (kind.__name__ for kind in type(error).__mro__)
        code = next((_EXIT_CODES[kind] for kind in kinds if kind in _EXIT_CODES), ExitCode.FAILED)
    fields = ("operation", "outcome", "code", "name", "http_status", "field", "attempts", "retry_after")
    details = {"kind": type(error).__name__, **{name: getattr(error, name) for name in fields}}
    return CommandError(
        _what_in_chinese(error) if is_chinese() else error.message,
        sent=sent,
        remedy=_remedy(error),
        code=code,
        details=details | {"outcome": str(outcome)},
    )


def _in_doubt(effect: str, records: int) -> str:
    """Say that what a call does may have been done."""
    if effect == "destructive-read":
        return _("No; but up to {count} records may be lost with the response.").format(count=records)
    return (
        mark("Unknown: it may have been sent.") if effect == "send" else mark("Unknown: the change may have been made.")
    )


_EXIT_CODES: Final = {
    "ConfigurationError": ExitCode.CREDENTIALS,
    "AuthenticationError": ExitCode.CREDENTIALS,
    "RateLimitError": ExitCode.RATE_LIMITED,
    "InsufficientBalanceError": ExitCode.NO_BALANCE,
    "ServerError": ExitCode.NOT_SENT,
    "APIError": ExitCode.REFUSED,
    "WithheldError": ExitCode.REFUSED,
    "APIConnectionError": ExitCode.NOT_SENT,
    "UnexpectedResponseError": ExitCode.NOT_SENT,
}
"""By the class of the error, or the nearest that it is derived from."""


def _what_in_chinese(error: JsmsError) -> str:
    """Say what happened from the fields of the error: its message is English, for programs."""
    info = error.info
    if info is None:
        return translate_message(error.message)
    sentence = (
        _("a check before sending refused it: {title}.")
        if error.http_status is None and error.attempts == 0
        else _("the service refused it: {title} ({code} {name}).")
    ).format(title=info.title_zh, code=info.code, name=info.name)
    return sentence if error.field is None else sentence + translate_message(error.message)


def _remedy(error: JsmsError) -> str:
    from jsmskit.errors import APIConnectionError, ConfigurationError, Outcome

    words = _own_remedy(error)
    key, _space, number = getattr(error, "hint", "").partition(" ")
    if key in _CAMPAIGN_HINTS:
        hint = _(_CAMPAIGN_HINTS[key]).replace("{id}", number or str(getattr(error, "campaign_id", "")))
        return f"{words} {hint}"
    if isinstance(error, ConfigurationError):
        words = _(_OWN_REMEDIES.get(error.field or "", words))
    elif isinstance(error, APIConnectionError) and "outcome" in words:
        words = (
            _("Look at the delivery reports before you repeat it.")
            if error.outcome is Outcome.UNKNOWN
            else _("Try again.")
        )
    # The library speaks of arguments of Python; the shell has options.
    words = words.replace("ca_file", "JSMS_CA_FILE").replace("base_url", "--base-url (JSMS_BASE_URL)")
    words = _ARGUMENT.sub(_as_option, words.replace("header=False", "--no-header"))
    if error.name is not None:
        words += _(" (More: jsms explain {code})").format(code=error.code)
    return words


def _own_remedy(error: JsmsError) -> str:
    """Return the remedy of the code in the words of the shell; of an error with its own words, those."""
    from jsmskit.errors import Surface, remedy_in

    info = error.info
    if info is not None and error.remedy == remedy_in(Surface.PYTHON, info, "en"):
        return remedy_in(Surface.SHELL, info, "zh" if is_chinese() else "en")
    words = translate_message(error.remedy)
    return error.remedy_zh if is_chinese() and words == error.remedy else words


_ARGUMENT: Final = re.compile(r'\b(?P<name>\w+)=(?:True|"(?P<text>[^"]*)"|\{"(?P<key>[^"]*)": "(?P<value>[^"]*)"\})')


def _as_option(found: re.Match[str]) -> str:
    """Return an argument of the library as an option: `encoding="big5"` as `--encoding big5`."""
    name = {"columns": "map", "params": "param"}.get(found["name"], found["name"].replace("_", "-"))
    text = found["text"] if found["key"] is None else f"{found['key']}={found['value']}"
    return f"--{name}" if text is None else f"--{name} {shlex.quote(text)}"


_CAMPAIGN_HINTS: Final = {
    "again": mark("Next: jsms campaign status {id}; or plan it with --again."),
    "balance": mark("Without looking at the balance: --no-balance-check."),
    "list": mark("Next: jsms campaign status"),
    "look": mark("Next: jsms campaign status {id}; jsms campaign unknown {id}"),
    "plan": mark("Next: jsms campaign plan FILE"),
    "reason": mark("Give --reason TEXT."),
    "resume": mark("Next: jsms campaign resume {id}"),
    "stop": mark("Next: jsms campaign stop {id}"),
    "template": mark("Next: jsms templates get {id}"),
    "sign": mark("Next: jsms signs get {id}"),
}
"""What to type, by the hint of an error of campaigns."""
_OWN_REMEDIES: Final = {
    "": mark("Set JSMS_APP_KEY and JSMS_MASTER_SECRET (or ..._FILE), or run: jsms login. Without keys: --mock."),
    "dev_key": mark("Set JSMS_DEV_KEY and JSMS_DEV_SECRET, the keys of the account (console: personal information)."),
    "dev_secret": mark("Set both JSMS_DEV_KEY and JSMS_DEV_SECRET, or neither."),
    "base_url": mark("Leave out --base-url and JSMS_BASE_URL for the service, or use the address of the mock."),
    "ca_file": mark("Set JSMS_CA_FILE to a file of certificates in PEM."),
}
