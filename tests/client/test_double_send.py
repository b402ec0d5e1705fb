"""Who sends a request twice: ours never, and the known behaviour of every client that could carry sends.

The candidates are in benchmarks/double_send.py. Here run those that the development environment has; the table of
docs/performance.md has them all (`scripts/bench double-send`), pycurl among them, which sends twice in silence.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from benchmarks.double_send import CANDIDATES, Seen, installed, look_at

KNOWN = {
    "jsmskit": Seen("jsmskit", 1, "APIConnectionError unknown", 1, ""),
    "jsmskit, async": Seen("jsmskit, async", 1, "APIConnectionError unknown", 1, ""),
    "http.client": Seen("http.client", 1, "RemoteDisconnected", 0, "BrokenPipeError"),
    "httpx": Seen("httpx", 1, "RemoteProtocolError", 1, ""),
    "httpx, retries=2": Seen("httpx, retries=2", 1, "RemoteProtocolError", 1, ""),
    # It says that no connection came about: a rule that sends again after that would send twice.
    "httpx over httpx-aiohttp": Seen("httpx over httpx-aiohttp", 1, "ConnectTimeout", 1, ""),
    "aiohttp": Seen("aiohttp", 1, "ServerDisconnectedError", 1, ""),
    "urllib3, retries=False": Seen("urllib3, retries=False", 1, "ProtocolError", 1, ""),
    "urllib3": Seen("urllib3", 1, "ProtocolError", 1, ""),
    "requests": Seen("requests", 1, "ConnectionError", 1, ""),
    "pyqwest": Seen("pyqwest", 1, "RemoteProtocolError", 1, ""),
    "pycurl": Seen("pycurl", 2, "error", 1, ""),
}
"""POSTs of the call whose request was read and not answered, what it raised, and the same of an idle connection
that was closed."""
# http.client looks at no connection before it writes: whether it finds out by writing or by reading is chance.
BY_CHANCE = {"http.client": {"BrokenPipeError", "RemoteDisconnected", "ConnectionResetError"}}


# A contender lives as long as its process, and closes nothing.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::RuntimeWarning"
)


@pytest.fixture(scope="module", autouse=True)
def _collect_what_is_left_open() -> Iterator[None]:
    yield
    gc.collect()


@pytest.mark.parametrize("name", installed())
def test_what_each_client_does_with_a_request_that_was_read_and_not_answered(name: str) -> None:
    """A new version that sends twice, or calls it otherwise, is noticed here before it carries a send."""
    seen = look_at(name)
    if name in BY_CHANCE:
        assert (seen.lost_posts, seen.lost_name, seen.idle_posts) == (1, "RemoteDisconnected", 0)
        assert seen.idle_name in BY_CHANCE[name]
    else:
        assert seen == KNOWN[name]


def test_the_table_is_about_the_candidates_and_ours_are_looked_at() -> None:
    """None is left out, and the environment has something to compare with."""
    assert set(KNOWN) == set(CANDIDATES)
    assert {"jsmskit", "jsmskit, async", "http.client", "httpx", "urllib3", "requests"} <= set(installed())
