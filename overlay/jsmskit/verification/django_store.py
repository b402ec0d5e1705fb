"""A store in the Redis of a Django cache."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, final

from jsmskit import Secret
from jsmskit.errors import ConfigurationError

from .redis_store import RedisStore
from .store import Step, StoreStats
from .subjects import Peppers


@final
class DjangoCacheStore:
    """Keeps sessions and limits in the Redis behind a Django cache, with its connections and its key prefix.

    Only `django.core.cache.backends.redis.RedisCache` is taken: a step needs many keys read and written at once, and no
    method of Django's cache does that. Local memory is one process only (`MemoryStore` is that, too); the database and
    file backends read first and write later; Memcached may drop a limit whenever its memory is full. For django-redis
    pass its client: `RedisStore.over(get_redis_connection("default"))`.

    `cache.clear()` empties the whole database and with it all limits, so give the store an alias, and a database, of
    its own.

    Args:
        alias: name of the cache in `CACHES`.
        pepper: as for `RedisStore`; Django's SECRET_KEY and SECRET_KEY_FALLBACKS if left out.

    Raises:
        ConfigurationError: if the cache has another backend; the text says why it cannot be used.
    """

    def __init__(
        self, alias: str = "default", *, pepper: str | Secret | Sequence[str | Secret] | None = None
    ) -> None:
        # Not by an import statement: Django has no types, and an application without it never comes here.
        settings: Any = import_module("django.conf").settings
        cache: Any = import_module("django.core.cache").caches[alias]
        if not isinstance(cache, import_module("django.core.cache.backends.redis").RedisCache):
            raise ConfigurationError(
                f"The cache {alias!r} is a {type(cache).__name__}, which cannot count exactly.",
                field="alias",
                remedy='Use "django.core.cache.backends.redis.RedisCache"; MemoryStore for one process.',
            )
        peppers = pepper
        del pepper
        if peppers is None:
            peppers = [Secret(settings.SECRET_KEY), *map(Secret, settings.SECRET_KEY_FALLBACKS)]
        # The client of the cache: the backend offers it to subclasses, and there is no other way to its connections.
        client = cache._cache.get_client(None, write=True)
        self._store = RedisStore.over(client, pepper=peppers, prefix=cache.make_key("jsms"))

    @property
    def peppers(self) -> Peppers:
        """The keys of the hashes in this store."""
        return self._store.peppers

    def run(self, step: Step) -> Any:
        """Carry out a step."""
        return self._store.run(step)

    async def run_async(self, step: Step) -> Any:
        """Carry out a step in a thread, since Django's connections are for threads."""
        return await self._store.run_async(step)

    def stats(self, application: str = "default", *, hours: int = 24) -> StoreStats:
        """As `RedisStore.stats`."""
        return self._store.stats(application, hours=hours)

    def __repr__(self) -> str:
        return "DjangoCacheStore(hidden)"
