"""What a program is told at /_mock/: the list of control calls. A browser gets the inbox there.

Knows the control document. Must not know the mock's state.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .control_document import CONTROL_PREFIX, DOCUMENT_PATH, calls


def as_json() -> dict[str, Any]:
    """Give the list for programs."""
    return {
        "mock": "jsmskit",
        "version": _version(),
        "service": "/v1",
        "document": DOCUMENT_PATH,
        "calls": [
            {"method": call.method, "path": CONTROL_PREFIX + call.path, "summary": call.summary}
            for call in calls()
        ],
    }


def _version() -> str:
    try:
        return version("jsmskit")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
