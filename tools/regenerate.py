"""Make generated/ from spec/, or check that it is what would be made now.

`python -m tools.regenerate` replaces the whole folder in one step, or leaves it untouched and says in one
line each what is wrong. `--check` changes nothing and fails on any missing, extra or changed byte. The parts
are in tools/regeneration.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.regeneration.client_code import read_options, write_client
from tools.regeneration.derived_forms import derived_forms
from tools.regeneration.document import operations
from tools.regeneration.error_table import write_error_table
from tools.regeneration.limits_table import write_limits
from tools.regeneration.operations_table import write_operations
from tools.regeneration.problem import RegenerationError
from tools.regeneration.sources import Source, read_source
from tools.regeneration.spec_checks import check_spec
from tools.regeneration.toolchain import GENERATOR, RUFF, Toolchain, find_toolchain
from tools.regeneration.tree import (
    STAMP,
    Difference,
    check_target,
    compare,
    hash_files,
    new_workshop,
    read_stamp,
    render_stamp,
    replace_tree,
)

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "jsms_api"
EXIT_STALE, EXIT_PROBLEM = 1, 2
_LISTED = 10


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
    started = time.perf_counter()
    try:
        spec, stale, said = regenerate(options.spec, options.output, check=options.check)
    except RegenerationError as error:
        for finding in error.findings[:_LISTED]:
            print(f"regenerate: {finding}", file=sys.stderr)
        if len(error.findings) > _LISTED:
            print(f"regenerate: and {len(error.findings) - _LISTED} findings more", file=sys.stderr)
        return EXIT_PROBLEM
    except OSError as error:
        where = error.filename or "the file system"
        print(
            f"regenerate: {where}: {error.strerror or error} - see to space and rights; nothing was changed",
            file=sys.stderr,
        )
        return EXIT_PROBLEM
    print(said, file=sys.stderr if stale else sys.stdout)
    if not stale:
        print(f"{_figures(spec, options.output)}, {time.perf_counter() - started:.1f} s")
    return EXIT_STALE if stale else 0


def regenerate(spec_folder: Path, target: Path, *, check: bool) -> tuple[Source, bool, str]:
    """Make the tree and put it in the place of `target`, or only compare it if `check`.

    Returns the spec, whether `target` is stale (never without `check`), and what to tell. Raises
    RegenerationError or OSError.
    """
    toolchain = find_toolchain(ROOT / "pyproject.toml")
    spec = read_source(spec_folder / "openapi.yaml", "spec/openapi.yaml")
    config = read_source(spec_folder / "generator.yaml", "spec/generator.yaml")
    if not check and target.resolve() != ROOT / "generated":
        check_target(target)
    inputs = {
        "spec/openapi.yaml": spec.sha256,
        "spec/generator.yaml": config.sha256,
        GENERATOR: toolchain.generator_version,
        RUFF: toolchain.ruff_version,
        "tools/regenerate": _own_hash(),
    }
    workshop = Path(tempfile.mkdtemp(prefix="regenerating-")) if check else new_workshop(target)
    try:
        made = workshop / "generated"
        make_tree(spec, config, toolchain, inputs, made, workshop)
        difference = compare(made, target)
        if check:
            told = _stale(difference, inputs, read_stamp(target)) if difference else f"{target.name}/ is fresh"
            return spec, bool(difference), told
        if difference:
            replace_tree(made, target, workshop)
        return spec, False, f"{target.name}/ was {'made again' if difference else 'fresh already'}"
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def make_tree(
    spec: Source, config: Source, toolchain: Toolchain, inputs: dict[str, str], made: Path, workshop: Path
) -> None:
    """Make the whole tree in `made`, which must not exist yet; `workshop` takes intermediate files."""
    options = read_options(config)
    check_spec(spec)
    files = {
        "error_table.py": write_error_table(spec.document),
        "operations.py": write_operations(spec),
        "limits.py": write_limits(spec),
        "py.typed": "",
    }
    package = made / PACKAGE
    made.mkdir()
    write_client(spec, options, package, workshop)
    for name, text in files.items():
        (package / name).write_text(text, encoding="utf-8", newline="\n")
    for name, content in derived_forms(spec).items():
        (package / name).write_bytes(content)
    (made / STAMP).write_text(render_stamp(inputs), encoding="utf-8", newline="\n")
    toolchain.tidy(made)


def _own_hash() -> str:
    own = hashlib.sha256()
    for path in [Path(__file__), *sorted((Path(__file__).parent / "regeneration").glob("*.py"))]:
        own.update(f"{path.name}\n".encode() + path.read_bytes())
    return own.hexdigest()


def _stale(difference: Difference, now: dict[str, str], then: dict[str, str]) -> str:
    moved = [name for name, value in now.items() if then.get(name) != value]
    if not then:
        why = f"it has no readable {STAMP}"
    elif moved:
        why = "since it was made, these inputs moved: " + ", ".join(
            f"{name} ({then.get(name, 'none')[:12]} -> {now[name][:12]})" for name in moved
        )
    else:
        why = "no input moved, so generated files were edited by hand; change the spec or a mend instead"
    lines = [f"regenerate --check: generated/ is stale: {why}. Run scripts/regenerate and commit generated/."]
    for kind, names in (("missing", difference.missing), ("extra", difference.extra), ("changed", difference.changed)):
        lines += [f"  {kind}: {name}" for name in names[:_LISTED]]
        lines += [f"  {kind}: and {len(names) - _LISTED} more"] if len(names) > _LISTED else []
    return "\n".join(lines)


def _figures(spec: Source, tree: Path) -> str:
    document = spec.document
    return (
        f"{len(hash_files(tree))} files from {sum(1 for _ in operations(document))} operations, "
        f"{len(document['components']['schemas'])} schemas, {len(document['x-errors'])} codes, "
        f"{len(document['x-report-statuses'])} delivery statuses, {len(document['x-jsms-limits'])} limits"
    )


if __name__ == "__main__":
    sys.exit(main())
