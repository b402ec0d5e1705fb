"""Measure the size and shape of the project, beside what was aimed at.

    python -m tools.house            the table
    python -m tools.house --files    and the files that one `client.codes.send` passes, in their order

Lines and modules are counted without what is generated (`generated/`, every `_sync/`). The files of a send are those of
`jsmskit` and `jsms_api` in which a function runs while the second send of a client goes to a served mock. Layers and
circles are the business of `lint-imports`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OVERLAY = ROOT / "overlay/jsmskit"
#: What was asked for after the goals were set, where it has files of its own; the goals do not count it.
LATER = (
    "live_check",
    "verification",
    "recipient_guard.py",
    "cli/commands/live_check.py",
    "cli/commands/verification.py",
    "cli/language.py",
)


def sources(*folders: str) -> list[Path]:
    """Return the Python files that git tracks in these folders, written by hand."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    paths = [ROOT / name for name in listed if name.endswith(".py") and "/_sync/" not in name]
    return [path for path in paths if path.exists()]


def lines(*folders: str) -> int:
    """Count lines, comments and blank ones too."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*folders))


def files_of_a_send() -> list[str]:
    """Return the files that a second `client.codes.send` passes, in the order of the first visit."""
    from jsmskit import JsmsClient
    from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock

    seen: dict[str, None] = {}
    ours = tuple(f"{folder}/" for folder in (OVERLAY, ROOT / "generated/jsms_api"))

    def trace(frame: FrameType, event: str, argument: Any) -> None:
        name = frame.f_code.co_filename
        if name.startswith(ours) and frame.f_code.co_name != "<module>":
            seen.setdefault(str(Path(name).relative_to(ROOT)).split("/", 1)[1])

    with (
        JsmsMock(seed=1) as mock,
        mock.serve() as server,
        JsmsClient(APP_KEY, MASTER_SECRET, base_url=server.url) as client,
    ):
        client.codes.send("13800138000")
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            client.codes.send("13800138001")
        finally:
            sys.settrace(before)
    return list(seen)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the size and shape of the project.")
    parser.add_argument("--files", action="store_true", help="list the files that a send passes")
    show_files = parser.parse_args().files
    modules = sources("overlay/jsmskit")
    private = [
        path for path in modules if path.parent == OVERLAY and path.name.startswith("_") and "__" not in path.name
    ]
    passed = files_of_a_send()
    later = [f"overlay/jsmskit/{place}" for place in LATER]
    rows = [
        ("lines of overlay/, by hand", lines("overlay"), 25_000),
        ("modules of overlay/, by hand", len(modules), 200),
        ("underscore modules at the top", len(private), 2),
        ("lines of tests/", lines("tests"), 30_000),
        ("lines of tools/, experiments/ and benchmarks/", lines("tools", "experiments", "benchmarks"), 8_000),
        ("files that a codes.send passes", len(passed), 13),
    ]
    for name, value, goal in rows:
        print(f"{name:<46} {value:>7,}   at most {goal:>6,}{'' if value <= goal else '   over'}")
    print(
        f"of overlay/, asked for later: {lines(*later):,} lines in {len(sources(*later))} modules ({', '.join(LATER)})"
    )
    if show_files:
        print("\nA send passes:", *passed, sep="\n  ")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
