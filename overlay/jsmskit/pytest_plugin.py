"""Fixtures for the tests of applications that send through jsmskit.

Ask for them in the topmost conftest.py: `pytest_plugins = ["jsmskit.pytest_plugin"]`. Nothing is loaded
unasked. Each test gets a mock of its own, in process: no server, no account, no waiting, and no message of
another test. Override a fixture to change it, as always with pytest.

    def test_login(jsms_mock, jsms_client):
        jsms_client.codes.send("13800138000", template_id=1)
        assert jsms_mock.wait_for_code("13800138000")
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from jsmskit import AsyncJsmsClient, JsmsClient
    from jsmskit.mock import JsmsMock

__all__ = ["async_jsms_client", "jsms_client", "jsms_mock"]


@pytest.fixture
def jsms_mock() -> Generator[JsmsMock]:
    """A mock of the service without a history. Its clock is the wall clock until the test moves it."""
    from jsmskit.mock import JsmsMock

    with JsmsMock() as mock:
        yield mock


@pytest.fixture
def jsms_client(jsms_mock: JsmsMock) -> Generator[JsmsClient]:
    """A client of `jsms_mock`, with the sample pairs; its deadlines and pauses pass on the mock's clock."""
    from jsmskit import JsmsClient

    arguments = _arguments(jsms_mock)
    with JsmsClient(**arguments, transport=jsms_mock.transport, sleep=jsms_mock.advance_without_callbacks) as client:
        yield client


@pytest.fixture
def async_jsms_client(jsms_mock: JsmsMock) -> AsyncJsmsClient:
    """As `jsms_client`, for asyncio. It holds no connection, so there is nothing to close."""
    from jsmskit import AsyncJsmsClient

    async def sleep(seconds: float) -> None:
        jsms_mock.advance_without_callbacks(seconds)

    return AsyncJsmsClient(**_arguments(jsms_mock), transport=jsms_mock.async_transport, sleep=sleep)


def _arguments(mock: JsmsMock) -> dict[str, Any]:
    from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET

    return {
        "app_key": APP_KEY,
        "master_secret": MASTER_SECRET,
        "dev_key": DEV_KEY,
        "dev_secret": DEV_SECRET,
        "clock": mock.clock.now,
        "now": lambda: datetime.fromtimestamp(mock.clock.now(), UTC),
    }
