"""What the mends of the templates promise: the made client is safe to hand to people, alone and under the
overlay.
"""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from email.parser import BytesParser
from importlib import import_module
from io import BytesIO
from typing import Any, Literal

import httpx
import pytest
from jsms_api import AuthenticatedClient, Client, errors, models
from jsms_api.api.accounts import get_app_balance
from jsms_api.api.codes import send_code
from jsms_api.api.signs import create_sign, delete_sign, update_sign
from jsms_api.models import SendCodeRequest, SignForm
from jsms_api.operations import BASE_URL, OPERATIONS
from jsms_api.types import UNSET, File, Operation, Response

Spec = dict[str, Any]
SECRET = "N2Q0MzFlNDJkZmE2YTZkNjkzYWMyZDA0OjVlOTg3YWM2"


def operation(operation_id: str) -> Operation[..., Any]:
    """Return the OPERATION object of an operation, from the module where the generator puts it."""
    info = OPERATIONS[operation_id]
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation_id)
    found: Operation[..., Any] = import_module(f"jsms_api.api.{info.tag}.{snake}").OPERATION
    return found


def examples(spec: Spec, operation_id: str, part: Literal["requestBody", "200"]) -> Iterator[tuple[str, Any]]:
    """Yield schema name and value of each example of a request body or of a success."""
    info = OPERATIONS[operation_id]
    data = spec["paths"][info.path][info.method.lower()]
    place = data.get("requestBody", {}) if part == "requestBody" else data["responses"]["200"]
    for media in place.get("content", {}).values():
        for example in media["examples"].values():
            yield media["schema"]["$ref"].rsplit("/", 1)[-1], example["value"]


# ------------------------------------------------------------------------------------------ OPERATION objects


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_an_operation_builds_what_the_table_says(spec_document: Spec, operation_id: str) -> None:
    """Method and path agree with the operations table, and every example of a request comes out as it went
    in.
    """
    info = OPERATIONS[operation_id]
    ids = {name: 1 for name in ("temp_id", "sign_id") if f"{{{name}}}" in info.path}
    ids |= {name: "a/b?c" for name in ("msg_id", "schedule_id") if f"{{{name}}}" in info.path}
    bodies = list(examples(spec_document, operation_id, "requestBody"))
    for schema, value in bodies or [("", None)]:
        body = (
            {"body": getattr(models, schema).from_dict(value)}
            if schema and info.content_type == "application/json"
            else {}
        )
        built = operation(operation_id).build(**ids, **body or ({"body": SignForm(sign="x")} if schema else {}))
        assert built["method"] == info.method.lower()
        assert built["url"] == info.path.format(msg_id="a%2Fb%3Fc", schedule_id="a%2Fb%3Fc", temp_id=1, sign_id=1)
        assert built.get("json") == (value if info.content_type == "application/json" else None)
        assert ("files" in built) == (info.content_type == "multipart/form-data")


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_an_operation_reads_every_documented_success(spec_document: Spec, operation_id: str) -> None:
    """What is read from an example holds all of it; the three deletions answer with an empty body."""
    read = operation(operation_id).read
    values = [value for _, value in examples(spec_document, operation_id, "200")]
    for value in values:
        result = read(200, copy.deepcopy(value))
        written = [item.to_dict() for item in result] if isinstance(result, list) else result.to_dict()
        assert written == value
    if not values:
        assert operation_id in {"deleteSchedule", "deleteTemplate", "deleteSign"}
        assert read(200, None) is None


JUNK = [None, True, 0, 1.5, "", "text", [], [[]], [1], ["msg_id"], [["msg_id", "1"]], {}, {"x": None}, [{"msgId": 1}]]


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_a_body_of_another_shape_gives_the_promised_errors_only(operation_id: str) -> None:
    """KeyError, TypeError or ValueError, or a result if the shape happens to fit; never anything else."""
    made = operation(operation_id)
    for value in JUNK:
        try:
            made.read(200, copy.deepcopy(value))
        except (KeyError, TypeError, ValueError):
            continue
        assert operation_id.startswith("delete") or (operation_id.startswith("pull") and value == [])


@pytest.mark.parametrize("status", [-1, 0, 100, 199, 300, 302, 400, 403, 500, 520, 999])
def test_only_a_success_is_read(status: int) -> None:
    """Everything else is the business of whoever knows the error envelope."""
    with pytest.raises(ValueError, match=f"sendCode knows no success with status {status}"):
        send_code.OPERATION.read(status, {"msg_id": "1"})


def test_another_success_is_read_like_the_documented_one() -> None:
    """A 201 with the usual body is no reason to take a sent message for a failure."""
    assert send_code.OPERATION.read(201, {"msg_id": "1"}).msg_id == "1"


# ----------------------------------------------------------------------------------------------- multipart


def parts(request: httpx.Request) -> list[tuple[str, str | None, str, bytes]]:
    """Return name, file name, type and content of each part, as a strict parser sees them."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + request.read())
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename(),
            part.get_content_type(),
            bytes(part.get_payload(decode=True) or b""),  # type: ignore[arg-type]  # leaves are bytes
        )
        for part in message.get_payload()  # type: ignore[union-attr]  # a multipart has a list
    ]


EVIL = b'\x89PNG\r\n--+++\r\nContent-Disposition: form-data; name="sign"\r\n\r\nSomebody Else\r\n--+++--\r\n'


@pytest.mark.parametrize("made", [create_sign.OPERATION, update_sign.OPERATION], ids=["create", "update"])
def test_a_picture_cannot_forge_a_form_field(made: Operation[..., Any]) -> None:
    """With the generator's own fixed boundary this picture adds a second `sign` field."""
    ids = () if made is create_sign.OPERATION else (37582,)
    picture = File(BytesIO(EVIL), file_name="card.png", mime_type="image/png")
    built = made.build(*ids, body=SignForm(sign="极光", id_card_image=picture))
    request = httpx.Request(built["method"], BASE_URL + built["url"], headers=built["headers"], files=built["files"])
    assert parts(request) == [
        ("sign", None, "text/plain", "极光".encode()),
        ("idCardImage", "card.png", "image/png", EVIL),
    ]


@pytest.mark.parametrize("mime_type", ["image/png\r\nX-Evil: 1", "image/png\nX: 1", "image/png\x00"])
def test_a_file_type_cannot_forge_a_header(mime_type: str) -> None:
    with pytest.raises(ValueError, match="control characters"):
        create_sign.OPERATION.build(body=SignForm(sign="x", id_card_image=File(BytesIO(b""), mime_type=mime_type)))


# -------------------------------------------------------------------------------------------- UNSET and reprs


@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_unset_stays_the_one_unset(again: Any) -> None:
    """Another Unset object would be sent as a value, and fail to serialise."""
    assert again(UNSET) is UNSET
    body = again(SendCodeRequest(mobile="13800138000", temp_id=1))
    assert body.sign_id is UNSET
    assert json.dumps(body.to_dict()) == '{"mobile": "13800138000", "temp_id": 1}'
    assert repr(UNSET) == "UNSET"
    assert not UNSET


def test_the_repr_of_a_client_shows_no_credential() -> None:
    """Neither before nor after the first use, when the header is set."""
    client = AuthenticatedClient(
        base_url=BASE_URL,
        token=SECRET,
        headers={"X-Key": SECRET},
        cookies={"key": SECRET},
        httpx_args={"params": {"key": SECRET}},
    )
    before = repr(client)
    client.get_httpx_client()
    client.get_async_httpx_client()
    assert SECRET not in before
    assert SECRET not in repr(client)
    assert BASE_URL in before


def test_the_repr_of_a_model_names_fields_and_shows_no_value() -> None:
    body = SendCodeRequest(mobile="13800138000", temp_id=1)
    assert repr(body) == "SendCodeRequest(mobile=..., temp_id=...)"
    response = Response(status_code=200, content=b"13800138000", headers={"x": SECRET}, parsed=body)
    assert "13800138000" not in repr(response)
    assert SECRET not in repr(response)


def test_every_model_hides_its_values() -> None:
    for name in models.__all__:
        model = getattr(models, name)
        assert issubclass(model, int) or model.__repr__.__module__ == model.__module__, name


# ------------------------------------------------------------------------------- the made client used alone


def answering(status: int, content: bytes = b"") -> AuthenticatedClient:
    """Return a client whose every request is answered like this."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    return AuthenticatedClient(base_url=BASE_URL, token=SECRET, httpx_args={"transport": transport})


@pytest.mark.parametrize("status", [299, 450, 520, 599, 999])
def test_a_status_that_nobody_registered_is_no_crash(status: int) -> None:
    """The generator's own code raises ValueError before anything else runs."""
    response = get_app_balance.sync_detailed(client=answering(status))
    assert (response.status_code, response.parsed) == (status, None)


def test_an_unexpected_status_keeps_the_content_out_of_its_message() -> None:
    """The content may hold phone numbers; it stays on the exception for those who look."""
    error = errors.UnexpectedStatus(520, b"13800138000")
    assert str(error) == "Unexpected status code: 520 (11 bytes of content)"
    assert error.content == b"13800138000"


def test_credentials_go_out_as_basic() -> None:
    """The one scheme that the service knows is the default."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={"msg_id": "1"})

    client = AuthenticatedClient(BASE_URL, SECRET, httpx_args={"transport": httpx.MockTransport(answer)})
    receipt = send_code.sync(client=client, body=SendCodeRequest(mobile="13800138000", temp_id=1))
    assert isinstance(receipt, models.CodeReceipt)
    assert receipt.msg_id == "1"
    assert seen == [f"Basic {SECRET}"]


def test_a_client_without_settings_does_not_wait_for_ever() -> None:
    """httpx takes None for "no timeout", and that was the default."""
    for client in (Client(base_url=BASE_URL), AuthenticatedClient(base_url=BASE_URL, token=SECRET)):
        timeout = client.get_httpx_client().timeout
        assert (timeout.connect, timeout.read, timeout.write, timeout.pool) == (5.0, 30.0, 30.0, 30.0)


def test_a_deletion_alone_answers_an_empty_body() -> None:
    """An empty 200 is no JSON, and is not taken for one."""
    assert delete_sign.sync_detailed(37582, client=answering(200)).parsed is None


def test_tables_and_operations_are_light_to_import() -> None:
    """Neither httpx nor any model that is not asked for is loaded: httpx costs more than all the rest
    together.
    """
    program = (
        "import sys, jsms_api, jsms_api.models, jsms_api.error_table, jsms_api.operations, jsms_api.limits\n"
        "from jsms_api.api.codes import send_code\n"
        "models = lambda: [name for name in sys.modules if name.startswith('jsms_api.models.')]\n"
        "print('httpx' in sys.modules, models())\n"
        "send_code.OPERATION.read(200, {'msg_id': '1'})\n"
        "print('httpx' in sys.modules, models())"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["False []", "False ['jsms_api.models.code_receipt']"]


@pytest.mark.parametrize("module", ["jsms_api", "jsms_api.models"])
def test_lazy_names_are_the_promised_ones(module: str) -> None:
    """Every name in __all__ is there, the list is what dir shows, and a wrong name is an AttributeError."""
    package = import_module(module)
    assert all(getattr(package, name).__name__ == name for name in package.__all__)
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = package.Nothing
