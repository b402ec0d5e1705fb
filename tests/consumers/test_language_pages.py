"""The pages about other languages are tried: their code is compiled, run, and sends a code to the mock."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from jsmskit.mock import JsmsMock

from tools.consumers import LANGUAGES, SCENARIO, built, java_class_path, mock_credentials, run
from tools.spec_linters import ROOT

PAGES = ROOT / "docs" / "languages"
#: By language: the word of the code block, the file it goes to, how to compile it, how to run it.
HOW: dict[str, tuple[str, str, Callable[[], list[str]], Callable[[], list[str]]]] = {
    "typescript": (
        "ts",
        "first.ts",
        lambda: [
            *("node", "node_modules/.bin/tsc", "--strict", "--module", "nodenext", "--target", "es2022"),
            *("--skipLibCheck", "first.ts"),
        ],
        lambda: ["node", "first.js"],
    ),
    "go": ("go", "main.go", lambda: ["go", "build", "-o", "first", "."], lambda: ["./first"]),
    "java": (
        "java",
        "First.java",
        lambda: ["javac", "-proc:none", "-d", "classes", "-cp", f"classes:{java_class_path()}", "First.java"],
        lambda: ["java", "-Dfile.encoding=UTF-8", "-cp", f"classes:{java_class_path()}", "First"],
    ),
    "php": ("php", "first.php", lambda: ["php", "-l", "first.php"], lambda: ["php", "first.php"]),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(f"consumer-{name}")) for name in HOW]
)
def test_the_code_of_a_page_sends_a_code(name: str, tmp_path: Path) -> None:
    """From the spec to the first code sent, with what the page says and nothing else."""
    if missing := LANGUAGES[name].missing():
        said = f"{name} is left out, for want of {missing}: run scripts/toolchains"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    word, file, compile_it, run_it = HOW[name]
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"^```{word}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    folder = tmp_path / name
    folder.mkdir()
    for made in built(LANGUAGES[name]).iterdir():
        if made.name not in {file, "tsconfig.json"}:
            (folder / made.name).symlink_to(made)
    if name == "java":
        (folder / "classes").unlink()
        (folder / "classes").mkdir()
    with JsmsMock() as mock, mock.serve() as server:
        (folder / file).write_text(code.replace("http://127.0.0.1:5767/v1", server.url), encoding="utf-8")
        extra = {**mock_credentials(), "GOFLAGS": "-mod=mod", "GOPROXY": "off"}
        classes = built(LANGUAGES[name]) / "classes"
        run([part.replace("classes:", f"classes:{classes}:") for part in compile_it()], folder, extra)
        said = run([part.replace("classes:", f"classes:{classes}:") for part in run_it()], folder, extra)
        (message,) = mock.messages("13800138000")

    assert said.strip() == f"sent, msg_id {message.msg_id}"


@pytest.mark.parametrize("name", ["go", "java", "php"])
def test_a_page_names_the_options_that_the_suite_uses(name: str) -> None:
    """What is proven is what is written: the same generator, the same version, the same options."""
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    lock = (ROOT / "locks" / "consumers.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"openapi-generator-cli==(\S+)", lock)

    assert f"openapi-generator-cli=={version}" in page
    assert f"--additional-properties {LANGUAGES[name].options}" in page
    assert f"--generator-name {name}" in page


def test_the_kit_says_how_many_steps_there_are() -> None:
    """The last line of the transcript, as the page about the kit prints it."""
    steps = SCENARIO.read_text(encoding="utf-8").count('"say"')

    assert f"all {steps} steps as expected" in (PAGES.parent / "write-your-own-client.md").read_text(
        encoding="utf-8"
    )
