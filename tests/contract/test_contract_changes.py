"""A change that can break a caller needs a new version: every kind of edit is rated, and none slips by."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import NamedTuple

import pytest
import yaml

from tests.contract.edits import Document, at, gone, more, put
from tools.contract_changes import (
    CHANGELOG,
    RELEASED,
    Change,
    Impact,
    changelog_entry,
    changes_between,
    needed_version,
    unannounced,
)
from tools.regeneration.document import Source, read_source
from tools.spec_linters import SPEC

pytestmark = pytest.mark.xdist_group("spec-linters")


def renamed(name: str, old: str, new: str) -> Callable[[Document], object]:
    """Rename a property, and its mention among the required ones."""

    def edit(document: Document) -> None:
        owner = at(document, name)
        owner["properties"][new] = owner["properties"].pop(old)
        owner["required"] = [new if field == old else field for field in owner["required"]]

    return edit


def forms_only(document: Document) -> None:
    """Let changes of templates be sent as forms instead of JSON."""
    content = document["paths"]["/templates/{temp_id}"]["put"]["requestBody"]["content"]
    content["application/x-www-form-urlencoded"] = content.pop("application/json")


def another_operation(document: Document) -> None:
    """Add an operation like one that is there."""
    copied = copy.deepcopy(document["paths"]["/reply"]["get"])
    document["paths"]["/codes"]["get"] = {**copied, "operationId": "listCodes"}


def another_status(document: Document) -> None:
    document["x-report-statuses"].append({**document["x-report-statuses"][0], "status": 4999})


class Edit(NamedTuple):
    """One edit of the spec, where Redocly sees it, and how it must be rated."""

    what: str
    impact: Impact
    place: str
    apply: Callable[[Document], object]


MAJOR, MINOR, PATCH = Impact.MAJOR, Impact.MINOR, Impact.PATCH
SIGN = ("paths", "/sign/{sign_id}")
MESSAGE_EXAMPLES = ("paths", "/messages", "post", "requestBody", "content", "application/json", "examples")
TEMPLATE_TYPE_IN_ANSWER = "get/responses/200/content/application~1json/schema/properties/type"
TEMPLATE_REQUEST = "~1templates/post/requestBody/content/application~1json/schema"
OR_NULL = ["string", "null"]
EXAMPLE = {"value": {"mobile": "13800138000", "temp_id": 1}}

EDITS = [
    Edit("an operation removed", MAJOR, "~1sign~1{sign_id}/delete", gone(*SIGN, "delete")),
    Edit("a status removed", MAJOR, "get/responses/404", gone(*SIGN, "get", "responses", "404")),
    Edit("an operationId renamed", MAJOR, "~1reply/get", put("x", "paths", "/reply", "get", "operationId")),
    Edit(
        "other credentials",
        MAJOR,
        "app/get/security",
        put([{"devCredential": []}], "paths", "/accounts/app", "get", "security"),
    ),
    Edit("another media type", MAJOR, "put/requestBody/content/application~1json", forms_only),
    Edit(
        "a parameter of another type",
        MAJOR,
        "get/parameters/0",
        put("string", "components", "parameters", "TempIdPath", "schema", "type"),
    ),
    Edit("a field removed", MAJOR, "properties/is_default", gone("SignDetail", "properties", "is_default")),
    Edit("of another type", MAJOR, "properties/msg_id", put("integer", "CodeReceipt", "properties", "msg_id", "type")),
    Edit("an answer's field optional", MAJOR, "~1schedule/post/responses/200", put([], "ScheduleReceipt", "required")),
    Edit("may be null", MAJOR, "properties/phone", put(OR_NULL, "ReplyRecord", "properties", "phone", "type")),
    Edit("a longer enum", MAJOR, TEMPLATE_TYPE_IN_ANSWER, more(3, "TemplateDetail", "properties", "type", "enum")),
    Edit("a field required", MAJOR, "~1codes/post/requestBody", more("sign_id", "SendCodeRequest", "required")),
    Edit("a request's field renamed", MAJOR, TEMPLATE_REQUEST, renamed("TemplateRequest", "template", "text")),
    Edit("a request's field removed", MAJOR, "properties/tag", gone("ScheduleBatchRequest", "properties", "tag")),
    Edit("a request's enum shorter", MAJOR, "properties/voice_lang", gone("VoiceLanguage", "enum", 2)),
    Edit(
        "a lower maxLength",
        MAJOR,
        "valid/post/requestBody",
        put(16, "VerifyCodeRequest", "properties", "code", "maxLength"),
    ),
    Edit("a higher minimum", MAJOR, "properties/ttl", put(10, "SendVoiceCodeRequest", "properties", "ttl", "minimum")),
    Edit(
        "a higher minItems",
        MAJOR,
        "messages~1batch/post/requestBody",
        put(2, "SendMessageBatchRequest", "properties", "recipients", "minItems"),
    ),
    Edit(
        "a lower maxItems",
        MAJOR,
        "batch~1{schedule_id}/put/requestBody",
        put(500, "ScheduleBatchUpdateRequest", "properties", "recipients", "maxItems"),
    ),
    Edit(
        "a narrower pattern",
        MAJOR,
        "messages/post/requestBody",
        put("^1[3-8][0-9]*$", "SendMessageRequest", "properties", "mobile", "pattern"),
    ),
    Edit("a code of the table gone", MAJOR, "x-errors", gone("x-errors", -1)),
    Edit("a code's name changed", MAJOR, "x-errors", put("NO_BODY", "x-errors", 3, "name")),
    Edit(
        "a new optional field",
        MINOR,
        "properties/tag",
        put({"type": "string"}, "SendMessageRequest", "properties", "tag"),
    ),
    Edit(
        "an answer's field new",
        MINOR,
        "properties/cost",
        put({"type": "integer"}, "MessageReceipt", "properties", "cost"),
    ),
    Edit("an operation new", MINOR, "~1codes/get", another_operation),
    Edit(
        "a status new", MINOR, "responses/429", put({"description": "-"}, "paths", "/report", "get", "responses", "429")
    ),
    Edit("an example new", MINOR, "examples/more", put(EXAMPLE, *MESSAGE_EXAMPLES, "more")),
    Edit("a delivery status new", MINOR, "x-report-statuses", another_status),
    Edit("other words", PATCH, "~1report/get", put("Other words.", "paths", "/report", "get", "description")),
    Edit("a higher maxLength", PATCH, "properties/remark", put(5000, "SignForm", "properties", "remark", "maxLength")),
    Edit("a request's enum longer", PATCH, "templates/post/requestBody", more(4, "TemplateType", "enum")),
]


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> list[Change]:
    """All edits at once, each in a place of its own, rated in one run."""
    folder = tmp_path_factory.mktemp("edits")
    before = yaml.load(SPEC.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    # The spec has no closed list in an answer, on purpose; one is needed to see it grow.
    at(before, "TemplateDetail", "properties", "type")["enum"] = [1, 2]
    after = copy.deepcopy(before)
    for edit in EDITS:
        edit.apply(after)
    for name, document in (("before", before), ("after", after)):
        (folder / f"{name}.yaml").write_text(
            yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
    paths = (folder / "before.yaml", folder / "after.yaml")
    return changes_between(*(read_source(path, path.name) for path in paths), paths)


@pytest.mark.parametrize("edit", EDITS, ids=[edit.what for edit in EDITS])
def test_an_edit_is_rated_by_what_it_does_to_callers(edit: Edit, rated: list[Change]) -> None:
    """The tool that rates calls itself experimental: an update of it must not weaken a single rating."""
    here = [change for change in rated if edit.place in change.pointer]

    assert edit.impact in {change.impact for change in here}, [(c.impact.name, c.pointer) for c in here or rated]


def test_nothing_but_what_was_edited_is_breaking(rated: list[Change]) -> None:
    breaking = {edit.place for edit in EDITS if edit.impact is MAJOR}
    strangers = [c.pointer for c in rated if c.impact is MAJOR and not any(place in c.pointer for place in breaking)]
    assert strangers == []


@pytest.mark.parametrize(
    ("impact", "raised", "announced"),
    [
        (MAJOR, Impact.NONE, False),
        (MAJOR, MINOR, False),
        (MAJOR, MAJOR, True),
        (MINOR, PATCH, False),
        (MINOR, MINOR, True),
        (PATCH, Impact.NONE, True),  # words ask for no new version before the next release
    ],
)
def test_a_change_needs_a_version_that_announces_it(impact: Impact, raised: Impact, announced: bool) -> None:
    released = read_source(RELEASED, "released").document["info"]["version"]
    today = Source("openapi.yaml", b"", {"info": {"version": needed_version(released, raised)}})

    found = unannounced([Change(impact, "A field is gone.", "#/a", "openapi.yaml:1")], today)

    assert (found == []) is announced
    assert all(f"raise info.version from {today.document['info']['version']} to " in str(one) for one in found)


def test_the_changelog_marks_what_breaks_and_puts_it_first() -> None:
    """Whoever reads only the first lines of an entry has seen what concerns them."""
    changes = [Change(MINOR, "A field is new.", "#/a", "spec:1"), Change(MAJOR, "A field is gone.", "#/b", "spec:1")]

    assert changelog_entry("2.0.0", changes) == "## 2.0.0\n\n- **[breaking]** A field is gone.\n- A field is new.\n"
    assert (
        f"## {yaml.load(RELEASED.read_text('utf-8'), Loader=yaml.CSafeLoader)['info']['version']}\n"
        in CHANGELOG.read_text(encoding="utf-8")
    )
