"""What changed in the public Python surface since the last release, in a way that can break a caller.

Griffe reads both sources, without importing them, and compares. Its own command (`griffe check`) goes by names alone;
here it is told what is public (the modules below, and the classes that a client hands out, in private modules), reads
the tables `_EXPORTS`, and is helped where it looks away: at other base classes.

    python -m tools.surface_changes [--against v0.1.0]     against the last tag if left out
"""

from __future__ import annotations

import argparse
import ast
import logging
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import griffe

ROOT = Path(__file__).resolve().parent.parent

#: What of the overlay people may import from; also jsms_api as a whole, whose names come from the spec.
PUBLIC_MODULES = {
    *("jsmskit", "jsmskit.callbacks", "jsmskit.campaigns", "jsmskit._config.credentials", "jsmskit.errors"),
    *("jsmskit.mock", "jsmskit.pytest_plugin", "jsmskit.recipients", "jsmskit.results", "jsmskit.spec"),
    *("jsmskit.telemetry", "jsmskit.verification"),
}
#: In these folders stand the classes behind `client.codes` and the like; all but what only the client uses.
_HANDED_OUT = ("jsmskit._async", "jsmskit._sync")
_INSIDE = {"client", "executor"}
_SOURCES = {"jsmskit": "overlay", "jsms_api": "generated"}


def breaking_changes(old: Path, new: Path) -> list[str]:
    """Compare two checkouts, or two folders with `overlay` and `generated`; a line for each break."""
    before, after = _load(old), _load(new)
    # Values in jsms_api are facts of the service: the contract's version announces them.
    generated = (
        change
        for change in griffe.find_breaking_changes(before["jsms_api"], after["jsms_api"])
        if change.kind is not griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE
    )
    overlay = griffe.find_breaking_changes(before["jsmskit"], after["jsmskit"])
    found = {_in_words(change) for change in (*overlay, *generated)}
    return sorted({*found, *_other_bases(before["jsmskit"], after["jsmskit"])})


def _load(root: Path) -> dict[str, griffe.Module]:
    logging.getLogger("griffe").setLevel(logging.CRITICAL)  # it tells of every name of another library
    paths = [root / folder for folder in _SOURCES.values()]
    loader = griffe.GriffeLoader(search_paths=paths, allow_inspection=False)
    found: dict[str, griffe.Module] = {}
    for package in _SOURCES:
        loaded = loader.load(package)
        if not isinstance(loaded, griffe.Module):
            raise SystemExit(f"{root}: {package} is no package there")
        found[package] = loaded
    loader.resolve_aliases(implicit=False, external=False)
    for module in _modules(found["jsmskit"]):
        handed_out = module.path.startswith(_HANDED_OUT) and module.name not in _INSIDE
        module.public = handed_out or module.path in PUBLIC_MODULES
        table = module.members.get("_EXPORTS")
        if table is not None and not table.is_alias and table.value is not None:
            listed = [name for names in ast.literal_eval(str(table.value)).values() for name in names.split()]
            module.exports = [name.partition(":")[0] for name in listed]
    if "__version__" in found["jsmskit"].members:
        found["jsmskit"]["__version__"].public = False
    return found


def _modules(module: griffe.Module) -> Iterator[griffe.Module]:
    yield module
    for member in module.members.values():
        if isinstance(member, griffe.Module):
            yield from _modules(member)


def _in_words(change: griffe.Breakage) -> str:
    line = change.explain(griffe.ExplanationStyle.ONE_LINE)
    plain = "".join(part.partition("m")[2] if place else part for place, part in enumerate(line.split("\x1b[")))
    return f"{change.as_dict()['object_path']}: {plain.partition(': ')[2] or change.kind.value}"


def _other_bases(old: griffe.Module, new: griffe.Module) -> Iterator[str]:
    """Who catches an exception, or asks for its type, goes by what a class descends from."""
    now = {module.path: module for module in _modules(new)}
    for module in _modules(old):
        for name in map(str, module.exports or ()) if module.path in now else ():
            before, after = _class_behind(module, name), _class_behind(now[module.path], name)
            if before and after:
                for family in _ancestors(before) - _ancestors(after):
                    yield f"{before.canonical_path}: is no longer a {family}"


def _class_behind(module: griffe.Module, name: str) -> griffe.Class | None:
    member = module.members.get(name)
    try:
        found = member.final_target if isinstance(member, griffe.Alias) else member
    except (griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None
    return found if isinstance(found, griffe.Class) else None


def _ancestors(found: griffe.Class) -> set[str]:
    names = {str(base).rpartition(".")[2] for base in found.bases}
    return names.union(*(_ancestors(base) for base in found.resolved_bases if isinstance(base, griffe.Class)))


def last_tag() -> str | None:
    """Return the newest tag of a version that the commit descends from; None before the first release."""
    command = ["git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def breaks_since(reference: str) -> list[str]:
    """Compare this checkout with a tag or commit. Raises SystemExit if git does not have it."""
    done = subprocess.run(["git", "archive", reference, *_SOURCES.values()], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"git has no {reference} here: {done.stderr.decode(errors='replace').strip()}")
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
        return breaking_changes(Path(folder), ROOT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the breaking changes; 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", metavar="REF", default=last_tag(), help="a tag or commit (default: the last tag)")
    reference = parser.parse_args(arguments).against
    if reference is None:
        parser.error("there is no release yet: name a commit with --against")
    found = breaks_since(reference)
    print("\n".join([*found, f"{len(found)} breaking changes since {reference}"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
