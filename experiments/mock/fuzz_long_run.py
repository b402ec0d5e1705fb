"""The fuzz gate for long, on three seeds: the table, the same in random order, generated requests of each operation.

    python -m experiments.mock.fuzz_long_run

Exit code 1 at the first wrong response.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from jsms_api.operations import OPERATIONS

from experiments import figures_files
from tests.fuzz.reached import Reached
from tests.fuzz.requests.table import send_table
from tests.fuzz.run import Run
from tests.fuzz.test_generated_requests import check_operation
from tests.fuzz.test_random_order import check_random_order

SEEDS: Final = (1, 20_261_122, 4_000_000_007)
#: Random requests of each operation, valid and invalid each; and requests of the table in random order.
EXAMPLES: Final = 60
IN_RANDOM_ORDER: Final = 20_000


def check_table(seed: int) -> Reached:
    """Send the table."""
    run = Run(seed)
    send_table(run)
    return run.reached


def main() -> int:
    """Run all, and write the figures."""
    by_seed: dict[int, Reached] = {}
    with ProcessPoolExecutor(2) as pool:
        parts = {
            seed: [
                pool.submit(check_table, seed),
                pool.submit(check_random_order, seed, IN_RANDOM_ORDER),
                *(pool.submit(check_operation, name, seed, EXAMPLES) for name in OPERATIONS),
            ]
            for seed in SEEDS
        }
        for seed, running in parts.items():
            by_seed[seed] = Reached()
            for part in running:
                by_seed[seed].add(part.result())  # raises what was wrong
            print(f"seed {seed}: {by_seed[seed].cases} requests", flush=True)
    reached = Reached()
    for part in by_seed.values():
        reached.add(part)
    figures_files.write(
        "fuzz-long-run",
        {
            "cases": reached.cases,
            "seeds": {str(seed): part.cases for seed, part in by_seed.items()},
            "wrong_answers": 0,
            "reached": reached.summary()[1:],
            "command": "python -m experiments.mock.fuzz_long_run",
        },
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
