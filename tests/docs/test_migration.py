"""docs/migration.md: each row of its table, with the vendor's own package and with ours, on two equal mocks.

The table is the test: a row that is changed there is changed here.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import jsms
import pytest
from jsmskit import JsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, Clock, JsmsMock, Review, Settings
from jsmskit.mock.model.clock import read_send_time

PAGE = Path(__file__).resolve().parents[2] / "docs" / "migration.md"
NOON = datetime(2030, 1, 1, 12, tzinfo=timezone(timedelta(hours=8)))
PHONE = "13800138000"


class Row(NamedTuple):
    there: str
    here: str
    gave: str
    gives: str


def rows() -> list[Row]:
    table = PAGE.read_text(encoding="utf-8").partition("## Call by call")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return [Row(*(cell.strip().strip("`") for cell in line.strip("|").split(" | "))) for line in lines]


class Scene(NamedTuple):
    """One mock with its two clients, and the names that the table uses."""

    mock: JsmsMock
    names: dict[str, Any]

    def sent(self) -> list[tuple[str, str, Any]]:
        """The requests since the beginning: method, path, and what was in the body."""
        return [(line["method"], line["path"], body_of(line["request"])) for line in self.mock.requests.listed()]


def body_of(text: str) -> Any:
    """JSON as values. A form is compared by what it did, since each client draws its own boundary."""
    return json.loads(text) if text.startswith("{") else None


@contextmanager
def scene() -> Iterator[Scene]:
    """A mock in which a code, a schedule and a refused sign wait to be used."""
    clock = Clock(frozen_at=read_send_time("2029-12-31 12:00:00"))
    with JsmsMock(seed=5, clock=clock, settings=Settings(review=Review.MANUAL)) as mock, mock.serve() as server:
        old = jsms.Jsms(APP_KEY, MASTER_SECRET)
        old.BASE_URL = f"{server.url}/"
        with JsmsClient(APP_KEY, MASTER_SECRET, base_url=server.url) as client, old.session:
            msg_id = client.codes.send(PHONE).msg_id
            code = mock.wait_for_code(PHONE)
            schedule = client.schedules.create(PHONE, 1, NOON, {"code": "2468"})
            sign = client.signs.create("新签名", type=7, remark="待审")
            mock.review_sign(sign.sign_id, approve=False, reason="不清楚")
            mock.requests.clear()
            names = {
                "old": old,
                "client": client,
                "phone": PHONE,
                "msg_id": msg_id,
                "code": code,
                "schedule_id": schedule.schedule_id,
                "sign_id": sign.sign_id,
                "noon": NOON,
                "people": [("13800138001", {"code": "2468"})],
            }
            yield Scene(mock, names)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.there)
def test_both_ask_the_same_and_give_the_same(row: Row) -> None:
    """The same request leaves, it does the same, and the same value comes back; what does nothing there does
    its work here.
    """
    with scene() as before, scene() as after:
        answer = eval(row.there, before.names)
        result = eval(row.here, after.names)
        given = eval(row.gives, {"result": result})

        if row.gave == "nothing: it does nothing":
            assert answer is None
            assert before.sent() == []
            assert len(after.sent()) == 1
            assert given
        else:
            assert after.sent() == before.sent()
            assert len(after.sent()) == 1
            assert eval(row.gave, {"answer": answer}) == given
            assert after.mock.snapshot() == before.mock.snapshot()  # every row of the database


def test_every_method_of_the_vendors_client_has_a_row() -> None:
    """Nobody who moves finds a call of theirs missing."""
    public = {name for name, _ in inspect.getmembers(jsms.Jsms, inspect.isfunction) if name[0] != "_"}
    assert public == {re.match(r"old\.(\w+)\(", row.there)[1] for row in rows()}  # type: ignore[index]


def test_two_methods_of_the_vendors_client_are_empty() -> None:
    """The page says so; with another version it would have to be read again."""
    assert jsms.__version__ == "0.0.4"
    assert len([row for row in rows() if row.gave == "nothing: it does nothing"]) == 2
