"""Every command, once through pipes as programs use it, once on a pseudo-terminal as people do."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template

import click
import pytest
from jsmskit import JsmsClient
from jsmskit.campaigns import CampaignRunner, open_ledger, plan, read_template
from jsmskit.cli.root import command as root
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from shell import Shell

PHONE = "13800138000"
#: 1 x 1 pixel, PNG.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffff3f0005fe02"
    "fea735810000000049454e44ae426082"
)


class Given:
    """What a scene finds: made when its name stands in the command line, over the client of the package."""

    def __init__(self, mock: JsmsMock, origin: str, folder: Path) -> None:
        self.mock = mock
        self.folder = folder
        self.client = JsmsClient(APP_KEY, MASTER_SECRET, base_url=f"{origin}/v1", transport=mock.transport)

    def __getitem__(self, name: str) -> object:
        found = getattr(self, name)
        return found() if callable(found) else found

    def file(self, name: str, content: str | bytes) -> str:
        (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return str(self.folder / name)

    def people(self) -> str:
        return self.file("people.csv", f"phone,code\n{PHONE},1234\n13800138001,5678\n")

    def code(self) -> str:
        sent = self.client.codes.send(PHONE)
        return f"{sent.msg_id} {self.mock.messages(PHONE)[-1].code}"

    def coded(self) -> str:
        self.code()
        return ""

    def replied(self) -> str:
        self.mock.reply(PHONE, "好\t的\x1b[31m", app_key=APP_KEY)
        return ""

    def reported(self) -> str:
        self.client.messages.send(PHONE, 1, {"code": "1"})
        self.mock.advance(60)
        return ""

    def schedule(self) -> str:
        at = datetime(2099, 1, 1, tzinfo=UTC)
        return self.client.schedules.create(PHONE, 1, at, {"code": "1"}).schedule_id

    def template(self) -> int:
        return self.client.templates.create("您好 {{name}}", type=2).template_id

    def refused_template(self) -> int:
        number = self.template()
        self.mock.review_template(number, False)
        return number

    def sign(self, *, approve: bool = True) -> int:
        number = self.client.signs.create("测试签名").sign_id
        self.mock.review_sign(number, approve)
        return number

    def refused_sign(self) -> int:
        return self.sign(approve=False)

    def papers(self) -> str:
        number, picture = self.file("id.txt", "11010519491231002X\n"), self.file("id.png", PICTURE)
        words = "--type company --remark 登录验证 --legal-person-name 张三 --social-credit-code 91350100M000100Y43"
        return (
            f"{words} --legal-person-id-number @{number} --id-card-image {picture} --business-license-image {picture}"
        )

    def planned(self, *, run: bool = False) -> str:
        place = self.folder / "ledger.db"
        with open_ledger(place) as ledger:
            plan(ledger, self.people(), read_template(self.client, 1))
            if run:
                CampaignRunner(ledger, self.client).run(1)
        return f"--ledger {place}"

    def ended(self) -> str:
        return self.planned(run=True)


@dataclass(frozen=True)
class Scene:
    """What stands behind a command, and what has to come of it.

    `piped` is a pattern for the whole standard output in a pipe, `seen` a pattern that has to be found on the
    screen. Both runs begin with the same mock. `typed` is what is typed or piped in.
    """

    behind: str
    piped: str
    seen: str
    code: int = 0
    typed: str = ""


def words(name: str, given: Given) -> list[str]:
    """The command line of a scene."""
    return shlex.split(f"{name} {Template(SCENES[name].behind).substitute(given)}")


ID = r"\d+\n"
TASK = r"[0-9a-f-]{36}\n"

SCENES = {
    "codes send": Scene(PHONE, ID, r"A code is on its way to 138\*{4}8000"),
    "codes voice": Scene(f"{PHONE} --code 4321 --language english --ttl 90", ID, r"138\*{4}8000"),
    "codes verify": Scene("$code", r"ok\n", r"^ok$"),
    "messages send": Scene(f"{PHONE} --template 1 -p code=1", ID, r"138\*{4}8000"),
    "messages batch": Scene(
        "$people --template 1",
        rf"{PHONE}\taccepted\t\d+\t\t\n13800138001\taccepted\t\d+\t\t\n",
        r"phone +state +msg id +code +name[\s\S]*2 accepted, 0 rejected, 0 unknown",
    ),
    "schedules create": Scene(
        f"{PHONE} --at 2099-01-01T00:00:00Z --template 1 -p code=1", TASK, r"2099-01-01 08:00:00 \(UTC\+8\)"
    ),
    "schedules batch": Scene("$people --at +2h --template 1", TASK, r"2 messages will be sent"),
    "schedules get": Scene(
        "$schedule",
        rf"schedule_id\t\S+\nsend_at\t2099-01-01 08:00:00 \(UTC\+8\)\ntemplate_id\t1\n{PHONE}\t\d*\tcode=1\n",
        rf"send at +2099-01-01 08:00:00[\s\S]*{PHONE}",
    ),
    "schedules update": Scene(f"$schedule {PHONE} --at +1d --template 1 -p code=2", TASK, r"It will be sent at"),
    "schedules cancel": Scene("$schedule", r"cancelled \S+\n", r"cancelled \S+"),
    "templates create": Scene("'你好 {{name}}' --type notice", ID, r"It is in review"),
    "templates get": Scene(
        "1",
        r"template_id\t1\ntemplate\t.*\{\{code\}\}.*\ntype\tverification\nstatus\tapproved\nttl\t300\n(remark.*\n)?",
        r"template id +1\n",
    ),
    "templates update": Scene("$refused_template '改过 {{name}}' --type notice", ID, r"It is in review"),
    "templates delete": Scene("$template", r"deleted \d+\n", r"deleted"),
    "templates preview": Scene(
        "'您好 {{name}}' -p name=王 --sign 极光",
        r"text\t【极光】您好 王\nlength\t8\nunits\t1\n",
        r"text +【极光】您好 王",
    ),
    "signs create": Scene("测试 $papers", ID, r"It is in review"),
    "signs get": Scene(
        "37582",
        r"sign_id\t37582\nsign\t极光推送\nstatus\tapproved\nis_default\tyes\nin_use\t(yes|no)\n",
        r"sign +极光推送",
    ),
    "signs update": Scene("$refused_sign 新签名", ID, r"It is in review"),
    "signs delete": Scene("$sign --yes", r"deleted \d+\n", r"deleted \d+"),
    "balance": Scene("", r"general\t\d+\nvoice\t\d+\nindustry\t\d+\nmarket\t\d+\n", r"general +\d+\nvoice"),
    "reports": Scene("$reported", rf"\S+T\S+\t{PHONE}\t\d+\t4001\tDELIVERED\n", rf"{PHONE}[\s\S]*DELIVERED"),
    "replies": Scene("$replied", rf"\S+T\S+\t{PHONE}\t好\\t的\\x1b\[31m\n", r"好\\t的\\x1b\[31m"),
    # With a server: tests/verification/test_operator.py.
    "verification stats": Scene("--store redis://127.0.0.1:1", r"", r"Redis did not carry out", code=1),
    "verification resume": Scene("--store redis://127.0.0.1:1", r"", r"Redis did not carry out", code=1),
    "campaign plan": Scene(
        "$people --template 1 --ledger $folder/plan.db",
        r"Rows: 2\. Recipients: 2\. Requests: 1\.\nAbout 2 billed[\s\S]*Next: jsms campaign run 1 --ledger .*plan.db\n",
        r"Next: jsms campaign run 1",
    ),
    "campaign run": Scene("1 $planned", r"Campaign 1[\s\S]*2 accepted[\s\S]*", r"100.0 %"),
    "campaign resume": Scene("1 $ended", r"", r"nothing left to send", code=1),
    "campaign status": Scene(
        "--ledger $folder/none.db",
        r"No campaign yet: there is no ledger at .*none.db. Next: jsms campaign plan FILE --template NUMBER"
        r" --ledger .*none.db\n",
        r"No campaign yet",
    ),
    "campaign test": Scene(
        "1 --to 13900139000 $planned",
        r"Sent to 139\*\*\*\*9000: msg_id \d+\. Next: jsms campaign run 1 --ledger .*\n",
        r"Sent to 139",
    ),
    "campaign stop": Scene("1 $planned", r"It was not running\.\n", r"not running"),
    "campaign unknown": Scene("1 $planned", r"Nothing is unknown\.\n", r"Nothing"),
    "campaign resolve": Scene(
        "1 --as sent --reason seen $planned", r"0 recipients are settled as sent\.\n", r"0 recipients"
    ),
    "campaign pull": Scene("$ended", r"\d reports, .*\n", r"reports,"),
    "campaign report": Scene(
        "1 -o $folder/r.csv $ended", r"2 recipients are in .*r\.csv; .*\n", r"2 recipients are in"
    ),
    "campaign purge": Scene("1 --yes $ended", r"Purged: 1\.\n", r"Purged: 1"),
    "worker": Scene("--ledger x.db", r"", r"the engine needs a ledger on PostgreSQL", code=1),
    "mock serve": Scene("--port 0 --db /dev/null/x.db", r"", r"Not a directory|unable to open database file", code=1),
    "mock env": Scene("", r"export JSMS_BASE_URL=http://\S+/v1\n(export JSMS_\w+=\w+\n){4}", r"export JSMS_APP_KEY="),
    "mock reset": Scene("", r"reset\n", r"^reset$"),
    "mock messages": Scene("$coded", rf"\d+\t\S+ \S+\t{PHONE}\tcode\t\d{{6}}\t【.*】.*\n", rf"phone[\s\S]*{PHONE}"),
    "mock wait": Scene(f"$coded --code --phone {PHONE}", r"\d{6}\n", r"^\d{6}$"),
    "mock tail": Scene(
        "$coded --after 0 --limit 1",
        rf"\d+\t\S+ \S+\t{PHONE}\tcode\t\d{{6}}\t【.*】.*\n",
        rf"\d+  \S+ \S+  {PHONE}  code  \d{{6}}  【",
    ),
    "mock open": Scene("", r"http://\S+/_mock/\n", r"/_mock/$"),
    "mock fail": Scene("50014 --operation sendCode", r"id\t1\nkind\tcode\n[\s\S]*remaining\t1\n", r"code +50014"),
    "mock reply": Scene(f"$coded {PHONE} T", rf"app_key\t\w+\nphone\t{PHONE}\ncontent\tT\n", r"content +T"),
    "mock review": Scene(
        "sign 37582 --reject --reason x", r"id\t37582\nstatus\t2\nrefuse_reason\tx\n", r"refuse reason +x"
    ),
    "mock freeze": Scene("--at '2026-05-01 09:00:00'", r"mode\tfrozen\nnow\t2026-05-01 09:00:00\n", r"mode +frozen"),
    "mock callbacks": Scene(
        "http://127.0.0.1:9/ --no-check --type SMS_REPLY",
        r"SMS_REPORT\tnone\nSMS_REPLY\thttp://127.0.0.1:9/\n(SMS_\w+\tnone\n){2}",
        r"SMS REPLY +http",
    ),
    "mock state": Scene("", r'\{\n  "accounts": \[[\s\S]*\}\n', r'"applications"'),
    "mock advance": Scene("1h", r"now\t\S+ \S+\ndone\t\d+\n", r"now +\d{4}-"),
    "explain": Scene("50013", r"50013 INVALID_TEMP_ID\nMeaning\tThere is no[\s\S]*", r"What to do\n  "),
    "spec": Scene("--format errors", r"\{[\s\S]*\}\n", r'"errors"'),
    "help": Scene("sending", r"A command that costs money asks first[\s\S]*", r"asks first"),
    "doctor": Scene("", r"ok\tversions\tjsmskit [\s\S]*", r"All checks passed\."),
    "live-check": Scene(
        f"{PHONE} --free",
        r"(agrees\t[^\t\n]*\t[^\t\n]*\t[^\t\n]*\n|not asked\t[^\t\n]*\t\t[^\t\n]*\n)+",
        r"It sends nothing and costs nothing[\s\S]*, 0 other than the contract says\. Texts sent, or perhaps sent: 0\.",
    ),
    "login": Scene(
        "--profile test",
        r"stored test\n",
        r"JSMS_MASTER_SECRET: \nJSMS_DEV_KEY \(Enter: none\): \nstored test",
        typed=f"JSMS_APP_KEY={APP_KEY}\nJSMS_MASTER_SECRET={MASTER_SECRET}\n",
    ),
    "logout": Scene("--profile test", r"deleted test\n", r"deleted test"),
    "completion": Scene("bash", r"_jsms_completion\(\)[\s\S]*", r"_jsms_completion"),
}


#: The commands that make requests with a number in it.
SENDING = {
    *("campaign run", "campaign test", "codes send", "codes voice", "live-check", "messages batch", "messages send"),
    *("schedules batch", "schedules create", "schedules update"),
}


def commands(group: click.Command = root, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield from commands(found, f"{path} {name}".strip())


NAMES = [path for path, _command in commands()]


def reached(mock: JsmsMock, before: int) -> set[str]:
    """The numbers in the requests that came since there were so many."""
    requests = mock.requests.listed()  # newest first
    texts = [request["request"] for request in requests[: len(requests) - before]]
    return {number for text in texts for number in re.findall(r'"mobile": ?"(\d+)"', text)}


def test_there_is_a_scene_for_every_command() -> None:
    assert set(NAMES) == set(SCENES)


@pytest.fixture
def given(mock: JsmsMock, served: tuple[JsmsMock, str], tmp_path: Path) -> Given:
    """The beginning of a scene."""
    return Given(mock, served[1], tmp_path)


@pytest.fixture
def keyring_file(tmp_path: Path) -> dict[str, str]:
    """A keyring that is a file, with one profile in it."""
    place = tmp_path / "keyring.json"
    keys = json.dumps({"JSMS_APP_KEY": APP_KEY, "JSMS_MASTER_SECRET": MASTER_SECRET})
    place.write_text(json.dumps({"jsmskit/test": keys}))
    return {"PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring", "FILE_KEYRING": str(place)}


@pytest.mark.parametrize("name", SCENES)
def test_through_pipes(name: str, shell: Shell, given: Given, keyring_file: dict[str, str]) -> None:
    """The data alone on standard output, exactly; the exit code; errors in three lines."""
    scene = SCENES[name]
    typed = scene.typed
    if name == "login":
        typed += f"JSMS_BASE_URL={shell.env['JSMS_BASE_URL']}\n"

    line = words(name, given)
    before = len(given.mock.requests.listed())
    done = shell.piped(*line, typed=typed, env=keyring_file)

    assert done.code == scene.code, done
    assert bool(reached(given.mock, before)) == (name in SENDING)
    assert re.fullmatch(scene.piped, done.out), done
    assert "Traceback" not in done.err
    if scene.code:
        happened, sent, remedy = done.err.splitlines()
        assert happened.startswith(f"jsms {name}: ")
        assert sent.startswith("  was it sent?  No, ")
        assert len(remedy) > len("  what to do:   ")


@pytest.mark.parametrize("name", SCENES)
def test_on_a_terminal(name: str, shell: Shell, given: Given, keyring_file: dict[str, str]) -> None:
    """What a person sees, on a real pseudo-terminal."""
    scene = SCENES[name]
    terminal = shell.terminal(*words(name, given), env=keyring_file)
    if name == "login":
        terminal.sees("JSMS_APP_KEY").types(APP_KEY).sees("JSMS_MASTER_SECRET").types(MASTER_SECRET)
        terminal.sees("Enter: none").types("")

    done = terminal.ends()

    assert done.code == scene.code, done.out
    assert re.search(scene.seen, done.screen, re.MULTILINE), done.out
    assert "Traceback" not in done.screen
    # These two print what a mock, whose sample keys are public, is started and filled with.
    assert MASTER_SECRET not in done.out or name in ("mock env", "mock state")


def test_a_scheduled_batch_can_be_replaced(shell: Shell, given: Given) -> None:
    batch = ("schedules", "batch", given.people(), "--template", "1")
    task = shell.piped(*batch, "--at", "2099-01-01 08:00").out.strip()

    done = shell.piped(*batch, "--at", "2099-01-02 08:00", "--update", task)

    assert (done.code, done.out.strip()) == (0, task), done
    assert "2099-01-02 08:00:00 (UTC+8)" in shell.piped("schedules", "get", task).out
    assert shell.piped(*batch, "--at", "+1h", "--update", task, "--tag", "x").code == 2
