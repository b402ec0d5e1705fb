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
_IN_PATH = {"temp_id": "template_id"}
Table = Mapping[str, Any]


class Overlay:
    """The public methods of the client and the attributes of its classes, read from the source.

    Attributes:
        methods: `codes.send` to its parameters.
        classes: a class to its attributes, those of its bases included.
        places: a class to its file.
    """

    def __init__(self, folder: Path = OVERLAY) -> None:
        self.methods: dict[str, set[str]] = {}
        self.classes: dict[str, set[str]] = {}
        self.places: dict[str, str] = {}
        bases: dict[str, list[str]] = {}
        for path in (path for place in _READ for path in sorted(folder.glob(place))):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef) and node.name not in self.classes:
                    self.places[node.name] = str(path.relative_to(ROOT))
                    self.classes[node.name] = set(_attributes(node))
                    bases[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
                elif isinstance(node, ast.AsyncFunctionDef) and path.parent.name == "_async":
                    taken = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
                    self.methods[f"{path.stem}.{node.name}"] = taken - {"self"}
        for name in self.classes:
            for base in bases[name]:
                self.classes[name] |= self.classes.get(base, set())


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.AnnAssign):
            if isinstance(part.target, ast.Name) and part in node.body:
                yield part.target.id
            elif isinstance(part.target, ast.Attribute):
                yield part.target.attr


def findings(source: Source, table: Table, overlay: Overlay) -> Iterator[Finding]:
    """Yield a line for each operation or field of one side that the other, or the table, does not have."""
    yield from _operations(source, table)
    yield from _fields(source, table, overlay)
    yield from _parameters(source, table, overlay)
    yield from _attributes_of_values(table, overlay)


def _files(method: str) -> str:
    group, _, name = method.partition(".")
    return f"`{name}` in overlay/jsmskit/_async/{group}.py and _operations/{group}.py"


def _row(key: str) -> str:
    lines = TABLE.read_text("utf-8").splitlines()
    line = next((number for number, text in enumerate(lines, 1) if text.split(" ")[0] in (key, f"[requests.{key}]")), 1)
    return f"overlay/contract.toml:{line}"


def _operations(source: Source, table: Table) -> Iterator[Finding]:
    known = table["operations"]
    found = {operation.operation_id: operation for operation in operations(source.document)}
    for name in sorted(found.keys() - known.keys()):
        method = f"{found[name].data.get('tags', ['...'])[0]}.{name}"
        remedy = (
            f"write its method in {_files(method)}, name it in overlay/contract.toml and tests/client/operations.py"
        )
        yield source.finding((*found[name].location, "operationId"), f"{name} is new", remedy)
    for name in sorted(known.keys() - found.keys()):
        remedy = f"remove {_files(known[name])}, and its rows here and in tests/client/operations.py"
        yield Finding(_row(name), f"{name} is gone from the spec", remedy)


def _fields(source: Source, table: Table, overlay: Overlay) -> Iterator[Finding]:
    rows: dict[str, dict[str, str]] = {**table["requests"], **table["values"]}
    schemas = source.document["components"]["schemas"]
    for name, schema in schemas.items():
        present, kept = schema.get("properties", {}), rows.get(name, {})
        changes = [f"{field} is new" for field in present if field not in kept]
        changes += [f"{field} is gone" for field in kept if field not in present]
        if changes:
            if name in table["requests"]:
                follow = " and ".join(map(_files, _senders(source, table, name))) or "the methods that send it"
            else:
                owners = sorted({target.partition(".")[0] for target in kept.values() if target})
                follow = " and ".join(f"`{one}` ({overlay.places.get(one, '?')})" for one in owners) or "a new class"
            location = ("components", "schemas", name, "properties", changes[0].partition(" ")[0])
            remedy = f"let {follow} follow, and its row in {_row(name)}"
            yield source.finding(location, f"in {name} {', '.join(changes)}", remedy)
    for name in sorted(rows.keys() - schemas.keys()):
        yield Finding(_row(name), f"{name} is gone from the spec", "remove what stands on it, and its row")


def _senders(source: Source, table: Table, schema: str) -> Iterator[str]:
    """Yield the methods that send a request schema."""
    for operation in operations(source.document):
        _, _, location = request_schema(source.document, operation)
        if location and location[-1] == schema and operation.operation_id in table["operations"]:
            yield table["operations"][operation.operation_id]


def _parameters(source: Source, table: Table, overlay: Overlay) -> Iterator[Finding]:
    """The other way: the methods that the table names take the fields that it names, and no others."""
    for operation in operations(source.document):
        method = table["operations"].get(operation.operation_id)
        if method is None:
            continue
        if method not in overlay.methods:
            yield Finding(_row(operation.operation_id), f"there is no method {method}", f"write {_files(method)}")
            continue
        _, _, location = request_schema(source.document, operation)
        row = table["requests"].get(location[-1], {}) if location else {}
        in_path = [one["name"] for one, _ in parameters(source.document, operation)]
        wanted = {target for target in row.values() if target} | {_IN_PATH.get(name, name) for name in in_path}
        taken = overlay.methods[method]
        for name in sorted(wanted - taken):
            place = _row(str(location[-1]) if location else method)
            yield Finding(place, f"{method} has no parameter {name}", f"add it to {_files(method)}")
        for name in sorted(taken - wanted - set(table["own"]["parameters"])):
            place = f"overlay/jsmskit/_async/{method.partition('.')[0]}.py"
            what = f"no field of {operation.operation_id} is the parameter {name} of {method}"
            yield Finding(place, what, "name it in overlay/contract.toml")


def _attributes_of_values(table: Table, overlay: Overlay) -> Iterator[Finding]:
    """The attributes that the table names are there, and what is there is named."""
    targets = {target: name for name, row in table["values"].items() for target in row.values() if target}
    own = set(table["own"]["attributes"])
    for target, name in targets.items():
        owner, _, attribute = target.partition(".")
        if attribute not in overlay.classes.get(owner, ()):
            remedy = f"add it to {overlay.places.get(owner, 'overlay/jsmskit')}"
            yield Finding(_row(name), f"there is no {target}", remedy)
    for owner in sorted({target.partition(".")[0] for target in targets} - {"JsmsError"}):
        for attribute in sorted(overlay.classes.get(owner, ())):
            if f"{owner}.{attribute}" not in targets and not own & {attribute, f"{owner}.{attribute}"}:
                what = f"no field of the spec is {owner}.{attribute}"
                yield Finding(overlay.places[owner], what, "name it in overlay/contract.toml")


def main(arguments: list[str]) -> int:
    """Print what does not fit; return the exit code."""
    path = Path(arguments[0]) if arguments else SPEC
    source = read_source(path, "spec/openapi.yaml" if path == SPEC else path.name)
    found = [str(one) for one in findings(source, tomllib.loads(TABLE.read_text("utf-8")), Overlay())]
    print("\n".join(found) or "the overlay follows the spec")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
