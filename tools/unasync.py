"""Make the sync client from the async one, token by token, and check that what is committed is what it makes.

    python -m tools.unasync            write every `_sync` folder
    python -m tools.unasync --check    write nothing; exit 1 if a file is missing, extra or different

The words that change are a closed list.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import unasync

ROOT = Path(__file__).resolve().parents[1]
PAIRS = tuple(
    (ROOT / "overlay/jsmskit" / place / "_async", ROOT / "overlay/jsmskit" / place / "_sync")
    for place in ("", "_http", "campaigns/running", "verification")
)
HEADER = "# Made from {source} by tools/unasync.py. Do not edit: change that file and run the tool.\n"
FORMAT = ("--isolated", "--line-length", "120", "--target-version", "py311", "--no-cache")

WORDS = {
    # our own names
    "AsyncJsmsClient": "JsmsClient",
    "AsyncClientOptions": "ClientOptions",
    "AsyncHttpTransport": "HttpTransport",
    "AsyncTransport": "SyncTransport",
    "AsyncCodes": "Codes",
    "AsyncMessages": "Messages",
    "AsyncSchedules": "Schedules",
    "AsyncTemplates": "Templates",
    "AsyncSigns": "Signs",
    "AsyncAccounts": "Accounts",
    "AsyncReports": "Reports",
    "AsyncReplies": "Replies",
    "AsyncCallExecutor": "CallExecutor",
    "AsyncLazyTransport": "LazyTransport",
    "_AsyncPulls": "_Pulls",
    "AsyncSleep": "SyncSleep",
    "asyncio": "time",  # for its `sleep`: sources that are read here import nothing else of the library
    "streams_asyncio": "streams_threads",
    "AsyncCampaignRunner": "CampaignRunner",
    "AsyncTwoPhaseSender": "TwoPhaseSender",
    "workers_asyncio": "workers_threads",
    "AsyncPhoneVerification": "PhoneVerification",
    "AsyncChallenge": "Challenge",
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


def made_from(source: Path, target: Path, of: Path | None = None) -> str:
    """The sync text of one async file; of a copy, `of` is the file that it names as its source."""
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder, "from", source.name), Path(folder, "to", source.name)
        here.parent.mkdir()
        shutil.copyfile(source, here)
        rule = unasync.Rule(fromdir=str(here.parent), todir=str(there.parent), additional_replacements=WORDS)
        unasync.unasync_files([str(here)], [rule])
        text = there.read_text(encoding="utf-8")
    for was, becomes in PROSE:
        text = text.replace(was, becomes)
    text = HEADER.format(source=(of or source).relative_to(ROOT).as_posix()) + text
    for command in (("check", "--select", "I", "--fix", "--quiet"), ("format",)):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *FORMAT,
             "--stdin-filename", target.name, "-"],
            input=text, text=True, encoding="utf-8", capture_output=True, check=False,
        )  # fmt: skip
        if run.returncode:
            raise SystemExit(f"ruff refuses what was made from {source.name}:\n{run.stderr}")
        text = run.stdout
    return text


def main() -> int:
    """Write the files, or compare them."""
    check = "--check" in sys.argv[1:]
    stale: list[Path] = []
    count = 0
    for source, target in PAIRS:
        wanted = {target / path.name: made_from(path, target / path.name) for path in sorted(source.glob("*.py"))}
        count += len(wanted)
        for path in sorted({*target.glob("*.py"), *wanted}):
            text = wanted.get(path)
            if (path.read_text(encoding="utf-8") if path.exists() else None) == text:
                continue
            stale.append(path)
            if not check and text is None:
                path.unlink()
            elif not check and text is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'is stale: run python -m tools.unasync' if check else 'was made again'}")
    if not stale:
        print(f"{count} files, all fresh")
    return 1 if not count or (check and stale) else 0


if __name__ == "__main__":
    raise SystemExit(main())
