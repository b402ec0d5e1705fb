"""A change of the spec is said in one line, with what of the overlay must follow; the table is held to both."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.edits import Document, Edit, at, gone, put
from tools.overlay_table import OVERLAY as OVERLAY_FOLDER
from tools.overlay_table import TABLE, Overlay, findings
from tools.regeneration.document import Source, read_source
from tools.spec_linters import SPEC

OVERLAY = Overlay()
DOCUMENT = read_source(SPEC, "spec/openapi.yaml").document
ROWS = tomllib.loads(TABLE.read_text(encoding="utf-8"))


def said(document: Any = DOCUMENT, table: Any = ROWS) -> list[str]:
    """Judge a document and a table, against the overlay as it is."""
    source = Source("spec", SPEC.read_bytes(), document)
    return [f"{finding.what} - {finding.remedy}" for finding in findings(source, table, OVERLAY)]


def test_the_overlay_follows_the_spec_of_today() -> None:
    assert said() == []


def renamed(document: Document) -> None:
    fields = at(document, "SignDetail", "properties")
    fields["enabled"] = fields.pop("use_status")


LIST_CODES = {**DOCUMENT["paths"]["/reply"]["get"], "operationId": "listCodes"}


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (
            put({"type": "integer"}, "MessageReceipt", "properties", "cost"),
            "in MessageReceipt cost is new - let `MessageReceipt` (overlay/jsmskit/results/messages.py) follow",
        ),
        (
            renamed,
            "in SignDetail enabled is new, use_status is gone - let `Sign` (overlay/jsmskit/results/reviews.py) follow",
        ),
        (
            put({"type": "string"}, "SendMessageRequest", "properties", "tag"),
            "in SendMessageRequest tag is new - let `send` in overlay/jsmskit/_async/messages.py and ",
        ),
        (gone("ScheduleDetail", "properties", "send_time"), "in ScheduleDetail send_time is gone - let `Schedule` "),
        (
            gone("paths", "/sign/{sign_id}", "delete"),
            "deleteSign is gone from the spec - remove `delete` in overlay/jsmskit/_async/signs.py and _operations/",
        ),
        (put(LIST_CODES, "paths", "/codes", "get"), "listCodes is new - write its method in "),
    ],
    ids=["new answer field", "renamed", "new request field", "field gone", "operation gone", "new operation"],
)
def test_a_change_of_the_spec_is_one_line(edit: Edit, line: str) -> None:
    """It names the field or operation, and the file of the overlay that must follow."""
    document = copy.deepcopy(DOCUMENT)
    edit(document)

    (told,) = said(document)

    assert line in told


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (lambda t: t["operations"].update(sendCode="codes.post"), "there is no method codes.post - write "),
        (lambda t: t["values"]["SignDetail"].update(use_status="Sign.used"), "there is no Sign.used - add it to "),
        (
            lambda t: t["requests"]["SendCodeRequest"].update(sign_id=""),
            "no field of sendCode is the parameter sign_id of codes.send - name it",
        ),
        (
            lambda t: t["values"]["TemplateDetail"].update(remark=""),
            "no field of the spec is Template.remark - name it in overlay/contract.toml",
        ),
    ],
    ids=["method", "attribute", "parameter without a row", "attribute without a row"],
)
def test_the_table_is_held_to_the_overlay(edit: Callable[[Any], object], line: str) -> None:
    """What it names is there, and what is there is named."""
    table = copy.deepcopy(ROWS)
    edit(table)

    assert any(line in told for told in said(table=table))


def test_no_response_is_read_with_a_generated_model() -> None:
    """overlay/README.md says so, and why; requests and enums alone come from `jsms_api.models`."""
    text = "".join(path.read_text(encoding="utf-8") for path in OVERLAY_FOLDER.rglob("*.py"))
    named = re.findall(r"jsms_api\.models\.\w+ import (\w+)|\bmodels\.([A-Z]\w+)", text)
    used = {one or other for one, other in named}

    assert used >= {"SendMessageRequest", "SignForm", "TemplateType"}
    assert used & (ROWS["values"].keys() - {"BatchRecipient"}) == set()
