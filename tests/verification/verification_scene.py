"""A verification of either kind, sync or async, called in one way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from jsmskit import AsyncJsmsClient, JsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.verification import (
    AsyncPhoneVerification,
    Checked,
    PhoneVerification,
    RedisStore,
    Started,
    VerificationEvent,
)

__all__ = ["PEPPER", "Between", "Verifier", "sync_verification"]

PEPPER = "a pepper for tests only"


def sync_verification(mock: JsmsMock, store: Any, **options: Any) -> PhoneVerification:
    """A verification on the mock's clock that waits for nothing."""
    client = JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport, sleep=lambda seconds: None)
    return PhoneVerification(client, store=store, **{"clock": mock.clock.now} | options)


class Between:
    """A store that calls something before each step, which may raise."""

    def __init__(self, inner: Any, before: Callable[[Any], object]) -> None:
        self.peppers = inner.peppers
        self._inner = inner
        self._before = before

    def run(self, step: Any) -> Any:
        self._before(step)
        return self._inner.run(step)

    async def run_async(self, step: Any) -> Any:
        return self.run(step)


class Verifier:
    """A verification of either kind, called in one way; sync or async is a parameter of the tests."""

    def __init__(
        self, kind: str, mock: JsmsMock, store: Any, of_client: dict[str, Any] | None = None, **options: Any
    ) -> None:
        self.mock = mock
        self.store = store
        self.events: list[VerificationEvent] = []
        options = {"clock": mock.clock.now, "observer": self.events.append} | options
        self.runner = asyncio.Runner() if kind == "async" else None
        of_client = {"sleep": _no_sleep if self.runner else lambda seconds: None} | (of_client or {})
        if self.runner is None:
            client = JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport, **of_client)
            self.verification: Any = PhoneVerification(client, store=store, **options)
            return
        if "challenge" in options:
            options["challenge"] = _async_of(options["challenge"])
        async_client = AsyncJsmsClient(APP_KEY, MASTER_SECRET, transport=mock.async_transport, **of_client)
        self.verification = AsyncPhoneVerification(async_client, store=store, **options)

    def start(self, phone: Any = "13800138000", *, purpose: Any = "login", **options: Any) -> Started:
        return self._run(self.verification.start(phone, purpose=purpose, **options))

    def check(self, code: Any, phone: Any = "13800138000", *, purpose: Any = "login") -> Checked:
        return self._run(self.verification.check(phone, code, purpose=purpose))

    def code(self, phone: str = "13800138000") -> str:
        return self.mock.messages(phone)[-1].code or ""

    def wrong(self, phone: str = "13800138000") -> str:
        return f"{(int(self.code(phone)) + 1) % 1_000_000:06d}"

    def sent(self, phone: str | None = None) -> int:
        """How many texts and calls went out."""
        return len(self.mock.messages(phone))

    def asked(self) -> int:
        """How many requests the service has seen."""
        return len(self.mock.requests.listed(limit=10_000))

    def _run(self, made: Any) -> Any:
        return made if self.runner is None else self.runner.run(made)

    def close(self) -> None:
        if self.runner is not None:
            if isinstance(self.store, RedisStore):
                self.runner.run(self.store.aclose())
            self.runner.close()


async def _no_sleep(seconds: float) -> None:
    """Do not wait."""


def _async_of(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    async def answer(argument: Any) -> Any:
        return function(argument)

    return answer
