"""What is quick gives what is slow: heads known by their bytes, decisions that are remembered, the server's ways."""

from __future__ import annotations

from typing import Any

import httptools
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsms_api.error_table import ErrorCode
from jsmskit.mock import seeds
from jsmskit.mock.clock import Clock
from jsmskit.mock.exchange import Exchange
from jsmskit.mock.records import Account, Application, Balances, Switches
from jsmskit.mock.request_head import END, head_of, plain_head
from jsmskit.mock.service import Service
from jsmskit.mock.source import Source
from jsmskit.mock.state import State
from jsmskit.mock.wire import Request

from tests.mock.bench import APP, DEV, NOON, SECOND_APP

# Heads.

PLAIN = (
    b"POST /v1/messages?a=b HTTP/1.1\r\nHost: 127.0.0.1:5767\r\nAuthorization: Basic YTpi\r\n"
    b"content-type:application/json\r\nConnection: keep-alive\r\nContent-Length: 17"
)
#: What may be put in anywhere: what heads are made of, and what may not stand in one.
DAMAGE = (
    b"\r\n",
    b"\r",
    b"\n",
    b" ",
    b"\t",
    b":",
    b"\x00",
    b"\xff",
    b"1",
    b"-",
    b"#",
    b"/",
    b"\r\n ",
    b"\r\nContent-Length: 3",
    b"\r\ncontent-length: 17",
    b"\r\nTransfer-Encoding: chunked",
    b"\r\nConnection: close",
    b"\r\nConnection: Upgrade\r\nUpgrade: h2c",
    b"\r\nExpect: 100-continue",
    b"\r\nauthorization: Basic second",
    b"\r\nX-Mock-Code: 50013 ",
    b"HEAD",
    b"HTTP/1.0",
)


class Parsed:
    """What httptools finds in a head."""

    def __init__(self, head: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.target = b""
        self.bodies: list[bytes] = []
        self.is_whole = False
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(head + END)

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_message_complete(self) -> None:
        self.is_whole = True

    @property
    def length(self) -> int:
        """What has to follow until the parser calls the message whole."""
        told = 0
        while not self.is_whole and told < 1000:
            self.parser.feed_data(b"x")
            told += 1
        return told


@settings(max_examples=600, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(PLAIN)), st.sampled_from(DAMAGE), st.integers(0, 9)), max_size=3)
)
@example([])
@example([(len(PLAIN), b"\r\nContent-Length: 3", 0)])
@example([(len(PLAIN), b"\r\nauthorization: Basic second", 0)])
@example([(len(PLAIN), b"\r\nTransfer-Encoding: chunked", 0)])
@example([(23, b"\r\n ", 0)])
def test_a_head_that_is_known_by_its_bytes_is_what_the_parser_reads(
    damage: list[tuple[int, bytes, int]],
) -> None:
    """Whatever stands in it: either it is left to httptools, or both read the same, and nothing else."""
    head = PLAIN
    for place, put_in, taken_out in damage:
        head = head[:place] + put_in + head[place + taken_out :]
    quick = plain_head(head)
    if quick is None:
        assert head != PLAIN
        return
    parsed = Parsed(head)
    assert parsed.parser.get_http_version() == "1.1"
    assert parsed.parser.should_keep_alive()
    assert not parsed.parser.should_upgrade()
    slow = head_of(parsed.parser.get_method().decode(), parsed.target, parsed.headers, parsed.length)
    assert quick == slow


def test_a_plain_head_is_read() -> None:
    """So that the test above compares something."""
    quick = plain_head(PLAIN)
    assert quick is not None
    assert quick == ("POST", "/v1/messages", "a=b", quick.headers, 17)
    assert quick.headers == {"authorization": "Basic YTpi", "content-type": "application/json"}


@pytest.mark.parametrize(
    "more",
    [
        b"\r\nTransfer-Encoding: chunked",
        b"\r\nExpect: 100-continue",
        b"\r\nConnection: close",
        b"\r\nContent-Length: 17",
    ],
)
def test_a_head_that_is_not_plain_is_left_to_the_parser(more: bytes) -> None:
    """What changes how a request is read or answered, and a length that is told twice."""
    assert plain_head(PLAIN + more) is None


# Decisions.


class Forgetful(Service):
    """Works everything out anew."""

    __slots__ = ()

    @property
    def worked_out(self) -> dict[Any, Any]:
        """Nothing."""
        return {}


def twin(service: type[Service]) -> tuple[State, Exchange]:
    """Make a mock that stands still."""
    source = Source()
    state = State(source)
    exchange = Exchange(state, Clock(frozen_at=NOON), source)
    exchange.service.__class__ = service
    return state, exchange


def put_application(state: State, **changes: Any) -> None:
    account = seeds.DEFAULT_SEED.applications[0].application.dev_key
    told = {"balances": Balances(balance=3, industry=2), **changes}
    state.accounts.put_application(Application(seeds.APP_KEY, seeds.MASTER_SECRET, account, **told))


#: What changes what is decided, or what is there.
CHANGES: dict[str, Any] = {
    "blacklisted": lambda state, _: put_application(state, switches=Switches(blacklisted=True)),
    "not open": lambda state, _: put_application(state, switches=Switches(sms_open=False)),
    "from elsewhere": lambda state, _: put_application(state, switches=Switches(allowed_ips=("10.0.0.1",))),
    "open again": lambda state, _: put_application(state),
    "poor": lambda state, _: put_application(state, balances=Balances(balance=1)),
    "account": lambda state, _: state.accounts.put_account(Account(seeds.DEV_KEY, "another")),
    "black word": lambda state, _: state.accounts.set_black_words(seeds.APP_KEY, ["1234"]),
    "invalid number": lambda state, _: state.accounts.put_number(seeds.APP_KEY, "invalid", "13800138001"),
    "template gone": lambda state, _: state.templates.delete(seeds.APP_KEY, 1),
    "reset": lambda state, _: state.reset(),
    "back": lambda state, _: state.restore(state.snapshot()),
    "personal": lambda _, exchange: setattr(
        exchange, "settings", exchange.settings.with_changes(personal_account=True)
    ),
    "short": lambda _, exchange: setattr(exchange, "settings", exchange.settings.with_changes(text_limit=12)),
    "time": lambda _, exchange: exchange.service.clock.advance(301),
}
CALLS = st.tuples(
    st.sampled_from(["/messages", "/messages/batch", "/codes", "/accounts/dev", "/report"]),
    st.sampled_from([APP, SECOND_APP, DEV, "Basic bm86bm8="]),
    st.sampled_from([1, 1, 1, 2, 15400050006]),
    st.sampled_from([None, None, 1, 99]),
    st.sampled_from(["13800138000", "13800138001"]),
)


def requests(path: str, auth: str, temp_id: int, sign_id: int | None, phone: str) -> Request:
    named = {"temp_id": temp_id, **({} if sign_id is None else {"sign_id": sign_id})}
    entry = {"mobile": phone, "temp_para": {"code": "123456"}}
    body = {**named, "recipients": [entry, entry]} if path.endswith("batch") else {**named, **entry}
    method = "GET" if path in ("/accounts/dev", "/report") else "POST"
    headers = {"authorization": auth, "content-type": "application/json"}
    return Request(method, f"/v1{path}", "", headers, orjson.dumps(body) if method == "POST" else b"")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(CALLS, st.sampled_from(sorted(CHANGES))), min_size=2, max_size=25))
def test_what_is_remembered_is_forgotten_when_something_changes(steps: list[Any]) -> None:
    """A mock that works every decision out anew gives the same answers, byte by byte, to any history."""
    (state, quick), (slow_state, slow) = twin(Service), twin(Forgetful)
    for step in steps:
        if isinstance(step, str):
            CHANGES[step](state, quick)
            CHANGES[step](slow_state, slow)
        else:
            request = requests(*step)
            assert quick.handle(request) == slow.handle(request)
    assert state.messages() == slow_state.messages()
    assert state.accounts.balances(app_key=seeds.APP_KEY) == slow_state.accounts.balances(
        app_key=seeds.APP_KEY
    )
    state.close()
    slow_state.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("blacklisted", ErrorCode.APP_IN_BLACK),
        ("not open", ErrorCode.NO_SMS_CODE_AUTH),
        ("from elsewhere", ErrorCode.ILLEGAL_IP),
        ("black word", ErrorCode.HAS_BLACK_WORD),
        ("template gone", ErrorCode.INVALID_TEMP_ID),
    ],
)
def test_the_very_next_call_knows_of_a_change(change: str, code: ErrorCode) -> None:
    """So that the comparison above is known to have something to find: this fails when nothing is forgotten."""
    state, exchange = twin(Service)
    request = requests("/messages", APP, 1, None, "13800138000")
    assert exchange.handle(request).status == 200
    CHANGES[change](state, exchange)
    assert exchange.handle(request).code == code
    state.close()
