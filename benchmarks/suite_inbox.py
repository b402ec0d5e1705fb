"""The mock's page over 1,000 to 100,000 messages, in a real browser: time to the first row, and to older rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from jsmskit import JsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.mock import Settings as MockSettings

from benchmarks.harness import Curve, Measured, Settings
from tests.inbox.conftest import FLAGS, found_browser

SIZES = (1_000, 10_000, 100_000)
PAGES = 3


def measure(settings: Settings) -> Iterator[Measured]:
    """Two curves, medians of a few visits each."""
    browser = found_browser()
    if browser is None:
        raise SystemExit("bench: a browser is needed; run scripts/browser")
    from playwright.sync_api import sync_playwright

    first: list[tuple[float, float]] = []
    older: list[tuple[float, float]] = []
    with sync_playwright() as playwright:
        driven = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        for size in SIZES[: 2 if settings.quick else None]:
            shown, turned = _visits(driven, size, settings.rounds(5))
            first.append((size, shown))
            older.append((size, turned))
        driven.close()
    lines = {"until the first row": first, "until the next older rows": older}
    yield Curve("growth-inbox", "Messages in the inbox page", "messages", "ms", lines)


def _visits(browser: Any, size: int, rounds: int) -> tuple[float, float]:
    shown: list[float] = []
    turned: list[float] = []
    with JsmsMock(seed=1, settings=MockSettings(limits=False, keep_messages=size)) as mock:
        with JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport) as client:
            for start in range(0, size, 1000):
                phones = [(str(13_000_000_000 + start + one), {"code": str(start + one)}) for one in range(1000)]
                client.messages.send_batch(1, phones)
        with mock.serve() as server:
            for _ in range(rounds):
                page = browser.new_page()
                begun = time.perf_counter()
                page.goto(f"{server.origin}/_mock/")
                page.wait_for_selector("#list > li")
                shown.append(1e3 * (time.perf_counter() - begun))
                for _ in range(PAGES):
                    last = page.text_content("#list > li:last-child")
                    begun = time.perf_counter()
                    page.click("#older")
                    page.wait_for_function(
                        "text => document.querySelector('#list > li:last-child').textContent !== text", arg=last
                    )
                    turned.append(1e3 * (time.perf_counter() - begun))
                page.close()
    return median(shown), median(turned)
