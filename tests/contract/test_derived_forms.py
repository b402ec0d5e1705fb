"""The forms for other readers say what the spec says: converted, closed or picked out, nothing else."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsmskit import spec
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from tools.regeneration.derived_forms import FILES, derived_forms
from tools.regeneration.document import Source, read_source
from tools.spec_linters import LINT, SPEC, redocly_json

Document = dict[str, Any]


@pytest.fixture(scope="module")
def source() -> Source:
    """The spec as it is written."""
    return read_source(SPEC, "spec/openapi.yaml")


def made(text: str) -> dict[str, Document]:
    """Make all forms of a document given as YAML."""
    raw = text.encode()
    forms = derived_forms(Source("small.yaml", raw, yaml.safe_load(raw)))
    return {name: json.loads(content) for name, content in forms.items() if name.endswith(".json")}


def resolved(document: Document, node: Document) -> Document:
    """Follow references, written apart from the code under test."""
    while "$ref" in node:
        place = document
        for part in node["$ref"][2:].split("/"):
            place = place[part]
        node = place
    return node


def test_the_package_carries_every_form_and_finds_it(source: Source, tmp_path: Path) -> None:
    """What is loaded by name is what the spec of this checkout makes, byte for byte."""
    forms = derived_forms(source)

    assert {form.file_name for form in spec.Form} == set(FILES) == set(forms)
    for form in spec.Form:
        assert spec.read_text(form).encode() == forms[form.file_name]
        with spec.path(form) as path:
            assert path.read_bytes() == forms[form.file_name]
        assert spec.load(str(form)) == yaml.load(forms[form.file_name], Loader=yaml.CSafeLoader)
    assert spec.load(spec.Form.ERRORS)["errors"] == source.document["x-errors"]
    with pytest.raises(ValueError, match=r"2\.0"):
        spec.load("2.0")


def test_the_forms_are_found_inside_a_zip_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No path beside `__file__` is assumed: an application packed into one archive finds them too."""
    archive = tmp_path / "packed.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("packed_jsms/__init__.py", "")
        for form in spec.Form:
            packed.writestr(f"packed_jsms/{form.file_name}", spec.read_text(form))
    monkeypatch.syspath_prepend(str(archive))
    monkeypatch.setattr(spec, "_PACKAGE", "packed_jsms")

    with spec.path("errors") as path:
        assert json.loads(path.read_text(encoding="utf-8"))["errors"][0]["code"] == 50000


@pytest.mark.xdist_group("spec-linters")
def test_every_openapi_form_is_valid_and_the_old_one_lints_clean() -> None:
    """3.0 is judged as hard as the original: the structure, and both strict rule sets of Redocly."""
    assert list(OpenAPIV31SpecValidator(spec.load("3.1")).iter_errors()) == []
    assert list(OpenAPIV31SpecValidator(spec.load("strict")).iter_errors()) == []
    assert list(OpenAPIV30SpecValidator(spec.load("3.0")).iter_errors()) == []
    with spec.path("3.0") as path:
        report = redocly_json("lint", path, "--config", LINT / "redocly.yaml")
    assert report["problems"] == []


def test_strict_is_the_spec_and_closed_codes_and_nothing_else() -> None:
    """Take the enums off again, and the spec is left: shared answers written out, the title apart."""
    base, strict = spec.load("3.1"), spec.load("strict")
    closed = 0
    for path, item in base["paths"].items():
        for method, operation in item.items():
            for status, shared in operation["responses"].items():
                answer = strict["paths"][path][method]["responses"][status]
                codes = answer.get("x-error-codes") or answer.get("x-jsms-entry-codes") or []
                for media in answer.get("content", {}).values():
                    if codes:
                        media["schema"], extra = media["schema"]["allOf"]
                        assert extra == expected_enum(base, media["schema"], answer)
                        closed += 1
                assert answer == resolved(base, shared), f"{method} {path} {status}"
                operation["responses"][status] = answer
    strict["info"]["title"] = base["info"]["title"]

    assert strict == base
    print(f"{closed} answers closed")
    assert closed >= 23 * 6


def expected_enum(base: Document, schema: Document, answer: Document) -> Document:
    """Write down by hand what closing an answer must add."""
    if codes := answer.get("x-error-codes"):
        return {"properties": {"error": {"properties": {"code": {"enum": codes}}}}}
    names = resolved(base, schema)["properties"]
    (entries,) = [name for name in ("recipients", "failure_recipients") if name in names]
    enum = {"enum": [str(code) for code in answer["x-jsms-entry-codes"]]}
    return {"properties": {entries: {"items": {"properties": {"error_code": enum}}}}}


SMALL = """
openapi: 3.1.0
info: {title: t, version: 1.2.3, summary: In short., license: {name: MIT, identifier: MIT}}
paths: {}
webhooks: {report: {post: {operationId: r, responses: {'200': {description: d}}}}}
components:
  schemas:
    Word: {type: string}
    Entry:
      type: object
      properties:
        nothing: {type: [integer, 'null'], minimum: 0}
        fixed: {const: 7}
        shown: {type: string, examples: [a, b]}
        beside: {$ref: '#/components/schemas/Word', description: Words beside.}
        plain: {$ref: '#/components/schemas/Word'}
        list: {type: array, items: {type: ['null', string]}}
x-errors: []
x-report-statuses: []
x-jsms-doubts: []
"""


def test_the_old_form_translates_what_30_says_in_other_words() -> None:
    """Null types, constants, examples, words beside a reference, callbacks, the summary and the licence."""
    old = made(SMALL)["openapi-3.0.json"]
    entry = old["components"]["schemas"]["Entry"]["properties"]

    assert old["openapi"] == "3.0.3"
    assert old["info"] == {
        "title": "t",
        "version": "1.2.3",
        "license": {"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"},
        "description": "In short.\n",
    }
    assert "webhooks" not in old
    assert old["x-webhooks"]["report"]["post"]["operationId"] == "r"
    assert entry == {
        "nothing": {"type": "integer", "nullable": True, "minimum": 0},
        "fixed": {"enum": [7]},
        "shown": {"type": "string", "example": "a"},
        "beside": {"allOf": [{"$ref": "#/components/schemas/Word"}], "description": "Words beside."},
        "plain": {"$ref": "#/components/schemas/Word"},
        "list": {"type": "array", "items": {"type": "string", "nullable": True}},
    }


@pytest.mark.parametrize("unsayable", ["{prefixItems: []}", "{type: [string, integer]}", "{exclusiveMinimum: 0}"])
def test_what_30_cannot_say_is_no_valid_form(unsayable: str) -> None:
    """A silent loss would deceive the readers of the old form: the check of the real one above would fail."""
    old = made(SMALL.replace("Word: {type: string}", f"Word: {unsayable}"))["openapi-3.0.json"]
    del old["components"]["schemas"]["Entry"]
    assert list(OpenAPIV30SpecValidator(old).iter_errors()) != []
    old["components"]["schemas"]["Word"] = {"type": "string"}
    assert list(OpenAPIV30SpecValidator(old).iter_errors()) == []


def test_every_code_is_shown_in_the_fixtures_with_its_own_message() -> None:
    """A language without a generator can test its error handling with these alone."""
    fixtures, rows = spec.load("fixtures"), {row["code"]: row for row in spec.load(spec.Form.ERRORS)["errors"]}
    seen = set()
    for operation in fixtures["operations"].values():
        assert operation["answers"].get("200") or operation["method"] == "DELETE"
        for status, answers in operation["answers"].items():
            for answer in answers.values():
                if isinstance(answer["value"], dict) and (error := answer["value"].get("error")):
                    assert str(rows[error["code"]]["http"]) == status
                    assert error["message"] == rows[error["code"]]["message"]
                    seen.add(error["code"])

    # 50000 is success: no answer carries it.
    assert seen == rows.keys() - {50000}
    assert len(fixtures["operations"]) == 23
    assert len(fixtures["callbacks"]) == 4
