"""Files drawn at random against a slow reader: none lost, none twice, no cell of another row.

The long run is `python -m experiments.recipient_files`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from recipient_file_cases import Case, check, draw, read_slowly


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_files_are_read_as_a_slow_reader_reads_them(random: Random) -> None:
    """Quotation marks in any position, line breaks of every kind, encodings, widths, delimiters."""
    with tempfile.TemporaryDirectory() as folder:
        check(draw(random), Path(folder, "people.csv"))


def test_the_slow_reader_tells_what_is_wrong(tmp_path: Path) -> None:
    """It is worth something only if it refuses what the rules refuse."""
    text = 'phone,code\n13800000001,"a\n13800000002,b\n'
    open_for_ever = Case(text, "utf-8", ",", "\n", 1, 2, 0, 1, multiline=False)
    assert read_slowly(open_for_ever).refused == 2
    two = Case(text + '13800000003,"\n', "utf-8", ",", "\n", 1, 2, 0, 1, multiline=False)
    assert (read_slowly(two).sent, read_slowly(two).aside) == ({}, {2, 3, 4})
    check(two, tmp_path / "p.csv")
