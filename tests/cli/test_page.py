"""docs/command-line.md against the commands: none is missing, no table is old, the names in JSON are as written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsmskit.cli.commands.reference import ENVIRONMENT
from jsmskit.cli.exit_codes import ExitCode
from jsmskit.mock import JsmsMock
from shell import Shell
from test_every_command import NAMES, SCENES, Given, words

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
TEXT = PAGE.read_text(encoding="utf-8")


def table(head: str) -> list[list[str]]:
    rows = TEXT.partition(head)[2].lstrip("\n").partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows if "---" not in row]


FIELDS = {
    name: fields.split(", ")
    for names, fields in table("| command | names in its JSON |\n")
    for name in re.findall(r"`([^`]+)`", names)
}


@pytest.mark.parametrize("leaf", sorted(NAMES))
def test_every_command_is_typed_on_the_page(leaf: str) -> None:
    blocks = "\n".join(re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL))
    assert re.search(rf"(?:^\$ |[|(] ?)jsms {leaf}\b", blocks, re.MULTILINE)


def test_the_page_names_no_command_that_is_not_there() -> None:
    groups = {leaf.partition(" ")[0] for leaf in NAMES}
    named = {found[1] for found in re.finditer(r"(?:\$ |`|[|(] ?)jsms ([a-z][a-z-]*)", TEXT)}

    assert named <= groups


def test_the_table_of_exit_codes() -> None:
    rows = table("| exit code | meaning | run it again? |\n")
    assert [[cell.replace("\\|", "|") for cell in row] for row in rows] == [
        [str(int(code)), code.meaning, code.again] for code in ExitCode
    ]


def test_the_table_of_the_environment() -> None:
    assert table("| variable | meaning |\n") == [[f"`{name}`", words] for name, words in ENVIRONMENT.items()]


@pytest.mark.parametrize("name", FIELDS)
def test_the_names_in_json_are_those_of_the_page(
    name: str, shell: Shell, mock: JsmsMock, served: tuple[object, str], tmp_path: Path
) -> None:
    env = {"PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring", "FILE_KEYRING": str(tmp_path / "keyring.json")}
    Path(env["FILE_KEYRING"]).write_text('{"jsmskit/test": "{}"}')
    scene = SCENES[name]
    typed = scene.typed + (f"JSMS_BASE_URL={shell.env['JSMS_BASE_URL']}\n" if name == "login" else "")

    done = shell.piped(*words(name, Given(mock, served[1], tmp_path)), "--json", typed=typed, env=env)

    assert list(json.loads(done.out)) == FIELDS[name], done
