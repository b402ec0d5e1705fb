"""A project of one file, and settings that lead to the mock."""

from __future__ import annotations

from collections.abc import Iterator

import django
import pytest
from django.conf import settings
from django.test import override_settings
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock

pytest_plugins = ["jsmskit.pytest_plugin"]

settings.configure()
django.setup()


@pytest.fixture
def keys(jsms_mock: JsmsMock) -> Iterator[None]:
    """What settings.py says, with one line more: the mock as the transport."""
    options = {"app_key": APP_KEY, "master_secret": MASTER_SECRET, "transport": jsms_mock.transport}
    with override_settings(JSMS=options):
        yield
