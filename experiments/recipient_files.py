"""Recipient files drawn at random, read by the package and by a slow reader: none lost, none twice, no foreign cell.

python -m experiments.recipient_files            20,000 files; writes figures/recipient-files.json
python -m experiments.recipient_files 500 7      as many files, from this seed on; writes nothing
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from experiments import figures_files
from tests.campaigns.recipient_file_cases import check, draw

_FILES = 20_000


def main() -> int:
    """Run; exit code 1 if a file was read wrongly."""
    given = [int(word) for word in sys.argv[1:]]
    files, first = (*given, 0)[:2] if given else (_FILES, 0)
    total: Counter[str] = Counter()
    wrong: list[str] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + files):
            try:
                total += check(draw(Random(seed)), Path(folder, "people.csv"))
            except AssertionError as fault:
                wrong.append(f"seed {seed}: {str(fault).splitlines()[0]}")
                print(wrong[-1], flush=True)
    figures = {
        "command": "python -m experiments.recipient_files",
        "files": files,
        "rows with a number": total["rows"],
        "read as recipients": total["recipients"],
        "rows set aside": total["set_aside"],
        "files refused for a quotation mark that never ends": total["refused"],
        "lost, twice, with a cell of another row, or otherwise read": len(wrong),
        "seconds": round(time.monotonic() - began),
    }
    figures_files.write("recipient-files", figures, keep=not given)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
