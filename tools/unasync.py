"""Make the sync client from the async one, token by token, and check that what is committed is what it makes.

    python -m tools.unasync            write every `_sync` folder
    python -m tools.unasync --check    write nothing; exit 1 if a file is missing, extra or different

The words that change, beside `async` and `await` and names with `Async`, are a closed list.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

import unasync

from tools.made_files import ROOT, formatted, write_or_check

PAIRS = tuple(
    (ROOT / "overlay/jsmskit" / place / "_async", ROOT / "overlay/jsmskit" / place / "_sync")
    for place in ("", "_http", "campaigns/running", "verification")
)
HEADER = "# Made from {source} by tools/unasync.py. Do not edit: change that file and run the tool.\n"

#: Names whose sync counterpart is called Sync; of all others `Async` is left out.
BESIDE = {"AsyncTransport": "SyncTransport", "AsyncSleep": "SyncSleep"}
WORDS = BESIDE | {
    "asyncio": "time",  # for its `sleep`: sources that are read here import nothing else of the library
    "streams_asyncio": "streams_threads",
    "workers_asyncio": "workers_threads",
    "run_async": "run",
    "_async": "_sync",
    "aclose": "close",
}
# Words in comments and docstrings, which the library leaves alone.
PROSE = (
    ("checks what the user types. For asyncio.", "checks what the user types."),
    ("May be used by many tasks at once. It holds", "May be used by many threads at once. It holds"),
    ("in the thread or task", "in the thread"),
    ("for asyncio: the source from which its twin for plain code is made", "for plain code"),
    (
        "many tasks and several event loops at once; each loop has its connections",
        "many threads at once, and after a fork",
    ),
    ("most connections at once in one event loop;", "most connections at once;"),
    ("A client of the service for asyncio. Make", "A client of the service. Make"),
    (
        "many tasks and several event loops at once; each loop has its own connections",
        "many threads at once, and again after a fork",
    ),
    ("`aclose()`", "`close()`"),
)


def made_from(source: Path, of: Path | None = None) -> str:
    """The sync text of one async file; of a copy, `of` is the file that it names as its source."""
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder, "from", source.name), Path(folder, "to", source.name)
        here.parent.mkdir()
        shutil.copyfile(source, here)
        names = re.findall(r"\b_?Async[A-Z]\w+", source.read_text(encoding="utf-8"))
        words = {name: name.replace("Async", "", 1) for name in names} | WORDS
        rule = unasync.Rule(fromdir=str(here.parent), todir=str(there.parent), additional_replacements=words)
        unasync.unasync_files([str(here)], [rule])
        text = there.read_text(encoding="utf-8")
    for was, becomes in PROSE:
        text = text.replace(was, becomes)
    return formatted(HEADER.format(source=(of or source).relative_to(ROOT).as_posix()) + text)


def files() -> dict[Path, str | None]:
    """Every file of the `_sync` folders with its text; without one where nothing makes it any more."""
    made: dict[Path, str | None] = {path: None for _, target in PAIRS for path in target.glob("*.py")}
    for source, target in PAIRS:
        made |= {target / path.name: made_from(path) for path in source.glob("*.py")}
    return made


if __name__ == "__main__":
    sys.exit(write_or_check(files(), "tools.unasync"))
