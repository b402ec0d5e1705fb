"""Whatever is wrong: one line with what, where and the remedy, a non-zero exit code, the tree untouched."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.regenerate import main
from tools.regeneration import template_patches, toolchain
from tools.regeneration.mends import MENDS, Mend
from tools.regeneration.problem import RegenerationError
from tools.regeneration.sources import read_source

Document = dict[str, Any]
ChangeSpec = Callable[[Callable[[Document], object]], None]
Refusal = Callable[[], str]


def send_code(document: Document) -> Document:
    """Return the operation that most of these tests break."""
    operation: Document = document["paths"]["/codes"]["post"]
    return operation


def mobile(document: Document) -> Document:
    """Return the property that most of these tests break."""
    schema: Document = document["components"]["schemas"]["SendCodeRequest"]["properties"]["mobile"]
    return schema


# --------------------------------------------------------------------------------------------- the options


def test_a_typing_error_in_the_options(spec_folder: Path, refusal: Refusal) -> None:
    with (spec_folder / "generator.yaml").open("a", encoding="utf-8") as file:
        file.write("literal_enum: true\n")
    line = refusal()
    assert line.startswith("regenerate: spec/generator.yaml:")
    assert "literal_enum: the generator knows no such option - use one of" in line
    assert "literal_enums" in line


def test_an_option_of_the_wrong_type(spec_folder: Path, refusal: Refusal) -> None:
    (spec_folder / "generator.yaml").write_text("http_timeout: soon\n", encoding="utf-8")
    assert "spec/generator.yaml:1: http_timeout: Input should be a valid integer" in refusal()


# ----------------------------------------------------------------------------------------------- the tools


@pytest.fixture
def no_ruff_beside_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return a folder that is the whole PATH, in an interpreter without tools of its own."""
    scripts = tmp_path / "bin"
    scripts.mkdir()
    monkeypatch.setenv("PATH", str(scripts))
    monkeypatch.setattr(sysconfig, "get_path", lambda _: os.devnull)
    return scripts


@pytest.mark.usefixtures("no_ruff_beside_python")
def test_ruff_is_missing(refusal: Refusal) -> None:
    """The generator would only warn and leave unformatted code behind."""
    assert refusal() == (
        "regenerate: ruff: is neither in this environment nor on PATH - "
        "run scripts/setup dev, which installs the locked versions into .venv"
    )


def test_ruff_is_of_another_version(no_ruff_beside_python: Path, refusal: Refusal) -> None:
    ruff = no_ruff_beside_python / "ruff"
    ruff.write_text("#!/bin/sh\necho ruff 0.1.0\n", encoding="utf-8")
    ruff.chmod(0o755)
    assert f"{ruff}: is ruff 0.1.0, but pyproject.toml pins " in refusal()


def test_ruff_does_not_run(no_ruff_beside_python: Path, refusal: Refusal) -> None:
    ruff = no_ruff_beside_python / "ruff"
    ruff.write_bytes(b"\x7fnot a program")
    ruff.chmod(0o755)
    assert f"{ruff}: does not run" in refusal()


def test_the_generator_is_of_another_version(monkeypatch: pytest.MonkeyPatch, refusal: Refusal) -> None:
    """Another generator makes other bytes, and its templates may not take the mends."""
    monkeypatch.setattr(toolchain, "version", lambda _: "0.1.0")
    assert "openapi-python-client: is version 0.1.0, but pyproject.toml pins " in refusal()


def test_the_generator_is_missing(monkeypatch: pytest.MonkeyPatch, refusal: Refusal) -> None:

    def missing(_: str) -> str:
        raise toolchain.PackageNotFoundError

    monkeypatch.setattr(toolchain, "version", missing)
    line = refusal()
    assert "openapi-python-client: is not installed" in line
    assert "scripts/setup dev" in line


def test_a_pin_is_missing(tmp_path: Path) -> None:
    """Ranges are no pins: two machines would make two trees."""
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text('[dependency-groups]\ncodegen = ["openapi-python-client==1", "ruff>=1"]\n', encoding="utf-8")
    with pytest.raises(RegenerationError, match="does not pin ruff"):
        toolchain.read_pins(pyproject)


def test_the_list_of_mends_only_shrinks() -> None:
    """Whoever adds a mend says here, with a reason in the list, why the generator cannot be asked instead."""
    assert len(MENDS) <= 28  # the last two: models are loaded by the function that reads or writes one
    assert all(mend.reason for mend in MENDS)
    print(f"{len(MENDS)} mends, {sum(mend.times for mend in MENDS)} replacements")


def test_a_template_moved_away_from_its_mend(monkeypatch: pytest.MonkeyPatch, refusal: Refusal) -> None:
    """A mend that does not fit stops the run; it is never dropped."""
    mend = Mend("client.py.jinja", "a reason to be named", "no such line", "anything")
    monkeypatch.setattr(template_patches, "MENDS", (mend,))
    line = refusal()
    assert "template client.py.jinja: the mend against 'a reason to be named'" in line
    assert "finds 'no such line' 0 times instead of 1" in line


# ------------------------------------------------------------------------------------ the file of the spec


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(None, "spec/openapi.yaml: cannot be read (No such file or directory)", id="missing"),
        pytest.param(b"openapi: '\xff'", "spec/openapi.yaml: is not UTF-8 (byte 10)", id="not UTF-8"),
        pytest.param(b"openapi: 3.1.0\n- x\n", "spec/openapi.yaml:2: cannot be read as YAML", id="no YAML"),
        pytest.param(b"- openapi\n", "spec/openapi.yaml: holds no mapping", id="a list"),
        pytest.param(b"", "spec/openapi.yaml: holds no mapping", id="empty"),
        pytest.param(
            b"a: 1\nb:\n  c: 1\n  c: 2\n", "spec/openapi.yaml:4: cannot be read as YAML: the key c", id="a key twice"
        ),
        pytest.param(
            b"a:\n  200: x\n",
            "spec/openapi.yaml:2: cannot be read as YAML: the key 200 is no text",
            id="a number as key",
        ),
        pytest.param(b"swagger: '2.0'\n", "openapi: is not 3.1.x", id="another version"),
    ],
)
def test_the_spec_cannot_be_read(spec_folder: Path, refusal: Refusal, content: bytes | None, what: str) -> None:
    spec = spec_folder / "openapi.yaml"
    spec.unlink()
    if content is not None:
        spec.write_bytes(content)
    assert what in refusal()


def test_yaml_is_read_as_other_tools_read_it(tmp_path: Path) -> None:
    """`no`, dates, octals and times are what YAML 1.2 says: text, text, text, text."""
    path = tmp_path / "x.yaml"
    path.write_text(
        "a: no\nb: 2018-11-14\nc: 010\nd: 08:30\ne: 1_000\nf: -5\ng: 1.5\nh: ~\ni: true\nj:\n", encoding="utf-8"
    )
    assert read_source(path, "x").document == {
        "a": "no",
        "b": "2018-11-14",
        "c": "010",
        "d": "08:30",
        "e": "1_000",
        "f": -5,
        "g": 1.5,
        "h": None,
        "i": True,
        "j": None,
    }


def test_an_invalid_document(change_spec: ChangeSpec, refusal: Refusal) -> None:
    change_spec(lambda document: send_code(document).update(parameters="none"))
    assert 'paths./codes.post.parameters: "none" is not of type "array" - correct the document' in refusal()


def test_many_faults_are_cut_short(
    change_spec: ChangeSpec, spec_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten lines are enough to begin with, none longer than a screen; the number of the others is told."""

    def edit(document: Document) -> None:
        for row in document["x-errors"]:
            row["category"] = "x" * 5000

    change_spec(edit)
    assert main(["--spec", str(spec_folder), "--output", str(tmp_path / "out")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "regenerate: and 45 findings more"
    assert max(map(len, lines)) < 1000


def test_a_reference_to_nothing(change_spec: ChangeSpec, refusal: Refusal) -> None:
    """A dangling reference is an invalid document, however the validator reports it."""
    change_spec(
        lambda document: send_code(document)["responses"].update({"500": {"$ref": "#/components/responses/Nothing"}})
    )
    assert "Nothing" in refusal()


# ------------------------------------------------------------------------------------- the rules of the house


def unknown_in_answer(document: Document) -> None:
    send_code(document)["responses"]["403"]["x-error-codes"].append(50999)


def unknown_in_entries(document: Document) -> None:
    document["paths"]["/messages/batch"]["post"]["responses"]["200"]["x-jsms-entry-codes"].append(50999)


def unknown_in_refusal(document: Document) -> None:
    mobile(document)["x-jsms-refusal"]["invalid"] = 50999


def unknown_in_path_refusal(document: Document) -> None:
    document["components"]["parameters"]["TempIdPath"]["x-jsms-refusal"]["invalid"] = 50999


@pytest.mark.parametrize(
    "edit", [unknown_in_answer, unknown_in_entries, unknown_in_refusal], ids=lambda edit: edit.__name__
)
def test_a_code_is_used_but_not_in_the_table(
    change_spec: ChangeSpec, refusal: Refusal, edit: Callable[[Document], None]
) -> None:
    change_spec(edit)
    line = refusal()
    assert "the code 50999 is not in x-errors - add the row to x-errors, or correct the number" in line


def test_a_shared_fault_is_told_once(change_spec: ChangeSpec, refusal: Refusal) -> None:
    change_spec(unknown_in_path_refusal)
    assert "components.parameters.TempIdPath.x-jsms-refusal: the code 50999" in refusal()


RULES: list[tuple[str, Callable[[Document], object], str]] = [
    (
        "code under another status",
        lambda document: send_code(document)["responses"]["400"]["x-error-codes"].append(50006),
        "the code 50006 stands under status 400, but x-errors gives it 403",
    ),
    (
        "answer without codes",
        lambda document: send_code(document)["responses"]["403"].pop("x-error-codes"),
        "has no x-error-codes",
    ),
    (
        "refusal that the operation cannot answer",
        lambda document: mobile(document)["x-jsms-refusal"].update(invalid=50010),
        "the code 50010 is in no x-error-codes of sendCode",
    ),
    (
        "refusal of a rule that is not there",
        lambda document: mobile(document)["x-jsms-refusal"].update(maxItems=50006),
        "maxItems is neither missing, type or invalid nor a rule of this property",
    ),
    (
        "unknown key on an operation",
        lambda document: send_code(document).update({"x-jsms-efect": "send"}),
        "x-jsms-efect: the key is not known on this place (operation)",
    ),
    (
        "known key on the wrong place",
        lambda document: mobile(document).update({"x-error-codes": [50006]}),
        "mobile.x-error-codes: the key is not known on this place (schema)",
    ),
    (
        "unknown key at the root",
        lambda document: document.update({"x-error": []}),
        "x-error: the key is not known on this place (root)",
    ),
    (
        "no credential",
        lambda document: send_code(document).pop("x-jsms-credential"),
        "x-jsms-credential is None - say app or dev",
    ),
    (
        "credential against security",
        lambda document: send_code(document).update({"x-jsms-credential": "dev"}),
        "security does not agree with x-jsms-credential dev",
    ),
    (
        "unknown effect",
        lambda document: send_code(document).update({"x-jsms-effect": "sends"}),
        "x-jsms-effect is 'sends'",
    ),
    ("two tags", lambda document: send_code(document)["tags"].append("messages"), "has not exactly one tag"),
    (
        "operationId twice",
        lambda document: document["paths"]["/voice_codes"]["post"].update(operationId="sendCode"),
        "sendCode",
    ),
    (
        "no operationId",
        lambda document: document["paths"]["/accounts/dev"]["get"].pop("operationId"),
        "is missing or is not written likeThis",
    ),
    (
        "code twice",
        lambda document: document["x-errors"][1].update(code=50000),
        "x-errors.1.code: 50000 stands in another row too",
    ),
    (
        "category that nobody knows",
        lambda document: document["x-errors"][9].update(category="frequency"),
        "x-errors.9.category: is 'frequency' - write one of success, ",
    ),
    (
        "text in one language only",
        lambda document: document["x-errors"][9]["remedy"].pop("zh"),
        "x-errors.9.remedy: is ",
    ),
    (
        "column that nobody knows",
        lambda document: document["x-errors"][9].update(billed=True),
        "x-errors.9.billed: the key is not known here",
    ),
    (
        "column missing",
        lambda document: document["x-report-statuses"][0].pop("delivered"),
        "x-report-statuses.0: has no delivered - give it true or false",
    ),
    (
        "enum apart from the table",
        lambda document: document["components"]["schemas"]["KnownErrorCode"]["enum"].pop(),
        "components.schemas.KnownErrorCode: is not the list of numbers and names of x-errors",
    ),
    (
        "limit without a value",
        lambda document: document["x-jsms-limits"]["pull_interval"].pop("value"),
        "x-jsms-limits.pull_interval: has no value",
    ),
    (
        "limit with the name of a bound",
        lambda document: document["x-jsms-limits"].update(
            send_code_request_mobile_max_length={"value": 12, "unit": "digits", "description": "x", "source": "x"}
        ),
        "its constant SEND_CODE_REQUEST_MOBILE_MAX_LENGTH is the name of another limit",
    ),
]


@pytest.mark.parametrize(("edit", "what"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES])
def test_a_rule_of_the_spec_is_broken(
    change_spec: ChangeSpec, refusal: Refusal, edit: Callable[[Document], object], what: str
) -> None:
    change_spec(edit)
    line = refusal()
    assert line.startswith("regenerate: spec/openapi.yaml:")
    assert what in line


# ------------------------------------------------------------------------------ what the generator would drop


def test_a_schema_that_the_generator_cannot_read(change_spec: ChangeSpec, refusal: Refusal) -> None:
    """An enum of numbers and texts would take whole endpoints along, with exit code 0."""
    change_spec(
        lambda document: document["components"]["schemas"]["VoiceLanguage"].update(
            type=["integer", "string"], enum=[0, "1"]
        )
    )
    line = refusal()
    assert "the generator fails:" in line
    assert "nothing may be dropped" in line


def test_an_operation_that_the_generator_drops(change_spec: ChangeSpec, refusal: Refusal) -> None:
    """A request body of a media type it does not know removes the whole endpoint."""

    def edit(document: Document) -> None:
        content = send_code(document)["requestBody"]["content"]
        content["application/x-unheard-of"] = content.pop("application/json")

    change_spec(edit)
    assert "the generator fails:" in refusal()


def test_a_schema_that_the_generator_renames(change_spec: ChangeSpec, refusal: Refusal) -> None:
    """Silent renaming is a dropped name: others refer to classes by the names of the spec."""
    change_spec(
        lambda document: document["components"]["schemas"].update(reply_note={"type": "object", "properties": {}})
    )
    assert "components.schemas.reply_note: there is no class reply_note in the made code" in refusal()


# ---------------------------------------------------------------------------------------------- the target


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--output names a folder to be replaced, so a slip of the finger must not cost one."""
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    (tmp_path / "STAMP").write_text("a drawing of a postage stamp", encoding="utf-8")
    assert main(["--output", str(tmp_path)]) == 2
    assert "files that were not made by this tool - name an empty or a new folder" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_the_target_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "generated").write_text("x", encoding="utf-8")
    assert main(["--output", str(tmp_path / "generated")]) == 2
    assert "is no folder" in capsys.readouterr().err


def test_the_target_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert main(["--output", str(tmp_path / "file" / "generated")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "nothing was changed" in said
