"""Commands that the mock suggests, run as they stand: in an empty folder, with nothing in the environment."""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import httpx
import jsmskit
import pytest
from jsmskit.cli.commands import mock as mock_command
from jsmskit.mock import APP_KEY, LIBRARIES, MASTER_SECRET, JsmsMock, Review
from jsmskit.mock.control.document import DOCUMENT_PATH
from packaging.requirements import Requirement

from tests.cli.shell import Done, Shell
from tests.mock.receiver import receiving

PHONE = "13800138000"


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    return Shell(tmp_path, {"BROWSER": "true"})


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
        return number


def run(shell: Shell, text: str, typed: str = "") -> Done:
    """Run a command; what stands behind `>` is written to that file."""
    command, _, file = text.partition(" > ")
    words = shlex.split(command)
    assert words[0] == "jsms", text
    done = shell.piped(*words[1:], typed=typed)
    assert done.code == 0, (text, done)
    if file:
        (shell.folder / file).write_text(done.out, "utf-8")
    return done


def suggested(text: str) -> str:
    """The last command that a text names, up to the end of its sentence."""
    return str(re.findall(r"jsms [^()]*?(?=\.? *\(|\. |\.?$)", " ".join(text.split()))[-1])


def test_each_hint_leads_to_the_next_command(bare: Shell, port: int) -> None:
    """From "no mock answers" to a code that is verified, a schedule that is cancelled and a template's review."""
    there = f"--mock=http://127.0.0.1:{port}"
    refused = bare.piped("codes", "send", PHONE, there)
    assert refused.code != 0
    assert f"Start a mock: jsms mock serve --port {port}. " in refused.err
    refused = bare.piped("mock", "messages", "--url", f"http://127.0.0.1:{port}")
    start = re.search(r"Start one: (jsms mock serve --port \d+)\. ", " ".join(refused.err.split()))
    assert start is not None

    server = bare.terminal(*shlex.split(start[1])[1:], columns=500)
    server.sees("Try it from another terminal: ")
    try:
        send = f"jsms codes send {PHONE} {there}"
        server.sees(f"{send} (Ctrl-C")
        sent = bare.terminal(*shlex.split(send)[1:], columns=500).ends()
        code = run(bare, f"jsms mock wait --code --url http://127.0.0.1:{port}").out
        assert run(bare, suggested(sent.said), typed=code).out == "ok\n"

        for words in (
            ("schedules", "create", PHONE, "--template", "1", "--param", "code=123456", "--at", "+2h", "--yes"),
            ("templates", "create", "Hello {{name}}", "--type", "notice"),
        ):
            done = bare.terminal(*words, there, columns=500).ends()
            assert done.code == 0, done.screen
            assert there in suggested(done.said)
            run(bare, suggested(done.said))

        refused = bare.piped("codes", "send", "154000" + "50013", there)
        explain = re.search(r"\(More: (jsms explain \d+)\)", " ".join(refused.err.split()))
        assert explain is not None
        run(bare, explain[1])

        (bare.folder / "bad.json").write_text("{", "utf-8")
        bad = bare.piped("mock", "state", "--load", "bad.json", "--url", f"http://127.0.0.1:{port}")
        assert run(bare, suggested(bad.err)).out.startswith("{")
    finally:
        server.ends_by(b"\x03")


@pytest.fixture
def team(bare: Shell) -> Iterator[tuple[JsmsMock, str]]:
    """A mock with what the examples name: two templates and a sign in review. Told to the shell."""
    pair = (APP_KEY, MASTER_SECRET)
    with JsmsMock(seed=7) as mock, mock.serve() as server, httpx.Client(base_url=server.url, auth=pair) as client:
        mock.settings = mock.settings.with_changes(review=Review.MANUAL, limits=False)
        for name in "一二":
            client.post("/templates", json={"template": f"{name}{{{{a}}}}", "type": 2}).raise_for_status()
        first = client.post("/sign", files={"sign": (None, "测试一号")}).raise_for_status()
        mock.review_sign(first.json()["sign_id"])
        client.post("/sign", files={"sign": (None, "测试二号")}).raise_for_status()
        client.post("/codes", json={"mobile": PHONE, "temp_id": 1}).raise_for_status()
        bare.env["JSMS_MOCK_URL"] = server.origin
        yield mock, server.origin


def examples_of_help() -> list[str]:
    texts = [each.help or "" for each in mock_command.command.commands.values()]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    return [one for line in lines for one in re.findall(r'^(?:eval "\$\()?(jsms mock [^)"]+)', line)]


def examples_of_the_page() -> list[str]:
    """The table of the page for teams; what follows in a row leaves out `jsms mock`."""
    text = (Path(__file__).parents[2] / "docs/mock-for-teams.md").read_text("utf-8")
    rows = re.findall(r"^\| (`jsms mock .*?) \|", text, re.MULTILINE)
    named = [command for row in rows for command in re.findall(r"`([^`]+)`", row)]
    return [one if one.startswith("jsms ") else f"jsms mock {one}" for one in named]


@pytest.mark.parametrize("source", [examples_of_help, examples_of_the_page])
def test_each_example_works_as_it_is_written(
    source: Callable[[], list[str]], bare: Shell, team: tuple[JsmsMock, str]
) -> None:
    """One after the other; only the address of the receiver, the number and the text are the reader's own."""
    mock, origin = team
    examples = source()
    assert len(examples) >= 12
    with receiving() as receiver:
        own = {"http://127.0.0.1:8000/jsms-callback": receiver.url, "URL": receiver.url, "PHONE": PHONE, "TEXT": "hi"}
        for example in examples:
            text = " ".join(own.get(word, word) for word in example.split(" "))
            if text.startswith("jsms mock tail"):
                following = bare.terminal(*shlex.split(text)[1:])
                wait_until_followed(mock, origin)
                run(bare, f"jsms codes send {PHONE} --mock")
                following.sees(PHONE).ends_by(b"\x03")
            else:
                run(bare, text)


def wait_until_followed(mock: JsmsMock, origin: str) -> None:
    """Until the command reads the stream; a message that it was not there for is not shown."""
    for _ in range(10_000):
        httpx.get(f"{origin}/_mock/clock", trust_env=False)  # each takes the server a turn further
        if mock.state.changes.listeners:
            return
    raise AssertionError("nothing follows")


def test_each_control_call_that_a_remedy_names_answers(team: tuple[JsmsMock, str]) -> None:
    _, origin = team
    package = Path(jsmskit.__file__).parent / "mock"
    texts = [file.read_text("utf-8") for file in package.rglob("*.py")]
    named = {path for text in texts for path in re.findall(r"GET (/_mock[/\w]*)", text)} | {DOCUMENT_PATH}
    assert len(named) >= 5
    for path in named:
        assert httpx.get(origin + path, trust_env=False).status_code == 200, path


def test_hints_name_the_libraries_of_the_extra() -> None:
    """No package index has jsmskit, so a hint cannot name it: `pip install` gets what the extra lists."""
    texts = [file.read_text("utf-8") for file in Path(jsmskit.__file__).parent.rglob("*.py")]
    assert not [text for text in texts if re.search(r"pip install ['\"]?jsmskit", text)]
    named = {Requirement(one).name for text in texts for one in re.findall(r"pip install '?([\w\[\]-]+)", text)}
    listed = {Requirement(one).name for one in metadata.requires("jsmskit") or ()}
    assert named - {"install"} <= listed
    of_the_mock = {
        Requirement(one).name
        for one in metadata.requires("jsmskit") or ()
        if (marker := Requirement(one).marker) is not None and marker.evaluate({"extra": "mock"})
    }
    assert of_the_mock - {"uvloop"} == set(LIBRARIES.values())
