"""How a command of `jsms` is found, run and ended: names without imports, one way for everything that fails.

Knows click. Must not know any command: the tables of `root` say which there are.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import click

from .exit_codes import ExitCode
from .signals import Terminated, ignore_signals, sigterm_as_interrupt

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["Command", "CommandSpec", "Group", "LazyGroup"]

_CONTEXT: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class CommandSpec(NamedTuple):
    """Where a command is, and its line in the list: a module of `jsmskit.cli.commands`, and a name in it."""

    module: str
    words: str
    heading: str = "Commands"
    attribute: str = "command"

    def load(self) -> click.Command:
        """Import the command."""
        found: object = getattr(import_module(f"jsmskit.cli.commands.{self.module}"), self.attribute)
        assert isinstance(found, click.Command)  # the table names commands only
        return found


class Command(click.Command):
    """A command that does something. Whatever goes wrong in it leaves it as a `CommandError` with its name.

    sends: it sends messages, so what it reads before is no "this command only reads".
    """

    def __init__(self, *args: Any, sends: bool = False, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._sends = sends

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        from .errors import NOTHING_SENT, ONLY_READS, as_command_error, interruption
        from .hints import repeat_target

        command = ctx.command_path
        try:
            with sigterm_as_interrupt():
                return super().invoke(ctx)
        except (click.exceptions.Exit, SystemExit):
            raise
        except click.Abort:  # at a question
            failure = interruption(KeyboardInterrupt(), command=command, code=ExitCode.INTERRUPTED)
        except KeyboardInterrupt as error:
            with ignore_signals():
                code = ExitCode.TERMINATED if isinstance(error, Terminated) else ExitCode.INTERRUPTED
                failure = interruption(error, command=command, code=code)
        except Exception as error:  # noqa: BLE001  # no traceback ever reaches a user
            with ignore_signals():
                failure = as_command_error(error)
                failure.command = failure.command or command
        if self._sends and failure.sent == ONLY_READS:
            failure.sent = NOTHING_SENT
        failure.remedy = repeat_target(failure.remedy)
        raise failure


class Group(click.Group):
    """A group of commands. Run as a program of its own it ends as `jsms` does."""

    command_class = Command

    def __init__(self, *args: Any, aliases: Mapping[str, str] | None = None, **settings: Any) -> None:
        settings.setdefault("context_settings", dict(_CONTEXT))
        super().__init__(*args, **settings)
        self._aliases: Mapping[str, str] = aliases or {}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; none at all ask for help, which is no mistake."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit(ExitCode.OK)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, also under another name of it."""
        if args and args[0] in self._aliases:
            args = [self._aliases[args[0]], *args[1:]]
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            # click 8.3 guesses by itself; older ones do not, and none knows the other names.
            if args and "Did you mean" not in error.format_message():
                error = self._with_guess(ctx, args[0], error)
            raise error from None

    def _with_guess(self, ctx: click.Context, typed: str, error: click.UsageError) -> click.UsageError:
        from difflib import get_close_matches

        near = get_close_matches(typed, self.list_commands(ctx), n=1)
        if not near:
            return error
        return click.UsageError(f"{error.format_message()} Did you mean {near[0]!r}?", ctx)

    def main(  # type: ignore[override]  # click's overloads tell its two ways of ending apart; here is one
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **settings: Any
    ) -> NoReturn:
        """Run and end the process, with an exit code of the table."""
        words = sys.argv[1:] if args is None else list(args)
        _mend_streams()
        settings.pop("standalone_mode", None)
        code: int = ExitCode.OK
        try:
            given: object = super().main(words, prog_name, standalone_mode=False, **settings)
            code = given if isinstance(given, int) else ExitCode.OK
            sys.stdout.flush()
        except (click.Abort, KeyboardInterrupt, EOFError) as error:  # before or after a command
            code = _tell_what_was_cut(error, for_programs="--json" in words)
        except Exception as error:  # noqa: BLE001  # no traceback ever reaches a user
            code = _tell(error, for_programs="--json" in words)
        _leave_streams()
        sys.exit(code)


def _tell(error: Exception, *, for_programs: bool) -> int:
    """Say what went wrong on standard error, as far as anybody can hear it; gives the exit code."""
    with ignore_signals():
        from .errors import as_command_error

        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            return ExitCode.BROKEN_PIPE
        failure = as_command_error(error)
        failure.for_programs = for_programs
        if failure.code is not ExitCode.BROKEN_PIPE:
            with contextlib.suppress(OSError, ValueError):  # standard error is closed
                failure.show()
        return failure.code


def _tell_what_was_cut(error: BaseException, *, for_programs: bool) -> int:
    """Say what a failure that a Ctrl-C ran into had to say; gives the exit code."""
    from .errors import unwrap_interrupted

    cut = unwrap_interrupted(error)
    return ExitCode.INTERRUPTED if cut is None else _tell(cut, for_programs=for_programs)


class LazyGroup(Group):
    """A group that knows its commands by a table and imports one when it is asked for."""

    def __init__(self, *args: Any, specs: Mapping[str, CommandSpec], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.specs = specs

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names, in the table's order."""
        return list(self.specs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name; None if there is none."""
        spec = self.specs.get(cmd_name)
        return None if spec is None else spec.load()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands under their headings, without importing them."""
        # One width for all headings, so that the lines stand below each other.
        width = max(map(len, self.specs))
        for heading in dict.fromkeys(spec.heading for spec in self.specs.values()):
            rows = [(n.ljust(width), p.words) for n, p in self.specs.items() if p.heading == heading]
            with formatter.section(heading):
                formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a name from the table: a shell asks at every press of TAB."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [
            CompletionItem(name, help=spec.words)
            for name, spec in self.specs.items()
            if name.startswith(incomplete)
        ]


class _Closed(io.TextIOBase):
    """Stands for a standard output that was closed before we began: what is written there is lost, loudly."""

    def write(self, text: str) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def _mend_streams() -> None:
    """Streams that are closed are something, and text that a terminal cannot show is shown escaped."""
    # Python has None for a stream that is closed; type checkers do not know that.
    given: list[Any] = [sys.stdin, sys.stdout, sys.stderr]
    if given[0] is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  # as long as the process
    if given[1] is None:
        sys.stdout = _Closed()
    if given[2] is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # as long as the process
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with contextlib.suppress(OSError, ValueError):
                reconfigure(errors="backslashreplace")


def _leave_streams() -> None:
    """Nothing is left for the interpreter to write at its end, where a failure would be a line of its own."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
