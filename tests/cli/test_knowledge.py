"""`jsms explain`, `spec`, `help`, `completion`: what is known without asking anybody."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from jsms_api import limits
from jsms_api.error_table import ERRORS, REPORT_STATUSES
from jsms_api.models.sign_type import SignType
from jsms_api.models.template_type import TemplateType
from jsms_api.models.voice_language import VoiceLanguage
from jsmskit import spec
from jsmskit.cli.commands import reviews, sending
from jsmskit.cli.commands.reference import ENVIRONMENT, FORMATS, uncertainties
from jsmskit.cli.connection import KEY_NAMES
from jsmskit.cli.language import gettext, in_language
from jsmskit.cli.root import COMMANDS, command
from jsmskit.errors import Surface, remedy_in


def typed(*words: str, code: int = 0, env: dict[str, str] | None = None) -> Result:
    done = CliRunner(env=env).invoke(command, list(words), prog_name="jsms")
    assert done.exit_code == code, (done.output, done.exception)
    return done


@pytest.mark.parametrize("number", [*ERRORS, *REPORT_STATUSES])
def test_every_code_and_status_is_explained(number: int) -> None:
    """By number and by name, with what, remedy and source, in both languages."""
    row: Any = ERRORS.get(number) or REPORT_STATUSES[number]
    for language, what, title in (("en", str(number), row.title_en), ("zh", row.name.lower(), row.title_zh)):
        told = typed("explain", what, "--lang", language).stdout
        assert told.startswith(f"{number} {row.name}\n")
        assert title in told
        assert remedy_in(Surface.SHELL, row, language) in told
        assert row.since in told
        with in_language(language):
            for doubt in getattr(row, "doubts", ()):
                assert f"{doubt}: {gettext(uncertainties()[doubt][0])}" in told


def test_the_calls_that_can_give_a_code_are_named() -> None:
    """Also where it stands in the entries of a batch only."""
    found = json.loads(typed("explain", "50034", "--json").stdout)

    assert "sendMessage" in found["operations"]
    assert "sendMessageBatch" in found["entries_of"]
    assert found["error_class"] == "RecipientError"


@pytest.mark.parametrize(
    ("what", "near"),
    [("50113", "50103"), ("INVALID_MOBIL", "50006 (INVALID_MOBILE)"), ("balance", "50014"), ("4021", "4002")],
)
def test_a_near_miss_is_offered(what: str, near: str) -> None:
    assert near in typed("explain", what, code=10).stderr


def test_without_a_code_all_are_listed() -> None:
    listed = [line.split("\t")[0] for line in typed("explain").stdout.splitlines()]
    assert listed == [str(number) for number in (*ERRORS, *REPORT_STATUSES)]


def test_open_questions_are_those_of_the_spec(root: Path) -> None:
    """Every question that a code refers to, in the words of spec/openapi.yaml."""
    rows = yaml.load((root / "spec" / "openapi.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)["x-jsms-doubts"]

    assert uncertainties() == {row["id"]: (row["question"], row["chosen"]) for row in rows}
    assert {doubt for row in ERRORS.values() for doubt in row.doubts} <= uncertainties().keys()


@pytest.mark.parametrize("form", FORMATS)
def test_the_spec_in_every_form(form: str, tmp_path: Path) -> None:
    printed = typed("spec", "--format", form).stdout
    typed("spec", "--format", form, "-o", str(tmp_path / "spec"))

    assert (tmp_path / "spec").read_text(encoding="utf-8") == printed
    read = yaml.load(printed, Loader=yaml.CSafeLoader) if form == "yaml" else json.loads(printed)
    assert read == spec.load("3.1" if form == "json" else form)
    path = typed("spec", "--format", form, "--path").stdout.strip()
    assert Path(path).read_text(encoding="utf-8") == printed


def test_help_of_commands() -> None:
    """`jsms help x y` is `jsms x y --help`, also by another name of it."""
    assert typed("help", "codes", "send").stdout == typed("codes", "send", "--help").stdout
    assert typed("help", "template", "preview").stdout == typed("templates", "preview", "-h").stdout
    assert typed("help").stdout == typed("--help").stdout


def test_every_variable_that_is_read_is_in_the_table(root: Path) -> None:
    named = set[str]()
    for path in (root / "overlay/jsmskit/cli").rglob("*.py"):
        named |= set(re.findall(r'"(JSMS_[A-Z_]+|NO_COLOR)"', path.read_text(encoding="utf-8")))

    assert set(KEY_NAMES) <= named
    assert named - {"JSMS_MOCK_", "_JSMS_COMPLETE"} <= set(ENVIRONMENT)


def test_numbers_of_the_service_are_those_of_the_spec() -> None:
    """They stand beside the options, so that --help needs no import."""
    assert sending._READY_MADE == limits.READY_MADE_TEMPLATE
    assert [VoiceLanguage[name.upper()] for name in sending._LANGUAGES] == [0, 1, 2]
    assert {TemplateType[name.upper()] for name in reviews.TEMPLATE_TYPES} == set(TemplateType)
    assert all(TemplateType[name.upper()] == number for name, number in reviews.TEMPLATE_TYPES.items())
    assert all(SignType[name.upper()] == number for name, number in reviews.SIGN_TYPES.items())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    script = typed("completion", shell).stdout
    assert "_JSMS_COMPLETE" in script
    assert f"{shell}_complete" in script


def test_bash_takes_the_script_and_completes(tmp_path: Path) -> None:
    """As somebody does who evaluates it: commands, options, and codes with their titles."""
    (tmp_path / "completion").write_text(typed("completion", "bash").stdout)
    checked = subprocess.run(["bash", "-n", str(tmp_path / "completion")], capture_output=True, check=False)

    def completed(*words: str) -> str:
        env = {
            "_JSMS_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(("jsms", *words)),
            "COMP_CWORD": str(len(words)),
        }
        return CliRunner(env=env).invoke(command, [], prog_name="jsms").output

    assert checked.returncode == 0, checked
    assert completed("ba") == "plain,balance\n"
    assert {f"plain,{name}" for name in COMMANDS} == set(completed("").split())
    assert "plain,--deadline" in completed("balance", "--")
    assert "plain,50013" in completed("explain", "5001")
