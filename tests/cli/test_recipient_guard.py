"""Every command under the recipient guard: by the mock's own log, no request reaches a number that is not allowed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from jsmskit.mock import JsmsMock
from shell import Shell
from test_every_command import PHONE, SENDING, Given, reached, words

OWN: Final = "13900009999"
NOT_REDIRECTED: Final = {"campaign run", "live-check"}


@pytest.mark.parametrize("setting", ["JSMS_ONLY_TO", "JSMS_REDIRECT_TO"])
@pytest.mark.parametrize("name", sorted(SENDING))
def test_no_command_reaches_another_number(
    shell: Shell, mock: JsmsMock, served: tuple[JsmsMock, str], tmp_path: Path, name: str, setting: str
) -> None:
    """Of all commands that send anything, which the run of every command makes sure of."""
    line = words(name, Given(mock, served[1], tmp_path))
    before = len(mock.requests.listed())
    done = shell.piped(*line, env={setting: OWN})
    redirected = setting == "JSMS_REDIRECT_TO" and name not in NOT_REDIRECTED
    assert reached(mock, before) == ({OWN} if redirected else set())
    assert PHONE not in done.err
    assert setting in done.err
    assert (done.code == 0) == (redirected or (name, setting) == ("campaign run", "JSMS_ONLY_TO"))


def test_a_withheld_message_is_told_in_three_lines(shell: Shell, mock: JsmsMock) -> None:
    """What, that nothing was sent, what to do; exit code 4; in Chinese too."""
    done = shell.piped("codes", "send", PHONE, env={"JSMS_ONLY_TO": f"{OWN},137*"})
    assert done.code == 4
    assert done.err.splitlines() == [
        "JSMS_ONLY_TO: only 139****9999, 137* can be reached; messages to anyone else are withheld.",
        "jsms codes send: 138****8000 is not on the list of JSMS_ONLY_TO, so the message was withheld.",
        "  was it sent?  No, nothing was sent.",
        "  what to do:   Add the number to JSMS_ONLY_TO, or unset it where everyone is to be reached.",
    ]
    chinese = shell.piped("codes", "send", PHONE, env={"JSMS_ONLY_TO": OWN, "JSMS_LANG": "zh"})
    assert "138****8000 不在 JSMS_ONLY_TO 的名单中，消息已拦截。" in chinese.err
    assert "请把该号码加入 JSMS_ONLY_TO" in chinese.err
    error = json.loads(shell.piped("codes", "send", PHONE, "--json", env={"JSMS_ONLY_TO": OWN}).err)["error"]
    assert (error["kind"], error["outcome"], error["field"]) == ("WithheldError", "not_sent", "JSMS_ONLY_TO")


def test_of_a_batch_the_withheld_are_listed(shell: Shell, mock: JsmsMock) -> None:
    """With a state of their own, and exit code 9."""
    numbers = f"{PHONE}\n{OWN}\n"
    batch = ("messages", "batch", "-", "--template", "1", "--param", "code=1")
    done = shell.piped(*batch, typed=numbers, env={"JSMS_ONLY_TO": OWN})
    assert done.code == 9
    assert done.out.splitlines()[1] == f"{PHONE}\twithheld\t\t\t"
    assert "1 accepted, 0 rejected, 0 unknown, 1 withheld." in done.err
    told = shell.piped(*batch, "--json", typed=numbers, env={"JSMS_ONLY_TO": OWN}).json()
    assert (told["withheld"], told["accepted"]) == (1, 1)
    task = ("schedules", "batch", "-", "--at", "+2h", "--template", "1", "--param", "code=1")
    done = shell.piped(*task, typed=numbers, env={"JSMS_ONLY_TO": OWN})
    assert "withheld: 138****8000" in done.err
    assert shell.piped(*task, "--json", typed=numbers, env={"JSMS_ONLY_TO": OWN}).json()["withheld"] == [PHONE]


def test_a_redirect_is_told(shell: Shell, mock: JsmsMock) -> None:
    """To people on standard error, to programs in the document."""
    env = {"JSMS_REDIRECT_TO": OWN}
    assert "JSMS_REDIRECT_TO: every message goes to 139****9999." in shell.piped("codes", "send", PHONE, env=env).err
    assert shell.terminal("codes", "voice", PHONE, env=env).ends().said.count("on its way to 139****9999") == 1
    told = shell.piped("messages", "send", PHONE, "--template", "1", "-p", "code=1", "--json", env=env).json()
    assert told["redirected_to"] == OWN


@pytest.mark.parametrize(
    ("env", "line"),
    [
        ({}, r"ok\trecipients\teveryone (neither JSMS_ONLY_TO nor JSMS_REDIRECT_TO is set)"),
        ({"JSMS_ONLY_TO": f"{OWN},137*"}, r"note\trecipients\tJSMS_ONLY_TO: only 139****9999, 137* can be reached;"),
        ({"JSMS_REDIRECT_TO": OWN}, r"note\trecipients\tJSMS_REDIRECT_TO: every message goes to 139****9999."),
        ({"JSMS_ONLY_TO": ""}, r"WRONG\trecipients\tJSMS_ONLY_TO: it names no recipient"),
    ],
)
def test_doctor_says_whom_messages_may_reach(shell: Shell, mock: JsmsMock, env: dict[str, str], line: str) -> None:
    """Also offline, and where the setting is malformed."""
    done = shell.piped("doctor", "--offline", env=env)
    assert line.replace(r"\t", "\t") in done.out
    assert done.code == (3 if "WRONG" in line else 0)
