"""The fixtures that users' tests ask for."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from jsmskit import AsyncJsmsClient, JsmsClient
from jsmskit.mock import Fault, FaultKind, JsmsMock
from jsmskit.pytest_plugin import async_jsms_client, jsms_client, jsms_mock

__all__ = ["async_jsms_client", "jsms_client", "jsms_mock"]

PHONE = "13800138000"


def test_the_asynchronous_client_shares_the_mock(jsms_mock: JsmsMock, async_jsms_client: AsyncJsmsClient) -> None:

    async def go() -> bool:
        sent = await async_jsms_client.codes.send(PHONE, template_id=1)
        code = await jsms_mock.wait_for_code_async(PHONE)
        return bool(await async_jsms_client.codes.verify(sent.msg_id, code))

    assert asyncio.run(go())


def test_pauses_between_tries_take_no_time(jsms_mock: JsmsMock, jsms_client: JsmsClient) -> None:
    """The client backs off on the mock's clock: the test does not wait."""
    jsms_mock.clock.freeze(1_700_000_000)
    jsms_mock.faults.add(Fault(FaultKind.REFUSE, times=2))

    assert jsms_client.accounts.app_balance().general is not None
    assert jsms_mock.clock.now() > 1_700_000_000


def test_nothing_is_loaded_unasked(tmp_path: Path) -> None:
    """Installing jsmskit adds no fixture to anybody's tests; asking for the plugin does."""
    assert not [one for one in distribution("jsmskit").entry_points if one.group == "pytest11"]
    (tmp_path / "test_it.py").write_text("def test_it(jsms_mock, jsms_client): pass\n")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["jsmskit.pytest_plugin"]\n')
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    done = subprocess.run([*command, tmp_path], capture_output=True, text=True, check=False, cwd=tmp_path, env=alone)

    assert "1 passed" in done.stdout, done.stdout + done.stderr
