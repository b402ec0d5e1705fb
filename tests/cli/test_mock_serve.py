"""`jsms mock serve` as a process: its one line, its exit codes, its state."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from shell import Shell

PHONE = "13800138000"
PAIR = (APP_KEY, MASTER_SECRET)
JSMS = [sys.executable, "-m", "jsmskit"]
READY = re.compile(
    r"^The mock of JSMS is ready: service (http://\S+)/v1, control and inbox \1/_mock/, API page \1/docs\n$"
)


@contextmanager
def serving(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command until the context ends; gives the process and the origin that its line names."""
    words = [*JSMS, "mock", "serve", "--port", "0", *map(str, arguments)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            told = READY.match(line)
            assert told is not None, (line, process.communicate(timeout=60))
            yield process, told[1]
        finally:
            process.kill()
            process.communicate(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_is_ready_and_stops_when_asked(number: signal.Signals) -> None:
    """One line, no other output, exit code 0; an open connection does not keep it."""
    with serving() as (process, origin), httpx.stream("GET", f"{origin}/_mock/messages") as answer:
        assert answer.status_code == 200
        process.send_signal(number)
        rest, problems = process.communicate(timeout=60)
    assert (process.returncode, rest, problems) == (0, "", "")


def test_it_prints_a_line_a_request() -> None:
    with serving("--log", "text") as (process, origin):
        httpx.get(f"{origin}/v1/\x9bnothing", auth=PAIR)
        httpx.get(f"{origin}/v1/accounts/app", auth=PAIR)
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(2)]
    assert re.fullmatch(r"\S+ \S+  GET /v1/%C2%9Bnothing  404  50016  \d+\.\d ms\n", told[0])
    assert re.fullmatch(r"\S+ \S+  getAppBalance  200  \d+\.\d ms\n", told[1])


def changes_of(folder: Path) -> dict[Path, int]:
    """When each file was written last. To read one would end the lock that this process has on it."""
    return {path: path.stat().st_mtime_ns for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("arguments", "told", "remedy"),
    [
        (("--port", "{taken}"), "port {taken} on 127.0.0.1 is taken.", "Stop what listens there, or choose another"),
        (("--host", "0.0.0.0"), "", "--token"),
        (("--db", "bad.db"), "bad.db: ", ""),
        (("--db", "used.db"), "used.db: another mock uses it", ""),
        (("--seed", "none.json"), "none.json: No such file or directory", ""),
        (("--seed", "bad.json"), "bad.json: ", ""),
    ],
)
def test_where_it_cannot_serve_it_says_why_and_leaves_all_as_it_was(
    shell: Shell, tmp_path: Path, arguments: tuple[str, ...], told: str, remedy: str
) -> None:
    """What and where, that nothing was sent, the remedy; and no new file is left behind."""
    (tmp_path / "bad.db").write_bytes(b"phone,code\n13800138000,1\n" * 20)
    (tmp_path / "bad.json").write_text('{"applications": [{"app_key": "x"}]}')
    with JsmsMock(db=tmp_path / "used.db"), socket.create_server(("127.0.0.1", 0)) as listener:
        taken = str(listener.getsockname()[1])
        before = changes_of(tmp_path)
        words = ["--port", "0", *(word.format(taken=taken) for word in arguments)]
        if "--db" not in words:
            words += ["--db", "new.db"]
        done = shell.piped("mock", "serve", *words)
        assert changes_of(tmp_path) == before

    happened, sent, advice = done.err.splitlines()
    assert (done.code, done.out, sent) == (1, "", "  was it sent?  No, a mock sends nothing.")
    assert happened.startswith(f"jsms mock serve: {told.format(taken=taken)}")
    assert advice.startswith("  what to do:   ")
    assert remedy in advice


def test_a_seed_is_what_a_new_database_holds_and_nothing_else(tmp_path: Path) -> None:
    """What the file has kept, over a kill too, goes before the seed."""
    pair = ("a" * 24, "b" * 24)
    application = {"app_key": pair[0], "master_secret": pair[1], "balances": {"balance": 3}}
    (tmp_path / "seed.json").write_text(json.dumps({"applications": [application]}))
    arguments = ("--db", tmp_path / "mock.db", "--seed", tmp_path / "seed.json")
    with serving(*arguments) as (process, origin):
        body = {"mobile": PHONE, "temp_id": 1, "temp_para": {"code": "1"}}
        assert httpx.post(f"{origin}/v1/messages", json=body, auth=PAIR).status_code == 401
        assert httpx.post(f"{origin}/v1/messages", json=body, auth=pair).status_code == 403, "no sign"
        httpx.put(f"{origin}/_mock/balances", json={"app_key": pair[0], "balances": {"balance": 2}}).raise_for_status()
        process.kill()
        process.wait(60)
    with serving(*arguments) as (_, origin):
        assert httpx.get(f"{origin}/v1/accounts/app", auth=pair).json()["app_balance"] == 2


def test_the_settings_of_a_served_mock_go_into_a_shell(served: tuple[JsmsMock, str]) -> None:
    """`eval "$(jsms mock env)"` is all that a client made from the environment needs."""
    script = 'eval "$("$@" mock env)"; unset JSMS_MOCK_URL; exec "$@" codes send 13800138000'
    env = {**os.environ, "JSMS_MOCK_URL": served[1]}
    done = subprocess.run(
        ["sh", "-c", script, "sh", *JSMS], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip().isdigit()) == (0, True), done.stderr
