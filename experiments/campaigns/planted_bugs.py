"""Plant faults in campaigns, one at a time, and see which the tests notice: what a green run is worth.

    python -m experiments.campaigns.planted_bugs [--only NAME ...]

Each fault is one replacement in a copy of the package, which the tests named beside it then import. Writes its figures
to experiments/figures/campaigns_planted_bugs.json. Exit code 1 if a fault survives, or if the tests fail without any.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from experiments.campaigns.figures import ROOT, stamp

TARGET: Final = ROOT / "experiments/figures/campaigns_planted_bugs.json"


class Bug(NamedTuple):
    """A fault: the module, what stands there, what stands there instead; the test module that must fail, and which of
    its tests.
    """

    name: str
    module: str
    there: str
    instead: str
    tests: str
    select: str


_SQLITE, _FILE = "ledger/database/sqlite.py", "ledger/database/ledger_file.py"
BUGS: Final = (
    Bug(
        "worker_silence_ignored",
        "ledger/recovery.py",
        "heard_at > now - silence and ",
        "",
        "fences",
        "silent",
    ),
    Bug(
        "fence_without_attempt",
        "ledger/settlement.py",
        "attempt=? AND owner=? AND state IN (?, ?)",
        "attempt>=? AND owner=? AND state IN (?, ?)",
        "fences",
        "attempt_that_was",
    ),
    Bug(
        "fence_without_owner",
        "ledger/settlement.py",
        "AND owner=? AND state IN (?, ?)",
        "AND ?<>'' AND state IN (?, ?)",
        "fences",
        "attempt_that_was",
    ),
    Bug(
        "purge_keeps_rows_set_aside",
        "ledger/retention.py",
        ', "set_aside")',
        ")",
        "purge",
        "names_a_recipient",
    ),
    Bug(
        "purge_keeps_reports",
        "ledger/retention.py",
        "        _forget_feedback(tx, number)\n",
        "",
        "purge",
        "names_a_recipient",
    ),
    Bug(
        "purge_leaves_the_log",
        _SQLITE,
        "self._bring_log_in(empty=True)",
        "pass",
        "purge",
        "names_a_recipient",
    ),
    Bug(
        "chained_lease_without_a_clock",
        "running/session.py",
        "        if isinstance(step, ChunkLease):\n            self._note(step)\n"
        "        elif isinstance(step, Finished):\n            self.ended = step\n        self._report_decision",
        "        if isinstance(step, Finished):\n            self.ended = step\n        self._report_decision",
        "fences",
        "steady",
    ),
    Bug("second_name_taken", _FILE, "if links > 1:", "if links > 2:", "one_file", "two_names"),
    Bug(
        "file_never_says_open",
        _SQLITE,
        "self._write_mark(token | OPEN)",
        "self._write_mark(token)",
        "one_file",
        "taken_away_from",
    ),
    Bug(
        "missing_log_overlooked",
        _FILE,
        "if mark & OPEN and not self.has_log():",
        "if mark < 0:",
        "one_file",
        "taken_away_from",
    ),
    Bug("foreign_log_taken", _FILE, "seen != mark & _TOKEN", "seen < 0", "one_file", "another_time"),
    Bug(
        "lock_goes_by_name",
        _FILE,
        '_LOCKS_THE_FILE: Final = sys.platform == "linux"',
        "_LOCKS_THE_FILE = False",
        "one_file",
        "another_process",
    ),
    Bug(
        "mark_not_looked_at_again",
        _SQLITE,
        "self._file.mark() == self._mark",
        "True",
        "one_file",
        "brings_the_log_in",
    ),
    Bug(
        "dead_owner_goes_back_to_pending",
        "ledger/recovery.py",
        "(RecipientState.UNKNOWN, _DIED, now",
        "(RecipientState.PENDING, _DIED, now",
        "ledger",
        "dead or unknown",
    ),
    Bug(
        "clock_set_back_stands_still",
        "ledger/claims.py",
        "if since > now + _CLOCK_SKEW:",
        "if since < 0:",
        "fences",
        "set_back",
    ),
    Bug(
        "retry_after_without_bound",
        "decisions.py",
        "min(error.retry_after, settings.longest_hold_seconds)",
        "error.retry_after",
        "fences",
        "gateway or bound",
    ),
    Bug(
        "throttled_without_end",
        "ledger/claims.py",
        "settings.rate / (1 << min(throttle_level, _MOST_THROTTLED))",
        "settings.rate / (1 << throttle_level)",
        "fences",
        "slow_down",
    ),
    Bug(
        "address_in_capitals_is_a_file",
        "places.py",
        "re.IGNORECASE | re.DOTALL",
        "re.DOTALL",
        "databases",
        "address",
    ),
    Bug(
        "broken_run_told_as_not_sent",
        "errors.py",
        "self.outcome = Outcome.UNKNOWN",
        "pass",
        "around_a_request",
        "cannot_be_written",
    ),
    Bug(
        "page_looked_at_at_the_end_only",
        "../cli/commands/campaign/run.py",
        "check_place(Path(page))",
        "pass",
        "command",
        "page_that_cannot",
    ),
    Bug(
        "unknown_goes_again",
        "decisions.py",
        "        return decide_unknown(order, why)\n    checked_here",
        "        return decide_not_sent(why)\n    checked_here",
        "running",
        "unknown or lost",
    ),
    Bug(
        "opt_out_overlooked_at_the_claim",
        "ledger/claims.py",
        "        if gone:\n",
        "        if not gone:\n",
        "ledger",
        "opt or unsubscribed or left",
    ),
    Bug(
        "canary_ignored",
        "ledger/claims.py",
        "    if settings.canary:\n",
        "    if settings.canary is None:\n",
        "ledger",
        "canary",
    ),
    Bug(
        "migration_forgets_message_ids",
        "ledger/database/migrations.py",
        "msg_id or None,",
        "None,",
        "migrations",
        "earlier_version",
    ),
    Bug(
        "missing_table_overlooked",
        _SQLITE,
        "if missing := set(TABLES) - tables:",
        "if missing := set(TABLES) - set(TABLES):",
        "migrations",
        "tables",
    ),
)


def run_tests(package: Path, tests: str, select: str) -> bool:
    """Whether the tests pass with this package."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
    command += [f"tests/campaigns/test_{tests}.py", "-k", f"({select}) and not postgres and not server"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(package)}, capture_output=True, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout.decode() + done.stderr.decode())
    return done.returncode == 0


def is_caught(bug: Bug) -> bool:
    """Whether the tests fail with this fault."""
    with tempfile.TemporaryDirectory(prefix="jsms-bug-") as folder:
        package = Path(folder) / "overlay"
        shutil.copytree(ROOT / "overlay", package)
        module = package / "jsmskit/campaigns" / bug.module
        text = module.read_text(encoding="utf-8")
        if bug.there not in text:
            raise SystemExit(f"{bug.name}: {bug.module} has no {bug.there!r}")
        module.write_text(text.replace(bug.there, bug.instead), encoding="utf-8")
        return not run_tests(package, bug.tests, bug.select)


def main() -> int:
    """Plant each fault."""
    parser = argparse.ArgumentParser(description="Plant faults in campaigns.")
    parser.add_argument("--only", nargs="*", help="these faults; writes no figures")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    chosen = [bug for bug in BUGS if not given.only or bug.name in given.only]
    selected = {
        tests: " or ".join(bug.select for bug in chosen if bug.tests == tests)
        for _, _, _, _, tests, _ in chosen
    }
    survivors = []
    with ThreadPoolExecutor(given.workers) as pool:
        sound = pool.map(lambda tests: run_tests(ROOT / "overlay", tests, selected[tests]), selected)
        found = pool.map(is_caught, chosen)
        for bug, caught in zip(chosen, found, strict=True):
            print(f"{bug.name}: {'caught' if caught else 'SURVIVED'}", flush=True)
            if not caught:
                survivors.append(bug.name)
        if not all(sound):
            raise SystemExit("the tests fail without any fault")
    if not given.only:
        figures = {"bugs": len(BUGS), "caught": len(BUGS) - len(survivors), "survivors": survivors}
        figures |= {"command": "python -m experiments.campaigns.planted_bugs", **stamp()}
        TARGET.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 1 if survivors else 0


if __name__ == "__main__":
    raise SystemExit(main())
