"""The application of the tutorial, built from the page alone, under a script that plays the attacker."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from jsmskit import AsyncJsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.verification import AsyncPhoneVerification, MemoryStore

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
PHONE = "13800138000"


@pytest.fixture(scope="module")
def login(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The module `login` as a reader of the page ends up with it."""
    blocks = re.findall(r'```python title="login\.py"\n(.*?)```', PAGE.read_text("utf-8"), re.DOTALL)
    path = tmp_path_factory.mktemp("tutorial") / "login.py"
    path.write_text(blocks[-1], "utf-8")
    spec = importlib.util.spec_from_file_location("tutorial_login", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tutorial_login"] = module  # FastAPI looks annotations up there
    spec.loader.exec_module(module)
    return module


class Attacker:
    """Somebody with a browser, any address, and one phone."""

    def __init__(self, login: ModuleType, mock: JsmsMock) -> None:
        client = AsyncJsmsClient(APP_KEY, MASTER_SECRET, transport=mock.async_transport)
        verifications = AsyncPhoneVerification(client, store=MemoryStore(), clock=mock.clock.now)
        self.app = login.create_app(verifications)
        self.mock = mock
        self.transport = httpx.ASGITransport(self.app)
        self.browser = httpx.AsyncClient(transport=self.transport, base_url="https://login.example")

    async def post(self, path: str, address: str = "192.0.2.1", **body: Any) -> int:
        """Post from an address; return the status."""
        self.transport.client = (address, 40000)
        return (await self.browser.post(path, json=body)).status_code

    async def ask(self, phone: str, address: str = "192.0.2.1", purpose: str = "login") -> int:
        return await self.post(f"/{purpose}/code", address, phone=phone)

    async def type_in(self, code: str, phone: str = PHONE, purpose: str = "login") -> int:
        return await self.post(f"/{purpose}", phone=phone, code=code)

    @property
    def code(self) -> str:
        return self.mock.messages(PHONE)[-1].code or ""


Attack = Callable[[Attacker], Awaitable[None]]


async def same_number_many_times(attacker: Attacker) -> None:
    found = Counter([await attacker.ask(PHONE, f"192.0.2.{place}") for place in range(20)])
    assert found == {202: 1, 429: 19}
    assert len(attacker.mock.messages()) == 1


async def same_number_every_ten_minutes_for_a_day(attacker: Attacker) -> None:
    for place in range(24 * 6):
        await attacker.ask(PHONE, f"10.0.{place // 256}.{place % 256}")
        attacker.mock.advance(600)
    assert len(attacker.mock.messages()) == 10


async def many_numbers_from_one_address(attacker: Attacker) -> None:
    found = Counter([await attacker.ask(f"139{place:08d}") for place in range(60)])
    assert found == {202: 20, 429: 40}
    assert len(attacker.mock.messages()) == 20


async def numbers_from_one_network_of_version_6(attacker: Attacker) -> None:
    found = Counter([await attacker.ask(f"139{place:08d}", f"2001:db8::{place:x}") for place in range(40)])
    assert found[202] == 20


async def numbers_from_ever_new_addresses(attacker: Attacker) -> None:
    found = Counter(
        [
            await attacker.ask(f"139{place:08d}", f"10.{place >> 16}.{place >> 8 & 255}.{place & 255}")
            for place in range(520)
        ]
    )
    assert found == {202: 500, 429: 20}  # the purpose stops it, and leaves the other half of the budget
    assert await attacker.ask(PHONE, "192.0.2.1", "change-password") == 202


async def guesses(attacker: Attacker) -> None:
    await attacker.ask(PHONE)
    right = attacker.code
    tried = [f"{number:06d}" for number in range(30) if f"{number:06d}" != right]
    assert set(await asyncio.gather(*(attacker.type_in(code) for code in tried))) == {401}
    assert await attacker.type_in(right) == 401  # five guesses were all


async def code_of_another_purpose(attacker: Attacker) -> None:
    await attacker.ask(PHONE)
    assert await attacker.type_in(attacker.code, purpose="change-password") == 401
    assert await attacker.post("/delete-account/code", phone=PHONE) == 422


ATTACKS: list[Attack] = [
    same_number_many_times,
    same_number_every_ten_minutes_for_a_day,
    many_numbers_from_one_address,
    numbers_from_one_network_of_version_6,
    numbers_from_ever_new_addresses,
    guesses,
    code_of_another_purpose,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_the_tutorials_application_survives(attack: Attack, login: ModuleType, mock: JsmsMock) -> None:
    asyncio.run(attack(Attacker(login, mock)))  # type: ignore[arg-type]
