"""Makes the sync client from the async one, token by token, and checks that what is committed is what it
makes.

    python tools/unasync.py            write overlay/jsmskit/_sync
    python tools/unasync.py --check    write nothing; exit 1 if a file is missing, extra or different

The words that change are a closed list.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# This file has the name of the library that it uses, and Python puts its folder first on the path.
_HERE = str(Path(__file__).resolve().parent)
sys.path[:] = [entry for entry in sys.path if str(Path(entry or ".").resolve()) != _HERE]
sys.modules.pop("unasync", None)

import unasync  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
PAIRS = (
    (ROOT / "overlay/jsmskit/_async", ROOT / "overlay/jsmskit/_sync"),
    (ROOT / "overlay/jsmskit/_http/_async", ROOT / "overlay/jsmskit/_http/_sync"),
    (ROOT / "overlay/jsmskit/campaigns/running/_async", ROOT / "overlay/jsmskit/campaigns/running/_sync"),
    (ROOT / "overlay/jsmskit/verification/_async", ROOT / "overlay/jsmskit/verification/_sync"),
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
    parser = argparse.ArgumentParser(description="Make the sync client from the async one.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if something is stale")
    check = parser.parse_args().check
    stale: list[str] = []
    count = 0
    for source, target in PAIRS:
        wanted = {target / path.name: made_from(path, target / path.name) for path in sorted(source.glob("*.py"))}
        count += len(wanted)
        for path in sorted(target.glob("*.py")):
            if path not in wanted:
                stale.append(f"extra: {path.relative_to(ROOT)}")
                if not check:
                    path.unlink()
        for path, text in wanted.items():
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(f"{'stale' if path.exists() else 'missing'}: {path.relative_to(ROOT)}")
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for line in stale:
        print(line)
    if not count:
        print("no source found: the folders have moved")
        return 1
    if check and stale:
        print("Run: python tools/unasync.py")
        return 1
    print(f"{count} files, {'all fresh' if not stale else f'{len(stale)} written'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
