"""Plant faults in the mock, one at a time, and see which the table of the fuzz gate notices.

    python -m experiments.mock.seeded_bugs

Exit code 1 if one is not noticed, or if there is a complaint without a fault. The suite does this with one fault of
each kind.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from experiments import figures_files
from tests.fuzz.planted import FAULTS, KINDS
from tests.fuzz.test_mock_conforms_to_spec import first_problem


def main() -> int:
    """Plant each, and write the figures."""
    if problem := first_problem(None):
        print(f"without a fault: {problem}")
        return 1
    with ThreadPoolExecutor(2) as pool:
        problems = dict(zip(FAULTS, pool.map(first_problem, FAULTS), strict=True))
    caught = {kind: sum(bool(problems[says]) for says in faults) for kind, faults in KINDS.items()}
    figures_files.write(
        "seeded-bugs",
        {
            "faults": len(FAULTS),
            "caught": sum(caught.values()),
            "kinds": {kind: {"faults": len(faults), "caught": caught[kind]} for kind, faults in sorted(KINDS.items())},
            "survivors": [says for says, problem in problems.items() if not problem],
            "command": "python -m experiments.mock.seeded_bugs",
            "noticed_as": {says: problem.partition("\n")[0][:160] for says, problem in problems.items()},
        },
    )
    return int(sum(caught.values()) < len(FAULTS))


if __name__ == "__main__":
    sys.exit(main())
