"""Say what of the overlay must follow when the spec gains, loses or renames an operation or a field.

    python -m tools.overlay_table [SPEC]     a line for each thing that does not fit; exit 1 if there is one

`overlay/contract.toml` names for every operation and field of the spec what of the overlay stands on it. Both sides are
held to it, by reading only: a spec that the generated code does not fit yet is judged as well.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.regeneration.document import Finding, Source, operations, parameters, read_source, request_schema
from tools.spec_linters import ROOT, SPEC

TABLE = ROOT / "overlay" / "contract.toml"
OVERLAY = ROOT / "overlay" / "jsmskit"
#: What stands on fields of the spec: methods, results and errors. All else stands on these.
_READ = ("_async/*.py", "results/*.py", "callbacks/*.py", "errors.py", "recipients.py")
Table = Mapping[str, Any]


class Overlay:
    """The public methods of the client and the attributes of its classes, read from the source.

    Attributes:
        methods: `codes.send` to its parameters.
        classes: a class to its attributes, those of its bases included.
        places: a class to its file.
    """

    def __init__(self, folder: Path = OVERLAY) -> None:
        self.methods: dict[str, list[str]] = {}
        self.classes: dict[str, set[str]] = {}
        self.places: dict[str, str] = {}
        trees = {path: ast.parse(path.read_text("utf-8")) for place in _READ for path in sorted(folder.glob(place))}
        bases: dict[str, list[str]] = {}
        for path, tree in trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    self.places.setdefault(node.name, str(path.relative_to(ROOT)))
                    self.classes.setdefault(node.name, set(_attributes(node)))
                    bases[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
                    if path.parent == folder / "_async":
                        self.methods.update(_methods(path.stem, node))
        for name in self.classes:
            for base in bases[name]:
                self.classes[name] |= self.classes.get(base, set())


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.AnnAssign):
            target = part.target
            if isinstance(target, ast.Name) and part in node.body:
                yield target.id
            elif isinstance(target, ast.Attribute):
                yield target.attr


def _methods(group: str, node: ast.ClassDef) -> Iterator[tuple[str, list[str]]]:
    for part in node.body:
        if isinstance(part, ast.AsyncFunctionDef) and not part.name.startswith("_"):
            taken = [argument.arg for argument in (*part.args.args, *part.args.kwonlyargs)]
            yield f"{group}.{part.name}", [name for name in taken if name != "self"]


def findings(source: Source, table: Table, overlay: Overlay) -> Iterator[Finding]:
    """Yield a line for each operation or field of one side that the other, or the table, does not have."""
    yield from _operations(source, table)
    yield from _fields(source, table, overlay)
    yield from _overlay(source, table, overlay)


def _files(method: str) -> str:
    group, _, name = method.partition(".")
    return f"`{name}` in overlay/jsmskit/_async/{group}.py and _operations/{group}.py"


def _operations(source: Source, table: Table) -> Iterator[Finding]:
    known = table["operations"]
    found = {operation.operation_id: operation for operation in operations(source.document)}
    for name in sorted(found.keys() - known.keys()):
        tag = found[name].data.get("tags", ["..."])[0]
        what = f"{name} is new"
        yield source.finding(
            (*found[name].location, "operationId"),
            what,
            f"write its method in {_files(tag + '.' + name)}, name it"
            " in overlay/contract.toml and tests/client/operations.py",
        )
    for name in sorted(known.keys() - found.keys()):
        yield Finding(
            _row(name),
            f"{name} is gone from the spec",
            f"remove {_files(known[name])}, and its rows here and in tests/client/operations.py",
        )


def _row(key: str) -> str:
    lines = TABLE.read_text("utf-8").splitlines()
    line = next((number for number, text in enumerate(lines, 1) if text.split(" ")[0] in (key, f"[requests.{key}]")), 1)
    return f"overlay/contract.toml:{line}"


def _fields(source: Source, table: Table, overlay: Overlay) -> Iterator[Finding]:
    rows: dict[str, dict[str, str]] = {**table["requests"], **table["values"]}
    senders = _senders(source.document, table)
    for name, schema in source.document["components"]["schemas"].items():
        present, kept = schema.get("properties", {}), rows.get(name, {})
        new = [field for field in present if field not in kept]
        gone = [field for field in kept if field not in present]
        if name in table["requests"]:
            follow = " and ".join(map(_files, senders.get(name, []))) or "the methods that send it"
        else:
            owners = sorted({target.partition(".")[0] for target in kept.values() if target})
            follow = " and ".join(f"`{owner}` ({overlay.places.get(owner, '?')})" for owner in owners) or "a new class"
        location = ("components", "schemas", name, "properties")
        if len(new) == len(gone) == 1:
            what = f"{name}.{gone[0]} is now {new[0]}"
            yield source.finding(
                (*location, new[0]), what, f"let {follow} read and write that, and its row in {_row(name)}"
            )
            continue
        for field in new:
            yield source.finding(
                (*location, field), f"{name}.{field} is new", f"take it up in {follow}, and in {_row(name)}"
            )
        for field in gone:
            yield Finding(
                _row(name), f"{name}.{field} is gone from the spec", f"remove {kept[field] or 'the row'} from {follow}"
            )
    for name in sorted(rows.keys() - source.document["components"]["schemas"].keys()):
        yield Finding(_row(name), f"{name} is gone from the spec", "remove what stands on it, and its row")


def _senders(document: dict[str, Any], table: Table) -> dict[str, list[str]]:
    """Return for each request schema the methods that send it."""
    found: dict[str, list[str]] = {}
    for operation in operations(document):
        _, _, location = request_schema(document, operation)
        if location and operation.operation_id in table["operations"]:
            found.setdefault(str(location[-1]), []).append(table["operations"][operation.operation_id])
    return found


def _overlay(source: Source, table: Table, overlay: Overlay) -> Iterator[Finding]:
    """The other way: what the table names is there, and what is there is named."""
    document, own = source.document, table["own"]
    for operation in operations(document):
        method = table["operations"].get(operation.operation_id)
        if method is None:
            continue
        taken = overlay.methods.get(method)
        if taken is None:
            yield Finding(_row(operation.operation_id), f"there is no method {method}", f"write {_files(method)}")
            continue
        _, _, location = request_schema(document, operation)
        row = table["requests"].get(location[-1], {}) if location else {}
        in_path = {_parameter(one["name"]) for one, _ in parameters(document, operation)}
        wanted = {target for target in row.values() if target} | in_path
        for name in sorted(wanted - set(taken)):
            yield Finding(
                _row(str(location[-1]) if location else method),
                f"{method} has no parameter {name}",
                f"add it to {_files(method)}",
            )
        for name in sorted(set(taken) - wanted - set(own["parameters"])):
            yield Finding(
                f"overlay/jsmskit/_async/{method.partition('.')[0]}.py",
                f"no field of {operation.operation_id} is the parameter {name} of {method}",
                "name it in overlay/contract.toml",
            )
    targets = {target: name for name, row in table["values"].items() for target in row.values() if target}
    for target, name in targets.items():
        owner, _, attribute = target.partition(".")
        if attribute not in overlay.classes.get(owner, ()):
            yield Finding(
                _row(name), f"there is no {target}", f"add it to {overlay.places.get(owner, 'overlay/jsmskit')}"
            )
    for owner in sorted({target.partition(".")[0] for target in targets} - {"JsmsError"}):
        for attribute in sorted(overlay.classes.get(owner, ())):
            if f"{owner}.{attribute}" not in targets and not {attribute, f"{owner}.{attribute}"} & set(
                own["attributes"]
            ):
                yield Finding(
                    overlay.places[owner],
                    f"no field of the spec is {owner}.{attribute}",
                    "name it in overlay/contract.toml",
                )


def _parameter(name: str) -> str:
    return "template_id" if name == "temp_id" else name


def main(arguments: list[str]) -> int:
    """Print what does not fit; return the exit code."""
    path = Path(arguments[0]) if arguments else SPEC
    source = read_source(path, "spec/openapi.yaml" if path == SPEC else path.name)
    found = [str(one) for one in findings(source, tomllib.loads(TABLE.read_text("utf-8")), Overlay())]
    print("\n".join(found) or "the overlay follows the spec")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
