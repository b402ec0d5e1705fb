"""The command line in Chinese: a complete catalogue, and Chinese wherever a user reads."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsmskit.cli.language import gettext, in_language, preferred_language
from jsmskit.cli.root import COMMANDS, command

from tests.cli.shell import Shell

CHINESE = re.compile("[\u4e00-\u9fff]")
NO_KEYS = dict.fromkeys(("JSMS_APP_KEY", "JSMS_MASTER_SECRET", "JSMS_BASE_URL", "LC_ALL", "LANG"), "")


def typed(*words: str, language: str = "zh") -> Result:
    """Run a command in this process."""
    return CliRunner(env={**NO_KEYS, "JSMS_LANG": language}).invoke(command, list(words), prog_name="jsms")


def test_the_catalogue_is_complete(root: Path) -> None:
    """Each text has its translation with the same placeholders, none is left over, the compiled file is new."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.catalogue", "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LC_ALL": "C", "JSMS_LANG": "zh"}, "zh"),
        ({"LC_ALL": "zh_CN", "JSMS_LANG": "en"}, "en"),
    ],
)
def test_the_first_variable_that_is_set_decides(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSMS_LANG, then the locale in its own order."""
    for name in ("JSMS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert preferred_language() == language


@pytest.mark.parametrize("name", [*COMMANDS, None])
def test_help_is_chinese(name: str | None) -> None:
    """Each line that says something, of every command: what is left in Latin letters are names."""
    shown = typed(*(() if name is None else (name,)), "--help").output
    sentences = [line for line in shown.splitlines() if re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", line)]
    english = [line for line in sentences if not CHINESE.search(line) and "jsms " not in line]
    assert CHINESE.search(shown)
    assert "用法：" in shown
    assert english == []


def test_help_is_laid_out_by_columns() -> None:
    """A Chinese character takes two: no line is wider than the terminal."""
    from wcwidth import wcswidth

    shown = CliRunner(env={"JSMS_LANG": "zh"}).invoke(
        command, ["schedules", "batch", "--help"], prog_name="jsms", terminal_width=72
    )
    assert max(map(wcswidth, shown.output.splitlines())) <= 72


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (("codes", "send", "13800138000"), "配置不正确"),
        (("codes", "sned"), "没有命令 'sned'"),
        (("codes", "send"), "缺少参数 'PHONE'"),
        (("codes", "send", "1", "--nope"), "没有选项 '--nope'"),
        (("mock", "advance", "soon"), "'soon' 不是有效的时长"),
        (("explain", "60000"), "不是本版本已知的返回码"),
    ],
)
def test_errors_are_chinese_for_people_and_english_for_programs(words: tuple[str, ...], seen: str) -> None:
    """Three Chinese lines; with --json one English document with the same exit code."""
    people, programs = typed(*words), typed(*words, "--json")
    assert seen in people.stderr
    assert "是否已发送：" in people.stderr
    assert "如何处理：" in people.stderr
    assert people.stderr.count("\n") == 3
    assert not CHINESE.search(programs.stderr.replace("极光短信", ""))
    assert programs.exit_code == people.exit_code
    assert json.loads(programs.stderr)["error"]["exit_code"] == people.exit_code


def test_a_refusal_of_the_service_is_chinese(shell: Shell) -> None:
    """Title and remedy of the code's row."""
    done = shell.piped("templates", "get", "999999", env={"JSMS_LANG": "zh"})
    assert "服务拒绝了请求：" in done.err
    assert "jsms explain 50" in done.err
    checked = shell.piped("codes", "send", "123", env={"JSMS_LANG": "zh"})
    assert "发送前的检查未通过：手机号码无效" in checked.err


def test_doctor_and_topics_are_chinese(shell: Shell) -> None:
    """Checks, remedies, tables."""
    assert "钥匙串" in shell.piped("doctor", "--offline", env={"JSMS_LANG": "zh"}).out
    for topic in ("exit-codes", "environment", "output", "privacy", "sending", "files"):
        assert CHINESE.search(typed("help", topic).output)


def test_a_language_is_left_as_it_was_found() -> None:
    """The next command of the same process speaks its own."""
    with in_language("zh"):
        assert gettext("Send") == "发送"
    assert gettext("Send") == "Send"
    assert "Usage:" in typed("--help", language="en").output
    assert "Show this message and exit." in typed("--help", language="en").output
