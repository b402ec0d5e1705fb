"""A small service for these tests: takes batches, remembers whom it took, and misbehaves when told to.

It shares no code with the package, so that both cannot be wrong together; the tests with the mock are beside it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from jsmskit import TransportRequest

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"
Answer = tuple[int, Mapping[str, str], bytes]


def answer(status: int, body: object) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(body).encode()


def refusal(code: int, status: int = 400, message: str = "refused") -> Answer:
    """An error for a whole request."""
    return answer(status, {"error": {"code": code, "message": message}})


class Service:
    """A transport for the plain client, and the record of what the service did."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.requests: list[list[str]] = []
        self.bodies: list[dict[str, Any]] = []
        self.balance = {"app_balance": 10**9, "app_voice": 0, "app_industry": 0, "app_market": 0}
        self.balance_plan: list[Callable[[], Answer | None]] = []
        self.codes: dict[str, int] = {}
        self.silent_about: set[str] = set()
        self.plan: list[Callable[[list[str]], Answer | None]] = []
        self.templates: dict[int, dict[str, Any]] = {}
        self._next = 0

    def then(self, *steps: Callable[[list[str]], Answer | None]) -> None:
        """What happens to the next batches, one step each; a step gives an answer, raises, or gives None (as usual)."""
        self.plan += steps

    def exchange(self, request: TransportRequest, *, timeout: float, new_connection: bool) -> Answer:
        path = request.url.partition("/v1")[2]
        if path == "/accounts/app":
            special = self.balance_plan.pop(0)() if self.balance_plan else None
            return special or answer(200, self.balance)
        if path.startswith("/templates/"):
            found = self.templates.get(int(path.rpartition("/")[2]))
            return refusal(50013) if found is None else answer(200, found)
        if (request.method, path) == ("POST", "/messages/batch"):
            return self._batch(json.loads(request.body))
        return refusal(50016, 404)

    def _batch(self, document: dict[str, Any]) -> Answer:
        phones = [entry["mobile"] for entry in document["recipients"]]
        self.requests.append(phones)
        self.bodies.append(document)
        if self.plan:
            special = self.plan.pop(0)(phones)
            if special is not None:
                return special
        return self.take(phones)

    def take(self, phones: list[str]) -> Answer:
        """Take a batch, with whatever codes single numbers have."""
        entries: list[dict[str, str]] = []
        for phone in phones:
            self._next += 1
            if phone in self.codes:
                code = str(self.codes[phone])
                entries.append({"mobile": phone, "error_code": code, "error_message": "no", "msg_id": str(self._next)})
                continue
            self.taken[phone] += 1
            if phone not in self.silent_about:
                entries.append({"mobile": phone, "msg_id": str(self._next)})
        good = sum("error_code" not in entry for entry in entries)
        return answer(200, {"success_count": good, "failure_count": len(entries) - good, "recipients": entries})

    def lost_answer(self, phones: list[str]) -> Answer:
        """A step: the batch is taken, and the answer lost."""
        self.take(phones)
        raise ConnectionResetError("gone")

    @staticmethod
    def lost_request(phones: list[str]) -> Answer:
        """A step: nothing arrives, and nobody can tell."""
        raise ConnectionResetError("gone")

    @staticmethod
    def refused_connection(phones: list[str]) -> Answer:
        """A step: certainly not sent."""
        raise ConnectionRefusedError("no")

    def close(self) -> None:
        """Nothing is open."""


class AsyncService:
    """The same for the asyncio client."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def exchange(self, request: TransportRequest, *, timeout: float, new_connection: bool) -> Answer:
        return self.service.exchange(request, timeout=timeout, new_connection=new_connection)

    async def aclose(self) -> None:
        """Nothing is open."""


def numbers(count: int, start: int = 0) -> list[str]:
    return [f"139{index:08d}" for index in range(start, start + count)]
