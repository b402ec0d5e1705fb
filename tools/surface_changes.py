"""What changed in the public Python surface since the last release, in a way that can break a caller.

Griffe reads both sources, without importing them, and compares. It goes by names, so it is told here what is
public: what the modules below list in `__all__`, and the classes that a client hands out (`client.codes`),
which stand in private modules.

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
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import griffe

ROOT = Path(__file__).resolve().parent.parent

PUBLIC_MODULES = (
    "jsmskit",
    "jsmskit.callbacks",
    "jsmskit.campaigns",
    "jsmskit._config.credentials",
    "jsmskit.errors",
    "jsmskit.mock",
    "jsmskit.pytest_plugin",
    "jsmskit.recipients",
    "jsmskit.results",
    "jsmskit.spec",
    "jsmskit.telemetry",
)
"""What of the overlay people may import from; also jsms_api as a whole, whose names come from the spec."""

_CLIENTS = ("JsmsClient", "AsyncJsmsClient")
_NO_BREAKS = {"jsmskit.__version__"}
_SOURCES = {"jsmskit": "overlay", "jsms_api": "generated"}


class SurfaceError(Exception):
    """The two surfaces cannot be compared; the text says why."""


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """One change that can break a caller.

    Attributes:
        what: the dotted name that callers use, or that it goes by in the source.
        how: what happened to it.
    """

    what: str
    how: str

    def __str__(self) -> str:
        return f"{self.what}: {self.how}"


def breaking_changes(old: Path, new: Path) -> list[Break]:
    """Compare two checkouts, or two folders with `overlay` and `generated` in them."""
    before, after = _load(old), _load(new)
    return sorted(
        {
            *_overlay_breaks(before["jsmskit"], after["jsmskit"]),
            *_generated_breaks(before["jsms_api"], after["jsms_api"]),
        }
    )


def _load(root: Path) -> dict[str, griffe.Module]:
    logging.getLogger("griffe").setLevel(logging.CRITICAL)  # it tells of every name of another library
    paths = [root / folder for folder in _SOURCES.values()]
    loader = griffe.GriffeLoader(search_paths=paths, allow_inspection=False)
    found: dict[str, griffe.Module] = {}
    for package in _SOURCES:
        loaded = loader.load(package)
        if not isinstance(loaded, griffe.Module):
            raise SurfaceError(f"{root}: {package} is no package there")
        found[package] = loaded
    loader.resolve_aliases(implicit=False, external=False)
    return found


def _overlay_breaks(old: griffe.Module, new: griffe.Module) -> Iterator[Break]:
    for package in (old, new):
        for module in _modules(package):
            module.public = module.path in PUBLIC_MODULES
            if listed := _listed_exports(module):
                module.exports = [*listed]
    for path in PUBLIC_MODULES:
        before, after = _exports(old, path), _exports(new, path)
        for name in before - after:
            yield Break(f"{path}.{name}", "is no longer in __all__")
        for name in before & after:
            # Griffe counts the bases of a class, and does not see that one took the place of another; but who
            # catches an exception by its family does.
            place = [*path.split(".")[1:], name]
            if place[-1] in _members(old, place) and place[-1] in _members(new, place):
                # What is exported from another module: Griffe passes over a name behind which there is nothing.
                if _is_there(old[place]) and not _is_there(new[place]):
                    yield Break(f"{path}.{name}", "is in __all__, but there is nothing behind it")
                for family in _ancestors(old[place]) - _ancestors(new[place]):
                    yield Break(old[place].canonical_path, f"is no longer a {family}")
    yield from _told(griffe.find_breaking_changes(old, new))
    for client in _CLIENTS:
        for name, resource in _resources(old, client).items():
            now = _resources(new, client).get(name)
            if now is None:
                yield Break(f"jsmskit.{client}.{name}", "is gone")
            else:
                yield from _told(griffe.find_breaking_changes(resource, now))


def _generated_breaks(old: griffe.Module, new: griffe.Module) -> Iterator[Break]:
    changes = griffe.find_breaking_changes(old, new)
    # Values in there are facts of the service: the contract's version announces them.
    yield from _told(change for change in changes if change.kind is not griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE)


def _modules(module: griffe.Module) -> Iterator[griffe.Module]:
    yield module
    for member in module.members.values():
        if isinstance(member, griffe.Module):
            yield from _modules(member)


def _exports(package: griffe.Module, path: str) -> set[str]:
    for module in _modules(package):
        if module.path == path:
            return {str(name) for name in module.exports or ()}
    return set()


def _listed_exports(module: griffe.Module) -> set[str]:
    """The names of a package that makes `__all__` from its table `_EXPORTS`, which Griffe does not evaluate."""
    table = module.members.get("_EXPORTS")
    if table is None or table.is_alias or table.value is None:
        return set()
    names = ast.literal_eval(str(table.value)).values()
    return {name.partition(":")[0] for listed in names for name in listed.split()}


def _members(package: griffe.Module, place: list[str]) -> Collection[str]:
    """The names in the module where a name should be; made when they are asked for, some are no members."""
    return (package[place[:-1]] if place[:-1] else package).members


def _is_there(member: griffe.Object | griffe.Alias) -> bool:
    try:
        return not isinstance(member, griffe.Alias) or bool(member.final_target)
    except (griffe.AliasResolutionError, griffe.CyclicAliasError):
        return False


def _ancestors(member: griffe.Object | griffe.Alias) -> set[str]:
    """The names of all classes that a class descends from; none for what is no class."""
    try:
        found = member.final_target if isinstance(member, griffe.Alias) else member
    except (griffe.AliasResolutionError, griffe.CyclicAliasError):
        return set()
    if not isinstance(found, griffe.Class):
        return set()
    names = {str(base).rpartition(".")[2] for base in found.bases}
    for base in found.resolved_bases:
        names |= _ancestors(base)
    return names


def _resources(package: griffe.Module, client: str) -> dict[str, griffe.Object | griffe.Alias]:
    """The classes that a client hands out, by the attribute's name."""
    made = package[client]
    found: dict[str, griffe.Object | griffe.Alias] = {}
    for name, member in made.members.items():
        if member.is_attribute and member.is_public and member.annotation is not None:
            folder = made.final_target.module.parent if isinstance(made, griffe.Alias) else None
            kind = str(member.annotation).rpartition(".")[2]
            for module in folder.members.values() if folder is not None else ():
                if isinstance(module, griffe.Module) and kind in module.members:
                    candidate = module.members[kind]
                    if not candidate.is_alias:
                        found[name] = candidate
    return found


def _told(changes: Iterator[griffe.Breakage]) -> Iterator[Break]:
    for change in changes:
        details = change.as_dict()
        path = str(details["object_path"])
        if path not in _NO_BREAKS:
            yield Break(path, _words(change))


def _words(change: griffe.Breakage) -> str:
    lines = change.explain(griffe.ExplanationStyle.ONE_LINE)
    plain = "".join(part.partition("m")[2] if place else part for place, part in enumerate(lines.split("\x1b[")))
    return plain.partition(": ")[2] or change.kind.value


def last_tag() -> str | None:
    """The newest tag of a version that the commit descends from; None before the first release."""
    done = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


def baseline() -> str:
    """The last tag, or before the first one the commit that pyproject.toml names."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return last_tag() or str(settings["tool"]["jsmskit"]["surface-baseline"])


def sources_of(reference: str, folder: Path) -> Path:
    """Put the sources of a tag or commit into a folder."""
    done = subprocess.run(["git", "archive", reference, *_SOURCES.values()], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        raise SurfaceError(f"git has no {reference} here: {done.stderr.decode(errors='replace').strip()}")
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def breaks_since(reference: str) -> list[Break]:
    """Compare this checkout with a tag or commit."""
    with tempfile.TemporaryDirectory() as folder:
        return breaking_changes(sources_of(reference, Path(folder)), ROOT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the breaking changes; 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", metavar="REF", help="a tag or commit; the last tag if left out")
    reference = parser.parse_args(arguments).against or baseline()
    try:
        found = breaks_since(reference)
    except SurfaceError as error:
        print(f"surface: {error}", file=sys.stderr)
        return 2
    for one in found:
        print(one)
    print(f"{len(found)} breaking changes since {reference}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
