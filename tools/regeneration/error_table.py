"""Writes jsms_api/error_table.py: the return codes and delivery statuses as enums and as rows. Reads rows
that are checked.
"""

from __future__ import annotations

from typing import Any

from tools.regeneration.python_text import MADE, call, docstring, literal, str_enum
from tools.regeneration.table_rows import CATEGORIES, RETRY_ADVICE

_HEAD = f'''{MADE}
"""Every documented return code and delivery status of the service, with its meaning and what to do about it.

New codes may appear at any time, so no reader may take this table for all there is. `ErrorCode` and
`ReportStatus` give names to the numbers, `ERRORS` and `REPORT_STATUSES` the rest. spec/extensions.md explains
where the rows come from, and their doubts (C1..., G1...).
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple
'''

_ROWS = '''
class ErrorInfo(NamedTuple):
    """One return code."""

    code: int
    http_status: int
    """The status with which the service sends the code; inside the entries of a batch it comes with 200."""
    name: str
    message: str
    """The newest wording of the vendor, exactly. Compare codes, never messages."""
    category: ErrorCategory
    retry: RetryAdvice
    title_en: str
    title_zh: str
    remedy_en: str
    remedy_zh: str
    source: tuple[str, ...]
    """The pages of the vendor whose tables hold the code."""
    since: str
    doubts: tuple[str, ...]
    other_messages: tuple[str, ...]
    """Older wordings of the vendor."""


class ReportStatusInfo(NamedTuple):
    """One delivery status, as it comes in reports and callbacks."""

    status: int
    name: str
    delivered: bool
    voice: bool
    """Whether only a spoken code can end this way."""
    title_en: str
    title_zh: str
    remedy_en: str
    remedy_zh: str
    since: str
'''


def write_error_table(document: dict[str, Any]) -> str:
    """Return the source of the module, to be formatted."""
    errors, statuses = document["x-errors"], document["x-report-statuses"]
    return "\n".join(
        [
            _HEAD,
            str_enum(
                "ErrorCategory",
                "What kind of trouble a code tells of; the overlay has one exception class for each.",
                CATEGORIES,
            ),
            str_enum("RetryAdvice", "What has to happen before the same call can succeed.", RETRY_ADVICE),
            "class ErrorCode(IntEnum):",
            '    """The names of the documented return codes."""\n',
            *(f"    {row['name']} = {row['code']}\n    {docstring(row['title']['en'])}" for row in errors),
            "class ReportStatus(IntEnum):",
            '    """The names of the documented delivery statuses."""\n',
            *(f"    {row['name']} = {row['status']}\n    {docstring(row['title']['en'])}" for row in statuses),
            _ROWS,
            "ERRORS: Final[Mapping[int, ErrorInfo]] = MappingProxyType({",
            *(f"{row['code']}: {_error(row)}," for row in errors),
            "})",
            docstring("The documented return codes, by number."),
            "REPORT_STATUSES: Final[Mapping[int, ReportStatusInfo]] = MappingProxyType({",
            *(f"{row['status']}: {_status(row)}," for row in statuses),
            "})",
            docstring("The documented delivery statuses, by number."),
        ]
    )


def _error(row: dict[str, Any]) -> str:
    return call(
        "ErrorInfo",
        {
            "code": literal(row["code"]),
            "http_status": literal(row["http"]),
            "name": literal(row["name"]),
            "message": literal(row["message"]),
            "category": f"ErrorCategory.{row['category'].upper()}",
            "retry": f"RetryAdvice.{row['retry'].upper().replace('-', '_')}",
            **_texts(row),
            "source": literal(row["source"]),
            "since": literal(row["since"]),
            "doubts": literal(row.get("doubts", [])),
            "other_messages": literal(row.get("other_messages", [])),
        },
    )


def _status(row: dict[str, Any]) -> str:
    return call(
        "ReportStatusInfo",
        {
            "status": literal(row["status"]),
            "name": literal(row["name"]),
            "delivered": literal(row["delivered"]),
            "voice": literal(row["voice"]),
            **_texts(row),
            "since": literal(row["since"]),
        },
    )


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {
        f"{field}_{language}": literal(" ".join(row[field][language].split()))
        for field in ("title", "remedy")
        for language in ("en", "zh")
    }
