"""`schemathesis run spec/openapi.yaml`, as it is typed, with the settings at the root."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsmskit.mock import JsmsMock

#: Hypothesis takes ten seconds of CPU to read the pattern of a sign or a template, for each phase that generates.
SLOW_PATTERNS = ("createSign", "updateSign", "createTemplate", "updateTemplate")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with JsmsMock() as mock, mock.serve() as server:
        yield server.url


@pytest.mark.parametrize(
    ("left_out", "bounds", "operations"),
    [
        ((), ("--phases", "examples"), 23),
        (SLOW_PATTERNS, ("--phases", "coverage,fuzzing,stateful", "--max-examples", "1"), 19),
    ],
    ids=["examples of all operations", "generated requests and links"],
)
def test_a_plain_run_against_the_mock_is_green(
    left_out: tuple[str, ...], bounds: tuple[str, ...], operations: int, url: str, root: Path
) -> None:
    """The checks that contradict the documented service are off, each with its reason."""
    command = [Path(sys.executable).with_name("schemathesis"), "run", "spec/openapi.yaml", "--url", url, *bounds]
    options = [word for name in left_out for word in ("--exclude-operation-id", name)]

    done = subprocess.run([*command, *options], cwd=root, capture_output=True, text=True, check=False, timeout=300)

    assert done.returncode == 0, done.stdout[-4000:]
    assert f"Selected: {operations}/23" in done.stdout
    assert re.search(r"Test cases:\n  (\d+) generated, \1 passed", done.stdout)


def test_the_page_says_which_checks_are_off(root: Path) -> None:
    """As many rows as settings, and the same names."""
    settings = tomllib.loads((root / "schemathesis.toml").read_text(encoding="utf-8"))
    page = (root / "docs" / "spec-quality.md").read_text(encoding="utf-8")
    off = [name for name, check in settings["checks"].items() if check["enabled"] is False]

    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == off
