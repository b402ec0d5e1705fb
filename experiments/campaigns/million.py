"""A million recipients from a CSV, through plan and run, with the ledger on: seconds, CPU, peak memory.

    python -m experiments.campaigns.million [--recipients 1000000] [--bad]

The service is a stub in the process, so that what is measured is the campaign. Writes its figures to
experiments/figures/campaigns.json. With `--bad` a list is planned in which all rows but one are wrong.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

BARE_KIB = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

from jsmskit import JsmsClient, TransportRequest  # noqa: E402 - memory is measured before
from jsmskit.campaigns import (  # noqa: E402 - memory is measured before
    CampaignRunner,
    RunSettings,
    TemplateFacts,
    TemplateKind,
    open_ledger,
    plan,
)

from experiments.campaigns.figures import record  # noqa: E402 - memory is measured before

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"


class Stub:
    """Takes everybody."""

    def exchange(
        self, request: TransportRequest, *, timeout: float, new_connection: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Answer a batch."""
        phones = [entry["mobile"] for entry in json.loads(request.body)["recipients"]]
        entries = [{"mobile": phone, "msg_id": f"8{phone}"} for phone in phones]
        answer = {"success_count": len(entries), "failure_count": 0, "recipients": entries}
        return 200, {"content-type": "application/json"}, json.dumps(answer).encode()

    def close(self) -> None:
        """Nothing to close."""


def bad_rows(count: int) -> int:
    """Plan a list with one good row and so many bad ones of five kinds."""
    kinds = ("12345,x", ",x", "13900000000,", "139,【x】", "13900000000")
    with tempfile.TemporaryDirectory(prefix="jsms-million-") as name:
        folder = Path(name)
        with (folder / "people.csv").open("w") as file:
            file.write("phone,name\n13800138000,x\n")
            file.writelines(f"{kinds[index % len(kinds)]}\n" for index in range(count))
        facts = TemplateFacts(7, "您好 {{name}}", TemplateKind.NOTICE, sign="测试")
        with open_ledger(folder / "ledger.db") as ledger:
            wall, cpu = time.monotonic(), time.process_time()
            planned = plan(ledger, folder / "people.csv", facts)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - BARE_KIB
            aside = dict(planned.set_aside)
    figures = {
        "rows": planned.rows,
        "recipients": planned.recipients,
        "set_aside": aside,
        "seconds": round(time.monotonic() - wall, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_mib_above_interpreter": round(peak / 1024, 1),
    }
    record("million_bad_rows", figures)
    return 0 if sum(aside.values()) == count and figures["peak_mib_above_interpreter"] <= 60 else 1


def main() -> int:
    """Plan, run, tell."""
    parser = argparse.ArgumentParser(description="A campaign of a million.")
    parser.add_argument("--recipients", type=int, default=1_000_000)
    parser.add_argument("--bad", action="store_true", help="a list of bad rows instead")
    given = parser.parse_args()
    count = given.recipients
    if given.bad:
        return bad_rows(count)
    figures: dict[str, Any] = {"recipients": count}
    with tempfile.TemporaryDirectory(prefix="jsms-million-") as name:
        folder = Path(name)
        with (folder / "people.csv").open("w") as file:
            file.write("phone,name\n")
            file.writelines(f"{13000000000 + index * 97},n{index}\n" for index in range(count))
        facts = TemplateFacts(7, "您好 {{name}}", TemplateKind.NOTICE, sign="测试")
        with open_ledger(folder / "ledger.db") as ledger, JsmsClient(KEY, SECRET, transport=Stub()) as client:
            for label, work in (
                ("plan", lambda: plan(ledger, folder / "people.csv", facts)),
                ("run", lambda: CampaignRunner(ledger, client, RunSettings()).run(1, check_balance=False)),
            ):
                wall, cpu = time.monotonic(), time.process_time()
                work()
                figures[f"{label}_seconds"] = round(time.monotonic() - wall, 1)
                figures[f"{label}_cpu_seconds"] = round(time.process_time() - cpu, 1)
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - BARE_KIB
                figures[f"{label}_peak_mib_above_interpreter"] = round(peak / 1024, 1)
            figures["ledger_mib"] = round((folder / "ledger.db").stat().st_size / 2**20, 1)
            accepted = ledger.queries.counts(1).accepted
    record("million", figures)
    return 0 if accepted == count and figures["run_peak_mib_above_interpreter"] <= 150 else 1


if __name__ == "__main__":
    raise SystemExit(main())
