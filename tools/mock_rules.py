"""Make docs/mock-rules.md, the table of the mock's rules, from the mock itself.

    python -m tools.mock_rules            write it
    python -m tools.mock_rules --check    write nothing; exit 1 if the page is missing or differs

The words around the rules are in templates/mock-rules.md.jinja.
"""

from __future__ import annotations

import re
import sys
from collections import Counter

from jsms_api.error_table import ERRORS
from jsms_api.limits import REFUSALS
from jsms_api.operations import OPERATIONS
from jsmskit.mock.model import rule_catalog
from jsmskit.mock.model.rule_catalog import TABLE

from tools.made_files import DOCS, render, write_or_check

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


def bounds() -> list[tuple[str, dict[str, list[str]]]]:
    """List the rules that the spec's refusal map holds: rule id, and the operations by the code they give."""
    found: dict[str, dict[str, list[str]]] = {}
    for operation_id, fields in REFUSALS.items():
        for field, codes in fields.items():
            for keyword, code in codes.items():
                found.setdefault(f"spec.{field}.{keyword}", {}).setdefault(str(code), []).append(operation_id)
    return sorted(found.items())


def page() -> str:
    """Return the page. Raises SystemExit if a rule belongs to no group."""
    if unplaced := {name.partition(".")[0] for name in TABLE} - set(GROUPS):
        raise SystemExit(f"mock_rules: no place for the rules of {', '.join(sorted(unplaced))}; add them to GROUPS")
    return render(
        "mock-rules.md",
        rules=TABLE,
        groups=GROUPS,
        bounds=bounds(),
        counts=Counter(info.confidence.value for info in TABLE.values()).most_common(),
        order=(rule_catalog.__doc__ or "").partition("\n\n")[2].strip().replace(" *", " \\*"),
        linked=lambda source: re.sub(r"\b[CG][0-9]+\b", r"[\g<0>](open-questions.md#\g<0>)", source),
        errors=ERRORS,
        operations=OPERATIONS,
    )


if __name__ == "__main__":
    sys.exit(write_or_check({DOCS / "mock-rules.md": page()}, "tools.mock_rules"))
