"""A mock server that is not ours, made from the spec alone, and our client understand each other."""

from __future__ import annotations

import importlib
import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsms_api import models
from jsms_api.operations import OPERATIONS, OperationInfo
from jsmskit import JsmsClient, spec
from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET

from tests.debian import leave_out
from tools.spec_linters import SPEC, environment

pytestmark = pytest.mark.xdist_group("prism")

PRISM = Path(__file__).parent / "prism"
FIXTURES = spec.load("fixtures")["operations"]
Json = Any


@pytest.fixture(scope="module")
def prism() -> Iterator[str]:
    """Prism on a free port, serving spec/openapi.yaml."""
    script = PRISM / "node_modules" / ".bin" / "prism"
    if not script.exists():
        leave_out("Prism", "its npm packages")
    command = ["node", str(script), "mock", str(SPEC), "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stdout is not None
        try:
            address = next(filter(None, map(listening, server.stdout)))
            # What it says from here on is read by somebody, or it would stop at a full pipe.
            reader = threading.Thread(target=server.stdout.read, daemon=True)
            reader.start()
            yield address
        finally:
            # The whole group: the node of the lock is a small program that starts the real one.
            os.killpg(server.pid, signal.SIGTERM)
        reader.join()


def listening(line: str) -> str | None:
    """Read the address out of the line that says that the server is ready."""
    found = re.search(r"listening on (http://\S+)", line)
    return found[1] if found else None


@pytest.fixture
def client(prism: str) -> Iterator[JsmsClient]:
    """Our client, pointed at Prism."""
    with JsmsClient(APP_KEY, MASTER_SECRET, dev_key=DEV_KEY, dev_secret=DEV_SECRET, base_url=prism) as made:
        yield made


def generated_operation(info: OperationInfo) -> Json:
    """Find the generated operation by its operationId."""
    name = re.sub(r"(?<!^)([A-Z])", r"_\1", info.operation_id).lower()
    return importlib.import_module(f"jsms_api.api.{info.tag}.{name}").OPERATION


def path_arguments(info: OperationInfo) -> list[Json]:
    """Take the example of each parameter from the spec."""
    parameters = spec.load()["components"]["parameters"].values()
    examples = {parameter["name"]: parameter["example"] for parameter in parameters}
    return [examples[name] for name in re.findall(r"\{(\w+)\}", info.path)]


def request_model(info: OperationInfo) -> Json:
    """Find the model of a request's body; None without a body."""
    operation = spec.load()["paths"][info.path][info.method.lower()]
    if "requestBody" not in operation:
        return None
    (media,) = operation["requestBody"]["content"].values()
    return getattr(models, media["schema"]["$ref"].rsplit("/", 1)[-1])


@pytest.mark.parametrize("info", OPERATIONS.values(), ids=list(OPERATIONS))
def test_our_client_reads_what_another_server_answers(info: OperationInfo, client: JsmsClient) -> None:
    """Each operation, with its smallest request, gets a documented answer and reads it whole."""
    body = {}
    if model := request_model(info):
        body["body"] = model.from_dict(FIXTURES[info.operation_id]["requests"]["minimal"]["value"])

    answer = client.call(generated_operation(info), *path_arguments(info), **body)

    documented = FIXTURES[info.operation_id]["answers"].get("200", {"deleted": {"value": None}})
    read = [entry.to_dict() for entry in answer] if isinstance(answer, list) else answer and answer.to_dict()
    assert read in [example["value"] for example in documented.values()]


def test_our_client_tells_a_code_from_another_server(client: JsmsClient) -> None:
    sent = client.codes.send("13800138000", template_id=1)

    assert sent.msg_id == "288193860302"
    assert client.codes.verify(sent.msg_id, "123456")
    assert client.messages.send("13800138000", 1250, {"number": "741627"}).msg_id.isdigit()
    assert len(client.messages.send_batch(1250, ["13812345678", "18603050709"]).accepted) == 2
