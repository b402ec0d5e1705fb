"""Keep the Chinese catalogue of the command line complete: `python -m tools.catalogue [--check]`.

Collects what the command line says from its source (`_`, `ngettext`, `mark`) and from its commands (help texts), and
merges that into overlay/jsmskit/cli/locale/zh/LC_MESSAGES/messages.po, from which it compiles messages.mo. With
--check nothing is written: a text without a translation, an unused translation, other placeholders than those of the
English text, or an old messages.mo are findings.
"""

from __future__ import annotations

import argparse
import inspect
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jsmskit.cli.language import LOCALE_FOLDER
from jsmskit.cli.root import command as root

_PO: Final = Path(LOCALE_FOLDER) / "zh/LC_MESSAGES/messages.po"
_SOURCE: Final = Path(LOCALE_FOLDER).parent
_MO: Final = _PO.with_suffix(".mo")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]*)[^{}]*\}|%\([a-z]+\)s")

#: The texts of click that a user of jsms can see. click looks them up in the same catalogue.
_OF_CLICK: Final = (
    "Usage:",
    "Options",
    "Positional arguments",
    "Commands",
    "required",
    "default: {default}",
    "env var: {var}",
    "Missing command.",
    "Missing argument",
    "Missing option",
    "Missing parameter",
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    "No such option {name!r}.",
    "No such option: {name}",
    "No such command {name!r}.",
    "Option {name!r} requires an argument.",
    "Option {name!r} does not take a value.",
    "Could not open file {filename!r}: {message}",
    "Choose from:\n\t{choices}",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is not readable.",
    "{name} {filename!r} is not writable.",
    "file",
    "path",
    "Error: {message}",
    "Error: invalid input",
)


def main() -> int:
    """Write the catalogue, or check it; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if anything is missing"
    )
    check: bool = parser.parse_args().check
    with _PO.open("rb") as file:
        catalog = read_po(file, locale="zh")
    findings = list(problems(catalog))
    if not check:
        catalog.update(template(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        _PO.write_bytes(as_po(catalog))
        _MO.write_bytes(as_mo(catalog))
        findings = list(problems(catalog))
    elif not _MO.is_file() or _MO.read_bytes() != as_mo(catalog):
        findings.append(f"{_MO.name} is not made from {_PO.name}: run python -m tools.catalogue")
    for finding in findings:
        print(finding, file=sys.stderr)
    total = sum(1 for message in template() if message.id)
    print(f"{total} texts, {len(findings)} findings")
    return 1 if findings else 0


def template() -> Catalog:
    """Return all texts of the command line, without translations."""
    made = Catalog(project="jsmskit", charset="utf-8")
    found = extract_from_dir(
        _SOURCE,
        [("**.py", "python")],
        keywords={"_": None, "mark": None, "ngettext": (1, 2)},
        comment_tags=(),
    )
    for _file, _line, message, _comments, _context in found:
        made.add(message)
    for text in (*_OF_CLICK, *help_texts(root)):
        made.add(text)
    made.add(("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"))  # of click
    return made


def help_texts(command: click.Command) -> Iterator[str]:
    """Yield the help of a command, of its options and of all commands below it."""
    if command.help:
        yield inspect.cleandoc(command.help)
    if command.epilog:
        yield command.epilog
    context = click.Context(command)
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option) and parameter.help:
            yield inspect.cleandoc(parameter.help)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None  # it is in the list
            yield from help_texts(below)


def problems(catalog: Catalog) -> Iterator[str]:
    """Yield what is missing, left over, or translated with other placeholders."""
    needed = {message.id: message for message in template() if message.id}
    there = {message.id: message for message in catalog if message.id}
    for name in needed:
        known = there.get(name)
        texts = (
            ()
            if known is None
            else known.string
            if isinstance(known.string, (tuple, list))
            else (known.string,)
        )
        if not texts or not all(texts) or (known is not None and known.fuzzy):
            yield f"not translated: {name!r}"
            continue
        # The plural has all placeholders; Chinese has one form for both.
        wanted = set(_PLACEHOLDER.findall(name if isinstance(name, str) else name[-1]))
        for text in texts:
            if set(_PLACEHOLDER.findall(text)) != wanted:
                yield f"other placeholders: {name!r} -> {text!r}"
    yield from (f"not used: {name!r}" for name in there if name not in needed)


def as_po(catalog: Catalog) -> bytes:
    """Return the .po file: sorted, without places and dates, so that only texts change it."""
    out = io.BytesIO()
    write_po(
        out, catalog, sort_output=True, no_location=True, omit_header=False, include_previous=False, width=110
    )
    kept = (
        b'"POT-Creation-Date',
        b'"PO-Revision-Date',
        b'"Last-Translator',
        b'"Generated-By',
        b'"Language-Team',
    )
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(kept))


def as_mo(catalog: Catalog) -> bytes:
    """Return the compiled file."""
    with io.BytesIO(as_po(catalog)) as written, io.BytesIO() as out:
        read = read_po(written, locale="zh")
        # The header has them, and would make every file another one.
        read.creation_date = read.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
        write_mo(out, read)
        return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
