"""What the tests of the command line share: a mock that is served, and a shell that talks to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET, JsmsMock

sys.path.insert(0, str(Path(__file__).parent))
from shell import Shell


@pytest.fixture(scope="session")
def one_shell() -> Iterator[Shell]:
    """One command server for all tests of a worker."""
    with Shell() as made:
        yield made


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[JsmsMock, str]]:
    """A mock and its origin."""
    with JsmsMock(seed=7) as mock, mock.serve() as server:
        yield mock, server.url.removesuffix("/v1")


@pytest.fixture
def mock(served: tuple[JsmsMock, str]) -> JsmsMock:
    """The mock as it was at its beginning."""
    served[0].reset()
    return served[0]


@pytest.fixture
def shell(one_shell: Shell, served: tuple[JsmsMock, str], tmp_path: Path) -> Shell:
    """A shell whose environment holds the sample keys and the address of the mock, in an empty folder."""
    own = {
        "JSMS_APP_KEY": APP_KEY,
        "JSMS_MASTER_SECRET": MASTER_SECRET,
        "JSMS_DEV_KEY": DEV_KEY,
        "JSMS_DEV_SECRET": DEV_SECRET,
        "JSMS_BASE_URL": f"{served[1]}/v1",
    }
    one_shell.env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8", **own}
    one_shell.folder = tmp_path
    return one_shell
