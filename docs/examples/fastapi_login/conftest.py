"""The fixtures of the tests: the mock and its client from jsmskit, and the application on top."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from jsmskit import AsyncJsmsClient
from jsmskit.mock import JsmsMock
from jsmskit.verification import AsyncPhoneVerification, MemoryStore
from login import create_app

pytest_plugins = ["jsmskit.pytest_plugin"]


@pytest.fixture
def anyio_backend() -> str:
    """Run the asynchronous tests on asyncio."""
    return "asyncio"


@pytest.fixture
async def browser(jsms_mock: JsmsMock, async_jsms_client: AsyncJsmsClient) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the login page. Limits and codes age with the mock's clock, so no test waits."""
    verifications = AsyncPhoneVerification(async_jsms_client, store=MemoryStore(), clock=jsms_mock.clock.now)
    transport = httpx.ASGITransport(create_app(verifications), client=("192.0.2.1", 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://login.example") as client:
        yield client
