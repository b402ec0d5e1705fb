"""Ctrl-C at every place of a command: none says that nothing was sent after the service has carried something out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from shutil import copy
from types import ModuleType

import pytest
from click.testing import CliRunner, Result
from jsmskit import JsmsClient, TransportRequest
from jsmskit._sync import executor
from jsmskit.campaigns import TemplateFacts, TemplateKind, open_ledger, plan
from jsmskit.campaigns.running._sync import runner
from jsmskit.cli import calls_made, connection, root
from jsmskit.cli.commands import reports, sending
from jsmskit.cli.commands.campaign import run
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.mock.model.records import Application, Balances, ReviewStatus, Template
from jsmskit.mock.model.settings import ApplicationSeed, Seed, sample_application

from tests.interrupt_at import interrupted_everywhere

TEXT = Template(APP_KEY, 90, "您好", 2, status=ReviewStatus.APPROVED)
ACCOUNT = Seed(
    applications=(
        ApplicationSeed(
            Application(APP_KEY, MASTER_SECRET, "", Balances(industry=10**6)),
            (TEXT,),
            sample_application(APP_KEY, MASTER_SECRET).signs,
        ),
    )
)
CLIENT = (connection, calls_made, executor)


class Witness:
    """The mock, and how many requests it answered that send something, or hand out what can be read once."""

    def __init__(self) -> None:
        self.mock = JsmsMock(state=ACCOUNT)
        self.carried_out = 0

    def exchange(
        self, request: TransportRequest, *, timeout: float, new_connection: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        response = self.mock.transport.exchange(request, timeout=timeout, new_connection=new_connection)
        self.carried_out += response[0] == 200 and (request.method == "POST" or request.url.endswith("/report"))
        return response

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Witness:
    witness = Witness()
    monkeypatch.setattr(
        connection,
        "make_client",
        lambda options: JsmsClient.from_env(**connection._for_client(options), transport=witness),
    )
    return witness


def interrupted(service: Witness, words: Callable[[], list[str]], *modules: ModuleType) -> None:
    """Run the command, interrupted at the first place of the modules, at the second and so on, until it is not."""
    ended: list[tuple[Result, bool]] = []
    command = words()

    def act() -> None:
        before = service.carried_out
        service.mock.advance_without_callbacks(86_400.0)  # beyond every limit of the service
        result = CliRunner().invoke(root.command, [*command, "--mock", "--json"])
        ended.append((result, service.carried_out > before))

    def look(place: int) -> None:
        command[:] = words()
        result, something = ended[-1]
        if result.exit_code and something:
            told = json.loads(result.stderr.splitlines()[-1])["error"]
            assert told["sent"].startswith(("Yes", "Unknown", "No; but")), (place, told)
            assert told["remedy"] != "Run it again when you want to.", place

    with ThreadPoolExecutor(1) as pool:
        pool.submit(interrupted_everywhere, act, look, *modules).result()
    assert not ended[-1][0].exit_code, ended[-1][0].output
    assert any(result.exit_code and something for result, something in ended)
    assert any(result.exit_code and not something for result, something in ended)


def test_a_send(service: Witness) -> None:
    phones = count(13800000000)
    interrupted(service, lambda: ["messages", "send", str(next(phones)), "--template", "90"], sending, *CLIENT)


def test_a_pull(service: Witness) -> None:
    interrupted(service, lambda: ["reports"], reports, *CLIENT)


def test_a_campaign(service: Witness, tmp_path: Path) -> None:
    numbers = count()
    planned = tmp_path / "planned.db"
    with open_ledger(planned) as ledger:
        plan(ledger, ["13800138000"], TemplateFacts(90, "您好", TemplateKind.NOTICE))

    def command() -> list[str]:
        place = copy(planned, tmp_path / f"{next(numbers)}.db")
        return ["campaign", "run", "1", "--ledger", str(place), "--override-quiet-hours", "a test"]

    interrupted(service, command, run, runner)
