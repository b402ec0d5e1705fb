"""A real browser for the inbox, and pages that are watched: what a page must never do fails its test."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock, sample_application
from jsmskit.mock.model.clock import write_send_time
from jsmskit.mock.server.uvicorn_server import ServerThread

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

#: Told to the browser so that it stays alone: the mock is the only thing it may talk to.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PHONE = "13800138000"


def found_browser() -> str | None:
    """Find a browser, and the package that drives it."""
    if importlib.util.find_spec("playwright") is None:
        return None
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def require_browser() -> None:
    """Skip a whole module, with one line, where there is no browser; fail where REQUIRE_BROWSER is set."""
    if found_browser() is None:
        if os.environ.get("REQUIRE_BROWSER"):
            raise RuntimeError("no browser (or no playwright), and REQUIRE_BROWSER is set: run scripts/browser")
        pytest.skip(
            "no browser for the inbox: run scripts/browser, or name one: CHROMIUM=/path", allow_module_level=True
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module, each with a context of its own.

    It ends with them: as long as it runs, its event loop runs in this thread, and no other can. (A fixture of
    the package would live as long as the session, since the folder is no package.)
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found_browser(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def mock() -> Iterator[JsmsMock]:
    """A mock with the vendor's sample pairs."""
    with JsmsMock(seed=5) as running:
        yield running


@pytest.fixture
def served(mock: JsmsMock) -> Iterator[ServerThread]:
    with mock.serve() as server:
        yield server


@dataclass
class ObservedCall:
    """What a page did that it must not do.

    Attributes:
        outside: requests to anything but the mock.
        complaints: console errors and warnings, uncaught errors, breaches of the content policy.
    """

    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page, origin: str) -> None:
        host = urlsplit(origin).netloc

        def requested(request: Any) -> None:
            if urlsplit(request.url).netloc not in (host, "") and not request.url.startswith("data:"):
                self.outside.append(request.url)

        def said(message: Any) -> None:
            if message.type in ("error", "warning"):
                self.complaints.append(f"{message.type}: {message.text}")

        page.on("request", requested)
        page.on("console", said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " (e) => console.error('policy', e.violatedDirective, e.blockedURI, e.sample))"
        )


OpenPage = Callable[..., "Page"]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser as if new, in English, that lets a page write to the clipboard."""
    fresh = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    fresh.set_default_timeout(20_000)
    yield fresh
    fresh.close()


@pytest.fixture
def watched() -> Iterator[ObservedCall]:
    """Everything that the pages of a test must not do; looked at when the test is over."""
    seen = ObservedCall()
    yield seen
    assert seen.outside == [], "a request left the mock"
    assert seen.complaints == [], "the console, the page or the policy complained"


@pytest.fixture
def open_page(context: BrowserContext, served: ServerThread, watched: ObservedCall) -> OpenPage:
    """Open a page of the mock, live, and watch it."""

    def opened(view: str = "", *, within: BrowserContext | None = None, live: bool = True) -> Page:
        page = (within or context).new_page()
        watched.watch(page, served.origin)
        page.goto(f"{served.control_url}/{view}")
        if live:
            page.wait_for_selector("#light:has-text('Live'), #light:has-text('实时')")
        return page

    return opened


Send = Callable[..., httpx.Response]


@pytest.fixture
def send(served: ServerThread) -> Iterator[Send]:
    """Make a call of the service with the sample pair."""
    with httpx.Client(base_url=served.url, auth=(APP_KEY, MASTER_SECRET), trust_env=False) as client:

        def sent(path: str, *, status: int = 200, **body: Any) -> httpx.Response:
            answer = client.post(path, json=body)
            assert answer.status_code == status, answer.text
            return answer

        yield sent


@pytest.fixture
def notice(mock: JsmsMock, send: Send) -> int:
    """A template with one variable, passed."""
    return make_template(mock, send, "{{text}}", 2)


def make_template(mock: JsmsMock, send: Send, text: str, kind: int) -> int:
    temp_id: int = send("/templates", template=text, type=kind).json()["temp_id"]
    mock.review_template(temp_id)
    return temp_id


def furnish(mock: JsmsMock, send: Send, notice: int) -> None:
    """Have something in every view, long texts among it."""
    mock.add_application(sample_application("k" * 24, "s" * 24))
    long = {"text": "https://x.example/" + "a" * 300}
    send("/templates", template="Marketing {{a}} " + "W" * 100, type=3)
    send("/messages", mobile="15400004004", temp_id=notice, temp_para=long)
    send("/voice_codes", mobile=PHONE)
    mock.advance(400)
    send("/codes", mobile=PHONE, temp_id=1)
    send("/codes", mobile=PHONE, temp_id=99, status=403)
    send(
        "/messages/batch", temp_id=notice, tag="W" * 10, recipients=[{"mobile": PHONE, "temp_para": {"text": "W" * 99}}]
    )
    when = write_send_time(mock.clock.now() + 9000)
    send("/schedule", mobile=PHONE, temp_id=notice, temp_para={"text": "later"}, send_time=when)
    mock.fail_next(50014, operation="pullReports")


def tour(page: Page, notice: int) -> Iterator[str]:
    """Go through every view, dialog and phone of a page; give the name of each stop."""
    for view in ("reviews", "schedules", "requests", "faults", "callbacks", "balances", "settings", "inbox"):
        page.evaluate("view => { location.hash = '#/' + view }", view)
        page.wait_for_selector(f"#views [data-view={view}][aria-current]")
        page.wait_for_selector("#list > li" if view == "inbox" else "#panel-content > *")
        if view == "requests":
            page.locator(".log li:has(.verdict.failed) details").first.evaluate("details => { details.open = true }")
        yield view
    for opener, dialog in ((".message .head button:last-of-type", "details"), ("[data-sends]", "send")):
        page.locator(opener).first.click()
        page.wait_for_selector(f"#{dialog}[open]")
        if dialog == "send":
            page.select_option("#send-app", APP_KEY)
            page.select_option("#send-template", str(notice))
        yield dialog
        page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#help[open]")
    yield "keys"
    page.keyboard.press("Escape")
    page.evaluate("location.hash = '#/phone/13800138000'")
    page.wait_for_selector("#thread .bubble")
    yield "phone"
    page.click("#phone-close")
