"""The made tree as a whole: its stamp, its comparison with another one, and its replacement in one step."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.regeneration.problem import problem

STAMP = "STAMP"
_STAMP_HEAD = "# What this folder was made from. Written by scripts/regenerate; `scripts/regenerate --check` compares."


def render_stamp(inputs: Mapping[str, str]) -> str:
    """Return the text of the stamp: one line for each input, its name and its version or hash."""
    return "\n".join([_STAMP_HEAD, *(f"{name}  {value}" for name, value in inputs.items()), ""])


def read_stamp(tree: Path) -> dict[str, str]:
    """Return the inputs that the stamp of `tree` names; nothing if there is no readable stamp."""
    try:
        lines = (tree / STAMP).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return dict(line.split("  ", 1) for line in lines if "  " in line and not line.startswith("#"))


@dataclass(frozen=True, slots=True)
class Difference:
    """How a tree differs from the one that would be made now; paths are relative, with slashes."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        """Return whether there is any difference."""
        return bool(self.missing or self.extra or self.changed)


def hash_files(tree: Path) -> dict[str, str]:
    """Return the hash of every file below `tree`; compiled Python is no part of it. A link counts as what it
    is, not as its target.
    """
    hashes: dict[str, str] = {}
    for path in sorted(tree.rglob("*")):
        relative = path.relative_to(tree)
        if "__pycache__" in relative.parts or (path.is_dir() and not path.is_symlink()):
            continue
        content = b"link " + bytes(path.readlink()) if path.is_symlink() else b"file " + path.read_bytes()
        hashes[relative.as_posix()] = hashlib.sha256(content).hexdigest()
    return hashes


def compare(made: Path, present: Path) -> Difference:
    """Compare both ways, byte for byte, and return what `present` has missing, extra and changed."""
    wanted, found = hash_files(made), hash_files(present)
    return Difference(
        missing=tuple(sorted(wanted.keys() - found.keys())),
        extra=tuple(sorted(found.keys() - wanted.keys())),
        changed=tuple(sorted(name for name in wanted.keys() & found.keys() if wanted[name] != found[name])),
    )


def check_target(target: Path) -> None:
    """Raise unless `target` may be replaced: it is missing, holds no file, or was made by this tool."""
    if target.is_dir() and hash_files(target) and not _is_ours(target):
        raise problem(
            str(target), "is a folder with files that were not made by this tool", "name an empty or a new folder"
        )
    if target.exists() and not target.is_dir():
        raise problem(str(target), "is no folder", "name an empty or a new folder")


def _is_ours(tree: Path) -> bool:
    stamp = tree / STAMP
    return stamp.is_file() and stamp.read_bytes().startswith(_STAMP_HEAD.encode())


def new_workshop(target: Path) -> Path:
    """Make a temporary folder beside `target`, on the same disk, so that moving the finished tree into place
    is only a rename.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=".regenerating-", dir=target.parent))


def replace_tree(made: Path, target: Path, workshop: Path) -> None:
    """Put `made` where `target` is, whole or not at all; the old tree is moved into `workshop` first and
    comes back on failure.

    Between the two renames the folder does not exist for an instant; a kill in that instant leaves the old
    tree in the workshop.
    """
    previous = workshop / "previous"
    had_one = target.exists()
    if had_one:
        target.rename(previous)
    try:
        made.rename(target)
    except OSError:
        if had_one:
            previous.rename(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)
