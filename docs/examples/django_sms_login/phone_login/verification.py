"""The verification that the settings make, and two helpers for views."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import get_language
from jsmskit import JsmsClient
from jsmskit.verification import Advice, DjangoCacheStore, MemoryStore, PhoneVerification, Policy


@cache
def verifications() -> PhoneVerification:
    """Return the verification of this process, made when it is first needed: after a server has forked its workers."""
    options: dict[str, Any] = getattr(settings, "PHONE_LOGIN", {})
    alias = options.get("CACHE")
    return PhoneVerification(
        JsmsClient.from_env(**options.get("CLIENT", {})),
        store=DjangoCacheStore(alias) if alias else MemoryStore(),  # in memory: for one process
        policy=Policy(**options.get("POLICY", {})),
        **options.get("OPTIONS", {}),
    )


@receiver(setting_changed)
def forget(*, setting: str, **rest: Any) -> None:
    """Make another one after `override_settings(PHONE_LOGIN=...)` in a test."""
    if setting == "PHONE_LOGIN":
        verifications.cache_clear()


def address(request: HttpRequest) -> str | None:
    """Return the address of the user. Behind a proxy, let its middleware set REMOTE_ADDR; never trust the header."""
    return request.META.get("REMOTE_ADDR") or None


def words(advice: Advice | None) -> str:
    """Return what to tell the user, in the language of the request."""
    chinese = (get_language() or "").startswith("zh")
    return "" if advice is None else advice.text("zh" if chinese else "en")
