"""docs/login.md says what the code does."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path

from jsmskit.verification import CheckReason, Policy, StartReason

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "login.md").read_text("utf-8")


def test_the_table_of_limits_has_every_default() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE, re.MULTILINE))
    numbers = {
        each.name: str(each.default)
        for each in fields(Policy)
        if each.default is not MISSING and isinstance(each.default, int)
    }
    assert told == numbers


def test_the_tables_of_outcomes_have_every_reason() -> None:
    told = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", PAGE, re.MULTILINE))))
    assert {reason.value for reason in (*StartReason, *CheckReason)} <= told
