"""Keep the Chinese catalogue of the command line complete: `python -m tools.catalogue [--check]`.

Collects what the command line says from its source (`_`, `ngettext`, `mark`) and from its commands (help texts), and
merges that into messages.po, from which it compiles messages.mo. What the library says in its errors goes to library.po
and library.json (see jsmskit.cli.language); all four are in overlay/jsmskit/cli/locale/zh/LC_MESSAGES. With
--check nothing is written: a text without a translation, an unused translation, other placeholders than those of the
English text, an old compiled file, or a sentence in the command line's source that nothing translates are findings.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import json
import re
import sys
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jsmskit.cli.commands.reference import uncertainties
from jsmskit.cli.language import LOCALE_FOLDER
from jsmskit.cli.root import command as root
from jsmskit.live_check.probes import PROBES

_PO: Final = Path(LOCALE_FOLDER) / "zh/LC_MESSAGES/messages.po"
_SOURCE: Final = Path(LOCALE_FOLDER).parent
_MO: Final = _PO.with_suffix(".mo")
_LIBRARY_PO: Final = _PO.with_name("library.po")
_LIBRARY_JSON: Final = _PO.with_name("library.json")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_0-9]*)[^{}]*\}|%\([a-z]+\)s")

#: Where the library makes what it says in errors, and in the reasons that the ledger and doctor show.
_LIBRARY: Final = (
    "phones.py", "recipient_guard.py", "recipients.py", "_calls/**/*.py", "_config/*.py",
    "_http/**/*.py", "_operations/*.py", "_validation/*.py", "_async/*.py", "campaigns/[!_]*.py", "campaigns/*/**/*.py",
    "mock/[!_t]*.py", "mock/time_driver.py", "mock/server/*.py", "mock/model/clock.py", "mock/state/database.py",
    "verification/[!e]*.py",
)  # fmt: skip
_PROSE: Final = re.compile(r"[A-Za-z]{2,}[,.:;]? [a-z]{2,}")
_NO_PROSE: Final = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|VALUES|ALTER|ORDER BY|SET|DROP|PRAGMA|CREATE)\b|^AND \w+[ =]|^<|^-"
    r"|INTEGER|sans-serif|:root|pip install |^jsms |dict\[|boundary="
)
#: Not what a value is called.
_FUNCTIONS: Final = ("len", "join", "sorted", "map", "str", "int", "cast", "type", "quoted", "replace")
#: Calls whose texts are not shown on the command line: mistakes of a program, logs, audit records.
_NOT_SHOWN: Final = re.compile(
    r"(Type|Attribute|Runtime)Error|cast|warning|info|debug|exception|record(_event)?|starts_with|endswith|startswith"
)

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
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if anything is missing")
    check: bool = parser.parse_args().check
    findings = [*untranslated()]
    total = 0
    for po, compiled, wanted, compile_catalog in (
        (_PO, _MO, template(), as_mo),
        (_LIBRARY_PO, _LIBRARY_JSON, library_template(), as_json),
    ):
        with po.open("rb") as file:
            catalog = read_po(file, locale="zh")
        if not check:
            catalog.update(wanted, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            po.write_bytes(as_po(catalog))
            compiled.write_bytes(compile_catalog(catalog))
        elif not compiled.is_file() or compiled.read_bytes() != compile_catalog(catalog):
            findings.append(f"{compiled.name} is not made from {po.name}: run python -m tools.catalogue")
        findings += problems(catalog, wanted)
        total += sum(1 for message in wanted if message.id)
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{total} texts, {len(findings)} findings")
    return 1 if findings else 0


def template() -> Catalog:
    """Return all texts of the command line, without translations."""
    made = Catalog(project="jsmskit", charset="utf-8")
    found = extract_from_dir(
        _SOURCE, [("**.py", "python")], keywords={"_": None, "mark": None, "ngettext": (1, 2)}, comment_tags=()
    )
    for _file, _line, message, _comments, _context in found:
        made.add(message)
    page = extract_from_dir(_SOURCE.parent / "campaigns", [("reporting.py", "python")], keywords={"say": None})
    for _file, _line, message, _comments, _context in page:
        made.add(message)
    questions = [text for one in uncertainties().values() for text in one]
    live_check = [
        text
        for probe in PROBES
        for text in (probe.name, *(words for fact in probe.facts for words in fact.means.values()))
    ]
    shown = filter(re.compile("[a-z]{3}").search, (*questions, *live_check))
    for text in (*_OF_CLICK, *help_texts(root), *shown):
        made.add(text)
    made.add(("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"))  # of click
    return made


def library_template() -> Catalog:
    """Return what the library says, without translations."""
    made = Catalog(project="jsmskit", charset="utf-8")
    package = _SOURCE.parent
    for place in _LIBRARY:
        for path in sorted(package.glob(place)):
            if "_sync" not in path.relative_to(package).parts:
                for _line, text in prose(path, {"say"}):
                    made.add(text)
    return made


def untranslated() -> Iterator[str]:
    """Yield the sentences in the command line's own source that are in no call of `_`, `ngettext` or `mark`."""
    found = (message.id for message in template())
    known = {text.strip() for one in found for text in (one if isinstance(one, tuple) else (one,))}
    for path in sorted(_SOURCE.rglob("*.py")):
        for line, text in prose(path):
            if text not in known:
                yield f"{path.relative_to(_SOURCE)}:{line}: not in the catalogue: {text!r}"


def prose(path: Path, leave_out: Collection[str] = ()) -> Iterator[tuple[int, str]]:
    """Yield line and text of the sentences in a file, f-strings with the names of their values in braces.

    leave_out: names of functions whose arguments are left out.
    """
    tree = ast.parse(path.read_text("utf-8"))
    silent: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(node.value)  # a docstring
        elif isinstance(node, ast.JoinedStr):
            silent.update(node.values)
        elif isinstance(node, ast.FunctionDef) and node.name in ("__repr__", "__str__"):
            silent.update(ast.walk(node))
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            hidden = name in leave_out or _NOT_SHOWN.fullmatch(name)
            parts = [part for part in (*node.args, *node.keywords) if hidden or getattr(part, "arg", "") == "help"]
            silent.update(below for part in parts for below in ast.walk(part))
    for node in ast.walk(tree):
        if node in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            text = with_names(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        text = text.strip()
        if _PROSE.search(_PLACEHOLDER.sub("", text)) and not _NO_PROSE.search(text):
            yield node.lineno, text


def with_names(text: ast.JoinedStr) -> str:
    """Return the text of an f-string with a name in braces for each value."""
    made = ""
    for part in text.values:
        if isinstance(part, ast.Constant):
            made += str(part.value)
            continue
        names = [
            below.attr if isinstance(below, ast.Attribute) else below.id
            for below in ast.walk(part)
            if isinstance(below, ast.Attribute | ast.Name)
        ]
        name = first = next(
            (name.strip("_").lower() for name in names if len(name) > 1 and name not in _FUNCTIONS), "value"
        )
        number = 1
        while f"{{{name}}}" in made:
            number += 1
            name = f"{first}{number}"
        made += f"{{{name}}}"
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


def problems(catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    """Yield what is missing, left over, or translated with other placeholders."""
    needed = {message.id: message for message in wanted if message.id}
    there = {message.id: message for message in catalog if message.id}
    for name in needed:
        known = there.get(name)
        texts = () if known is None else known.string if isinstance(known.string, (tuple, list)) else (known.string,)
        if not texts or not all(texts) or (known is not None and known.fuzzy):
            yield f"not translated: {name!r}"
            continue
        # The plural has all placeholders; Chinese has one form for both.
        filled = set(_PLACEHOLDER.findall(name if isinstance(name, str) else name[-1]))
        for text in texts:
            if set(_PLACEHOLDER.findall(text)) != filled:
                yield f"other placeholders: {name!r} -> {text!r}"
    yield from (f"not used: {name!r}" for name in there if name not in needed)


def as_po(catalog: Catalog) -> bytes:
    """Return the .po file: sorted, without places and dates, so that only texts change it."""
    out = io.BytesIO()
    write_po(out, catalog, sort_output=True, no_location=True, omit_header=False, include_previous=False, width=110)
    kept = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Last-Translator', b'"Generated-By', b'"Language-Team')
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(kept))


def as_mo(catalog: Catalog) -> bytes:
    """Return the compiled file."""
    with io.BytesIO(as_po(catalog)) as written, io.BytesIO() as out:
        read = read_po(written, locale="zh")
        # The header has them, and would make every file another one.
        read.creation_date = read.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
        write_mo(out, read)
        return out.getvalue()


def as_json(catalog: Catalog) -> bytes:
    """Return the compiled texts of the library."""
    texts = {str(message.id): message.string for message in catalog if message.id}
    return json.dumps(texts, ensure_ascii=False, indent=0, sort_keys=True).encode() + b"\n"


if __name__ == "__main__":
    sys.exit(main())
