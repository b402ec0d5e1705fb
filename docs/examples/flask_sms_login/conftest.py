"""The application over the mock, and a browser."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from jsmskit import JsmsClient
from jsmskit.mock import JsmsMock
from jsmskit.verification import MemoryStore, PhoneVerification
from login import create_app

pytest_plugins = ["jsmskit.pytest_plugin"]


@pytest.fixture
def browser(jsms_mock: JsmsMock, jsms_client: JsmsClient) -> FlaskClient:
    """A browser at the login page. Limits and codes age with the mock's clock."""
    verifications = PhoneVerification(jsms_client, store=MemoryStore(), clock=jsms_mock.clock.now)
    return create_app(verifications).test_client()
