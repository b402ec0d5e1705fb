"""`jsms spec`: the description of the service in every form, for other tools and languages.

Knows the forms and how JSON becomes YAML. Must not know what is in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, cast

import click

from ..framework import Command
from ..output import show, stderr_if_tty

__all__ = ["FORMATS", "as_yaml", "command"]

FORMATS: Final = {
    "json": "3.1",
    "yaml": "3.1",
    "3.1": "3.1",
    "3.0": "3.0",
    "strict": "strict",
    "errors": "errors",
    "fixtures": "fixtures",
}
"""What can be asked for, and the form of `jsmskit.spec` that it is made of; a test compares."""


@click.command(cls=Command)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="json",
    show_default=True,
    help="json, 3.1: OpenAPI 3.1 as JSON; yaml: the same as YAML; 3.0: OpenAPI 3.0.3; strict: with closed"
    " lists of codes, for fuzzers only; errors: codes and statuses; fixtures: the examples.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to this file.")
@click.option("--path", "want_path", is_flag=True, help="Print where the file is, instead of what is in it.")
def command(form: str, output: str | None, want_path: bool) -> None:
    """Print the description of the service."""
    from jsmskit import spec

    if want_path:
        if form == "yaml":
            raise click.UsageError("There is no file in YAML: leave --path out.")
        with spec.path(FORMATS[form]) as path:
            show(False, None, str(path))
        return
    text = spec.read_text(FORMATS[form]).rstrip("\n")
    if form == "yaml":
        text = as_yaml(json.loads(text))
    if output is None:
        show(False, None, text)
        return
    with open(output, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    stderr_if_tty(f"Written: {output}")


def as_yaml(value: object) -> str:
    """Write plain JSON values as YAML that people can read: block style, long texts as blocks.

    Keys and short texts are quoted as JSON quotes them, which every reader of YAML takes for the same.
    """
    return "\n".join(_lines(value, ""))


def _lines(whole: object, indent: str) -> Iterator[str]:
    value = whole
    if isinstance(value, dict) and value:
        for key, inner in cast("dict[str, object]", value).items():
            yield from _entry(f"{indent}{_key(key)}:", inner, indent)
    elif isinstance(value, list) and value:
        for inner in cast("list[object]", value):
            first, *rest = (
                _lines(inner, indent + "  ") if _is_block(inner) else [indent + "  " + _scalar(inner)]
            )
            yield f"{indent}- {first.lstrip()}"
            yield from rest
    else:
        yield indent + _scalar(whole)


def _entry(head: str, inner: object, indent: str) -> Iterator[str]:
    if _is_block(inner):
        yield head
        yield from _lines(inner, indent + "  ")
    elif isinstance(inner, str) and _is_prose(inner):
        yield f"{head} {'|' if inner.endswith(chr(10)) else '|-'}"
        yield from (f"{indent}  {line}".rstrip() for line in inner.removesuffix("\n").split("\n"))
    else:
        yield f"{head} {_scalar(inner)}"


def _is_block(value: object) -> bool:
    return isinstance(value, (dict, list)) and bool(cast("Any", value))


def _is_prose(text: str) -> bool:
    """Whether a text may stand as a block: lines of printable text, the first one not indented."""
    lines = text.removesuffix("\n").split("\n")
    return (
        "\n" in text
        and not lines[0].startswith(" ")
        and bool(lines[0])
        and bool(lines[-1])
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _key(key: str) -> str:
    # What another reader of YAML could take for a number, a truth value or a mark is quoted.
    plain = key.replace("-", "").replace("_", "").isalpha() and key.isascii()
    return key if plain and key.lower() not in _WORDS else json.dumps(key, ensure_ascii=False)


_WORDS: Final = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def _scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
