"""Writes the table of the mock's rules for the documentation, and checks that what is committed is fresh.

    python -m tools.mock_rules            write docs/mock-rules.md
    python -m tools.mock_rules --check    write nothing; exit 1 if the file is missing or differs

Knows the form of the page. Does not know any rule: they are read from the mock itself.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jsmskit.mock.service.dispatcher  # noqa: F401  # importing it declares all rules
from jsms_api.error_table import ERRORS
from jsms_api.operations import OPERATIONS
from jsmskit.mock.model.rule_catalog import TABLE, RuleInfo
from jsmskit.mock.service import rules
from jsmskit.mock.service.request_schemas import spec_rules

from tools.code_pages import link_to_question

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "mock-rules.md"

#: Groups in the order in which they decide: the part of an id before the point, and what it is about.
GROUPS = {
    "magic": "Codes on demand",
    "mock": "Defects of the mock itself",
    "path": "Path and method",
    "auth": "Credentials",
    "access": "Access",
    "media": "Media type",
    "body": "Body",
    "tolerance": "Accepted beside the documented form",
    "number": "Numbers",
    "send-time": "Time of sending",
    "template": "Templates",
    "sign": "Signs",
    "review": "Reviews",
    "schedule": "Timed tasks",
    "code": "Verification codes",
    "tenants": "Applications",
    "params": "Variables",
    "content": "Text",
    "price": "Price",
    "recipient": "Recipients",
    "limit": "Sending limits",
    "balance": "Balances",
    "batch": "Batches",
    "report": "Reports",
    "reply": "Replies",
    "pull": "Pulls",
    "response": "Form of a response",
}

HEAD = """\
# What the mock does, and how certain that is

Made by `tools/mock_rules.py` from the mock itself. Do not edit.

This project has not tried any of it against the real service. Each rule has a confidence: **documented** (a page of
the vendor says so), **observed** (a response that a user of the service published shows it), **inferred** (it follows
from several sources, none of which says so), **assumed** (no source says anything, and the mock had to do something).
Sources are pages of the vendor, and clients whose code was read; C and G numbers are
[open questions](open-questions.md). The request log of the mock names the rule of every refusal.

"""


def page() -> str:
    """Write the page."""
    return HEAD + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    counts = Counter(info.confidence.value for info in TABLE.values())
    told = ", ".join(f"{count} {confidence}" for confidence, count in sorted(counts.items(), key=lambda pair: -pair[1]))
    yield f"{len(TABLE)} rules: {told}. Beside them {len(spec_rules())} bounds of single fields, from the spec."
    yield ""
    yield "## The order of the decisions"
    yield ""
    yield ((rules.__doc__ or "").partition("\n\n")[2].strip().replace(" *", " \\*").replace("marked *", "marked \\*"))
    yield ""
    for group, title in GROUPS.items():
        yield f"## {title}"
        yield ""
        yield "| id | what happens | code | confidence | source |"
        yield "| --- | --- | --- | --- | --- |"
        for identity, info in TABLE.items():
            if identity.partition(".")[0] == group:
                yield _row(info)
        yield ""
    yield "## Bounds of single fields"
    yield ""
    yield (
        "From `x-jsms-refusal` in the spec: what is missing, of a wrong type, or breaks a keyword. `invalid` "
        "is any other breach. The request log names the keyword that was broken. Types are judged first, "
        "then what is missing, then the rest; within that, in the order of the spec."
    )
    yield ""
    yield "| id | code | operations |"
    yield "| --- | --- | --- |"
    for identity, by_code in spec_rules():
        for code, operations in by_code.items():
            yield f"| `{identity}` | {_code(int(code))} | {_operations(operations)} |"


def _linked(source: str) -> str:
    return re.sub(r"\b[CG][0-9]+\b", lambda found: link_to_question(found[0]), source)


def _row(info: RuleInfo) -> str:
    code = "" if info.code is None else _code(info.code)
    says = info.summary.replace("|", "\\|")
    return f"| `{info.id}` | {says} | {code} | {info.confidence.value} | {_linked(info.source)} |"


def _code(code: int) -> str:
    return f"{int(code)} {ERRORS[code].message}"


def _operations(names: list[str]) -> str:
    return "all" if len(names) == len(OPERATIONS) else ", ".join(names)


def main(arguments: list[str] | None = None) -> int:
    """Write or check; gives the exit code."""
    parser = argparse.ArgumentParser(description="The table of the mock's rules for the documentation.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is stale")
    check: bool = parser.parse_args(arguments).check
    unplaced = {identity.partition(".")[0] for identity in TABLE} - set(GROUPS)
    if unplaced:
        print(f"mock_rules: no place for the rules of {', '.join(sorted(unplaced))}; add them to GROUPS")
        return 1
    wanted = page()
    found = PAGE.read_text(encoding="utf-8") if PAGE.exists() else None
    if found == wanted:
        return 0
    if check:
        how = "missing" if found is None else "stale"
        print(f"{PAGE.relative_to(ROOT)} is {how}: run python -m tools.mock_rules")
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(wanted, encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
