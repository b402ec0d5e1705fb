"""A change that can break a caller needs a new version: every kind of edit is rated, and none slips by."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tools.contract_changes import (
    CHANGELOG,
    RELEASED,
    Change,
    Impact,
    changelog_entry,
    changes_between,
    counted,
    needed_version,
    unannounced_changes,
)
from tools.regeneration.document import read_source
from tools.spec_linters import LINT, SPEC, run

pytestmark = pytest.mark.xdist_group("spec-linters")

Document = dict[str, Any]


class Edit(NamedTuple):
    """One edit of the spec, where Redocly sees it, and how it must be rated."""

    what: str
    impact: Impact
    place: str
    apply: Callable[[Document], object]


def schema(document: Document, name: str) -> Document:
    """Return a named schema."""
    found: Document = document["components"]["schemas"][name]
    return found


def rename(document: Document, name: str, old: str, new: str) -> None:
    """Rename a property, and its mention among the required ones."""
    owner = schema(document, name)
    owner["properties"][new] = owner["properties"].pop(old)
    owner["required"] = [new if field == old else field for field in owner["required"]]


def forms_only(document: Document) -> None:
    """Let changes of templates be sent as forms instead of JSON."""
    content = document["paths"]["/templates/{temp_id}"]["put"]["requestBody"]["content"]
    content["application/x-www-form-urlencoded"] = content.pop("application/json")


def another_operation(document: Document) -> None:
    """Add an operation like one that is there."""
    copied = copy.deepcopy(document["paths"]["/reply"]["get"])
    document["paths"]["/codes"]["get"] = {**copied, "operationId": "listCodes"}


MAJOR, MINOR, PATCH = Impact.MAJOR, Impact.MINOR, Impact.PATCH
EXAMPLE = {"value": {"mobile": "13800138000", "temp_id": 1}}

EDITS = [
    Edit(
        "an operation removed", MAJOR, "~1sign~1{sign_id}/delete", lambda d: d["paths"]["/sign/{sign_id}"].pop("delete")
    ),
    Edit(
        "a status removed",
        MAJOR,
        "get/responses/404",
        lambda d: d["paths"]["/sign/{sign_id}"]["get"]["responses"].pop("404"),
    ),
    Edit("an operationId renamed", MAJOR, "~1reply/get", lambda d: d["paths"]["/reply"]["get"].update(operationId="x")),
    Edit(
        "other credentials",
        MAJOR,
        "app/get/security",
        lambda d: d["paths"]["/accounts/app"]["get"].update(security=[{"devCredential": []}]),
    ),
    Edit("another media type", MAJOR, "put/requestBody/content/application~1json", forms_only),
    Edit(
        "a parameter of another type",
        MAJOR,
        "get/parameters/0",
        lambda d: d["components"]["parameters"]["TempIdPath"]["schema"].update(type="string"),
    ),
    Edit(
        "an answer's field removed",
        MAJOR,
        "properties/is_default",
        lambda d: schema(d, "SignDetail")["properties"].pop("is_default"),
    ),
    Edit(
        "an answer's field of another type",
        MAJOR,
        "properties/msg_id",
        lambda d: schema(d, "CodeReceipt")["properties"]["msg_id"].update(type="integer"),
    ),
    Edit(
        "an answer's field optional",
        MAJOR,
        "~1schedule/post/responses/200",
        lambda d: schema(d, "ScheduleReceipt").update(required=[]),
    ),
    Edit(
        "an answer's field may be null",
        MAJOR,
        "properties/phone",
        lambda d: schema(d, "ReplyRecord")["properties"]["phone"].update(type=["string", "null"]),
    ),
    Edit(
        "an answer's enum longer",
        MAJOR,
        "get/responses/200/content/application~1json/schema/properties/type",
        lambda d: schema(d, "TemplateDetail")["properties"]["type"]["enum"].append(3),
    ),
    Edit(
        "a request's field required",
        MAJOR,
        "~1codes/post/requestBody",
        lambda d: schema(d, "SendCodeRequest")["required"].append("sign_id"),
    ),
    Edit(
        "a request's field renamed",
        MAJOR,
        "~1templates/post/requestBody/content/application~1json/schema",
        lambda d: rename(d, "TemplateRequest", "template", "text"),
    ),
    Edit(
        "a request's field removed",
        MAJOR,
        "properties/tag",
        lambda d: schema(d, "ScheduleBatchRequest")["properties"].pop("tag"),
    ),
    Edit(
        "a request's enum shorter",
        MAJOR,
        "properties/voice_lang",
        lambda d: schema(d, "VoiceLanguage")["enum"].remove(2),
    ),
    Edit(
        "a lower maxLength",
        MAJOR,
        "valid/post/requestBody",
        lambda d: schema(d, "VerifyCodeRequest")["properties"]["code"].update(maxLength=16),
    ),
    Edit(
        "a higher minimum",
        MAJOR,
        "properties/ttl",
        lambda d: schema(d, "SendVoiceCodeRequest")["properties"]["ttl"].update(minimum=10),
    ),
    Edit(
        "a higher minItems",
        MAJOR,
        "messages~1batch/post/requestBody",
        lambda d: schema(d, "SendMessageBatchRequest")["properties"]["recipients"].update(minItems=2),
    ),
    Edit(
        "a lower maxItems",
        MAJOR,
        "batch~1{schedule_id}/put/requestBody",
        lambda d: schema(d, "ScheduleBatchUpdateRequest")["properties"]["recipients"].update(maxItems=500),
    ),
    Edit(
        "a narrower pattern",
        MAJOR,
        "messages/post/requestBody",
        lambda d: schema(d, "SendMessageRequest")["properties"]["mobile"].update(pattern="^1[3-8][0-9]*$"),
    ),
    Edit("a code of the table gone", MAJOR, "x-errors", lambda d: d["x-errors"].pop()),
    Edit("a code's name changed", MAJOR, "x-errors/3", lambda d: d["x-errors"][3].update(name="NO_BODY")),
    Edit(
        "a request's field new and optional",
        MINOR,
        "properties/tag",
        lambda d: schema(d, "SendMessageRequest")["properties"].update(tag={"type": "string"}),
    ),
    Edit(
        "an answer's field new",
        MINOR,
        "properties/cost",
        lambda d: schema(d, "MessageReceipt")["properties"].update(cost={"type": "integer"}),
    ),
    Edit("an operation new", MINOR, "~1codes/get", another_operation),
    Edit(
        "a status new",
        MINOR,
        "responses/429",
        lambda d: d["paths"]["/report"]["get"]["responses"].update({"429": {"description": "-"}}),
    ),
    Edit(
        "an example new",
        MINOR,
        "examples/more",
        lambda d: d["paths"]["/messages"]["post"]["requestBody"]["content"]["application/json"]["examples"].update(
            more=EXAMPLE
        ),
    ),
    Edit(
        "a delivery status new",
        MINOR,
        "x-report-statuses",
        lambda d: d["x-report-statuses"].append({**d["x-report-statuses"][0], "status": 4999}),
    ),
    Edit(
        "other words", PATCH, "~1report/get", lambda d: d["paths"]["/report"]["get"].update(description="Other words.")
    ),
    Edit(
        "a higher maxLength",
        PATCH,
        "properties/remark",
        lambda d: schema(d, "SignForm")["properties"]["remark"].update(maxLength=5000),
    ),
    Edit(
        "a request's enum longer",
        PATCH,
        "templates/post/requestBody",
        lambda d: schema(d, "TemplateType")["enum"].append(4),
    ),
]


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> list[Change]:
    """All edits at once, each in a place of its own, rated in one run."""
    folder = tmp_path_factory.mktemp("edits")
    before = yaml.load(SPEC.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    # The spec has no closed list in an answer, on purpose; one is needed to see it grow.
    schema(before, "TemplateDetail")["properties"]["type"]["enum"] = [1, 2]
    after = copy.deepcopy(before)
    for edit in EDITS:
        edit.apply(after)
    for name, document in (("before", before), ("after", after)):
        (folder / f"{name}.yaml").write_text(
            yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
    return changes_between(folder / "before.yaml", folder / "after.yaml")


@pytest.mark.parametrize("edit", EDITS, ids=[edit.what for edit in EDITS])
def test_an_edit_is_rated_by_what_it_does_to_callers(edit: Edit, rated: list[Change]) -> None:
    """The tool that rates calls itself experimental: an update of it must not weaken a single rating."""
    here = [change for change in rated if edit.place in change.pointer]

    assert edit.impact in {change.impact for change in here}, [(c.impact.name, c.pointer) for c in here or rated]


def test_more_breaking_edits_are_tried_than_harmless_ones(rated: list[Change]) -> None:
    """At least 18 edits; nothing but what was edited is reported as breaking."""
    breaking = {edit.place for edit in EDITS if edit.impact is MAJOR}
    strangers = [c.pointer for c in rated if c.impact is MAJOR and not any(place in c.pointer for place in breaking)]

    print(f"{len(EDITS)} of {len(EDITS)} edits rated, {len(breaking)} of them breaking")
    assert len(EDITS) >= 18
    assert strangers == []


def test_a_breaking_change_needs_a_raised_version_and_redocly_agrees(tmp_path: Path) -> None:
    """The same edit is refused under the old version and taken under the next first number."""
    released = RELEASED.read_text(encoding="utf-8")
    version = yaml.load(released, Loader=yaml.CSafeLoader)["info"]["version"]
    broken = released.replace("operationId: pullReplies", "operationId: fetchReplies")
    raised = broken.replace(f"version: {version}", f"version: {needed_version(version, Impact.MAJOR)}", 1)
    verdicts = []
    for text in (broken, raised):
        path = tmp_path / "openapi.yaml"
        path.write_text(text, encoding="utf-8")
        ours = unannounced_changes(read_source(path, "openapi.yaml"), path)
        config = ("--config", LINT / "diff.yaml", "--fail-on", "none")
        theirs = run("redocly", "diff", RELEASED, path, *config, "--check-version").returncode
        verdicts.append((len(ours), theirs))

    assert verdicts == [(1, 1), (0, 0)]


def test_the_message_names_the_changes_that_it_counts(rated: list[Change]) -> None:
    """By call and field, those that ask for a version; changes of words are only counted."""
    said = counted(rated)

    assert "Operation `DELETE /sign/{sign_id}` was removed" in said
    assert "POST /messages requestBody tag added" in said
    assert "Other words" not in said
    assert re.search(r"\d+ major \(.+\), \d+ minor \(.+\), \d+ patch$", said)


def test_the_changelog_marks_what_breaks_and_puts_it_first() -> None:
    """Whoever reads only the first lines of an entry has seen what concerns them."""
    changes = [
        Change(MINOR, "A field is new.", "", "#/a", 1, False),
        Change(MAJOR, "A field is gone.", "x", "#/b", 1, True),
    ]

    assert changelog_entry("2.0.0", changes) == "## 2.0.0\n\n- **[breaking]** A field is gone.\n- A field is new.\n"
    assert (
        f"## {yaml.load(RELEASED.read_text('utf-8'), Loader=yaml.CSafeLoader)['info']['version']}\n"
        in CHANGELOG.read_text(encoding="utf-8")
    )
