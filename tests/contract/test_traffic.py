"""What the mock says on the wire, recorded and judged by a validator that is not ours nor the fuzzer's."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from jsms_api.operations import OPERATIONS
from jsmskit import JsmsClient, JsmsError, TransportRequest, spec
from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET, JsmsMock
from jsmskit.mock.model.http import Request, Response

from tests.client.operations import CALLS
from tools.spec_linters import LINT, SPEC, run

pytestmark = pytest.mark.xdist_group("spec-linters")

SERVER = "https://api.sms.jpush.cn/v1"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
PHONE = "13900139000"

Json = Any


def form(fields: dict[str, Json]) -> dict[str, Json]:
    """Return the parts of a form; those named like pictures are files."""
    return {
        name: (f"{name}.png", PNG, "image/png")
        if name == "image0" or name.endswith(("Image", "Screenshot"))
        else (None, str(value))
        for name, value in fields.items()
    }


class Recorder:
    """Sends requests to the mock and keeps each exchange as an entry of a HAR file."""

    def __init__(self, mock: JsmsMock) -> None:
        self.mock = mock
        self.entries: list[dict[str, Json]] = []

    def call(self, operation_id: str, body: Json = None, **path: Json) -> Json:
        """Make one call with the right keys. Returns what the answer says, None if it has no body."""
        info = OPERATIONS[operation_id]
        headers = {"x-mock-code": str(code)} if (code := path.pop("mock_code", None)) else {}
        pair = (DEV_KEY, DEV_SECRET) if info.credential == "dev" else (APP_KEY, MASTER_SECRET)
        headers["authorization"] = "Basic " + base64.b64encode(":".join(pair).encode()).decode()
        target = info.path.format(**{name: quote(str(value)) for name, value in path.items()})
        is_form = info.content_type == "multipart/form-data"
        content: dict[str, Json] = {"files": form(body)} if is_form else {"json": body}
        built = httpx.Request(info.method, SERVER + target, headers=headers, **(content if body is not None else {}))
        request = Request(info.method, f"/v1{target}", "", dict(built.headers), built.read())
        reply = self.mock.handle(request)
        self.entries.append(entry(request, reply))
        return json.loads(reply.body) if reply.body else None

    def exchange(
        self, request: TransportRequest, *, timeout: float, new_connection: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Be the transport of a client: what it really writes is kept as well."""
        lowered = {name.lower(): value for name, value in request.headers.items()}
        seen = Request(request.method, urlsplit(request.url).path, "", lowered, request.body)
        reply = self.mock.handle(seen)
        self.entries.append(entry(seen, reply))
        return reply.status, reply.headers, reply.body

    def close(self) -> None:
        """Do nothing: the mock outlives its clients."""

    def har(self) -> Json:
        """Return everything that was recorded."""
        return {"log": {"version": "1.2", "creator": {"name": "tests", "version": "1"}, "entries": self.entries}}


def entry(request: Request, reply: Response) -> dict[str, Json]:
    """Write one exchange as HAR has it. Times are not looked at."""

    def pairs(headers: Json) -> list[dict[str, str]]:
        return [{"name": name, "value": value} for name, value in headers.items()]

    content_type = request.headers.get("content-type")
    posted = {"mimeType": content_type, "text": request.body.decode("utf-8", "replace")} if content_type else None
    answered = {"size": len(reply.body), "mimeType": reply.headers.get("content-type", ""), "text": reply.body.decode()}
    common = {"httpVersion": "HTTP/1.1", "cookies": [], "headersSize": -1}
    return {
        "startedDateTime": "2030-01-01T00:00:00.000Z",
        "time": 1,
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
        "request": {
            **common,
            "method": request.method,
            "url": SERVER + request.path.removeprefix("/v1"),
            "headers": pairs({name: v for name, v in request.headers.items() if name != "x-mock-code"}),
            "queryString": [],
            "bodySize": len(request.body),
            **({"postData": posted} if posted else {}),
        },
        "response": {
            **common,
            "status": reply.status,
            "statusText": "",
            "headers": pairs(reply.headers),
            "content": answered,
            "redirectURL": "",
            "bodySize": len(reply.body),
        },
    }


def every_documented_refusal(recorder: Recorder, ids: dict[str, Json]) -> None:
    """Ask each operation for each code that it documents."""
    fixtures = spec.load("fixtures")["operations"]
    for operation_id, info in OPERATIONS.items():
        minimal = fixtures[operation_id]["requests"].get("minimal", {}).get("value")
        path = {name: value for name, value in ids.items() if f"{{{name}}}" in info.path}
        for code in (code for codes in info.codes.values() for code in codes):
            recorder.call(operation_id, minimal, mock_code=code, **path)


def every_documented_request(recorder: Recorder, ids: dict[str, Json]) -> None:
    """Send each example request of the spec; what the mock's state refuses is an answer too."""
    for operation_id, operation in spec.load("fixtures")["operations"].items():
        path = {name: value for name, value in ids.items() if f"{{{name}}}" in operation["path"]}
        for example in operation["requests"].values():
            recorder.call(operation_id, example["value"], **path)


def every_success(recorder: Recorder) -> dict[str, Json]:
    """Let each operation succeed with every field that it knows. Returns ids for the path."""
    mock, call = recorder.mock, recorder.call
    notice = {"template": "您好{{name}}，包裹已到。", "type": 2, "remark": "到件"}
    code = {"template": "验证码{{code}}", "type": 1, "ttl": 90}
    template = call("createTemplate", notice)["temp_id"]
    mock.review_template(template, approve=False)
    call("updateTemplate", {**notice, "temp_id": template}, temp_id=template)
    mock.review_template(template)
    ours = call("createTemplate", code)["temp_id"]
    call("getTemplate", temp_id=ours)
    call("getTemplate", temp_id=template)
    call("deleteTemplate", temp_id=ours)
    fields = spec.load()["components"]["schemas"]["SignForm"]["properties"]
    papers = dict.fromkeys(fields, "张三") | {"sign": "北方书店", "type": 7}
    papers |= {"legalPersonIdNumber": "11010519000101000X", "socialCreditCode": "91440300MA00000000"}
    sign = call("createSign", papers)["sign_id"]
    mock.review_sign(sign, approve=False)
    call("updateSign", papers, sign_id=sign)
    mock.review_sign(sign)
    call("getSign", sign_id=sign)
    sent = call("sendCode", {"mobile": PHONE, "temp_id": 1, "sign_id": sign})["msg_id"]
    call("verifyCode", {"code": "none"}, msg_id=sent)
    call("verifyCode", {"code": mock.wait_for_code(PHONE, 0)}, msg_id=sent)
    call("sendVoiceCode", {"mobile": "13900139001", "code": "0394", "voice_lang": 1, "ttl": 60})
    para = {"temp_para": {"name": "欧阳娜娜🎉"}}
    one = {"mobile": "13900139002", "temp_id": template, "sign_id": sign, **para}
    many = {
        "temp_id": template,
        "sign_id": sign,
        "recipients": [{"mobile": "13900139003", **para}, {"mobile": "15400050006", **para}],
    }
    call("sendMessage", one)
    call("sendMessageBatch", {**many, "tag": "双十一"})
    later = {"send_time": "2098-07-01 09:00:00"}
    task = call("createSchedule", {**one, **later})["schedule_id"]
    call("updateSchedule", {**one, **later}, schedule_id=task)
    call("getSchedule", schedule_id=task)
    tasks = call("createScheduleBatch", {**many, **later, "tag": "双十一"})["schedule_id"]
    call("updateScheduleBatch", {**many, **later}, schedule_id=tasks)
    call("deleteSchedule", schedule_id=task)
    mock.advance(120)
    mock.reply("13900139002", "收到，谢谢！😀")
    for operation_id in ("getAppBalance", "getAccountBalance", "pullReports", "pullReplies"):
        call(operation_id)
    spare = call("createSign", {"sign": "极光推送"})["sign_id"]
    mock.review_sign(spare)
    call("deleteSign", sign_id=spare)
    return {"temp_id": template, "sign_id": sign, "schedule_id": tasks, "msg_id": sent}


def every_call_of_the_client(recorder: Recorder) -> None:
    """Let the client write each operation. What the mock's state refuses is an answer too."""
    with JsmsClient(APP_KEY, MASTER_SECRET, dev_key=DEV_KEY, dev_secret=DEV_SECRET, transport=recorder) as client:
        for call in CALLS.values():
            with suppress(JsmsError):
                call(client)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A HAR file: every success, every example request, every documented refusal, every call of the client."""
    with JsmsMock() as mock:
        recorder = Recorder(mock)
        ids = every_success(recorder)
        every_documented_request(recorder, ids)
        every_documented_refusal(recorder, ids)
        every_call_of_the_client(recorder)
    path = tmp_path_factory.mktemp("traffic") / "suite.har"
    path.write_text(json.dumps(recorder.har(), ensure_ascii=False), encoding="utf-8")
    return path, len(recorder.entries)


def judged(har: Path, folder: Path) -> tuple[dict[str, Json], dict[str, Json]]:
    """Let Redocly's drift compare traffic with the spec. Returns its findings and its measure of coverage."""
    report, coverage = folder / "drift.json", folder / "coverage.json"
    done = run(
        *("redocly", "drift", har, "--api", SPEC, "--server", SERVER, "--traffic-format", "har"),
        *("--format", "json", "--output", report, "--coverage", "--coverage-output", coverage),
        *("--config", LINT / "redocly.yaml", "--ignore-headers", "x-mock"),
    )
    assert report.exists(), done.stdout + done.stderr
    return json.loads(report.read_text(encoding="utf-8")), json.loads(coverage.read_text(encoding="utf-8"))


def test_a_second_validator_finds_nothing(
    recorded: tuple[Path, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 findings, all operations, and at least 95 % of the schemas' properties were seen on the wire."""
    report, coverage = judged(recorded[0], tmp_path)
    totals = coverage["totals"]
    shares = {name: f"{seen['covered']} of {seen['total']}" for name, seen in totals.items()}
    with capsys.disabled():
        print(f"\ndrift: {len(report['problems'])} findings in {recorded[1]} exchanges; seen: {shares}")

    assert report["problems"] == []
    assert report["run"]["documentedExchanges"] == recorded[1]
    assert totals["operations"]["covered"] == totals["operations"]["total"] == 23
    assert totals["properties"]["covered"] >= 0.95 * totals["properties"]["total"]
    assert totals["responses"]["covered"] >= 0.95 * totals["responses"]["total"]


def test_the_second_validator_sees_a_wrong_answer(recorded: tuple[Path, int], tmp_path: Path) -> None:
    """A judge that finds nothing must be able to find something: here one code is written as text."""
    traffic = recorded[0].read_text(encoding="utf-8").replace('\\"code\\":50010', '\\"code\\":\\"50010\\"', 1)
    wrong = tmp_path / "wrong.har"
    wrong.write_text(traffic, encoding="utf-8")

    report, _ = judged(wrong, tmp_path)

    assert traffic != recorded[0].read_text(encoding="utf-8")
    assert [problem["ruleId"] for problem in report["problems"]] != []
