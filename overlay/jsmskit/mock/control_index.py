"""What is shown at /_mock/: the list of control calls, as JSON and as a page without a script.

Knows the control document. Must not know the mock's state. The inbox page will take the page's place.
"""

from __future__ import annotations

import html
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


def as_page() -> bytes:
    """Give the list for people."""
    rows = "".join(
        f"<tr><td>{call.method}<td>{html.escape(CONTROL_PREFIX + call.path)}<td>{html.escape(call.summary)}"
        for call in calls()
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Mock of JSMS</title><h1>Mock of JSMS</h1>"
        "<p>A twin of Jiguang SMS for tests. Nothing here reaches a phone. The service is at /v1; "
        f"what a test can tell and ask the mock is below and in <a href={DOCUMENT_PATH}>the document</a>."
        f"<table>{rows}</table></html>"
    ).encode()


def _version() -> str:
    try:
        return version("jsmskit")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
