"""Make generated/ from spec/, or check that it is what would be made now.

`python -m tools.regenerate` replaces the whole folder in one step, or leaves it untouched and says in one line each
what is wrong. `--check` changes nothing and fails on any missing, extra or changed byte.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tools.regeneration.checks import check_spec
from tools.regeneration.client import read_options, write_client
from tools.regeneration.derived_forms import derived_forms
from tools.regeneration.document import RegenerationError, Source, problem, read_source
from tools.regeneration.tables import MADE, write_tables

ROOT = Path(__file__).resolve().parent.parent
PARTS = Path(__file__).with_name("regeneration")
STAMP = "STAMP"
STAMP_HEAD = "# What this folder was made from. Written by scripts/regenerate; `scripts/regenerate --check` compares."
EXIT_STALE, EXIT_PROBLEM = 1, 2
# Whatever settings of ruff lie around: they do not count.
_ISOLATED = ["--isolated", "--no-cache", "--target-version", "py311", "--line-length", "120"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool and return the exit code: 0 done or fresh, 1 stale, 2 something is wrong."""
    parser = argparse.ArgumentParser(prog="scripts/regenerate", description="Make generated/ from spec/.")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if generated/ is not what would be made now"
    )
    parser.add_argument(
        "--spec", type=Path, default=ROOT / "spec", metavar="DIR", help="folder with openapi.yaml and generator.yaml"
    )
    parser.add_argument(
        "--output", type=Path, default=ROOT / "generated", metavar="DIR", help="the folder to replace, or to check"
    )
    options = parser.parse_args(arguments)
    try:
        told = regenerate(options.spec, options.output, check=options.check)
    except RegenerationError as error:
        for finding in error.findings:
            print(f"regenerate: {finding}", file=sys.stderr)
        return EXIT_PROBLEM
    except OSError as error:
        where = error.filename or "the file system"
        remedy = "see to space and rights; nothing was changed"
        print(f"regenerate: {where}: {error.strerror or error} - {remedy}", file=sys.stderr)
        return EXIT_PROBLEM
    if options.check and told:
        print(f"regenerate --check: {told}", file=sys.stderr)
        return EXIT_STALE
    print(f"{options.output.name}/ was made again" if told else f"{options.output.name}/ is fresh")
    return 0


def regenerate(spec_folder: Path, target: Path, *, check: bool) -> str:
    """Make the tree and put it in the place of `target`, or only compare it if `check`.

    Returns how `target` differed, nothing if it did not. Raises RegenerationError or OSError, with `target` as before.
    """
    versions = pinned_versions()
    spec = read_source(spec_folder / "openapi.yaml", "spec/openapi.yaml")
    config = read_source(spec_folder / "generator.yaml", "spec/generator.yaml")
    if not check:
        check_target(target)
        target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that putting the tree there is only a rename.
    workshop = Path(tempfile.mkdtemp(prefix=".regenerating-", dir=None if check else target.parent))
    try:
        made = workshop / "generated"
        inputs = {spec.name: spec.sha256, config.name: config.sha256, **versions, "tools/regenerate": _own_hash()}
        make_tree(spec, config, made, workshop, inputs)
        told = difference(made, target)
        if told and not check:
            replace_tree(made, target, workshop)
        return told
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def pinned_versions() -> dict[str, str]:
    """Return the versions of generator and ruff, on which the bytes of generated/ depend.

    Raises RegenerationError if one is missing, or another than the dependency group `codegen` pins.
    """
    group = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["codegen"]
    pins = dict(entry.split("==", 1) for entry in group)
    for tool, wanted in pins.items():
        try:
            found = version(tool)
        except PackageNotFoundError:
            found = "missing"
        if found != wanted:
            remedy = "run scripts/setup dev, which installs the locked versions into .venv"
            raise problem(tool, f"is {found} in this environment, but pyproject.toml pins {wanted}", remedy)
    return pins


def make_tree(spec: Source, config: Source, made: Path, workshop: Path, inputs: Mapping[str, str]) -> None:
    """Make the whole tree in `made`, which must not exist yet; `workshop` takes intermediate files."""
    options = read_options(config)
    check_spec(spec)
    texts = write_tables(spec) | {"py.typed": ""}
    package = made / "jsms_api"
    made.mkdir()
    write_client(spec, options, package, workshop, MADE)
    for name, text in texts.items():
        (package / name).write_text(text, encoding="utf-8", newline="\n")
    for name, content in derived_forms(spec).items():
        (package / name).write_bytes(content)
    stamp = "".join(f"{name}  {value}\n" for name, value in inputs.items())
    (made / STAMP).write_text(f"{STAMP_HEAD}\n{stamp}", encoding="utf-8", newline="\n")
    _run_ruff(made, "check", *_ISOLATED, "--select", "F,I,UP", "--fix-only")
    _run_ruff(made, "format", *_ISOLATED)
    _run_ruff(made, "check", *_ISOLATED, "--select", "F", "--output-format", "concise")


def _run_ruff(folder: Path, *arguments: str) -> None:
    ruff = Path(sysconfig.get_path("scripts"), "ruff")
    done = subprocess.run([ruff, *arguments, "."], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        remedy = "correct the patch or the template in tools/regeneration that makes this"
        raise problem(f"ruff {arguments[0]} on the made code", "; ".join(said[:3]), remedy)


def _own_hash() -> str:
    own = hashlib.sha256()
    parts = [path for path in PARTS.rglob("*") if path.suffix in {".py", ".patch", ".jinja"}]
    for path in [Path(__file__), ROOT / "spec/lint/tables.schema.yaml", *sorted(parts)]:
        own.update(f"{path.name}\n".encode() + path.read_bytes())
    return own.hexdigest()


def read_files(tree: Path) -> dict[str, bytes]:
    """Return the content of every file below `tree`; compiled Python is no part of it."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def difference(made: Path, present: Path) -> str:
    """Say how the files differ and which inputs moved, or nothing if they are the same, byte for byte."""
    wanted, found = read_files(made), read_files(present)
    lines = [f"  missing: {name}" for name in wanted if name not in found]
    lines += [f"  extra: {name}" for name in found if name not in wanted]
    lines += [f"  changed: {name}" for name in wanted if name in found and wanted[name] != found[name]]
    if not lines:
        return ""
    stamp = found.get(STAMP, b"").splitlines()
    moved = [line.decode().partition("  ")[0] for line in wanted[STAMP].splitlines() if line not in stamp]
    why = "no input moved, so generated files were edited by hand; change the spec or a patch instead"
    if moved:
        why = f"since it was made, these inputs moved: {', '.join(moved)}"
    return "\n".join([f"generated/ is stale: {why}. Run scripts/regenerate and commit generated/.", *lines])


def check_target(target: Path) -> None:
    """Raise unless `target` may be replaced: it is missing, holds no file, or was made by this tool."""
    if target.exists() and not target.is_dir():
        raise problem(str(target), "is no folder", "name an empty or a new folder")
    files = read_files(target)
    if files and not files.get(STAMP, b"").startswith(STAMP_HEAD.encode()):
        what = "is a folder with files that were not made by this tool"
        raise problem(str(target), what, "name an empty or a new folder")


def replace_tree(made: Path, target: Path, workshop: Path) -> None:
    """Put `made` where `target` is, whole or not at all: the old tree comes back on failure.

    Between the two renames the folder does not exist for an instant; a kill in that instant leaves the old tree in the
    workshop.
    """
    previous = workshop / "previous"
    if target.exists():
        target.rename(previous)
    try:
        made.rename(target)
    except OSError:
        if previous.exists():
            previous.rename(target)
        raise


if __name__ == "__main__":
    sys.exit(main())
