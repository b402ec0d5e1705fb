"""Make the pages of return codes, delivery statuses and open questions, in English and Chinese.

    python -m tools.code_pages            write them
    python -m tools.code_pages --check    write nothing; exit 1 if one is missing or differs

One heading for each number, so that a search for "50013" finds it. All that is said of a number comes from the spec,
through the generated tables; the words around it are in templates/.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from jsms_api.error_table import ERRORS, REPORT_STATUSES, ErrorCategory
from jsms_api.operations import OPERATIONS
from jsmskit import spec
from jsmskit._operations.codes import VERIFICATION_CODES
from jsmskit.cli.language import gettext, in_language
from jsmskit.errors import CATEGORY_ERRORS
from jsmskit.mock.model.magic_numbers import PREFIX

from tools.made_files import DOCS, ROOT, render, write_or_check

NAMES = ("error-codes", "delivery-statuses", "open-questions")
#: The method of the client that makes each call.
METHODS: dict[str, str] = tomllib.loads((ROOT / "overlay" / "contract.toml").read_text("utf-8"))["operations"] | {
    "pullReplies": "replies.fetch"  # shares its class with the reports
}


def calls(code: int) -> list[str]:
    """Return the methods whose response can carry a code."""
    return [
        f"`{METHODS[name]}`" for name, info in OPERATIONS.items() if any(code in one for one in info.codes.values())
    ]


def entries(code: int) -> list[str]:
    """Return the methods for batches whose single entries can carry a code."""
    return [f"`{METHODS[name]}`" for name, info in OPERATIONS.items() if code in info.entry_codes]


def chinese(text: str) -> str:
    """Return the Chinese of a text of the spec, which `jsms explain` shows as well."""
    with in_language("zh"):
        return gettext(text)


def pages() -> dict[Path, str]:
    """Return all pages by their place."""
    values = {
        "errors": ERRORS.values(),
        "statuses": REPORT_STATUSES.values(),
        "questions": spec.load(spec.Form.ERRORS)["open_questions"],
        "operations": len(OPERATIONS),
        "example": next(info.name for info in ERRORS.values() if info.http_status != 200),
        "prefix": PREFIX,
        "verification_codes": VERIFICATION_CODES,
        "calls": calls,
        "entries": entries,
        "chinese": chinese,
        "error_class": lambda category: CATEGORY_ERRORS[ErrorCategory(category)].__name__,
        "cell": lambda text: text.replace("|", "\\|"),
    }
    return {DOCS / page: render(page, **values) for name in NAMES for page in (f"{name}.md", f"{name}.zh.md")}


if __name__ == "__main__":
    sys.exit(write_or_check(pages(), "tools.code_pages"))
