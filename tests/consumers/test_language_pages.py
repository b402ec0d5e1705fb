"""The pages about other languages run as they read, in an empty folder; only what a network would bring is lent."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsmskit.mock import JsmsMock

from tests.debian import leave_out
from tools.consumers import DEBIAN_JARS, GO, JAR, LANGUAGES, SCENARIO, SOURCES
from tools.spec_linters import ROOT

PAGES = ROOT / "docs" / "languages"
#: A page, and the consumer that needs the same.
PAGE_LANGUAGES = {
    "typescript": "typescript",
    "go": "go",
    "java": "java",
    "php": "php",
    "javascript": "axios",
    "mcp": "mcp",
}
BLOCK = re.compile(r'^```(?P<language>\w+)(?: title="(?P<file>[^"]+)")?\n(?P<body>.*?)^```$', re.MULTILINE | re.DOTALL)
#: What stands in for a network: each program, and what it does instead.
LENT = {
    "pip": "exit 0",
    "npm": f'[ "$1" = install ] || exec "$REAL_NPM" "$@"; ln -sfn "{SOURCES}/$SOURCES_OF/node_modules" node_modules',
    "openapi-generator-cli": f'exec java -XX:TieredStopAtLevel=1 -jar "{JAR}" "$@"',
    "mvn": f"mkdir -p jars && cp {' '.join(map(str, (JAR, *DEBIAN_JARS)))} jars/",
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xdist_group(f"consumer-{language}"))
        for name, language in PAGE_LANGUAGES.items()
    ],
)
def test_a_page_works_as_it_reads(name: str, tmp_path: Path) -> None:
    """From the spec to the first code sent, with the commands and files of the page and nothing else."""
    language = LANGUAGES[PAGE_LANGUAGES[name]]
    if missing := language.missing():
        leave_out(name, missing)
    programs, folder = tmp_path / "programs", tmp_path / "work"
    programs.mkdir()
    folder.mkdir()
    for program, script in LENT.items():
        (programs / program).write_text(f"#!/bin/bash\n{script}\n", "utf-8")
        (programs / program).chmod(0o755)
    steps = []
    for match in BLOCK.finditer((PAGES / f"{name}.md").read_text("utf-8")):
        if match["file"]:
            (folder / match["file"]).write_text(match["body"], "utf-8")
        elif match["language"] == "sh":
            # The mock runs already, on a port of its own: `jsms mock env` finds it by JSMS_MOCK_URL.
            steps.append(re.sub(r"^jsms mock serve &$", "", match["body"], flags=re.MULTILINE))
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    with JsmsMock() as mock, mock.serve() as server:
        done = subprocess.run(
            ["bash", "-ec", "\n".join(steps)],
            cwd=folder,
            env={
                **os.environ,
                "PATH": path,
                "REAL_NPM": str(Path(sys.executable).with_name("npm")),
                "JSMS_MOCK_URL": server.origin,
                "SOURCES_OF": language.sources.name,
                **GO,
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        (message,) = mock.messages("13800138000")
    assert done.stdout.strip().splitlines()[-1] == f"sent, msg_id {message.msg_id}"


@pytest.mark.parametrize("name", ["go", "java", "php"])
def test_a_page_names_the_generator_that_the_suite_uses(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    lock = (ROOT / "locks" / "consumers.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"openapi-generator-cli==(\S+)", lock)

    assert f"openapi-generator-cli=={version}" in page
    (options,) = re.findall(rf"^generate {name} (\S+)$", LANGUAGES[name].script.read_text("utf-8"), re.MULTILINE)
    assert f"--additional-properties {options}" in page
    assert f"--generator-name {name}" in page


@pytest.mark.parametrize("name", ["typescript", "javascript", "mcp"])
def test_a_page_names_the_packages_that_the_suite_uses(name: str) -> None:
    """With the same versions."""
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    package = json.loads((LANGUAGES[PAGE_LANGUAGES[name]].sources / "package.json").read_text(encoding="utf-8"))
    pinned = {**package.get("dependencies", {}), **package["devDependencies"]}
    named = re.findall(r"(@?[\w/-]+)@(\d[\d.]+)", page)

    assert named
    assert {package: pinned.get(package) for package, _ in named} == dict(named)


def test_the_kit_says_how_many_steps_there_are() -> None:
    """The last line of the transcript, as the page about the kit prints it."""
    steps = SCENARIO.read_text(encoding="utf-8").count('"say"')

    assert f"all {steps} steps as expected" in (PAGES.parent / "write-your-own-client.md").read_text(encoding="utf-8")
