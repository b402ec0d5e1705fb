"""The service behind the inbox, and the API page, in a real browser; and what an accessibility checker says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from jsmskit.mock import APP_KEY, JsmsMock
from jsmskit.mock.control.document import calls
from jsmskit.mock.model.clock import write_send_time
from jsmskit.mock.server.uvicorn_server import ServerThread

from tests.inbox.conftest import PHONE, ObservedCall, OpenPage, Send, furnish, require_browser, tour
from tests.mock.receiver import receiving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

require_browser()

pytestmark = pytest.mark.xdist_group("browser")


def test_templates_are_passed_and_refused(open_page: OpenPage, send: Send, mock: JsmsMock) -> None:
    """The count stands beside the name; a refusal asks for its reason; the decision is the mock's."""
    one, two = (send("/templates", template=text, type=2).json()["temp_id"] for text in ("yes {{a}}", "no {{a}}"))
    page = open_page("#/reviews")
    page.wait_for_selector("[data-view=reviews] .count:text-is('2')")
    page.click(".card:has-text('yes') .good")
    page.wait_for_selector("[data-view=reviews] .count:text-is('1')")
    page.click(".card:has-text('no') .bad")
    page.fill("#ask-answer", "too short")
    page.click("#ask .good")
    page.wait_for_selector("td:has-text('too short')")
    states = {template.temp_id: int(template.status) for template in mock.state.templates.find("app_key = ?", APP_KEY)}
    assert (states[one], states[two]) == (1, 2)


def test_a_schedule_shows_what_will_be_sent_and_the_clock_goes_there(
    open_page: OpenPage, send: Send, mock: JsmsMock, notice: int
) -> None:
    """Above the inbox, in the phone and in its panel; once its time has come it is a message like others."""
    mock.set_clock("frozen")
    at = write_send_time(mock.clock.now() + 7200)
    send("/schedule", mobile=PHONE, temp_id=notice, temp_para={"text": "later"}, send_time=at)
    page = open_page()
    page.wait_for_selector(f"#coming:has-text('{PHONE}')")
    page.click("#coming")
    page.wait_for_selector(f".card:has-text('{at}') .text:has-text('later')")
    page.click(".card .actions button")
    page.wait_for_selector("#panel .nothing")
    page.click("[data-view=inbox]")
    page.wait_for_selector(".message .label:has-text('Scheduled')")


def test_a_failed_message_says_what_its_status_means(open_page: OpenPage, send: Send, mock: JsmsMock) -> None:
    """Sent first, then failed with the status and its documented meaning."""
    page = open_page()
    send("/codes", mobile="15400004004", temp_id=1)
    page.wait_for_selector(".state.sent")
    mock.advance(10)
    page.wait_for_selector(".state.failed:has-text('4004')")
    page.wait_for_selector(".state.failed:has-text('does not exist')")


def test_the_log_explains_a_refusal(open_page: OpenPage, send: Send) -> None:
    """Which rule, how sure, what the documents say, and both bodies; texts in them stay texts."""
    page = open_page("#/requests")
    send("/codes", mobile=PHONE, temp_id=99, note="<b>x</b>", status=403)
    send("/codes", mobile=PHONE, temp_id=1)
    page.wait_for_function("() => document.querySelectorAll('.log li').length === 2")
    page.check(".tick input")
    page.wait_for_function("() => document.querySelectorAll('.log li').length === 1")
    line = page.locator(".log li")
    page.click(".log summary")
    for told in ("50013", "documented", "There is no such template", "The rule that decided", "<b>x</b>"):
        assert told in line.inner_text()
    page.uncheck(".tick input")
    page.wait_for_function("() => document.querySelectorAll('.log li').length === 2")


def test_faults_are_switched_on_and_off(open_page: OpenPage, send: Send) -> None:
    """By a button for what is wanted often, and by the form for the rest; the count and the strikes are live."""
    page = open_page("#/faults")
    page.click("button:has-text('50014')")
    page.wait_for_selector("[data-view=faults] .count:text-is('1')")
    assert send("/codes", mobile=PHONE, temp_id=1, status=403).json()["error"]["code"] == 50014
    page.wait_for_selector(".card.spent")
    page.select_option("select[name=kind]", "status")
    page.fill("input[name=status]", "502")
    page.fill("input[name=times]", "1")
    page.click("form .bad")
    page.wait_for_selector(".card:has-text('502')")
    send("/codes", mobile=PHONE, temp_id=1, status=502)
    page.click("button:has-text('Remove all')")
    page.wait_for_selector("#panel .nothing")
    send("/codes", mobile=PHONE, temp_id=1)


def answered(page: Page, method: str, path: str) -> AbstractContextManager[Any]:
    """Wait until the mock has answered a call of its control API that the page makes meanwhile.

    `wait_for_function` would not do: it takes the promise of a `fetch` for true.
    """
    return page.expect_response(
        lambda answer: answer.request.method == method and urlsplit(answer.url).path.endswith("/" + path)
    )


def test_callbacks_are_set_watched_and_sent_again(
    open_page: OpenPage, send: Send, mock: JsmsMock, forgiving: ObservedCall
) -> None:
    """The address is checked, each try is listed with what was answered, and one click repeats it."""
    page = open_page("#/callbacks")
    with receiving() as receiver:
        receiver.statuses = [500]
        page.fill("#SMS_REPORT", receiver.url)
        page.click("button:has-text('First address for all')")
        with answered(page, "PUT", "callbacks"):
            page.click("form .good")
        assert set(mock.callbacks.addresses().values()) == {receiver.url}
        send("/codes", mobile=PHONE, temp_id=1)
        mock.advance(6)
        page.wait_for_selector(".card:has-text('Attempt 1'):has-text('under way')")
        page.click("button:has-text('Send again')")
        page.wait_for_selector(".card:has-text('Attempt 2'):has-text('accepted')")
        assert len(receiver.events) == 2

    page.fill("#SMS_REPORT", "http://127.0.0.1:1/nobody")
    page.click("form .good")
    page.wait_for_selector("#trouble:not(:empty)")


def test_a_button_is_still_there_when_it_is_let_go(
    open_page: OpenPage, mock: JsmsMock, forgiving: ObservedCall
) -> None:
    """News while it is pressed wait, and a form that is being filled in is not moved: no click is lost."""
    page = open_page("#/callbacks")
    page.fill("#SMS_REPORT", "http://127.0.0.1:1/nobody")
    page.hover("form .good")
    page.mouse.down()
    with page.expect_response(lambda answer: "callbacks/deliveries" in answer.url):
        mock.callbacks.set(None, ["SMS_REPLY"])
    page.mouse.up()
    page.wait_for_selector("#trouble:not(:empty)")


@pytest.fixture
def forgiving(watched: ObservedCall) -> Iterator[ObservedCall]:
    """A refused control call is an entry of the browser's console; this test provokes one."""
    yield watched
    watched.complaints[:] = [one for one in watched.complaints if "status of 400 ()" not in one]


def test_a_balance_is_changed_where_it_stands(open_page: OpenPage, send: Send) -> None:
    page = open_page("#/balances")
    for name in ("industry", "balance"):
        for whose in (APP_KEY, "7e503edcb0cb725e331b0311"):
            label = {"industry": "Codes, notices", "balance": "General"}[name]
            page.fill(f"input[aria-label='{whose} {label}']", "0")
            with answered(page, "PUT", "balances"):
                page.keyboard.press("Tab")
    assert send("/codes", mobile=PHONE, temp_id=1, status=403).json()["error"]["code"] == 50014


def test_settings_change_and_reset_asks_first(open_page: OpenPage, send: Send, mock: JsmsMock) -> None:
    """Limits off, reviews by hand, and back to the beginning after one question."""
    send("/codes", mobile=PHONE, temp_id=1)
    page = open_page("#/settings")
    with answered(page, "PUT", "settings"):
        page.uncheck(".tick input")
    with answered(page, "PUT", "settings"):
        page.select_option("#panel select", "manual")
        page.keyboard.press("Tab")
    assert (mock.settings.limits, mock.settings.review) == (False, "manual")
    page.click("#panel .bad")
    page.click("#sure [data-close='']")
    assert len(mock.messages()) == 1
    page.click("#panel .bad")
    with answered(page, "POST", "reset"):
        page.click("#sure .bad")
    assert mock.messages() == []
    assert mock.settings.limits


def try_out(page: Page, operation: str) -> None:
    """Try a call out on the API page, and wait for its 200."""
    page.click(f"#operations-{operation} .opblock-summary-control")
    page.click(f"#operations-{operation} .execute")
    page.wait_for_selector(f"#operations-{operation} .live-responses-table .response-col_status:has-text('200')")


def ground(page: Page) -> list[str]:
    """The colors behind the API page: of the page itself, and of Swagger UI."""
    colors: list[str] = page.evaluate(
        "[document.body, document.querySelector('.swagger-ui')].map(node => getComputedStyle(node).backgroundColor)"
    )
    return colors


LIGHT, DARK = ["rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"], ["rgb(28, 32, 34)"] * 2


def test_the_api_page_tries_calls_of_the_service_and_of_the_control_api_out(
    context: BrowserContext, mock: JsmsMock, watched: ObservedCall
) -> None:
    """Swagger UI from the package, under the same policy: every operation, with the token that the inbox was given."""
    with mock.serve(token="s3cret") as server:
        page = context.new_page()
        watched.watch(page, server.origin)
        page.goto(f"{server.control_url}/#token=s3cret")
        page.wait_for_selector("#nothing")
        page.click("#views a[href='../docs']")
        page.wait_for_selector("#operations-codes-sendCode")
        assert page.locator(".opblock").count() == 23 + 4, "all operations and all callbacks"
        first = page.locator("#operations-codes-sendCode").bounding_box()
        assert first is not None
        assert first["y"] + first["height"] < 800, "the page opens on operations"
        try_out(page, "codes-sendCode")
        assert len(mock.messages()) == 1
        page.click(".here nav a:has-text('Control API')")
        page.wait_for_selector("#operations-clock-advanceClock")
        assert page.locator(".opblock").count() == len(list(calls()))
        assert page.locator(".here [aria-current]").inner_text().startswith("Control API")
        try_out(page, "clock-showClock")
        assert ground(page) == LIGHT
        page.emulate_media(color_scheme="dark")
        page.wait_for_selector("html.dark-mode")
        assert ground(page) == DARK


def test_the_api_page_is_light_or_dark_as_was_chosen_on_the_inbox(open_page: OpenPage, served: ServerThread) -> None:
    page = open_page()
    page.emulate_media(color_scheme="dark")
    page.click("#theme")
    page.goto(f"{served.origin}/docs")
    page.wait_for_selector(".swagger-ui", state="attached")
    assert ground(page) == LIGHT


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, as the PyPI package carries it."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def violations(page: Page, *rules: str) -> list[str]:
    """Let axe look at a page, by these rules or by all; give its findings, one a line, however slight."""
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, {resultTypes: ['violations'], ...(rules.length && {runOnly: rules})})"
        ".then(told => told.violations)",
        rules,
    )
    return [
        f"{one['impact']}: {one['id']}: {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]
    ]


@pytest.mark.parametrize(
    ("language", "scheme", "width", "rules"),
    [("en-US", "light", 390, ()), ("zh-CN", "dark", 1280, ("color-contrast", "html-has-lang", "html-lang-valid"))],
    ids=["all rules", "what colors and language change"],
)
def test_an_accessibility_checker_finds_nothing(
    browser: Browser,
    served: ServerThread,
    open_page: OpenPage,
    send: Send,
    mock: JsmsMock,
    notice: int,
    axe: str,
    language: str,
    scheme: Any,
    width: int,
    rules: tuple[str, ...],
) -> None:
    """axe-core on every view with something in it, every dialog, one phone, and the API page as it opens."""
    furnish(mock, send, notice)
    context = browser.new_context(
        locale=language, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )  # a message that is still fading in has not the colours that it is read in
    page = open_page(within=context)
    page.evaluate(axe)
    findings = [f"{place}: {one}" for place in tour(page, notice) for one in violations(page, *rules)]
    page.fill("#search", "nothing like this")
    page.wait_for_selector("#nothing-found")
    findings += [f"nothing found: {one}" for one in violations(page, *rules)]
    mock.reset()
    page.fill("#search", "")
    page.wait_for_selector("#nothing")
    findings += [f"empty: {one}" for one in violations(page, *rules)]
    # Both descriptions are drawn by the same code: each is looked at in one of the two schemes.
    page.goto(served.origin + ("/docs" if scheme == "light" else "/docs?control"))
    page.wait_for_selector(".opblock")
    page.evaluate(axe)
    findings += [f"API page: {one}" for one in violations(page, *rules)]
    context.close()
    assert findings == []
