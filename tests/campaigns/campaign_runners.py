"""The runner sync or async behind the same plain calls: what a test says of one must hold for the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from campaign_scene import Clock
from campaign_service import KEY, SECRET, AsyncService
from jsmskit import AsyncJsmsClient, JsmsClient, RetryPolicy
from jsmskit.campaigns import AsyncCampaignRunner, CampaignRunner, RunResult, RunSettings
from jsmskit.campaigns.ledger import Ledger

SYNC_AND_ASYNC = ("sync", "asyncio")
ONE_TRY = RetryPolicy(max_attempts=1)


class EitherRunner:
    """Runs campaigns with a client and a runner of one kind, made for each call, as a command does."""

    def __init__(
        self, kind: str, ledger: Ledger, service: Any, clock: Clock, settings: RunSettings | None = None
    ) -> None:
        self.kind = kind
        self._ledger = ledger
        self._service = service
        self._clock = clock
        self._settings = settings

    def run(self, campaign_id: int = 1, **options: Any) -> RunResult:
        """Start, and end as it ends."""
        return self._do("run", campaign_id, options)

    def resume(self, campaign_id: int = 1, **options: Any) -> RunResult:
        """Go on, and end as it ends."""
        return self._do("resume", campaign_id, options)

    def _do(self, name: str, campaign_id: int, options: dict[str, Any]) -> RunResult:
        if self.kind == "asyncio":
            return asyncio.run(self._do_async(name, campaign_id, options))
        with JsmsClient(
            KEY, SECRET, transport=self._service, sleep=lambda seconds: None, now=self._now, retry=ONE_TRY
        ) as client:
            runner = CampaignRunner(self._ledger, client, self._settings, clock=self._clock, sleep=self._clock.sleep)
            try:
                result: RunResult = getattr(runner, name)(campaign_id, **options)
            finally:
                runner.close()
            return result

    async def _do_async(self, name: str, campaign_id: int, options: dict[str, Any]) -> RunResult:
        async with AsyncJsmsClient(
            KEY, SECRET, transport=AsyncService(self._service), sleep=self._nap, now=self._now, retry=ONE_TRY
        ) as client:
            runner = AsyncCampaignRunner(self._ledger, client, self._settings, clock=self._clock, sleep=self._nap)
            try:
                result: RunResult = await getattr(runner, name)(campaign_id, **options)
            finally:
                runner.close()
            return result

    async def _nap(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        await asyncio.sleep(0)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now, UTC)


MakeEither = Callable[..., EitherRunner]
