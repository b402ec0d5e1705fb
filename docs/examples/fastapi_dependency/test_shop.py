"""What callers of the application see."""

from __future__ import annotations

import httpx
import pytest
from jsmskit import ConfigurationError, ErrorCode
from jsmskit.mock import APP_KEY, MASTER_SECRET, Fault, FaultKind, JsmsMock
from shop import create_app

pytestmark = pytest.mark.anyio

PHONE = "13800138000"


async def test_a_message_goes_out(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    answer = await browser.post("/orders/2468/shipped", params={"phone": PHONE})

    assert answer.status_code == 202
    assert answer.json() == {"msg_id": jsms_mock.messages(PHONE)[0].msg_id}


@pytest.mark.parametrize(
    ("code", "status"),
    [(ErrorCode.OUT_OF_FREQ, 429), (ErrorCode.NO_MONEY, 503), (ErrorCode.INVALID_MOBILE, 422)],
)
async def test_failures_tell_the_caller_what_to_do(
    browser: httpx.AsyncClient, jsms_mock: JsmsMock, code: ErrorCode, status: int
) -> None:
    jsms_mock.fail_next(code)

    answer = await browser.post("/orders/2468/shipped", params={"phone": PHONE})

    assert answer.status_code == status


async def test_a_lost_answer_is_told_honestly(browser: httpx.AsyncClient, jsms_mock: JsmsMock) -> None:
    jsms_mock.faults.add(Fault(FaultKind.DROP, times=1))

    answer = await browser.post("/orders/2468/shipped", params={"phone": PHONE})

    assert (answer.status_code, len(jsms_mock.messages(PHONE))) == (502, 1)
    assert "Do not ask for it again" in answer.text


async def test_the_real_client_is_made_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JSMS_APP_KEY", "JSMS_MASTER_SECRET"):
        monkeypatch.delenv(name, raising=False)
    app = create_app()
    with pytest.raises(ConfigurationError, match="JSMS_APP_KEY"):
        async with app.router.lifespan_context(app):
            pass


async def test_it_works_over_http_too(monkeypatch: pytest.MonkeyPatch, jsms_mock: JsmsMock) -> None:
    with jsms_mock.serve() as server:
        monkeypatch.setenv("JSMS_APP_KEY", APP_KEY)
        monkeypatch.setenv("JSMS_MASTER_SECRET", MASTER_SECRET)
        monkeypatch.setenv("JSMS_BASE_URL", server.url)
        app = create_app()
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://shop.example") as browser,
        ):
            answer = await browser.post("/orders/2468/shipped", params={"phone": PHONE})

    assert answer.status_code == 202
