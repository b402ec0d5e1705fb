"""One way to call both clients, so that each test is written once and run sync and async."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from jsmskit import AsyncJsmsClient, JsmsClient, JsmsError, TransportRequest
from jsmskit._http import errors as failures

# The sample pairs that the vendor prints: good for tests, useless anywhere else.
APP = ("7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1")
DEV = {"dev_key": "7e503edcb0cb725e331b0311", "dev_secret": "7289516381dcdf1113730f2b"}
CLIENT_KINDS = ("sync", "async")
PHONE = "13812345678"


@dataclass
class FakeClock:
    """A clock that only sleeping moves, and a list of all sleeps."""

    time: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)


@dataclass(frozen=True)
class Sent:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: float
    new_connection: bool

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = tuple[int, Mapping[str, str], bytes]
Step = Answer | BaseException | Callable[[Sent], Answer]


def answer(status: int, data: Any, **headers: str) -> Answer:
    """An answer in JSON."""
    return status, {"content-type": "application/json", **headers}, json.dumps(data).encode()


def refusal(status: int, code: int, message: str = "said so") -> Answer:
    return answer(status, {"error": {"code": code, "message": message}})


class Script:
    """A transport that plays its steps in order, the last one for ever."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps
        self.sent: list[Sent] = []
        self.closed = 0

    def exchange(self, request: TransportRequest, *, timeout: float, new_connection: bool) -> Answer:
        sent = Sent(request.method, request.url, dict(request.headers), request.body, timeout, new_connection)
        step = self.steps[min(len(self.sent), len(self.steps) - 1)]
        self.sent.append(sent)
        if isinstance(step, BaseException):
            raise step
        return step(sent) if callable(step) else step

    def close(self) -> None:
        self.closed += 1


class AsyncScript:
    def __init__(self, script: Script) -> None:
        self._script = script

    async def exchange(self, *args: Any, **kwargs: Any) -> Answer:
        return self._script.exchange(*args, **kwargs)

    async def aclose(self) -> None:
        self._script.close()


class Caller:
    """A client of one kind, and a way to call it that looks the same for both."""

    def __init__(
        self, client_kind: str, *, script: Script | None = None, clock: FakeClock | None = None, **options: Any
    ):
        self.client_kind = client_kind
        self.script = script
        self._runner = asyncio.Runner() if client_kind == "async" else None
        if script is not None:
            clock = clock or FakeClock()  # no test waits
        if clock is not None:
            options |= {"clock": clock, "sleep": clock.sleep if client_kind == "sync" else clock.sleep_async}
        keys = options.pop("keys", APP)
        if client_kind == "sync":
            self.client: Any = JsmsClient(*keys, **options, **({"transport": script} if script else {}))
        else:
            asynced = {"transport": AsyncScript(script)} if script else {}
            self.client = AsyncJsmsClient(*keys, **options, **asynced)

    def __call__(self, ask: Callable[[Any], Any]) -> Any:
        """Ask the client something: `caller(lambda client: client.codes.send(...))`."""
        if self._runner is None:
            made = ask(self.client)
            return list(made) if inspect.isgenerator(made) else made
        return self._runner.run(_answered(lambda: ask(self.client)))

    def close_client(self) -> None:
        self(lambda client: client.close() if self._runner is None else client.aclose())

    def close(self) -> None:
        self.close_client()
        if self._runner is not None:
            self._runner.close()

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()


async def _answered(ask: Callable[[], Any]) -> Any:
    made = ask()
    if inspect.isasyncgen(made):
        return [item async for item in made]
    return await made if inspect.isawaitable(made) else made


def at_once(client_kind: str, asks: Sequence[Callable[[Any], Any]], **options: Any) -> list[Any]:
    """Ask one client at the same time, in threads or in tasks; what each call gave or raised."""
    if client_kind == "sync":
        with JsmsClient(*APP, **options) as client, ThreadPoolExecutor(len(asks)) as pool:
            calls = [pool.submit(ask, client) for ask in asks]
            return [call.exception() or call.result() for call in calls]

    async def story() -> list[Any]:
        async with AsyncJsmsClient(*APP, **options) as client:
            return await asyncio.gather(*(ask(client) for ask in asks), return_exceptions=True)

    return asyncio.run(story())


def send(client: Any) -> Any:
    return client.codes.send(PHONE)


def failed(caller: Caller, ask: Callable[[Any], Any] = send) -> JsmsError:
    with pytest.raises(JsmsError) as caught:
        caller(ask)
    return caught.value


def sent(caller: Caller) -> list[Sent]:
    """What the script of a caller was asked for."""
    assert caller.script is not None
    return caller.script.sent


def lost(name: str, *, body_sent: bool, status: int | None = None) -> failures.TransportError:
    kind: type[failures.TransportError] = getattr(failures, name)
    return kind(body_sent=body_sent, status=status)
