"""Pictures of the inbox for the README, in both languages, made from the running page.

    python -m tools.screenshots      writes docs/images/inbox-en.png and inbox-zh.png

Needs what `scripts/browser` installs, and looks best with the fonts Inter and JetBrains Mono. The mock's clock
stands still, ids and codes come from a seed: the same page each time.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import httpx
from jsmskit.mock import APP_KEY, MASTER_SECRET, Clock, JsmsMock
from jsmskit.mock.model.clock import read_send_time, write_send_time
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs/images"
NOON = read_send_time("2026-03-16 12:00:00")
PHONE = "13800138000"


def fill(mock: JsmsMock, url: str) -> None:
    """Let a morning's messages arrive."""
    client = httpx.Client(auth=(APP_KEY, MASTER_SECRET), base_url=url, trust_env=False)

    def send(path: str, **body: Any) -> dict[str, Any]:
        told: dict[str, Any] = client.post(path, json=body).raise_for_status().json()
        return told

    def template(text: str, kind: int) -> int:
        temp_id: int = send("/templates", template=text, type=kind)["temp_id"]
        mock.review_template(temp_id)
        return temp_id

    parcel = template("您的包裹{{no}}已发货，预计{{day}}送达。", 2)
    sale = template("周末特惠，全场{{n}}折，点击查看", 3)
    send("/templates", template="亲爱的{{name}}，您的预约已确认。", type=2, remark="预约提醒")
    send("/codes", mobile="13912345678", temp_id=1)
    mock.advance(500)
    send("/messages", mobile="13700137000", temp_id=sale, temp_para={"n": "七"})
    send("/messages", mobile=PHONE, temp_id=parcel, temp_para={"no": "A2049", "day": "周三"})
    send("/messages", mobile="15400004004", temp_id=parcel, temp_para={"no": "B77", "day": "周五"})
    mock.advance(61)
    known = send("/codes", mobile="13600136000", temp_id=1)
    send(f"/codes/{known['msg_id']}/valid", code=mock.messages("13600136000")[-1].code)
    send("/voice_codes", mobile=PHONE)
    mock.advance(9)
    mock.reply(PHONE, "收到，谢谢")
    mock.advance(11)
    send("/codes", mobile=PHONE, temp_id=1)
    mock.advance(17)
    when = write_send_time(mock.clock.now() + 5400)
    send("/schedule", mobile=PHONE, temp_id=parcel, temp_para={"no": "A2050", "day": "周六"}, send_time=when)
    client.post("/codes", json={"mobile": "138", "temp_id": 1})


def take(page: Page, origin: str, path: Path) -> None:
    """Take a picture of the inbox with its first conversation open."""
    page.goto(f"{origin}/_mock/")
    page.wait_for_selector("[data-stream=live]")
    page.wait_for_selector("#coming:visible")
    page.locator(".open").first.click()
    page.wait_for_selector(".bubble.planned")
    page.mouse.move(640, 790)
    page.evaluate("() => document.fonts.ready")
    page.screenshot(path=path, animations="disabled")
    print(f"{path} ({path.stat().st_size // 1000} kB; keep it small, so that the README loads quickly)")


def main() -> None:
    """Run from the command line."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("screenshots: no chromium; run scripts/browser, or name it: CHROMIUM=/path")
    with JsmsMock(seed=2, clock=Clock(frozen_at=NOON)) as mock, mock.serve() as server, sync_playwright() as run:
        fill(mock, server.url)
        browser = run.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for locale, name in (("en-US", "inbox-en.png"), ("zh-CN", "inbox-zh.png")):
            page = browser.new_page(locale=locale, viewport={"width": 1280, "height": 800})
            take(page, server.origin, FOLDER / name)
        browser.close()


if __name__ == "__main__":
    main()
