"""What `jsms --help` costs, beside an argparse program that lists the same commands.

    scripts/bench --write command-line

CPU is user and system time of whole processes, interpreter included, the median of interleaved runs after a
warm-up. Two argparse programs are made: one with the commands of the first level only, which is the harder
rival, and one with the whole tree, which is what an argparse program of this size has to build before it can
answer.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from jsmskit.cli.root import COMMANDS, command

from benchmarks.harness import Measured, Row, Settings, compare

RUNS = 21
BUDGET = 2.0
FIRST_LEVEL, WHOLE_TREE = "argparse, the first level of commands", "argparse, the whole tree"


def tree(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """The commands of a group."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield name, found


def argparse_program(*, whole: bool) -> str:
    """A program with the same names, helps and, if whole, options."""
    lines = [
        "import argparse",
        "parser = argparse.ArgumentParser(prog='jsms', description='Send and test Jiguang SMS.')",
        "parser.add_argument('--version', action='version', version='1')",
        "commands = parser.add_subparsers(title='commands')",
    ]
    for name, found in tree(command):
        lines.append(f"one = commands.add_parser({name!r}, help={COMMANDS[name].summary.replace('%', '%%')!r})")
        if whole and isinstance(found, click.Group):
            lines.append("inner = one.add_subparsers()")
            for inner_name, inner in tree(found):
                help_text = inner.get_short_help_str().replace("%", "%%")
                lines.append(f"leaf = inner.add_parser({inner_name!r}, help={help_text!r})")
                lines += options(inner, "leaf")
        elif whole:
            lines += options(found, "one")
    return "\n".join([*lines, "parser.parse_args()"])


def options(found: click.Command, parser: str) -> Iterator[str]:
    """The options and arguments of one command."""
    for parameter in found.params:
        if isinstance(parameter, click.Option):
            words = (parameter.help or "").replace("%", "%%")
            action = ", action='store_true'" if parameter.is_flag else ""
            names = ", ".join(map(repr, parameter.opts))
            yield f"{parser}.add_argument({names}, help={words!r}{action})"
        else:
            yield f"{parser}.add_argument({parameter.name!r}, nargs='?')"


def cpu_ms(words: list[str]) -> float:
    """User and system time of one process, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def seen(runs: int) -> dict[str, list[float]]:
    """CPU in milliseconds of each program, a figure a run; they take turns."""
    with tempfile.TemporaryDirectory() as folder:
        programs: dict[str, list[str]] = {}
        for name, whole in ((FIRST_LEVEL, False), (WHOLE_TREE, True)):
            place = Path(folder) / f"{whole}.py"
            place.write_text(argparse_program(whole=whole), encoding="utf-8")
            programs[name] = [sys.executable, str(place), "--help"]
        program = "from jsmskit.cli import main; main()"
        programs["jsmskit"] = [sys.executable, "-c", program, "--help"]
        for words in programs.values():
            cpu_ms(words)
        values: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(runs):
            for name, words in programs.items():
                values[name].append(cpu_ms(words))
    return values


def measure(settings: Settings) -> Iterator[Measured]:
    """`jsms --help` against both programs; the goal is for the harder one."""
    values = seen(settings.rounds(RUNS))
    for rival, goal in ((FIRST_LEVEL, BUDGET), (WHOLE_TREE, None)):
        yield Row(
            id=f"help-{rival}",
            work="`jsms --help`, the whole process",
            against=rival,
            unit="ms CPU",
            goal=goal,
            **compare(values, against=rival),
        )
