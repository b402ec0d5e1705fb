"""What the tests of the command line share: a mock that is served, and a shell that talks to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET, JsmsMock

sys.path.insert(0, str(Path(__file__).parent))
from shell import Shell


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[JsmsMock, str]]:
    with JsmsMock(seed=7) as mock, mock.serve() as server:
        yield mock, server.url.removesuffix("/v1")


@pytest.fixture
def mock(served: tuple[JsmsMock, str]) -> JsmsMock:
    """The mock as it was at its beginning."""
    served[0].reset()
    return served[0]


@pytest.fixture
def shell(served: tuple[JsmsMock, str], tmp_path: Path) -> Shell:
    """A shell whose environment holds the sample keys and the address of the mock, in an empty folder."""
    keys = {"JSMS_APP_KEY": APP_KEY, "JSMS_MASTER_SECRET": MASTER_SECRET}
    dev_keys = {"JSMS_DEV_KEY": DEV_KEY, "JSMS_DEV_SECRET": DEV_SECRET}
    return Shell(tmp_path, {**keys, **dev_keys, "JSMS_BASE_URL": f"{served[1]}/v1"})
