"""Where the CPU time of a campaign goes: microseconds a recipient, by statement of the ledger and by what is around it.

    python -m benchmarks.bulk_profile [RECIPIENTS]

Plans and runs one campaign against the service for bulk, in this process and in one thread, with the thread's CPU clock
around every statement. For making it faster, and the reason why `bulk` costs what it costs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jsmskit import JsmsClient
from jsmskit.campaigns import CampaignRunner, RunSettings, TemplateFacts, TemplateKind, open_ledger, plan
from jsmskit.campaigns.ledger.database import Transaction
from jsmskit.campaigns.running._sync import runner

from benchmarks.bulk import write_list
from benchmarks.bulk_runs import KEY, SECRET
from benchmarks.harness import stub_core

PARTS = {
    "INSERT INTO recipient": "plan: the recipients of a chunk",
    "INSERT INTO phone_place": "plan: the numbers sorted, and where each stands",
    "SELECT position, phone": "run: a chunk read",
    "UPDATE recipient": "run: a chunk settled",
    "SELECT state, count": "run: all recipients counted at the end",
}


class InThisThread(runner.WorkerGroup):  # type: ignore[misc]  # final for users, not for a profile
    """The worker in the caller's thread, so that one clock sees everything."""

    def run(self, worker: Callable[[], None], count: int, give_up: Callable[[], None]) -> None:
        """Run one worker."""
        worker()


def watch(spent: Counter[str]) -> None:
    """Let every statement of the ledger note what it cost."""
    for name in ("execute", "executemany", "fetchall"):
        plain = getattr(Transaction, name)

        def timed(self: Any, sql: str, *rest: Any, plain: Any = plain) -> Any:
            begun = time.thread_time()
            result = plain(self, sql, *rest)
            part = next((words for start, words in PARTS.items() if sql.startswith(start)), "other statements")
            spent[part] += time.thread_time() - begun
            return result

        setattr(Transaction, name, timed)


def profile(size: int) -> Mapping[str, float]:
    """Seconds of CPU by part."""
    spent: Counter[str] = Counter()
    watch(spent)
    runner.WorkerGroup = InThisThread  # type: ignore[misc]  # final for users, not for a profile
    command = [sys.executable, "-m", "benchmarks.bulk_service", str(stub_core())]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service,
        tempfile.TemporaryDirectory() as folder,
        open_ledger(Path(folder, "ledger.db")) as ledger,
    ):
        try:
            assert service.stdout is not None
            base = f"http://127.0.0.1:{service.stdout.readline().strip()}/v1"
            people = write_list(Path(folder, "people.csv"), size)
            facts = TemplateFacts(7, "您好 {{name}}", TemplateKind.NOTICE, sign="测试")
            with JsmsClient(KEY, SECRET, base_url=base) as client:
                begun = time.thread_time()
                plan(ledger, people, facts)
                planned = time.thread_time()
                in_plan = sum(spent.values())
                CampaignRunner(ledger, client, RunSettings()).run(1, check_balance=False)
                ended = time.thread_time()
        finally:
            service.kill()
    statements = sum(spent.values())
    spent["plan: CSV read, rows judged, values encoded"] = planned - begun - in_plan
    spent["run: request made, sent, answer read and judged, commits"] = ended - planned - (statements - in_plan)
    spent["all"] = ended - begun
    return spent


def main() -> None:
    """Print it, the dearest part first."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    told = {part: round(1e6 * seconds / size, 2) for part, seconds in Counter(profile(size)).most_common()}
    print(json.dumps({"recipients": size, "us_cpu_a_recipient": told}, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
