"""The live check finds every other reading of the service and invents none; nothing private leaves, no send is lost."""

from __future__ import annotations

import json
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsmskit import JsmsClient, OnlyTo, TransportRequest, WithheldError
from jsmskit.live_check.probes import PROBES, Stage
from jsmskit.live_check.proposal import ReportError, observations, patch
from jsmskit.live_check.run import LiveCheck
from jsmskit.mock import (
    APP_KEY,
    DEFAULT_SEED,
    DEV_KEY,
    DEV_SECRET,
    MASTER_SECRET,
    AccessFlags,
    JsmsMock,
    Reading,
    Review,
    Seed,
    Settings,
)

PHONE = "13912345678"
ACCOUNT = {"dev_key": DEV_KEY, "dev_secret": DEV_SECRET}
SPEC = Path(__file__).parents[2] / "spec" / "openapi.yaml"
Said = tuple[int, Mapping[str, str], bytes]
#: How a request is answered, given the request and how the mock answers it.
Server = Callable[[TransportRequest, Callable[[], Said]], Said]


class Recorder:
    """A transport to the mock; from the request `turn` on another server answers."""

    def __init__(self, mock: JsmsMock, hostile: Server | None = None, turn: int = 0) -> None:
        self.mock = mock
        self.requests: list[TransportRequest] = []
        self._hostile = hostile
        self._turn = turn

    def exchange(self, request: TransportRequest, *, timeout: float, new_connection: bool) -> Said:
        self.requests.append(request)

        def pass_on() -> Said:
            return self.mock.transport.exchange(request, timeout=timeout, new_connection=new_connection)

        if self._hostile is None or len(self.requests) <= self._turn:
            return pass_on()
        return self._hostile(request, pass_on)

    def close(self) -> None:
        pass


@contextmanager
def checked(
    *,
    settings: Settings | None = None,
    state: Seed = DEFAULT_SEED,
    texts: int = 3,
    hostile: Server | None = None,
    turn: int = 0,
    ask_code: Callable[[], str] | None = None,
    account: Mapping[str, str] = ACCOUNT,
) -> Iterator[tuple[LiveCheck, Recorder]]:
    """A live check that has run, and what it asked."""
    with JsmsMock(1, state=state, settings=settings or Settings()) as mock:
        recorder = Recorder(mock, hostile, turn)
        client = JsmsClient(APP_KEY, MASTER_SECRET, transport=recorder, **account)
        check = LiveCheck(
            client, PHONE, texts, ask_code or (lambda: "".join(one.code or "" for one in mock.messages()[-1:]))
        )
        check.run()
        yield check, recorder


def deviating(check: LiveCheck) -> set[str]:
    """The open questions on which an answer is other than expected; the probe where it belongs to none."""
    return {
        doubt
        for result in check.results
        for fact, _found in result.deviations
        for doubt in fact.doubts or (result.probe.name,)
    }


def private(recorder: Recorder) -> set[str]:
    """Everything that no report may hold."""
    mock = recorder.mock
    found = {APP_KEY, MASTER_SECRET, DEV_KEY, DEV_SECRET, PHONE, "api.sms.jpush.cn"}
    found |= {str(message.msg_id) for message in mock.messages()}
    found |= {message.code for message in mock.messages() if message.code}
    for request in recorder.requests:
        found |= {request.headers.get("Authorization", PHONE).removeprefix("Basic ")}
        if request.url.rpartition("/")[2].count("-") == 4:
            found.add(request.url.rpartition("/")[2])
    return found


def assert_nothing_private(check: LiveCheck, recorder: Recorder) -> None:
    report = json.dumps(check.report(), ensure_ascii=False)
    assert not {one for one in private(recorder) if one in report}
    assert not any(message.text in report for message in recorder.mock.messages())


def test_the_mock_as_it_is_agrees_on_everything() -> None:
    """No deviation is invented; every probe is asked; three texts; what was made is gone."""
    with checked(settings=Settings(review=Review.MANUAL)) as (check, recorder):
        assert deviating(check) == set()
        assert [result.probe.name for result in check.results if result.found is None] == []
        assert (check.surprise, check.sent, check.left) == ("", 3, [])
        assert [message.phone for message in recorder.mock.messages()] == [PHONE] * 3
        made = sum(
            request.method == "POST" and request.url.endswith(("/schedule", "/templates", "/sign"))
            for request in recorder.requests
        )
        assert made > 10
        recorder.mock.advance(4000 * 86_400)
        assert len(recorder.mock.messages()) == 3  # no schedule has stayed
        assert_nothing_private(check, recorder)


#: Each switch of the mock is one open question, by the number that it begins with; three are settings.
OTHER = {reading: (Settings(readings=(reading,)), reading.partition("-")[0]) for reading in Reading} | {
    "text_limit": (Settings(text_limit=350), "C10"),
    "remark_limit": (Settings(remark_limit=500), "C13"),
    "repeat_window_seconds": (Settings(repeat_window_seconds=600), "send the same message again"),
}


@pytest.mark.parametrize("other", OTHER)
def test_another_reading_is_found_and_named_and_nothing_else_is(other: str) -> None:
    settings, named = OTHER[other]
    with checked(settings=settings) as (check, recorder):
        assert deviating(check) == {named}
        assert (check.surprise, check.left) == ("", [])
        assert all(result.found is not None for result in check.results)
        assert_nothing_private(check, recorder)


def test_all_other_readings_at_once_are_all_found() -> None:
    """None hides another."""
    # With these two, other probes get no far as to show theirs.
    readings = tuple(set(Reading) - {Reading.FAILED_BATCH_REFUSED, Reading.REFUSED_CHECK_IS_200})
    with checked(settings=Settings(readings=readings)) as (check, _recorder):
        assert deviating(check) >= {one.partition("-")[0] for one in readings} - {"C3"}


def test_free_sends_nothing() -> None:
    """Nor does it ask anything that could; nothing is proposed about what was not asked."""
    with checked(texts=0) as (check, recorder):
        assert recorder.mock.messages() == []
        assert (check.sent, check.surprise, deviating(check)) == (0, "", set())
        assert not any(result.probe.costs and result.found for result in check.results)
        assert "send a code" not in patch(check.report(), SPEC.read_text("utf-8"))


def test_a_number_that_the_recipient_guard_withholds_is_not_asked_about() -> None:
    with JsmsMock(1) as mock:
        recorder = Recorder(mock)
        client = JsmsClient(APP_KEY, MASTER_SECRET, recipients=OnlyTo("13800138000"), transport=recorder)
        with pytest.raises(WithheldError):
            LiveCheck(client, PHONE, 3, lambda: "").run()
        assert recorder.requests == []


def test_only_the_given_number_is_ever_named() -> None:
    """In whatever form; and the number of one digit, which is nobody's."""
    with checked() as (_check, recorder):
        for request in recorder.requests:
            try:
                body = json.loads(request.body or b"{}")
            except ValueError:
                continue
            entries = [body, *body.get("recipients", [])] if isinstance(body, dict) else []
            named = {str(one["mobile"]) for one in entries if "mobile" in one}
            assert named <= {PHONE, f"+86{PHONE}", "1"}


def test_without_the_code_the_rest_is_asked() -> None:
    """A person to whom no text comes still learns the rest."""
    with checked(ask_code=lambda: "") as (check, _recorder):
        left_out = [result.probe.name for result in check.results if result.found is None]
        assert left_out
        assert all(name.startswith("check ") for name in left_out)


def test_without_the_account_s_pair_only_its_balance_is_left_out() -> None:
    with checked(account={}) as (check, _recorder):
        assert [result.probe.name for result in check.results if result.found is None] == ["balance of the account"]


@pytest.mark.parametrize(("value", "kind"), [([7], "a list"), ({PHONE: 7}, "an object")])
def test_a_value_of_another_kind_is_reported_by_its_kind(value: object, kind: str) -> None:
    def answer(request: TransportRequest, pass_on: Callable[[], Said]) -> Said:
        balance = 200, {}, json.dumps({"dev_balance": value}).encode()
        return balance if request.url.endswith("/accounts/dev") else pass_on()

    with checked(texts=0, hostile=answer) as (check, recorder):
        assert kind in {found for result in check.results for _fact, found in result.deviations}
        assert_nothing_private(check, recorder)


@pytest.mark.parametrize(
    ("account", "answer"), [({"sms_open": False}, "403 50008"), ({"allowed_ips": ("192.0.2.1",)}, "403 50035")]
)
def test_an_account_that_may_not_send_decides_little(account: dict[str, Any], answer: str) -> None:
    """Its refusals are shown, and are no reading of an open question."""
    first = DEFAULT_SEED.applications[0]
    application = replace(first.application, switches=AccessFlags(**account))
    state = replace(DEFAULT_SEED, applications=(replace(first, application=application),))
    with checked(state=state) as (check, recorder):
        refused = [one for result in check.results for one in result.deviations if one[1] == answer]
        assert refused
        assert not any(fact.decides(found) for fact, found in refused)
        assert recorder.mock.messages() == []


def test_a_code_that_was_mistyped_decides_nothing() -> None:
    """It is refused, which says nothing about the service."""
    with checked(ask_code=lambda: "0") as (check, _recorder):
        assert check.surprise == ""
        assert not any(fact.decides(found) for one in check.results for fact, found in one.deviations)


def test_an_interruption_at_any_request_leaves_no_schedule() -> None:
    """What is known to be made is deleted; what is under way is not asked for again."""
    for turn in range(MAKING, len(PROBES)):
        rest = iter([KeyboardInterrupt])

        def interrupt(_request: TransportRequest, pass_on: Callable[[], Said], rest: Any = rest) -> Said:
            for error in rest:
                raise error
            return pass_on()

        with checked(hostile=interrupt, turn=turn) as (check, recorder):
            assert (check.surprise, check.left) == ("interrupted", [])
            assert {one.method for one in recorder.requests[turn + 1 :]} <= {"DELETE"}
            sent = len(recorder.mock.messages())
            assert sent <= check.sent
            recorder.mock.advance(4000 * 86_400)
            assert len(recorder.mock.messages()) == sent


def echo(request: TransportRequest, _pass_on: Callable[[], Said]) -> Said:
    """Says everything that it was told wherever a report could repeat it."""
    told = " ".join((request.url, *request.headers.values(), request.body.decode(errors="replace")))
    everything = {told: told, "code": told, "message": told, "msg_id": told, "mobile": [PHONE, int(PHONE)]}
    content = json.dumps({**everything, "error": {**everything, "code": int(PHONE)}, "temp_para": {PHONE: told}})
    return 403, {"content-type": told, PHONE: told, "x-limit": told}, content.encode()


def hang(_request: TransportRequest, pass_on: Callable[[], Said]) -> Said:
    pass_on()
    raise TimeoutError(PHONE)


def refuse_connection(_request: TransportRequest, _pass_on: Callable[[], Said]) -> Said:
    raise ConnectionRefusedError(PHONE)


#: How many requests come before the first that makes something.
MAKING = sum(probe.stage is Stage.HARMLESS for probe in PROBES)
HOSTILE: dict[str, Server] = {
    "echo": echo,
    "hang": hang,
    "refused": refuse_connection,
    "garbage": lambda *_: (200, {}, b"\x00\xff" * 99),
    "redirect": lambda *_: (302, {"location": "https://example.com/"}, b""),
    "teapot": lambda *_: (418, {"content-type": "text/html"}, b"<html>"),
    "broken": lambda *_: (500, {}, b"{" * 50_000),
    "deep": lambda *_: (403, {}, b"[" * 900 + b"]" * 900),
    "always yes": lambda *_: (
        200,
        {"content-type": "application/json"},
        b'{"msg_id": "1", "schedule_id": "../codes", "app_balance": 1, "temp_id": 1, "is_valid": true}',
    ),
    "always no": lambda *_: (403, {}, b'{"error": {"code": 59999, "message": "no"}}'),
}


@pytest.mark.parametrize("server", HOSTILE)
def test_a_hostile_server_gets_no_send_and_nothing_private_into_the_report(server: str) -> None:
    """From the first request on: nothing is made, nothing is sent, and no request is made twice."""
    with checked(hostile=HOSTILE[server]) as (check, recorder):
        assert check.sent == 0
        assert all(result.probe.stage is Stage.HARMLESS for result in check.results if result.found is not None)
        assert_nothing_private(check, recorder)


@pytest.mark.parametrize("server", ["echo", "hang", "garbage", "always yes"])
def test_a_service_that_turns_hostile_in_the_middle_costs_nothing_more(server: str) -> None:
    """At every third request: after a surprise only what was made is deleted, once; what was sent is counted."""
    with checked() as (_check, recorder):
        total = len(recorder.requests)
    for turn in (1, *range(MAKING, total, 3)):
        with checked(hostile=HOSTILE[server], turn=turn) as (check, recorder):
            assert len(recorder.mock.messages()) <= check.sent <= 3
            if turn >= MAKING:
                assert check.surprise or server in ("echo", "always yes")
            if turn >= MAKING and check.surprise and server != "always yes":  # whose lies are seen late
                # The first answer that is none ends it; deletions follow, each once.
                after = recorder.requests[turn:]
                assert {one.method for one in after[1:]} <= {"DELETE"}
                deleted = [one.url for one in after if one.method == "DELETE"]
                assert len(deleted) == len(set(deleted))
            assert_nothing_private(check, recorder)


@pytest.mark.parametrize("said", [b"SSH-2.0-x\r\n", b"", b"HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"])
def test_over_a_socket_it_is_the_same(said: bytes) -> None:
    """The client's own transport: one request, then nothing more."""
    asked: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline())
            self.wfile.write(said)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        with JsmsClient(APP_KEY, MASTER_SECRET, base_url=url) as client:
            check = LiveCheck(client, PHONE, 3, lambda: "")
            check.run()
        server.shutdown()
    assert asked == [b"POST /v1/codes HTTP/1.1\r\n"]
    assert check.surprise in ("no response", "a redirect")
    assert "127.0.0.1" not in json.dumps(check.report())


def report(**changes: Any) -> dict[str, Any]:
    """A report, as it comes out of a file."""
    with checked(settings=Settings(readings=(Reading.REFUSED_CHECK_IS_200,))) as (check, _recorder):
        return {**json.loads(json.dumps(check.report())), **changes}


def read_spec(place: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(place.read_text("utf-8"), yaml.CSafeLoader)
    return read


def test_a_report_becomes_a_patch_for_the_checkout(tmp_path: Path) -> None:
    """git applies it; the questions say what was observed, taken or not; earlier observations stay."""
    (tmp_path / "spec").mkdir()
    before = SPEC.read_text("utf-8")
    (tmp_path / "spec" / "openapi.yaml").write_text(before, "utf-8")
    made = report(date="2030-01-02")

    proposal = patch(made, before)

    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply"], input=proposal, text=True, cwd=tmp_path, check=True)
    after = read_spec(tmp_path / "spec" / "openapi.yaml")
    whole = read_spec(SPEC)
    old = {one["id"]: one for one in whole.pop("x-jsms-doubts")}
    new = {one["id"]: one for one in after.pop("x-jsms-doubts")}
    said = observations(made)
    assert len(said) > 20
    assert {doubt for doubt in new if new[doubt] != old[doubt]} == set(said)
    assert "check a wrong code, time 1: 200 (not as chosen, which is 403)" in new["C2"]["observed"]["what"]
    assert old["C2"]["observed"]["what"] in new["C2"]["observed"]["what"]
    assert new["C20"]["observed"] == {"date": "2030-01-02", "what": "delete it: none: no content (as chosen)"}
    captured = json.loads((tmp_path / "tests/contract/captures/live-2030-01-02.json").read_text("utf-8"))
    examples = {one["id"]: one for one in captured}
    assert examples["2030-01-02 check it again"]["response"]["body"] == {
        "is_valid": False,
        "error": {"code": 50012, "message": "verified code"},
    }
    assert after == whole


@pytest.mark.parametrize(
    "changes",
    [
        {"form": "another"},
        {"date": "2030-01-02', what: ''}"},
        {"address": "another"},
        {"probes": [{"probe": "unknown", "asked": True}]},
        {"probes": [{"probe": "no body", "asked": True, "findings": [{"what": "answer", "found": "x\n'}"}]}]},
        {"probes": [{"probe": "no body", "asked": True, "example": {"request": "x" * 9999, "response": ""}}]},
    ],
    ids=str,
)
def test_what_is_no_report_of_the_service_becomes_no_patch(changes: dict[str, Any]) -> None:
    """A report comes from elsewhere: only words of the table get into the spec."""
    with pytest.raises(ReportError):
        patch(report(**changes), SPEC.read_text("utf-8"))


def test_a_checkout_without_the_question_becomes_no_patch() -> None:
    """A report of a later version."""
    with pytest.raises(ReportError, match="no open question"):
        patch(report(), "x-jsms-doubts:\n")


def test_every_probe_names_questions_that_there_are_and_each_name_is_used_once() -> None:
    questions = {one["id"] for one in read_spec(SPEC)["x-jsms-doubts"]}
    assert {doubt for probe in PROBES for doubt in probe.doubts} <= questions
    assert len({probe.name for probe in PROBES}) == len(PROBES)
