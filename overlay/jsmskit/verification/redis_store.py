"""A store in Redis: exact over all processes and machines that use it, because each step is one script there."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NoReturn, final

from jsmskit import Secret
from jsmskit.errors import ConfigurationError

from .errors import VerificationStoreError
from .results import CheckReason
from .store import (
    HOUR,
    TALLY_LIFE,
    Attempt,
    AttemptReply,
    Conclude,
    ConcludeReply,
    LimitTable,
    Reserve,
    ReserveReply,
    Settle,
    Step,
    StoreStats,
)
from .subjects import Peppers

if TYPE_CHECKING:
    from redis import Redis
    from redis.asyncio import Redis as AsyncRedis

#: What of a step is in its JSON: all but what becomes keys, and the limits, which are the same for very many starts.
_SENT: Final[dict[type[Any], tuple[str, ...]]] = {
    kind: tuple(
        each.name for each in fields(kind) if each.name not in ("application", "keys", "limits", "session", "take_back")
    )
    for kind in (Reserve, Settle, Attempt, Conclude)
}


_Scripts = Mapping[type[Any], Callable[[list[str], list[str]], Any]]


class RedisStore:
    """Keeps sessions and limits in Redis 6 or newer (or Valkey), exact over many processes and machines.

    Each step of a start or check is one script: two round trips for a start, two for a check. All keys of an
    application lie in one slot of a cluster. Set the server to `appendonly yes` and `maxmemory-policy noeviction`:
    without the first a restart forgets limits, without the second a full memory does. What happens then stands in
    docs/login.md. A password in the URL is shown nowhere.

    Numbers and addresses are kept as keyed hashes. Rotate the pepper in two deployments: `[old, new]`, then
    `[new, old]`; leave out the old one a day later.

    Args:
        url: `redis://[user:password@]host:port/database`, `rediss://` for TLS, or `unix://`.
        pepper: the key of the hashes, at least 16 characters, or several, the newest first. Left out, it is read from
            JSMS_VERIFICATION_PEPPER (several separated by commas).
        prefix: in front of all keys.
        timeout: seconds for a connection, and for a reply.
        max_connections: most connections at once in a process; further steps wait up to `timeout`.

    Raises:
        ConfigurationError: without a pepper, with a URL that is none, or if `redis` is not installed.
    """

    def __init__(
        self,
        url: str | Secret,
        *,
        pepper: str | Secret | Sequence[str | Secret] | None = None,
        prefix: str = "jsms",
        timeout: float = 2.0,
        max_connections: int = 50,
    ) -> None:
        hidden = url if isinstance(url, Secret) else Secret(url)
        peppers = Peppers.of(pepper)
        del url, pepper
        self._set_up(
            peppers,
            prefix,
            _connect(hidden, timeout, max_connections, "redis"),
            lambda: _connect(hidden, timeout, max_connections, "redis.asyncio"),
        )

    @classmethod
    def over(
        cls, client: Redis, *, pepper: str | Secret | Sequence[str | Secret] | None = None, prefix: str = "jsms"
    ) -> RedisStore:
        """Return a store over a client of your own, such as that of django-redis.

        Its retries are harmless: a step that arrives twice has the effect of one. `AsyncPhoneVerification` calls it in
        threads.
        """
        store = cls.__new__(cls)
        peppers = Peppers.of(pepper)
        del pepper
        store._set_up(peppers, prefix, client, None)
        return store

    def _set_up(
        self, peppers: Peppers, prefix: str, client: Redis, make_async: Callable[[], AsyncRedis] | None
    ) -> None:
        self._peppers = peppers
        self._prefix = prefix
        self._client: Any = client
        self._make_async = make_async
        self._scripts = _register(client)
        self._failures: tuple[type[Exception], ...] = (_library("redis.exceptions").RedisError, OSError)
        self._lock = threading.Lock()
        # By application: the highest sequence that this process has seen, and what was used of the budgets then.
        self._seen: dict[str, tuple[int, dict[str, int]]] = {}
        # An asyncio connection belongs to its event loop: its client, and the scripts of that client.
        self._async_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[AsyncRedis, _Scripts]] = (
            weakref.WeakKeyDictionary()
        )

    @property
    def peppers(self) -> Peppers:
        """The keys of the hashes in this store."""
        return self._peppers

    def run(self, step: Step[Any]) -> Any:
        """Carry out a step."""
        keys, arguments = self._write(step)
        return self._read(step, self._ask(lambda: self._scripts[type(step)](keys, arguments)))

    async def run_async(self, step: Step[Any]) -> Any:
        """Carry out a step without blocking the event loop."""
        if self._make_async is None:
            return await asyncio.to_thread(self.run, step)
        loop = asyncio.get_running_loop()
        if loop not in self._async_clients:
            client = self._make_async()
            self._async_clients[loop] = client, _register(client)
        _, scripts = self._async_clients[loop]
        keys, arguments = self._write(step)
        failure = ""
        reply: Any = None
        try:
            reply = await scripts[type(step)](keys, arguments)
        except self._failures as failed:
            failure = type(failed).__name__
        if failure:
            _fail(failure)
        return self._read(step, reply)

    def stats(self, application: str = "default", *, hours: int = 24) -> StoreStats:
        """Count what happened in the last hours (at most 192), and look at the settings of the server.

        Raises:
            VerificationStoreError: if the store does not answer.
        """
        found: StoreStats = self._ask(lambda: self._stats(application, hours))
        return found

    def resume(self, application: str = "default") -> bool:
        """Let texts go out again after the store lost its memory, before the hour is over.

        For an operator who knows that the budget is not spent. Returns whether anything was held back.

        Raises:
            VerificationStoreError: if the store does not answer.
        """
        return bool(self._ask(lambda: self._client.delete(self._key(application, "loss"))))

    def _ask(self, question: Callable[[], Any]) -> Any:
        failure = ""
        reply: Any = None
        try:
            reply = question()
        except self._failures as failed:
            failure = type(failed).__name__
        if failure:
            _fail(failure)
        return reply

    def close(self) -> None:
        """Close the connections for threads."""
        self._client.close()

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        client, _ = self._async_clients.pop(asyncio.get_running_loop(), (None, None))
        if client is not None:
            await client.aclose()

    def __repr__(self) -> str:
        return f"RedisStore(hidden, prefix={self._prefix!r})"

    def _key(self, application: str, name: str) -> str:
        return f"{self._prefix}:{{{application}}}:{name}"

    def _write(self, step: Step[Any]) -> tuple[list[str], list[str]]:
        """Return the keys of a step, and its arguments: itself as JSON, and for a start the limits."""
        argument: dict[str, Any] = {name: getattr(step, name) for name in _SENT[type(step)]}
        argument["tally_life"] = TALLY_LIFE
        more: list[str] = []
        if isinstance(step, Reserve):
            names = ["sequence", "loss", *(name for keys in step.keys for name in keys)]
            with self._lock:
                argument["seen"], argument["last_used"] = self._seen.get(step.application, (0, {}))
            more.append(_write_limits(step.limits, tuple(map(len, step.keys))))
        else:
            assert isinstance(step, Settle | Attempt | Conclude)
            argument["names"] = len(step.session)
            names = [*step.session, *(step.take_back if isinstance(step, Settle) else ())]
        # Only for the name of an hour's counters; what is decided by time is decided in the script.
        hour = (int(time.time() * 1000) if step.now is None else step.now) // HOUR
        begin = self._key(step.application, "")
        return [begin + name for name in (f"tally:{hour}", *names)], [json.dumps(argument), *more]

    def _read(self, step: Step[Any], reply: Any) -> object:
        found: dict[str, Any] = json.loads(_decode(reply))
        if isinstance(step, Settle):
            return None
        if isinstance(step, Conclude):
            return ConcludeReply(**found)
        if isinstance(step, Attempt):
            ended = found.pop("ended", None)
            return AttemptReply(ended=ended and CheckReason(ended), **found)
        assert isinstance(step, Reserve)
        told = ReserveReply(**found)
        rules = step.limits.rules
        budgets = {rule.name.value: used for rule, used in zip(rules, told.used, strict=True) if rule.is_budget}
        with self._lock:
            if told.sequence >= self._seen.get(step.application, (0, {}))[0]:
                self._seen[step.application] = (told.sequence, budgets)
        return told

    def _stats(self, application: str, hours: int) -> StoreStats:
        client = self._client
        seconds, _ = client.time()
        now = int(seconds) * 1000
        counts: Counter[str] = Counter()
        for hour in range(now // HOUR - min(hours, 192) + 1, now // HOUR + 1):
            for name, count in client.hgetall(self._key(application, f"tally:{hour}")).items():
                counts[_decode(name)] += int(count)
        everything = self._key(application, "all")
        lost = client.hget(self._key(application, "loss"), "at")
        info: dict[str, Any] = client.info()
        persistent = info.get("aof_enabled")
        return StoreStats(
            hours,
            dict(counts),
            client.zcount(everything, f"({now - HOUR}", "+inf"),
            client.zcount(everything, f"({now - 24 * HOUR}", "+inf"),
            None if lost is None else int(lost) / 1000,
            info.get("maxmemory_policy"),
            None if persistent is None else bool(persistent),
        )


def _fail(name: str) -> NoReturn:
    raise VerificationStoreError(f"Redis did not carry out a step of the verification: {name}.")


def _decode(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _register(client: Any) -> _Scripts:
    """Return what calls the script of each step at this client, and loads it there if the server does not know it."""
    folder = files("jsmskit.verification") / "scripts"

    def register(name: str) -> Any:
        parts = [(folder / f"{part}.lua").read_text(encoding="utf-8") for part in ("common", name)]
        return client.register_script("\n".join(parts))

    return {kind: register(kind.__name__.lower()) for kind in _SENT}


@lru_cache(maxsize=256)
def _write_limits(limits: LimitTable, names: tuple[int, ...]) -> str:
    """Return subjects, each with the number of its names, and rules, for the script."""
    budgets = [rule.window for rule in limits.rules if rule.is_budget]
    return json.dumps(
        {
            "subjects": [
                {"keep": subject.keep, "names": count} for subject, count in zip(limits.subjects, names, strict=True)
            ],
            "rules": [
                {
                    "name": rule.name.value,
                    "subject": rule.subject,
                    "window": rule.window,
                    "limit": rule.limit,
                    "is_budget": rule.is_budget,
                    "is_shortest": rule.is_budget and rule.window == min(budgets),
                }
                for rule in limits.rules
            ],
            "hour": HOUR,
            "loss_life": max(budgets, default=HOUR),
        }
    )


def _library(name: str) -> Any:
    """Import a part of redis, which is there with the extra only."""
    found: Any = None
    with suppress(ImportError):
        found = import_module(name)
    if found is None:
        raise ConfigurationError("RedisStore needs redis, which is not installed.", remedy="pip install redis")
    return found


def _connect(url: Secret, timeout: float, max_connections: int, package: str) -> Any:
    """Make a client of `redis` or of `redis.asyncio`, which have the same names."""
    library, errors = _library(package), _library("redis.exceptions")
    no_wait = _library("redis.backoff").NoBackoff()
    # Once again on a fresh connection if the one from the pool is dead; a step that arrives twice counts once.
    retry = _library(f"{package}.retry").Retry(no_wait, 1, supported_errors=(errors.ConnectionError,))
    pool: Any = None
    with suppress(ValueError):
        pool = library.BlockingConnectionPool.from_url(
            url.reveal(),
            retry=retry,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            timeout=timeout,
            max_connections=max_connections,
        )
    if pool is None:
        raise ConfigurationError(
            "The address of the store is no Redis URL.",
            field="url",
            remedy="Write redis://host:port/database, rediss:// for TLS, or unix:///path.",
        )
    return library.Redis.from_pool(pool)  # closing the client closes its pool


@final
class DjangoCacheStore(RedisStore):
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

    def __init__(self, alias: str = "default", *, pepper: str | Secret | Sequence[str | Secret] | None = None) -> None:
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
        self._set_up(Peppers.of(peppers), cache.make_key("jsms"), client, None)
        del peppers

    def __repr__(self) -> str:
        return "DjangoCacheStore(hidden)"
