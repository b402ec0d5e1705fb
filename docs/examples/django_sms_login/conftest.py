"""A project of this one application, and settings that lead to the mock."""

from __future__ import annotations

from collections.abc import Iterator

import django
import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import include, path
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock

pytest_plugins = ["jsmskit.pytest_plugin"]

settings.configure(
    SECRET_KEY="for tests only, and of sixteen characters or more",
    ALLOWED_HOSTS=["testserver"],
    INSTALLED_APPS=["phone_login"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    ROOT_URLCONF="conftest",
)
django.setup()
urlpatterns = [path("", include("phone_login.urls"))]


@pytest.fixture
def browser(jsms_mock: JsmsMock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A browser at the login page. Limits and codes age with the mock's clock."""
    monkeypatch.setenv("JSMS_APP_KEY", APP_KEY)
    monkeypatch.setenv("JSMS_MASTER_SECRET", MASTER_SECRET)
    options = {"CLIENT": {"transport": jsms_mock.transport}, "OPTIONS": {"clock": jsms_mock.clock.now}}
    with override_settings(PHONE_LOGIN=options):
        yield Client()
