"""Chinese wherever a user of the command line reads. `python -m tools.catalogue --check`: no text is left out."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsms_api.error_table import ErrorCode
from jsmskit.cli.commands.reference import TOPICS
from jsmskit.cli.language import LOCALE_FOLDER, in_language, preferred_language, translate_message
from jsmskit.cli.root import COMMANDS, command
from jsmskit.mock import JsmsMock

from tests.cli.shell import Shell
from tools import catalogue

CHINESE = re.compile("[\u4e00-\u9fff]")
NO_KEYS = dict.fromkeys(("JSMS_APP_KEY", "JSMS_MASTER_SECRET", "JSMS_BASE_URL", "LC_ALL", "LANG"), "")


def typed(*words: str, language: str = "zh") -> Result:
    return CliRunner(env={**NO_KEYS, "JSMS_LANG": language}).invoke(command, list(words), prog_name="jsms")


def english_sentences(text: str) -> list[str]:
    """Lines with three English words in a row, and no Chinese character."""
    lines = re.sub(r"<style>.*?</style>|https?://\S+|/[\w./-]+", "", text, flags=re.DOTALL).splitlines()
    return [one for one in lines if re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", one) and not CHINESE.search(one)]


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
    for name in ("JSMS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert preferred_language() == language


@pytest.mark.parametrize("name", [*COMMANDS, ""])
def test_help_is_chinese(name: str) -> None:
    """Each line that says something, of every command: what is left in Latin letters are names."""
    shown = typed(*name.split(), "--help").output
    assert "用法：" in shown
    assert [line for line in english_sentences(shown) if "jsms " not in line] == []


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
        (("codes", "send", "13800138000"), "未设置 JSMS_APP_KEY 和 JSMS_MASTER_SECRET。"),
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


def test_every_message_of_the_library_is_found_when_it_is_filled_in() -> None:
    """Whatever stands in its places, and behind a field or another sentence."""
    texts = json.loads((Path(LOCALE_FOLDER) / "zh/LC_MESSAGES/library.json").read_text("utf-8"))
    with in_language("zh"):
        for english, chinese in texts.items():
            filled, wanted = (re.sub(r"\{(\w+)\}", r"\1-7", text) for text in (english, chinese))
            assert translate_message(filled) == wanted
        plain, other = [text for text in texts if text.endswith(".") and "{" not in text][:2]
        assert translate_message(f"phone: {plain} {other}") == f"phone: {texts[plain]}{texts[other]}"
        assert translate_message(f"row 7: {other}") == f"第 7 行：{texts[other]}"
        told = translate_message(f"row 7 of a b.csv, phone: {other}")
        assert told == f"a b.csv 第 7 行：phone: {texts[other]}"
    assert translate_message("The list is empty.") == "The list is empty."


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('print("this is not translated")', ["this is not translated"]),
        ('print(f"{count} rows of {file.name} are bad")', ["{count} rows of {name} are bad"]),
        ('"""A docstring of a module."""\nlog.warning("not for the user")\nraise TypeError("of a program")', []),
        ('run("SELECT one FROM two WHERE three=?")', []),
    ],
)
def test_a_sentence_that_nothing_translates_is_found(source: str, found: list[str]) -> None:
    """The check of the catalogue reads the source; docstrings, logs and statements are no texts."""
    assert [text for _line, text in catalogue.prose(ast.parse(source))] == found


def test_a_campaign_is_chinese_from_its_list_to_its_report(shell: Shell, mock: JsmsMock, tmp_path: Path) -> None:
    """Rows that are left out, the plan, the run, its progress, its state, and the page; data stay what they are."""
    (tmp_path / "people.csv").write_text(
        "phone,code,\n13800138001,2468,\n,1,\n1380013800,1,\n13800138001,1,\n15400050006,3,\n\n13800138009,,\n"
    )
    shell.env["JSMS_LANG"] = "zh"
    planned = shell.piped("campaign", "plan", "people.csv", "--template", "1")
    run = shell.piped("campaign", "run", "1", "--page", "page.html")
    again = shell.piped("campaign", "plan", "people.csv", "--template", "1")
    batch = shell.piped("messages", "batch", "people.csv", "--template", "1")
    status = shell.piped("campaign", "status", "1")
    page = (tmp_path / "page.html").read_text("utf-8")
    for shown in (planned.out + planned.err, run.out + run.err, again.err, batch.err, status.out, page):
        assert english_sentences(shown) == []
    assert "跳过：1 行（没有号码）；首个：第 3 行，没有手机号" in planned.out
    assert "已受理 1，被拒绝 1" in run.err
    assert "同一名单和模板已有群发任务 1（已完成）" in again.err
    assert "<html lang=zh>" in page
    for told in ("群发任务 1：已完成", "已受理，尚无送达状态", f"{ErrorCode.INVALID_MOBILE} 手机号码无效", "号码重复"):
        assert told in page


def test_a_refusal_of_the_service_is_chinese(shell: Shell) -> None:
    done = shell.piped("templates", "get", "999999", env={"JSMS_LANG": "zh"})
    assert "服务拒绝了请求：" in done.err
    assert "jsms explain 50" in done.err
    checked = shell.piped("codes", "send", "123", env={"JSMS_LANG": "zh"})
    assert "发送前的检查未通过：手机号码无效。phone: **** 有 3 位，手机号应为 11 位。" in checked.err


def test_doctor_and_topics_are_chinese(shell: Shell) -> None:
    assert "钥匙串" in shell.piped("doctor", "--offline", env={"JSMS_LANG": "zh"}).out
    for topic in TOPICS:
        assert CHINESE.search(typed("help", topic).output)


def test_a_code_is_explained_in_the_language_that_is_asked_for() -> None:
    """Whatever the locale says."""
    explain = ("explain", "50013", "--lang")
    assert not CHINESE.search(typed(*explain, "en", language="zh").output)
    assert typed(*explain, "zh", language="en").output == typed("explain", "50013").output


def test_a_command_that_sends_is_not_said_to_only_read(shell: Shell, tmp_path: Path) -> None:
    """It fails at what it reads before: the balance."""
    (tmp_path / "people.csv").write_text("phone,code\n13800138001,2468\n")
    shell.env["JSMS_LANG"] = "zh"
    shell.piped("campaign", "plan", "people.csv", "--template", "1", "--offline")
    done = shell.piped("campaign", "run", "1", "--yes", "--base-url", "http://127.0.0.1:1/v1")
    assert (done.code, "没有，什么都没有发出。" in done.err) == (7, True), done
