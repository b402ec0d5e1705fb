"""The fixtures of the tests: the mock and its clients from jsmskit, and the application on top."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import jsmskit
import pytest
from login import create_app

pytest_plugins = ["jsmskit.pytest_plugin"]


@pytest.fixture
def anyio_backend() -> str:
    """Run the asynchronous tests on asyncio."""
    return "asyncio"


@pytest.fixture
async def browser(async_jsms_client: jsmskit.AsyncJsmsClient) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody in front of the login page."""
    transport = httpx.ASGITransport(app=create_app(async_jsms_client))
    async with httpx.AsyncClient(transport=transport, base_url="http://login.example") as client:
        yield client
