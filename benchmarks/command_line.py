"""What `jsms --help` costs, beside an argparse program that lists the same commands.

    python -m benchmarks.command_line            measure, and write benchmarks/command-line.json
    python -m benchmarks.command_line --show     measure only

CPU is user and system time of whole processes, interpreter included, the median of interleaved runs after a
warm-up. Two argparse programs are made: one with the commands of the first level only, which is the harder
rival, and one with the whole tree, which is what an argparse program of this size has to build before it can
answer.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
from jsmskit.cli.root import PLACES, command

HERE = Path(__file__).parent
RUNS = 21
BUDGET = 2.5


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
        lines.append(f"one = commands.add_parser({name!r}, help={PLACES[name].words.replace('%', '%%')!r})")
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


def measured() -> dict[str, object]:
    """Everything, with the ratio that has a budget."""
    with tempfile.TemporaryDirectory() as folder:
        programs: dict[str, list[str]] = {"bare interpreter": [sys.executable, "-c", "pass"]}
        for name, whole in (("argparse, first level", False), ("argparse, whole tree", True)):
            place = Path(folder) / f"{whole}.py"
            place.write_text(argparse_program(whole=whole), encoding="utf-8")
            programs[name] = [sys.executable, str(place), "--help"]
        main = "from jsmskit.cli import main; main()"
        programs["jsms --help"] = [sys.executable, "-c", main, "--help"]
        programs["jsms codes --help"] = [sys.executable, "-c", main, "codes", "--help"]
        programs["jsms codes send --help"] = [sys.executable, "-c", main, "codes", "send", "--help"]
        for words in programs.values():
            cpu_ms(words)
        seen: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(RUNS):
            for name, words in programs.items():
                seen[name].append(cpu_ms(words))
        rows = {
            name: {
                "cpu_ms_median": round(statistics.median(values), 1),
                "cpu_ms_least": round(min(values), 1),
            }
            for name, values in seen.items()
        }
    rival, ours = rows["argparse, first level"], rows["jsms --help"]
    return {
        "command": "python -m benchmarks.command_line",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "click": version("click"),
        "runs": RUNS,
        "programs": rows,
        "ratio_cpu": round(ours["cpu_ms_median"] / rival["cpu_ms_median"], 2),
        "budget": BUDGET,
    }


def main() -> None:
    """Measure and tell; exit code 1 over the budget."""
    found = measured()
    text = json.dumps(found, indent=2)
    print(text)
    if "--show" not in sys.argv[1:]:
        (HERE / "command-line.json").write_text(text + "\n", encoding="utf-8")
    if float(str(found["ratio_cpu"])) > BUDGET:
        raise SystemExit(
            f"jsms --help costs {found['ratio_cpu']} times an argparse program; {BUDGET} are allowed"
        )


if __name__ == "__main__":
    main()
