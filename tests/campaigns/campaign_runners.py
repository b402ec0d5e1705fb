"""The runner sync or async behind the same plain calls: what a test says of one must hold for the other."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from campaign_scene import PLAIN, Clock, states
from campaign_service import KEY, SECRET, AsyncService, numbers
from jsmskit import AsyncJsmsClient, JsmsClient, RetryPolicy
from jsmskit.campaigns import AsyncCampaignRunner, CampaignRunner, RunResult, RunSettings, TemplateFacts, plan
from jsmskit.campaigns.ledger import Ledger

SYNC_AND_ASYNC = ("sync", "asyncio")
ONE_TRY = RetryPolicy(max_attempts=1)


class EitherRunner:
    """Runs campaigns with a client and a runner of one kind, made for each call, as a command does."""

    def __init__(
        self, kind: str, ledger: Ledger, service: Any, clock: Clock, settings: RunSettings | None = None
    ) -> None:
        self.kind = kind
        self.ledger = ledger
        self.service = service
        self.clock = clock
        self._settings = settings

    def plan(self, count: int, facts: TemplateFacts = PLAIN) -> None:
        plan(self.ledger, numbers(count), facts)

    def states(self) -> dict[str, int]:
        """How many recipients of campaign 1 are in which state."""
        return states(self.ledger)

    def run(self, *, check_balance: bool = True, **settings: Any) -> RunResult:
        """Start campaign 1, and end as it ends."""
        return self._do(["run"], check_balance, settings)

    def check_and_run(self) -> RunResult:
        """The same in two steps, as a command does that shows in between what it is about to do."""
        return self._do(["check", "run"], True, {})

    def resume(self, *, check_balance: bool = True, **settings: Any) -> RunResult:
        """Go on with campaign 1, and end as it ends."""
        return self._do(["resume"], check_balance, settings)

    def _do(self, names: list[str], check_balance: bool, given: dict[str, Any]) -> RunResult:
        settings = RunSettings(**given) if given else self._settings
        if self.kind == "asyncio":
            return asyncio.run(self._do_async(names, check_balance, settings))
        with JsmsClient(
            KEY, SECRET, transport=self.service, sleep=lambda seconds: None, now=self._now, retry=ONE_TRY
        ) as client:
            runner = CampaignRunner(self.ledger, client, settings, clock=self.clock, sleep=self.clock.sleep)
            try:
                results = [getattr(runner, name)(1, check_balance=check_balance) for name in names]
            finally:
                runner.close()
            result: RunResult = results[-1]
            return result

    async def _do_async(self, names: list[str], check_balance: bool, settings: RunSettings | None) -> RunResult:
        async with AsyncJsmsClient(
            KEY, SECRET, transport=AsyncService(self.service), sleep=self._nap, now=self._now, retry=ONE_TRY
        ) as client:
            runner = AsyncCampaignRunner(self.ledger, client, settings, clock=self.clock, sleep=self._nap)
            try:
                results = [await getattr(runner, name)(1, check_balance=check_balance) for name in names]
            finally:
                runner.close()
            result: RunResult = results[-1]
            return result

    async def _nap(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        await asyncio.sleep(0)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now, UTC)
