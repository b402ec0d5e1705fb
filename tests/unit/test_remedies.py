"""Remedies of return codes speak the language of where they are shown."""

from __future__ import annotations

import inspect
import re

import click
import pytest
from jsms_api.error_table import ERRORS, REPORT_STATUSES, ErrorInfo, ReportStatusInfo
from jsmskit import JsmsClient, JsmsError
from jsmskit.cli.root import command as root
from jsmskit.errors import Surface, remedy_in

ROWS = [*ERRORS.values(), *REPORT_STATUSES.values()]
WIRE = re.compile(
    r"\b(temp_id|temp_para|send_time|voice_lang|devKey|apiDevSecret|appKey|masterSecret|GET|POST|PUT)\b"
    r"|Content-Type|multipart|JSON|/v1"
)
RESOURCES = ("accounts", "codes", "messages", "schedules", "signs", "templates")


def python_names() -> set[str]:
    """Arguments and methods of the client."""
    names = set(inspect.signature(JsmsClient).parameters)
    with JsmsClient("a" * 24, "b" * 24) as client:
        for resource in RESOURCES:
            for name, method in inspect.getmembers(getattr(client, resource), inspect.ismethod):
                names |= {f"{resource}.{name}", *inspect.signature(method).parameters}
    return names


def shell_names() -> set[str]:
    """Commands, options, arguments and variables of the command line."""
    names: set[str] = set()

    def add(command: click.Command, path: str) -> None:
        names.add(path)
        context = click.Context(command)
        for parameter in command.params:  # get_params would keep a --help without -h
            names.update(parameter.opts)
            names.update(f"{path} {option}" for option in parameter.opts)
            names.add(parameter.metavar or str(parameter.name).upper())
            if isinstance(parameter.type, click.Choice):
                names.update(map(str, parameter.type.choices))
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                assert below is not None
                add(below, f"{path} {name}")

    add(root, "jsms")
    return names | {f"JSMS_{which}" for which in ("APP_KEY", "MASTER_SECRET", "DEV_KEY", "DEV_SECRET")}


PYTHON = python_names() | {"None", "VoiceLanguage", "TemplateType"}
SHELL = shell_names() | {"null"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_remedy_names_only_what_there_is_to_type(row: ErrorInfo | ReportStatusInfo, language: str) -> None:
    """In Python arguments and methods of the client, in the shell options and commands; nothing of the wire."""
    for surface, known in ((Surface.PYTHON, PYTHON), (Surface.SHELL, SHELL)):
        remedy = remedy_in(surface, row, language)
        assert WIRE.search(remedy) is None, remedy
        for quoted in re.findall(r"`([^`]+)`", remedy):
            assert set(quoted.split(", ")) <= known, (surface, remedy)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_name_of_the_wire_is_marked_in_both_languages(row: ErrorInfo | ReportStatusInfo) -> None:
    """Or it could not be told from a word."""
    for text in (row.remedy_en, row.remedy_zh):
        plain = re.sub(r"`[^`]+`", "", text)
        assert not re.search(r"\b[a-z]+_[a-z]+\b|\b(GET|POST|PUT) /", plain), plain


def test_errors_speak_python_and_rows_of_the_table_the_wire() -> None:
    """What `except JsmsError as error` sees."""
    error = JsmsError("x", code=50022)
    assert "`params`" in error.remedy
    assert "`params`" in error.remedy_zh
    assert error.info is not None
    assert "`temp_para`" in error.info.remedy_en
