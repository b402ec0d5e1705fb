"""How a command of `jsms` is found, run and ended: lazy imports, one way of failing, two languages."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import click

from .exit_codes import ExitCode
from .language import gettext as _
from .language import in_language, is_chinese, preferred_language
from .signals import ignore_signals, sigterm_as_interrupt

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_CONTEXT: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class CommandSpec(NamedTuple):
    """Where a command is, and its line in the list: a module of `jsmskit.cli.commands`, and a name in it."""

    module: str
    summary: str
    heading: str = "Commands"
    attribute: str = "command"

    def load(self) -> click.Command:
        """Import the command."""
        found: object = getattr(import_module(f"jsmskit.cli.commands.{self.module}"), self.attribute)
        assert isinstance(found, click.Command)  # the table names commands only
        return found


class _HelpFormatter(click.HelpFormatter):
    """Shows help in the language that is spoken. Chinese is laid out by columns: click counts characters, and breaks
    at blanks only.
    """

    def write_text(self, text: str) -> None:
        text = _(text)
        if not is_chinese():
            super().write_text(text)
            return
        indent = " " * self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            if paragraph.startswith("\b\n"):
                self.write("".join(f"{indent}{line}\n" for line in paragraph[2:].split("\n")))
            else:
                self._write_wrapped(" ".join(paragraph.split()), indent, indent)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        if not is_chinese():
            super().write_dl(rows, col_max, col_spacing)
            return
        rows = list(rows)
        first = min(max((len(name) for name, _ in rows), default=0), col_max) + col_spacing
        for name, text in rows:
            start = " " * self.current_indent + name
            hang = " " * (self.current_indent + first)
            if len(name) > first - col_spacing:
                self.write(f"{start}\n")
                start = hang
            help_text, behind, extra = text.rpartition("  [")  # what click puts behind it: [default: 1; required]
            self._write_wrapped(_(help_text) + behind + extra if behind else _(text), start.ljust(len(hang)), hang)

    def _write_wrapped(self, text: str, first: str, hang: str) -> None:
        from wcwidth import wrap

        lines = wrap(text, self.width, initial_indent=first, subsequent_indent=hang, break_on_hyphens=False)
        self.write("\n".join(lines or [first.rstrip()]) + "\n")


class _Context(click.Context):
    formatter_class = _HelpFormatter


class _Translated(click.Command):
    """A command whose help is shown in the language that is spoken."""

    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option --help. click keeps it, with the text of the language that was spoken first."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Show this message and exit."
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help."""
        if not is_chinese():
            return super().get_short_help_str(limit)
        return _(inspect.cleandoc(self.help or "")).partition("\n")[0].partition("。")[0]


class Command(_Translated):
    """A command. Whatever fails in it is raised as a `CommandError` with its name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words. `--mock` takes a value after = only: the word behind it is the command's own."""
        end = args.index("--") if "--" in args else len(args)
        args = ["--mock=" if word == "--mock" else word for word in args[:end]] + args[end:]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        from .connection import repeat_target
        from .errors import NOTHING_SENT, ONLY_READS, as_command_error

        try:
            with sigterm_as_interrupt():
                return super().invoke(ctx)
        except click.exceptions.Exit:
            raise
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # no traceback ever reaches a user
            with ignore_signals():
                failure = as_command_error(error)
                failure.command = failure.command or ctx.command_path
        asks = any("--yes" in one.opts for one in self.params)
        if asks and failure.sent == _(ONLY_READS):  # what it does would have come after this look
            failure.sent = _(NOTHING_SENT)
        failure.remedy = repeat_target(failure.remedy)
        raise failure


class Group(_Translated, click.Group):
    """A group of commands. Run as a program of its own it ends as `jsms` does."""

    command_class = Command

    def __init__(self, *args: Any, aliases: Mapping[str, str] | None = None, **settings: Any) -> None:
        settings.setdefault("context_settings", dict(_CONTEXT))
        super().__init__(*args, **settings)
        self._aliases: Mapping[str, str] = aliases or {}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words. Without any, show the help, which is not an error."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit(ExitCode.OK)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command by its name or an alias."""
        if args and args[0] in self._aliases:
            args = [self._aliases[args[0]], *args[1:]]
        return super().resolve_command(ctx, args)

    def main(  # type: ignore[override]  # click's overloads tell its two ways of ending apart; here is one
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **settings: Any
    ) -> NoReturn:
        """Run and end the process, with an exit code of the table."""
        words = sys.argv[1:] if args is None else list(args)
        for_programs = "--json" in words
        _repair_streams()
        settings.pop("standalone_mode", None)
        # Programs read English: their texts stay what they are, in every locale.
        with in_language("en" if for_programs else preferred_language()):
            code = self._run(words, prog_name, for_programs=for_programs, **settings)
            _flush_streams()
        sys.exit(code)

    def _run(self, words: list[str], prog_name: str | None, *, for_programs: bool, **settings: Any) -> int:
        try:
            given: object = super().main(words, prog_name, standalone_mode=False, **settings)
            sys.stdout.flush()
        except (click.Abort, KeyboardInterrupt) as error:  # before or after a command
            from .errors import unwrap_interrupted

            cut = unwrap_interrupted(error)
            return ExitCode.INTERRUPTED if cut is None else _show_error(cut, for_programs=for_programs)
        except Exception as error:  # noqa: BLE001  # no traceback ever reaches a user
            return _show_error(error, for_programs=for_programs)
        return given if isinstance(given, int) else ExitCode.OK


def _show_error(error: Exception, *, for_programs: bool) -> int:
    """Write what went wrong to standard error, unless it is closed; return the exit code."""
    with ignore_signals():
        from .errors import as_command_error
        from .output import show_error

        failure = as_command_error(error)
        if failure.code is not ExitCode.BROKEN_PIPE:
            with contextlib.suppress(OSError, ValueError):  # standard error is closed
                show_error(failure, for_programs=for_programs)
        return failure.code


class LazyGroup(Group):
    """A group that has its commands in a table and imports one when it is asked for."""

    def __init__(self, *args: Any, specs: Mapping[str, CommandSpec], **settings: Any) -> None:
        # click suggests names from these; none of them is run.
        super().__init__(*args, commands={name: click.Command(name) for name in specs}, **settings)
        self.specs = specs

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(self.specs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name; return None if there is none."""
        spec = self.specs.get(cmd_name)
        return None if spec is None else spec.load()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands under their headings, without importing them."""
        # One width for all headings, so that the lines stand below each other.
        width = max(map(len, self.specs))
        for heading in dict.fromkeys(spec.heading for spec in self.specs.values()):
            rows = [(n.ljust(width), _(p.summary)) for n, p in self.specs.items() if p.heading == heading]
            with formatter.section(_(heading)):
                formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a name from the table, without an import: a shell asks at every press of TAB."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [
            CompletionItem(name, help=_(spec.summary))
            for name, spec in self.specs.items()
            if name.startswith(incomplete)
        ]


def _repair_streams() -> None:
    """Replace streams that are closed, and let text that a stream cannot encode be written escaped."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed
            # Writing to this standard output fails, so that a lost result is told.
            place = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            setattr(sys, name, open(place, mode, encoding="utf-8"))  # noqa: SIM115  # as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(errors="backslashreplace")


def _flush_streams() -> None:
    """Leave nothing for the interpreter to write at its end, where a failure would be a line of its own."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
