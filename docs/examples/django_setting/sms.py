"""A client from Django's settings. In a project: an application `sms` with this as its `__init__` or `client`.

# settings.py
JSMS = {
    "app_key": env("JSMS_APP_KEY"),
    "master_secret": env("JSMS_MASTER_SECRET"),
    "deadline": 10.0,  # any other argument of jsmskit.JsmsClient
}

# anywhere
from sms import jsms_client
jsms_client().messages.send(phone, template_id=1, params={"code": "2468"})
"""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver
from jsmskit import ConfigurationError, JsmsClient

_made: dict[str, JsmsClient] = {}
_making = threading.Lock()


def jsms_client() -> JsmsClient:
    """The client of this process, made when it is first needed: after a server has forked its workers.

    It may be used from all threads; closing it is nobody's business but the process's end.
    """
    client = _made.get("client")
    if client is None:
        with _making:
            client = _made.get("client")
            if client is None:
                client = _made["client"] = _client()
    return client


def _client() -> JsmsClient:
    options: dict[str, Any] = getattr(settings, "JSMS", {})
    try:
        return JsmsClient(**options)
    except (ConfigurationError, TypeError) as error:
        raise ImproperlyConfigured(f"settings.JSMS: {error}") from None


@receiver(setting_changed)
def forget(*, setting: str, **rest: Any) -> None:
    """Make the client anew after `override_settings(JSMS=...)` in a test."""
    if setting == "JSMS":
        client = _made.pop("client", None)
        if client is not None:
            client.close()


@register()
def check_settings(app_configs: Any, **rest: Any) -> list[Error]:
    """`manage.py check` tells of a wrong setting, before a message fails for it."""
    try:
        _client().close()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="sms.E001")]
    return []
