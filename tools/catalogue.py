"""Keep the Chinese catalogue of the command line complete: `python -m tools.catalogue [--check]`.

Collects what the command line says from its source (`_`, `ngettext`, `mark`) and from its commands (help texts), and
merges that into messages.po, from which it compiles messages.mo. What the library says in its errors goes to library.po
and library.json (see jsmskit.cli.language); all four are in overlay/jsmskit/cli/locale/zh/LC_MESSAGES. With
--check nothing is written: a text without a translation, an unused translation, other placeholders than those of the
English text, an old compiled file, or a sentence in the command line's source that nothing translates are findings.
"""

from __future__ import annotations

import ast
import inspect
import io
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

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
_CLICK: Final = Path(click.__file__).parent
_OF_CLICK: Final = ("required", "No such option: {name}", "Option {name!r} requires an argument.")
"""Texts that click puts together, or that another version of it has."""
_MO: Final = _PO.with_suffix(".mo")
_LIBRARY_PO: Final = _PO.with_name("library.po")
_LIBRARY_JSON: Final = _PO.with_name("library.json")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_0-9]*)[^{}]*\}|%\([a-z]+\)s")

#: Where the library makes what it says in errors, and in the reasons that the ledger and doctor show.
_LIBRARY: Final = (
    "phones.py", "recipient_guard.py", "recipients.py", "_calls/**/*.py", "_config/*.py",
    "_http/**/*.py", "_operations/*.py", "_validation/*.py", "_async/*.py", "campaigns/[!_]*.py", "campaigns/*/**/*.py",
    "mock/[!_t]*.py", "mock/server/*.py", "mock/model/clock.py", "mock/state/applications.py", "mock/state/database.py",
    "mock/state/inbox.py", "verification/[!e]*.py",
)  # fmt: skip
_PROSE: Final = re.compile(r"[A-Za-z]{2,}[,.:;]? [a-z]{2,}")
_NO_PROSE: Final = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|VALUES|ALTER|ORDER BY|SET|DROP|PRAGMA|CREATE)\b|^AND \w+[ =]|^<|^-"
    r"|INTEGER|sms_open|sans-serif|:root|pip install |^jsms |dict\[|boundary="
)
#: Not what a value is called.
_FUNCTIONS: Final = ("len", "join", "sorted", "map", "str", "int", "cast", "type", "quoted", "replace")
#: Calls whose texts are not shown on the command line: mistakes of a program, logs, audit records.
_NOT_SHOWN: Final = re.compile(
    r"(Type|Attribute|Runtime)Error|cast|warning|info|debug|exception|record(_event)?|starts_with|endswith|startswith"
)


def main() -> int:
    """Write the catalogue, or check it; return the exit code."""
    check = "--check" in sys.argv[1:]
    findings: list[str] = []
    total = 0
    for po, compiled, collect, compile_catalog in (
        (_PO, _MO, texts_of_commands, as_mo),
        (_LIBRARY_PO, _LIBRARY_JSON, texts_of_library, as_json),
    ):
        with po.open("rb") as file:
            catalog = read_po(file, locale="zh")
        wanted = collect(catalog)
        if not check:
            catalog.update(wanted, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            po.write_bytes(as_po(catalog))
            compiled.write_bytes(compile_catalog(catalog))
        elif not compiled.is_file() or compiled.read_bytes() != compile_catalog(catalog):
            findings.append(f"{compiled.name} is not made from {po.name}: run python -m tools.catalogue")
        findings += [*problems(catalog, wanted), *(untranslated(wanted) if po == _PO else ())]
        total += sum(1 for message in wanted if message.id)
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{total} texts, {len(findings)} findings")
    return 1 if findings else 0


def texts_of_commands(translated: Catalog) -> Catalog:
    """Return all texts of the command line, without translations: its source, its help, and what it shows of others."""
    made = Catalog(project="jsmskit", charset="utf-8")
    click_says = {*marked_in(_CLICK, {"_": None, "ngettext": (1, 2)}), *_OF_CLICK}
    values = [
        *(text for one in uncertainties().values() for text in one),
        *(text for probe in PROBES for fact in probe.facts for text in (probe.name, *fact.means.values())),
    ]
    for text in (
        *marked_in(_SOURCE, {"_": None, "mark": None, "ngettext": (1, 2)}),
        *marked_in(_SOURCE.parent / "campaigns", {"say": None}),
        *help_texts(root),
        *filter(re.compile("[a-z]{3}").search, values),
        # click looks its own texts up in the same catalogue; those are translated that a user of jsms can see.
        *(message.id for message in translated if message.id in click_says),
    ):
        made.add(text)
    return made


def marked_in(folder: Path, keywords: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the texts in the calls of these functions."""
    for _file, _line, text, _comments, _context in extract_from_dir(folder, [("**.py", "python")], keywords=keywords):
        yield text


def texts_of_library(translated: Catalog) -> Catalog:
    """Return what the library says, without translations."""
    made = Catalog(project="jsmskit", charset="utf-8")
    package = _SOURCE.parent
    for place in _LIBRARY:
        for path in sorted(package.glob(place)):
            if "_sync" not in path.relative_to(package).parts:
                for _line, text in prose(ast.parse(path.read_text("utf-8")), {"say"}):
                    made.add(text)
    return made


def untranslated(wanted: Catalog) -> Iterator[str]:
    """Yield the sentences in the command line's own source that are in no call of `_`, `ngettext` or `mark`."""
    known = {text.strip() for message in wanted for text in forms(message.id)}
    for path in sorted(_SOURCE.rglob("*.py")):
        for line, text in prose(ast.parse(path.read_text("utf-8"))):
            if text not in known:
                yield f"{path.relative_to(_SOURCE)}:{line}: not in the catalogue: {text!r}"


def prose(node: ast.AST, leave_out: Collection[str] = ()) -> Iterator[tuple[int, str]]:
    """Yield line and text of the sentences in a source, f-strings with the names of their values in braces.

    leave_out: names of functions whose arguments are left out.
    """
    below: Iterable[ast.AST] = ast.iter_child_nodes(node)
    text = ""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.FunctionDef(name="__repr__" | "__str__") | ast.keyword(arg="help"):
            return
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            if name in leave_out or _NOT_SHOWN.fullmatch(name):
                below = [node.func]
        case ast.JoinedStr():
            text = with_names(node)
            below = [part for part in node.values if isinstance(part, ast.FormattedValue)]
        case ast.Constant(value=str()):
            text = str(node.value)
    text = text.strip()
    if _PROSE.search(_PLACEHOLDER.sub("", text)) and not _NO_PROSE.search(text):
        yield getattr(node, "lineno", 0), text
    for one in below:
        yield from prose(one, leave_out)


def with_names(text: ast.JoinedStr) -> str:
    """Return the text of an f-string with a name in braces for each value."""
    made = ""
    for part in text.values:
        if isinstance(part, ast.Constant):
            made += str(part.value)
            continue
        below = [one for one in ast.walk(part) if isinstance(one, ast.Attribute | ast.Name)]
        names = [one.attr if isinstance(one, ast.Attribute) else one.id for one in below]
        first = next((name.strip("_").lower() for name in names if len(name) > 1 and name not in _FUNCTIONS), "value")
        numbered = (first, *(f"{first}{number}" for number in range(2, 10)))
        made += next(f"{{{name}}}" for name in numbered if f"{{{name}}}" not in made)
    return made


def help_texts(command: click.Command) -> Iterator[str]:
    """Yield the help of a command, of its options and of all commands below it."""
    context = click.Context(command)
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    for text in (command.help, command.epilog, *(one.help for one in options)):
        if text:
            yield inspect.cleandoc(text)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None  # it is in the list
            yield from help_texts(below)


def forms(text: Any) -> tuple[str, ...]:
    """Return the forms of a text: several if it depends on a number, none if there is no translation."""
    return tuple(text) if isinstance(text, (tuple, list)) else (text,) if text else ()


def problems(catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    """Yield what is missing, left over, or translated with other placeholders."""
    needed = {message.id for message in wanted if message.id}
    there = {message.id: forms(message.string) for message in catalog if message.id}
    for text in needed:
        translations = there.get(text, ())
        if not all(translations) or not translations:
            yield f"not translated: {text!r}"
        # The plural has all placeholders; Chinese has one form for both.
        filled = set(_PLACEHOLDER.findall(forms(text)[-1]))
        for translation in translations:
            if translation and set(_PLACEHOLDER.findall(translation)) != filled:
                yield f"other placeholders: {text!r} -> {translation!r}"
    yield from (f"not used: {text!r}" for text in there if text not in needed)


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
