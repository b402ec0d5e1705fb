"""Imports, start-up and help: what a script, a function in the cloud or a shell pays before its first call."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import certifi

from benchmarks import peers, stub
from benchmarks.contenders import KEY, SECRET
from benchmarks.harness import Measured, Settings, compare, instructions, run_process, take_turns

IMPORTS = (
    ("import jsmskit", "import httpx", 0.03),
    ("from jsmskit import JsmsClient; JsmsClient('a' * 24, 'b' * 24)", "import httpx; httpx.Client()", None),
)
COLD = {
    "jsmskit": "from jsmskit import JsmsClient\n"
    "with JsmsClient('{key}', '{secret}', base_url='{base}/v1', ca_file='{ca}') as c:\n"
    "    assert c.codes.send('13800138000').msg_id == '288193860302'",
    "vendor": "import jsms\nc = jsms.Jsms('{key}', '{secret}')\n"
    "c.BASE_URL = '{base}/v1/'; c.session.verify = '{ca}'\n"
    "assert c.send_code('13800138000', 1)['msg_id'] == '288193860302'",
    "httpx": "import httpx, ssl\n"
    "with httpx.Client(verify=ssl.create_default_context(cafile='{ca}'), auth=('{key}', 'x')) as c:\n"
    "    r = c.post('{base}/v1/codes', json=dict(mobile='13800138000', temp_id=1))\n"
    "    assert r.json()['msg_id'] == '288193860302'",
}
COLD_PEERS = {"vendor": ("the same with the vendor's jsms 0.0.4", 0.90), "httpx": ("the same with httpx", None)}


def start(settings: Settings) -> Iterator[Measured]:
    """Instructions of imports, above those of the bare interpreter; then CPU of processes that make one call."""
    bare = instructions([peers.PYTHON, "-c", "pass"])
    for mine, theirs, goal in IMPORTS:
        counts = [instructions([peers.PYTHON, "-c", program]) - bare for program in (mine, theirs)]
        yield compare(
            f"start-{len(mine)}", mine, theirs, "million instructions", counts[:1], counts[1:],
            goal=goal, note=f"above the {bare:.0f} of the bare interpreter",
        )  # fmt: skip
    with stub.running() as service:
        # The whole public trust store and the stub's authority, so that loading it costs what it costs in life.
        trusted = Path(service.ca_file).with_suffix(".all")
        trusted.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + Path(service.ca_file).read_bytes())
        commands = {
            name: [peers.PYTHON, "-c", text.format(base=service.secure, ca=trusted, key=KEY, secret=SECRET)]
            for name, text in COLD.items()
        }
        asked = {name: lambda command=command: 1e3 * run_process(command)[0] for name, command in commands.items()}
        spent = take_turns(asked, settings.rounds(9))
    for name, (words, goal) in COLD_PEERS.items():
        yield compare(
            f"cold-{name}", "a process that makes one call over TLS, from start to end", words, "ms CPU",
            spent["jsmskit"], spent[name], goal=goal, note="bare interpreter included on both sides",
        )  # fmt: skip


def help_text(settings: Settings) -> Iterator[Measured]:
    """`jsms --help` beside an argparse program that lists the same commands."""
    from jsmskit.cli.root import COMMANDS

    lines = [
        "import argparse",
        "parser = argparse.ArgumentParser(prog='jsms', description='Send and test Jiguang SMS.')",
        "parser.add_argument('--version', action='version', version='1')",
        "commands = parser.add_subparsers(title='commands')",
        *(f"commands.add_parser({name!r}, help={found.summary!r})" for name, found in COMMANDS.items()),
        "parser.parse_args()",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        rival = Path(folder, "rival.py")
        rival.write_text("\n".join(lines), encoding="utf-8")
        commands = {
            "jsmskit": [sys.executable, "-c", "from jsmskit.cli import main; main()", "--help"],
            "argparse": [sys.executable, rival, "--help"],
        }
        asked = {name: lambda command=command: 1e3 * run_process(command)[0] for name, command in commands.items()}
        take_turns(asked, 1)  # warm up
        spent = take_turns(asked, settings.rounds(21))
    yield compare(
        "help", "`jsms --help`, the whole process", "argparse, the first level of commands", "ms CPU",
        spent["jsmskit"], spent["argparse"], goal=2.0,
    )  # fmt: skip
