"""`jsms mock serve` as a process: its one line, its exit codes, its state."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from jsmskit.cli.root import command
from jsmskit.mock import APP_KEY, INSTALL, MASTER_SECRET, JsmsMock

PHONE = "13800138000"
PAIR = (APP_KEY, MASTER_SECRET)
SERVE = [sys.executable, "-m", "jsmskit", "mock", "serve"]
READY = re.compile(
    r"^The mock of JSMS is ready: service (http://\S+)/v1, control and inbox \1/_mock/, API page \1/docs\n$"
)


@contextmanager
def serving(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command until the context ends; gives the process and the origin that its line names."""
    words = [*SERVE, "--port", "0", *map(str, arguments)]
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


class Refused(Protocol):
    """Runs the command, in this process, where it cannot serve: exit code, output, error output."""

    def __call__(self, *arguments: str | Path) -> tuple[object, str, str]: ...


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run the command where it cannot serve."""

    def run(*arguments: str | Path) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            command(["mock", "serve", *map(str, arguments)], prog_name="jsms")
        return ended.value.code, *capsys.readouterr()

    return run


def send(origin: str, phone: str = PHONE) -> str:
    """Send a code and give its msg_id."""
    answer = httpx.post(f"{origin}/v1/codes", json={"mobile": phone, "temp_id": 1}, auth=PAIR)
    assert answer.status_code == 200, answer.text
    msg_id: str = answer.json()["msg_id"]
    return msg_id


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_is_ready_and_stops_when_asked(number: signal.Signals) -> None:
    """One line, no other output, exit code 0; an open wait does not keep it."""
    with serving() as (process, origin):
        send(origin)
        with httpx.Client() as client, client.stream("GET", f"{origin}/_mock/messages") as answer:
            assert answer.status_code == 200
            process.send_signal(number)
            rest, problems = process.communicate(timeout=60)
    assert (process.returncode, rest, problems) == (0, "", "")


def test_a_taken_port_is_told_and_not_success(refused: Refused, tmp_path: Path) -> None:
    """What and where, that nothing was sent, the remedy; and no new file is left behind."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, output, problem = refused("--port", str(port), "--db", tmp_path / "mock.db")

    assert (code, output) == (1, "")
    assert problem == (
        f"jsms mock serve: port {port} on 127.0.0.1 is taken.\n"
        "  was it sent?  No, a mock sends nothing.\n"
        "  what to do:   Stop what listens there, or choose another with --port (0: any)\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_other_machines_need_a_token(refused: Refused) -> None:
    code, _, problem = refused("--port", "0", "--host", "0.0.0.0")
    assert (code, problem.count("\n"), "--token" in problem) == (1, 3, True)

    with serving("--host", "0.0.0.0", "--token", "t0ken") as (_, origin):
        assert httpx.post(f"{origin}/_mock/reset").status_code == 401
        headers = {"authorization": "Bearer t0ken"}
        assert httpx.post(f"{origin}/_mock/reset", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file"),
        (b"phone,code\n13800138000,1\n" * 20, "is no database of the mock, and was not touched"),
        ("CREATE TABLE others (id INTEGER)", "is no database of the mock"),
    ],
)
def test_a_bad_database_is_told_and_left_as_it_was(
    tmp_path: Path, refused: Refused, content: bytes | str | None, problem: str
) -> None:
    """A missing folder, another kind of file, somebody else's database."""
    path = tmp_path / "mock.db"
    if content is None:
        path = tmp_path / "missing" / "mock.db"
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with sqlite3.connect(path) as connection:
            connection.execute(content)
        connection.close()
    if content is not None:
        path.chmod(0o644)
        before = path.read_bytes(), path.stat().st_mode

    code, output, told = refused("--port", "0", "--db", path)

    assert (code, output, told.count("\n")) == (1, "", 3)
    assert told.startswith(f"jsms mock serve: {path}: ")
    assert problem in told
    assert "delete" not in told.lower()
    if content is not None:
        assert (path.read_bytes(), path.stat().st_mode) == before


def test_two_mocks_do_not_share_a_file(tmp_path: Path, refused: Refused) -> None:
    with JsmsMock(db=tmp_path / "mock.db"):
        code, _, problem = refused("--port", "0", "--db", tmp_path / "mock.db")

    assert (code, "another mock uses it" in problem) == (1, True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file or directory"),
        ("{", "is not JSON"),
        ("[]", "is not of type"),
        ('{"applications": [{"app_key": "x"}]}', "master_secret"),
        ('{"applications": [{"app_key": "x", "master_secret": "y", "colour": "red"}]}', "colour"),
    ],
)
def test_a_bad_seed_is_told_and_makes_no_database(
    tmp_path: Path, refused: Refused, content: str | None, problem: str
) -> None:
    seed = tmp_path / "seed.json"
    if content is not None:
        seed.write_text(content)

    code, output, told = refused("--port", "0", "--seed", seed, "--db", tmp_path / "mock.db")

    assert (code, output, told.count("\n")) == (1, "", 3)
    assert told.startswith(f"jsms mock serve: {seed}: ")
    assert problem in told
    assert not (tmp_path / "mock.db").exists()


def test_a_seed_is_what_a_fresh_mock_holds(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    application = {
        "app_key": "a" * 24,
        "master_secret": "b" * 24,
        "balances": {"balance": 3},
        "signs": [{"sign_id": 7, "sign": "测试", "is_default": True}],
    }
    seed.write_text(json.dumps({"applications": [application]}))

    with serving("--seed", seed) as (_, origin):
        body = {"mobile": PHONE, "temp_id": 1}
        assert httpx.post(f"{origin}/v1/codes", json=body, auth=("a" * 24, "b" * 24)).status_code == 200
        assert httpx.post(f"{origin}/v1/codes", json=body, auth=PAIR).status_code == 401
        (message,) = httpx.get(f"{origin}/_mock/messages").json()["messages"]
    assert message["text"].startswith("【测试】")


def test_a_database_keeps_everything_over_a_kill(tmp_path: Path) -> None:
    """Messages, codes, schedules and the ids that were given: all there after kill -9."""
    path = tmp_path / "mock.db"
    with serving("--db", path) as (process, origin):
        msg_id = send(origin)
        schedule = {"send_time": "2099-01-01 00:00:00", "mobile": PHONE, "temp_id": 1, "temp_para": {"code": "1"}}
        task = httpx.post(f"{origin}/v1/schedule", json=schedule, auth=PAIR).json()["schedule_id"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait(60)

    with serving("--db", path) as (_, origin):
        (message,) = httpx.get(f"{origin}/_mock/messages").json()["messages"]
        assert message["msg_id"] == msg_id
        assert send(origin, "13900139000") != msg_id
        body = {"code": message["code"]}
        assert httpx.post(f"{origin}/v1/codes/{msg_id}/valid", json=body, auth=PAIR).json() == {"is_valid": True}
        shown = httpx.get(f"{origin}/v1/schedule/{task}", auth=PAIR).json()
        assert shown["send_time"] == "2099-01-01 00:00:00"


@pytest.mark.parametrize("missing", ["click", "starlette", "jsonschema_rs"])
def test_a_missing_extra_is_told_with_its_name(missing: str) -> None:
    program = (
        "import sys; sys.modules[sys.argv.pop(1)] = None\nsys.argv[0] = 'jsms'\nfrom jsmskit.cli import main; main()"
    )
    words = [sys.executable, "-c", program, missing, "mock", "serve", "--port", "0"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 3
    assert missing in done.stderr
    assert ("pip install click rich" if missing == "click" else INSTALL) in done.stderr


def test_help_needs_nothing_of_the_mock() -> None:
    """Nobody pays for what is not asked: the commands are listed without importing them."""
    program = (
        "import sys; sys.argv = ['jsms', '--help']\n"
        "from jsmskit.cli import main\n"
        "try: main()\n"
        "finally: print(sorted({'starlette', 'uvicorn', 'httpx', 'attrs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert "mock" in done.stdout
    assert done.stdout.endswith("[]\n")


def test_the_settings_of_a_served_mock_go_into_a_shell() -> None:
    """`eval "$(jsms mock env)"` is all that a client made from the environment needs."""
    with JsmsMock().serve() as server:
        words = [sys.executable, "-m", "jsmskit"]
        script = 'eval "$("$@" mock env)"; unset JSMS_MOCK_URL; exec "$@" codes send 13800138000'
        done = subprocess.run(
            ["sh", "-c", script, "sh", *words],
            env={**os.environ, "JSMS_MOCK_URL": server.url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout.strip().isdigit()) == (0, True), done.stderr
