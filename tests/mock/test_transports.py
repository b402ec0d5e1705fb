"""The mock in process: at the client's seam and as a transport of httpx. No socket, no waiting."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import httpx2
import pytest
from jsms_api.error_table import ERRORS, ErrorCode
from jsmskit import TransportRequest
from jsmskit.mock import APP_KEY, MASTER_SECRET, Fault, FaultError, FaultKind, JsmsMock

from tests.mock.bench import PHONE
from tests.mock.conftest import START

URL = "https://api.sms.jpush.cn/v1"
HEADERS = {
    "Authorization": "Basic " + base64.b64encode(f"{APP_KEY}:{MASTER_SECRET}".encode()).decode(),
    "Content-Type": "application/json",
}
CODE_REQUEST = json.dumps({"mobile": PHONE, "temp_id": 1}).encode()

#: One exchange: timeout -> status, headers, body.
Exchange = Callable[[float], tuple[int, Mapping[str, str], bytes]]


@pytest.fixture(params=["sync", "async"])
def exchange(request: pytest.FixtureRequest, mock: JsmsMock) -> Exchange:
    """Send a code through one of the two seam transports."""

    def in_sync(timeout: float) -> tuple[int, Mapping[str, str], bytes]:
        return mock.transport.exchange(TransportRequest("POST", f"{URL}/codes", HEADERS, CODE_REQUEST), timeout=timeout)

    def in_async(timeout: float) -> tuple[int, Mapping[str, str], bytes]:
        return asyncio.run(
            mock.async_transport.exchange(
                TransportRequest("POST", f"{URL}/codes", HEADERS, CODE_REQUEST), timeout=timeout
            )
        )

    return in_sync if request.param == "sync" else in_async


def test_an_exchange_gives_status_headers_and_body(mock: JsmsMock, exchange: Exchange) -> None:
    """The seam's plain types; the answer says that it comes from a mock."""
    status, headers, body = exchange(5.0)

    (message,) = mock.messages(PHONE)
    assert (status, json.loads(body)) == (200, {"msg_id": message.msg_id})
    assert headers["content-type"] == "application/json"
    assert headers["x-mock"] == "jsmskit"


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        (Fault(FaultKind.REFUSE, times=1), ConnectionRefusedError, False),
        (Fault(FaultKind.DROP, times=1), ConnectionResetError, True),
        (Fault(FaultKind.HANG, times=1), TimeoutError, True),
        (Fault(FaultKind.LATENCY, seconds=5.0, times=1), TimeoutError, True),
    ],
)
def test_a_fault_is_a_built_in_exception_and_says_what_the_mock_did(
    mock: JsmsMock, exchange: Exchange, fault: Fault, error: type[OSError], arrives: bool
) -> None:
    """Refused: nothing arrived. Anything else: the message is on the phone, though the caller cannot know."""
    mock.faults.add(fault)

    with pytest.raises(error):
        exchange(5.0)
    assert len(mock.messages(PHONE)) == arrives

    assert exchange(5.0)[0] == 200


def test_a_delay_within_the_limit_passes_on_the_mocks_clock(mock: JsmsMock, exchange: Exchange) -> None:
    """Three seconds of latency take no time, and the clock shows them."""
    mock.faults.add(Fault(FaultKind.LATENCY, seconds=3))

    assert exchange(5.0)[0] == 200
    assert mock.clock.now() == START + 3


def test_a_caller_that_gives_up_has_waited_its_limit(mock: JsmsMock, exchange: Exchange) -> None:
    """The clock moves by what the caller waited, not by what the answer would have taken."""
    mock.faults.add(Fault(FaultKind.LATENCY, seconds=30))

    with pytest.raises(TimeoutError):
        exchange(5.0)
    assert mock.clock.now() == START + 5


def test_any_code_comes_on_request_with_its_status_and_message(mock: JsmsMock, exchange: Exchange) -> None:
    for code, row in ERRORS.items():
        if code != ErrorCode.SUCCESS:
            mock.fail_next(code)
            status, _, body = exchange(5.0)
            assert status == row.http_status
            assert json.loads(body) == {"error": {"code": code, "message": row.message}}
    assert mock.messages() == []
    assert exchange(5.0)[0] == 200


@pytest.mark.parametrize("accepted", [True, False])
def test_a_failure_can_lie_about_what_was_done(mock: JsmsMock, exchange: Exchange, accepted: bool) -> None:
    """A gateway's 502 after the message went out is the case that a client must not repeat."""
    mock.faults.add(
        Fault(FaultKind.STATUS, status=502, body="<html>", content_type="text/html", accepted=accepted, times=1)
    )

    status, headers, body = exchange(5.0)

    assert (status, headers["content-type"], body) == (502, "text/html", b"<html>")
    assert len(mock.messages(PHONE)) == accepted


def test_a_malformed_answer_is_half_of_the_true_one(mock: JsmsMock, exchange: Exchange) -> None:
    """Status 200, content type JSON, and no JSON: the message went out."""
    mock.faults.add(Fault(FaultKind.MALFORMED, times=1))

    status, headers, body = exchange(5.0)

    assert (status, headers["content-type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert len(mock.messages(PHONE)) == 1


def test_a_fault_for_one_number_leaves_others_alone(mock: JsmsMock, exchange: Exchange) -> None:
    """Also when the number comes as a JSON number, with a prefix, or as one of many."""
    mock.faults.add(Fault(FaultKind.DROP, phone=PHONE))

    def post(path: str, body: object) -> int:
        content = json.dumps(body).encode()
        return mock.transport.exchange(TransportRequest("POST", f"{URL}/{path}", HEADERS, content), timeout=1)[0]

    assert post("codes", {"mobile": "13900139000", "temp_id": 1}) == 200
    for mobile in (PHONE, int(PHONE), f"+86{PHONE}"):
        with pytest.raises(ConnectionResetError):
            post("codes", {"mobile": mobile, "temp_id": 1})
    with pytest.raises(ConnectionResetError):
        post("messages/batch", {"temp_id": 1, "recipients": [{"mobile": "13900139000"}, {"mobile": PHONE}]})


@pytest.mark.parametrize(
    ("authorization", "body"),
    [
        *((HEADERS["Authorization"], body) for body in (b"", b"[]", b"7", b"{", b"\xff")),
        *((HEADERS["Authorization"], b'{"recipients": %b}' % part) for part in (b"7", b"[7]")),
        *((wrong, CODE_REQUEST) for wrong in ("", "Basic", "Basic !!", "Bearer x", "Basic /w==", "Basic YQ==")),
    ],
)
def test_a_narrow_fault_that_finds_nothing_to_read_leaves_the_request_alone(
    mock: JsmsMock, authorization: str, body: bytes
) -> None:
    """A fault by number looks into every body, one by application into the credentials; none may make it fail."""
    mock.faults.add(Fault(FaultKind.DROP, phone="13900139000", app_key=APP_KEY))
    headers = {**HEADERS, "Authorization": authorization}

    status, _, _ = mock.transport.exchange(TransportRequest("POST", f"{URL}/codes", headers, body), timeout=1)

    assert status in (400, 401, 403)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": FaultKind.DROP, "times": 0}, "times: must be at least 1"),
        ({"kind": FaultKind.DROP, "probability": 1.5}, "probability: must lie between 0 and 1"),
        ({"kind": FaultKind.DROP, "seconds": 0}, "seconds: means nothing to a fault of kind drop"),
        ({"kind": FaultKind.LATENCY}, "seconds: is needed by a fault of kind latency"),
        ({"kind": FaultKind.CODE, "code": 1}, "code: 1 is not a documented return code"),
    ],
)
def test_a_fault_that_cannot_be_names_its_field(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(FaultError, match=said):
        Fault(**wrong)


def test_the_share_of_a_probable_fault_is_what_was_asked_and_repeats_with_its_seed(mock: JsmsMock) -> None:
    """Five per cent is five per cent, and the same seed strikes the same requests."""

    def draw(seed: int) -> list[bool]:
        mock.faults.clear()
        mock.faults.add(Fault(FaultKind.DROP, probability=0.05, seed=seed))
        return [mock.faults.decide("sendCode", "k", ())[1] is not None for _ in range(4000)]

    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
    assert 0.04 < sum(draw(7)) / 4000 < 0.06


def test_delays_add_up_and_the_first_other_fault_ends_the_request(mock: JsmsMock, exchange: Exchange) -> None:
    """A slow answer can be broken as well; of two endings the one that was told first comes."""
    for fault in (
        Fault(FaultKind.LATENCY, seconds=1),
        Fault(FaultKind.LATENCY, seconds=2),
        Fault(FaultKind.CODE, code=ErrorCode.NO_MONEY, times=1),
        Fault(FaultKind.DROP),
    ):
        mock.faults.add(fault)

    assert exchange(5.0)[0] == ERRORS[ErrorCode.NO_MONEY].http_status
    assert mock.clock.now() == START + 3
    with pytest.raises(ConnectionResetError):
        exchange(5.0)


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
@pytest.mark.parametrize(
    ("kind", "error"),
    [(FaultKind.REFUSE, "ConnectError"), (FaultKind.DROP, "ReadError"), (FaultKind.HANG, "ReadTimeout")],
)
def test_httpx_and_httpx2_see_their_own_exceptions(mock: JsmsMock, library: Any, kind: FaultKind, error: str) -> None:
    """Whoever uses the generated client, or httpx itself, tests the branches that its code really has."""
    mock.faults.add(Fault(kind))
    request: dict[str, Any] = {"json": {"mobile": PHONE, "temp_id": 1}, "auth": (APP_KEY, MASTER_SECRET)}
    expected: type[Exception] = getattr(library, error)

    with library.Client(transport=mock.httpx_transport, base_url=URL) as client, pytest.raises(expected):
        client.post("/codes", **request)

    async def in_async() -> None:
        async with library.AsyncClient(transport=mock.httpx_transport, base_url=URL) as client:
            await client.post("/codes", **request)

    with pytest.raises(expected):
        asyncio.run(in_async())
    mock.faults.clear()
    with library.Client(transport=mock.httpx_transport, base_url=URL) as client:
        assert isinstance(client.post("/codes", **request), library.Response)


def test_httpx_gets_the_whole_answer(mock: JsmsMock) -> None:
    """Status, headers and body as over a socket, multipart and no timeout included."""
    with httpx.Client(transport=mock.httpx_transport, base_url=URL, auth=(APP_KEY, MASTER_SECRET)) as client:
        client.timeout = httpx.Timeout(None)
        answer = client.post(
            "/sign", files={"image0": ("a.png", b"\x89PNG\r\n\x1a\n")}, data={"sign": "测试", "type": "1"}
        )

        assert answer.status_code == 200, answer.text
        assert answer.headers["x-mock"] == "jsmskit"
        assert client.delete("/sign/" + str(answer.json()["sign_id"])).content == b""
