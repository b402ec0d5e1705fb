"""The store in a Django cache: which backends are taken, and that it is the same Redis."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from redis_server import RedisServer

PROGRAM = """
import asyncio, sys
from django.conf import settings
url = sys.argv[1]
backends = "django.core.cache.backends."
settings.configure(
    SECRET_KEY="a secret key of sixteen or more",
    SECRET_KEY_FALLBACKS=["an older key of sixteen or more"],
    CACHES={
        "default": {"BACKEND": backends + "locmem.LocMemCache"},
        "dummy": {"BACKEND": backends + "dummy.DummyCache"},
        "file": {"BACKEND": backends + "filebased.FileBasedCache", "LOCATION": "/nonexistent"},
        "database": {"BACKEND": backends + "db.DatabaseCache", "LOCATION": "cache"},
        "codes": {"BACKEND": backends + "redis.RedisCache", "LOCATION": url, "KEY_PREFIX": "shop"},
    },
)
from jsmskit import AsyncJsmsClient, ConfigurationError, JsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.verification import AsyncPhoneVerification, DjangoCacheStore, PhoneVerification

for alias in ("default", "dummy", "file", "database"):
    try:
        DjangoCacheStore(alias)
    except ConfigurationError as error:
        print(error.message)
mock = JsmsMock()
store = DjangoCacheStore("codes")
assert repr(store.peppers) == "Peppers(2 hidden)", store.peppers
client = JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport)
PhoneVerification(client, store=store).start("13800138000", purpose="login")
code = mock.messages()[-1].code
later = AsyncPhoneVerification(
    AsyncJsmsClient(APP_KEY, MASTER_SECRET, transport=mock.async_transport), store=DjangoCacheStore("codes")
)
assert asyncio.run(later.check("13800138000", code, purpose="login"))
print(store.stats().last_hour)
assert repr(DjangoCacheStore("codes", pepper="a pepper of its own").peppers) == "Peppers(1 hidden)"
print(repr(store))
import redis
assert all(name.startswith(b"shop:1:jsms:") for name in redis.Redis.from_url(url).scan_iter())
mock.close()
"""


@pytest.mark.xdist_group("redis")
def test_only_a_cache_in_redis_is_taken(redis_server: RedisServer, tmp_path: Path) -> None:
    """In a process of its own: Django's settings are made once for a process."""
    redis_server.empty()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, redis_server.url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "The cache 'default' is a LocMemCache, which cannot count exactly.",
        "The cache 'dummy' is a DummyCache, which cannot count exactly.",
        "The cache 'file' is a FileBasedCache, which cannot count exactly.",
        "The cache 'database' is a DatabaseCache, which cannot count exactly.",
        "1",
        "DjangoCacheStore(hidden)",
    ]
