"""Whatever is wrong: one line with what, where and the remedy, a non-zero exit code, the tree untouched."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.edits import Document, Edit, gone, more, put
from tools import regenerate
from tools.regenerate import main
from tools.regeneration import client
from tools.regeneration.checks import check_spec
from tools.regeneration.document import RegenerationError, Source, read_source

ChangeSpec = Callable[[Edit], None]
Refusal = Callable[[], str]


def send_code(document: Document) -> Document:
    """Return the operation that these tests break."""
    operation: Document = document["paths"]["/codes"]["post"]
    return operation


# --------------------------------------------------------------------------------------- options and tools


def test_a_typing_error_in_the_options(spec_folder: Path, refusal: Refusal) -> None:
    with (spec_folder / "generator.yaml").open("a", encoding="utf-8") as file:
        file.write("literal_enum: true\n")
    line = refusal()
    assert line.startswith("regenerate: spec/generator.yaml:")
    assert "literal_enum: Extra inputs are not permitted - correct it" in line


def test_an_option_of_the_wrong_type(spec_folder: Path, refusal: Refusal) -> None:
    (spec_folder / "generator.yaml").write_text("http_timeout: soon\n", encoding="utf-8")
    assert "spec/generator.yaml:1: http_timeout: Input should be a valid integer" in refusal()


def test_a_tool_is_missing_or_of_another_version(monkeypatch: pytest.MonkeyPatch, refusal: Refusal) -> None:
    """Another one makes other bytes; without ruff the generator would only warn and leave unformatted code."""

    monkeypatch.setattr(regenerate, "version", lambda _: "0.1.0")
    line = refusal()
    assert "openapi-python-client: is 0.1.0 in this environment, but pyproject.toml pins " in line
    assert "scripts/setup dev" in line
    pins = {"openapi-python-client": line.split("pins ")[1].split(" - ")[0]}

    def without_ruff(tool: str) -> str:
        if tool in pins:
            return pins[tool]
        raise regenerate.PackageNotFoundError

    monkeypatch.setattr(regenerate, "version", without_ruff)
    assert "ruff: is missing in this environment" in refusal()


def test_a_template_moved_away_from_its_patch(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, refusal: Refusal
) -> None:
    """A patch that does not fit stops the run, and says what it was for; it is never dropped."""
    patch = (
        "Credentials must not show.\n\n--- a/client.py.jinja\n+++ b/client.py.jinja\n@@ -1 +1 @@\n-no such line\n+x\n"
    )
    (tmp_path / "01-secrets.patch").write_text(patch, encoding="utf-8")
    monkeypatch.setattr(client, "PATCHES", tmp_path)
    line = refusal()
    assert "01-secrets.patch: does not fit the generator's templates: error: patch failed: client.py.jinja:1" in line
    assert "Credentials must not show." in line


# ------------------------------------------------------------------------------------ the file of the spec


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "spec/openapi.yaml: cannot be read (No such file or directory)"),
        (b"openapi: '\xff'", "spec/openapi.yaml: is not UTF-8 (byte 10)"),
        (b"openapi: 3.1.0\n- x\n", "spec/openapi.yaml:2: cannot be read as YAML"),
        (b"- openapi\n", "spec/openapi.yaml: holds no mapping"),
        (b"", "spec/openapi.yaml: holds no mapping"),
        (b"a: 1\nb:\n  c: 1\n  c: 2\n", "spec/openapi.yaml:4: cannot be read as YAML: the key c stands here twice"),
        (b"a:\n  200: x\n", "spec/openapi.yaml:2: cannot be read as YAML: the key 200 is no text"),
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
    path.write_text("[no, 2018-11-14, 010, 08:30, 1_000, -5, 1.5, ~, true]".join(("a: ", "\nb:\n")), encoding="utf-8")
    values = ["no", "2018-11-14", "010", "08:30", "1_000", -5, 1.5, None, True]
    assert read_source(path, "x").document == {"a": values, "b": None}


# ----------------------------------------------------------------------------------------- rules of the spec

SEND = ("paths", "/codes", "post")
BATCH = ("paths", "/messages/batch", "post")
MOBILE = ("SendCodeRequest", "properties", "mobile", "x-jsms-refusal")
NOWHERE = {"$ref": "#/components/responses/Nothing"}
RULES = [
    (put("3.0.3", "openapi"), "3.0.3"),
    (put("none", *SEND, "parameters"), 'post.parameters: "none" is not of type "array" - correct the document'),
    (put(NOWHERE, *SEND, "responses", "500"), "Nothing"),
    # codes
    (more(50999, *SEND, "responses", "403", "x-error-codes"), "50999 is not in x-errors - add the row to x-errors, or"),
    (more(50999, *BATCH, "responses", "200", "x-jsms-entry-codes"), "the code 50999 is not"),
    (put(50999, *MOBILE, "invalid"), "mobile.x-jsms-refusal: the code 50999 is not in x-errors"),
    (  # shared by three operations, and told once
        put(50999, "components", "parameters", "TempIdPath", "x-jsms-refusal", "invalid"),
        "components.parameters.TempIdPath.x-jsms-refusal: the code 50999",
    ),
    (more(50006, *SEND, "responses", "400", "x-error-codes"), "stands under status 400, but x-errors gives it 403"),
    (gone(*SEND, "responses", "403", "x-error-codes"), "has no x-error-codes"),
    (put(50010, *MOBILE, "invalid"), "the code 50010 is in no x-error-codes of sendCode"),
    (put(50006, *MOBILE, "maxItems"), "maxItems is neither missing, type or invalid nor a rule of this property"),
    # keys of operations
    (gone(*SEND, "x-jsms-credential"), "'x-jsms-credential' is a required property"),
    (put("dev", *SEND, "x-jsms-credential"), "paths./codes.post.security: [{'devCredential': []}] was expected"),
    (put("sends", *SEND, "x-jsms-effect"), "paths./codes.post.x-jsms-effect: 'sends' is not one of"),
    (more("messages", *SEND, "tags"), "paths./codes.post.tags: ['codes', 'messages']"),
    (put("sendCode", "paths", "/voice_codes", "post", "operationId"), "sendCode"),
    (gone("paths", "/accounts/dev", "get", "operationId"), "'operationId' is a required property"),
    # tables
    (
        lambda document: document["x-errors"].insert(1, {**document["x-errors"][0], "name": "OTHER"}),
        "x-errors: the rows are not in the order of code, each once",
    ),
    (put("frequency", "x-errors", 9, "category"), "x-errors.9.category: 'frequency' is not one of ['success', "),
    (gone("x-errors", 9, "remedy", "zh"), "x-errors.9.remedy: 'zh' is a required property"),
    (put(True, "x-errors", 9, "billed"), "x-errors.9: Additional properties are not allowed"),
    (gone("x-report-statuses", 0, "delivered"), "x-report-statuses.0: 'delivered' is a required property"),
    (gone("KnownErrorCode", "enum", -1), "KnownErrorCode: is not the list of numbers and names of x-errors"),
    (gone("x-jsms-limits", "pull_interval", "value"), "x-jsms-limits.pull_interval: 'value' is a required property"),
]


@pytest.mark.parametrize(("edit", "what"), RULES, ids=[what[:60] for _, what in RULES])
def test_a_rule_of_the_spec_is_broken(spec_document: Document, edit: Edit, what: str) -> None:
    document = copy.deepcopy(spec_document)
    edit(document)
    source = Source("spec/openapi.yaml", json.dumps(document, ensure_ascii=False).encode(), document)

    with pytest.raises(RegenerationError) as refused:
        check_spec(source)
    findings = [str(finding) for finding in refused.value.findings]
    assert all(line.startswith("spec/openapi.yaml:") for line in findings)
    assert sum(what in line for line in findings) == 1, findings


# ------------------------------------------------------------------------------ what the generator would drop


def unreadable_enum(document: Document) -> None:
    """An enum of numbers and texts would take whole endpoints along, with exit code 0."""
    document["components"]["schemas"]["VoiceLanguage"].update(type=["integer", "string"], enum=[0, "1"])


def unknown_media_type(document: Document) -> None:
    """It would remove the whole endpoint."""
    content = send_code(document)["requestBody"]["content"]
    content["application/x-unheard-of"] = content.pop("application/json")


def renamed_schema(document: Document) -> None:
    """Silent renaming is a dropped name: others refer to classes by the names of the spec."""
    document["components"]["schemas"].update(reply_note={"type": "object", "properties": {}})


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (unreadable_enum, "the generator fails:"),
        (unknown_media_type, "the generator fails:"),
        (renamed_schema, "components.schemas.reply_note: there is no class reply_note in the made code"),
    ],
)
def test_nothing_is_dropped(
    change_spec: ChangeSpec, refusal: Refusal, edit: Callable[[Document], None], what: str
) -> None:
    change_spec(edit)
    line = refusal()
    assert what in line
    assert "nothing may be dropped" in line


# ---------------------------------------------------------------------------------------------- the target


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--output names a folder to be replaced, so a slip of the finger must not cost one."""
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    (tmp_path / "STAMP").write_text("a drawing of a postage stamp", encoding="utf-8")
    assert main(["--output", str(tmp_path)]) == 2
    assert "files that were not made by this tool - name an empty or a new folder" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"
    assert main(["--output", str(tmp_path / "thesis.txt")]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert main(["--output", str(tmp_path / "thesis.txt" / "generated")]) == 2
    assert "nothing was changed" in capsys.readouterr().err
