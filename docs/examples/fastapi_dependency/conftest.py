"""The application with the mock's client in place of the real one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from jsmskit import AsyncJsmsClient
from shop import create_app, jsms

pytest_plugins = ["jsmskit.pytest_plugin"]


@pytest.fixture
def anyio_backend() -> str:
    """Run the asynchronous tests on asyncio."""
    return "asyncio"


@pytest.fixture
async def browser(async_jsms_client: AsyncJsmsClient) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who calls the application. Its lifespan is not entered: the tests have no keys."""
    app = create_app()
    app.dependency_overrides[jsms] = lambda: async_jsms_client
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as client:
        yield client
