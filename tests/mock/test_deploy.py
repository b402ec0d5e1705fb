"""What docs/deploy says is tried part by part, without a container engine: the command, the variables, the snippets."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from jsmskit import JsmsClient

CHECKED = re.compile(r"(FROM|COPY|RUN|USER|VOLUME|EXPOSE|CMD)\b")


def instructions(folder: Path) -> list[tuple[str, str]]:
    """Read the Dockerfile: instruction and argument, lines joined, comments left out."""
    text = (folder / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert all(CHECKED.match(line) for line in lines), lines
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def test_the_command_of_the_image_serves_and_the_variables_of_compose_reach_it(root: Path, tmp_path: Path) -> None:
    """As the application in the other container would: over plain http, with the sample keys, by another address."""
    folder = root / "docs" / "deploy"
    found = instructions(folder)
    assert found[0][0] == "FROM"
    assert [name for name, _ in found][-1] == "CMD"
    command: list[str] = json.loads(found[-1][1])
    assert '"$(ls /tmp/jsmskit-*.whl)[cli,mock]"' in dict(found)["RUN"]
    assert dict(found)["COPY"] == "jsmskit-*.whl /tmp/"
    assert f"--uid {dict(found)['USER']} " in dict(found)["RUN"]
    compose: Any = yaml.safe_load((folder / "compose.yaml").read_text("utf-8"))
    command[command.index("--db") + 1] = str(tmp_path / "mock.db")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JSMS_")}
    served = subprocess.Popen(
        [sys.executable, "-m", "jsmskit", *command[1:], "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env={**environment, "JSMS_MOCK_TOKEN": "let-me-in"},
    )
    try:
        assert served.stdout is not None
        assert "is ready" in served.stdout.readline()
        told: dict[str, str] = compose["services"]["app"]["environment"]
        assert told["JSMS_BASE_URL"] == "http://jsms-mock:5767/v1"
        there = {**told, "JSMS_BASE_URL": f"http://127.0.0.2:{port}/v1"}
        with JsmsClient.from_env(environ=there) as client:
            client.codes.send("13800138000")
        line = json.loads(served.stdout.readline())
    finally:
        served.terminate()
        served.wait()
        if served.stdout is not None:
            served.stdout.close()
    assert (line["operation"], line["status"], line["recipient"]) == ("sendCode", 200, "138****8000")
    JsmsClient.from_env(environ=told).close()  # the name of the other container is accepted


def test_the_snippets_are_yaml_and_use_commands_that_exist(root: Path) -> None:
    """Every `jsms mock ...` in them has a help page."""
    folder = root / "docs" / "deploy"
    for name in ("compose.yaml", "github-actions.yml", "gitlab-ci.yml"):
        assert yaml.safe_load((folder / name).read_text("utf-8"))
    text = "".join(path.read_text("utf-8") for path in folder.iterdir())
    commands = set(re.findall(r"jsms mock ([a-z]+)", text))
    assert {"serve", "env", "messages"} <= commands
    for command in commands:
        subprocess.run([sys.executable, "-m", "jsmskit", "mock", command, "--help"], check=True, capture_output=True)
