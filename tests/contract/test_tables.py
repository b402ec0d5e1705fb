"""Spec and generated tables hold exactly what the documentation lists: operations, codes, delivery statuses.

The witness is tests/contract/data: the operations index and the return-code table of the documentation, copied
word for word, and the reading of "can come from" that was agreed on for each operation. Nothing here uses the
tools that made the tables.
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsms_api import error_table
from jsms_api import operations as operation_table

DATA = Path(__file__).parent / "data"
SPEC = Path(__file__).resolve().parents[2] / "spec" / "openapi.yaml"
METHODS = {"get", "put", "post", "delete"}
PAGES = {"S": "send", "C": "schedule", "T": "templates", "G": "sign", "A": "accounts", "Z": "summary"}

# Codes of an operation that the table does not name for it, with the place in the documentation that does.
NAMED_ELSEWHERE = {(50034, "sendCode"): "section 4.1 lists it as uncertain for this call"}


def rows(name: str) -> list[dict[str, str]]:
    """Read one of the copied tables."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


OPERATIONS = rows("operations.csv")
CODES = rows("return_codes.csv")
STATUSES = rows("delivery_statuses.csv")
AGREED: dict[str, dict[str, list[int]]] = tomllib.loads((DATA / "codes_by_operation.toml").read_text(encoding="utf-8"))
EVERYWHERE = {401: [50002], 404: [50016], 405: [50018], 500: [50019]}
OPERATION_IDS = [row["operation_id"] for row in OPERATIONS]


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    """Return the spec as a plain reader of YAML sees it."""
    document: dict[str, Any] = yaml.load(SPEC.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return document


def resolve(spec: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the document."""
    while "$ref" in node:
        reference = node["$ref"]
        node = spec
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    return node


def spec_operations(spec: dict[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return method, path and content of every operation by its id."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def spec_codes(spec: dict[str, Any], operation: dict[str, Any]) -> tuple[dict[int, list[int]], list[int]]:
    """Return the codes of an operation by status, and those of its batch entries."""
    answers = {int(status): resolve(spec, answer) for status, answer in operation["responses"].items()}
    by_status = {status: answer["x-error-codes"] for status, answer in answers.items() if status != 200}
    return by_status, answers[200].get("x-jsms-entry-codes", [])


def agreed_codes(operation_id: str) -> tuple[dict[int, list[int]], list[int]]:
    """Return the agreed codes of an operation by status, and those of its batch entries."""
    own = AGREED[operation_id]
    by_status = {int(status): codes for status, codes in own.items() if status != "entries"}
    return {**by_status, **EVERYWHERE}, own.get("entries", [])


def test_the_copied_tables_are_whole() -> None:
    """The documentation names 23 operations, 55 codes and 11 delivery statuses."""
    assert (len(OPERATIONS), len(CODES), len(STATUSES), len(AGREED)) == (23, 55, 11, 23)


def test_every_operation_of_the_fact_base_and_no_other(spec: dict[str, Any]) -> None:
    """Method, path, credential and first revision of all 23 operations, in the spec and in the generated
    table.
    """
    wanted = {
        row["operation_id"]: (row["method"], row["path"], row["credential"], row["since"].removeprefix("by "))
        for row in OPERATIONS
    }
    in_spec = {
        name: (method, path, operation["x-jsms-credential"], operation["x-jsms-since"])
        for name, (method, path, operation) in spec_operations(spec).items()
    }
    generated = {
        name: (info.method, info.path, info.credential.value) for name, info in operation_table.OPERATIONS.items()
    }
    assert in_spec == wanted
    assert generated == {name: row[:3] for name, row in wanted.items()}
    print(f"{len(in_spec)} of {len(wanted)} operations")


def test_every_return_code_of_the_fact_base_and_no_other(spec: dict[str, Any]) -> None:
    """Status, exact message and older wordings of all 55 codes, in the spec and in the generated table."""
    wanted = {
        int(row["code"]): (int(row["http"]), row["message"], set(filter(None, row["other_messages"].split("|"))))
        for row in CODES
    }
    in_spec = {
        row["code"]: (row["http"], row["message"], set(row.get("other_messages", []))) for row in spec["x-errors"]
    }
    generated = {
        code: (info.http_status, info.message, set(info.other_messages)) for code, info in error_table.ERRORS.items()
    }
    assert in_spec == wanted
    assert generated == wanted
    assert {int(code) for code in error_table.ErrorCode} == wanted.keys()
    print(f"{len(in_spec)} of {len(wanted)} return codes")


def test_the_source_of_a_code_is_the_pages_that_print_it(spec: dict[str, Any]) -> None:
    """A page that prints a code in its newest revision is named; one that did so in some revisions may be."""
    pages = {row["code"]: set(row["source"]) for row in spec["x-errors"]}
    for row in CODES:
        certain = {PAGES[letter] for letter in row["pages"].split()}
        allowed = certain | {PAGES[letter] for letter in row["pages_in_some_revisions"].split()}
        assert certain <= pages[int(row["code"])] <= allowed, row["code"]


def test_every_delivery_status_of_the_fact_base_and_no_other(spec: dict[str, Any]) -> None:
    """All 11 delivery statuses; those that speak of voice are marked so."""
    wanted = {int(row["status"]): row["meaning"].startswith("voice") for row in STATUSES}
    assert {row["status"]: row["voice"] for row in spec["x-report-statuses"]} == wanted
    assert {status: info.voice for status, info in error_table.REPORT_STATUSES.items()} == wanted
    assert [row["status"] for row in spec["x-report-statuses"] if row["delivered"]] == [4001]
    print(f"{len(wanted)} of {len(STATUSES)} delivery statuses")


@pytest.mark.parametrize("operation_id", OPERATION_IDS)
def test_an_operation_answers_the_agreed_codes(spec: dict[str, Any], operation_id: str) -> None:
    """The codes of every status and of batch entries, in the spec and in the generated table."""
    _, _, operation = spec_operations(spec)[operation_id]
    by_status, entries = agreed_codes(operation_id)
    assert spec_codes(spec, operation) == (by_status, entries)
    info = operation_table.OPERATIONS[operation_id]
    assert {status: list(codes) for status, codes in info.codes.items()} == by_status
    assert list(info.entry_codes) == entries


@pytest.mark.parametrize(
    "row", [row for row in CODES if row["definite"] or row["possible"]], ids=lambda row: row["code"]
)
def test_a_code_comes_from_the_operations_that_the_fact_base_names(row: dict[str, str]) -> None:
    """Plain numbers of "can come from" are all there; beside them stand only those it calls possible.

    50000 is the one code without numbers: no documented body carries it.
    """
    code = int(row["code"])
    number = {item["operation_id"]: int(item["number"]) for item in OPERATIONS}
    answers = {name: agreed_codes(name) for name in OPERATION_IDS}
    givers = {
        number[name]
        for name, (by_status, entries) in answers.items()
        if code in entries or any(code in codes for codes in by_status.values())
    }
    definite, possible = ({int(item) for item in row[key].split()} for key in ("definite", "possible"))
    elsewhere = {number[name] for other, name in NAMED_ELSEWHERE if other == code}
    assert definite <= givers
    assert givers <= definite | possible | elsewhere


def test_every_code_of_every_operation_has_an_example_with_the_exact_message(spec: dict[str, Any]) -> None:
    """An answer shows each code that it can carry, under the code's name and with the words of the table."""
    message = {int(row["code"]): row["message"] for row in CODES}
    name_of = {info.code: info.name.lower() for info in error_table.ERRORS.values()}
    shown = 0
    for operation_id, (_, _, operation) in spec_operations(spec).items():
        for status, answer in operation["responses"].items():
            if status == "200":
                continue
            found = resolve(spec, answer)
            examples = found["content"]["application/json"]["examples"]
            values = {name: resolve(spec, example)["value"]["error"] for name, example in examples.items()}
            wanted = {name_of[code]: {"code": code, "message": message[code]} for code in found["x-error-codes"]}
            assert values == wanted, (operation_id, status)
            shown += len(wanted)
    print(f"{shown} codes on operations, each with its example")


def test_the_verdicts_on_a_verification_code_say_so_and_nothing_else_does(spec: dict[str, Any]) -> None:
    """`is_valid: false` stands beside the five refusals of a code, and beside no other error."""
    verdicts = {50010, 50011, 50012, 50015, 50026}
    for name, example in spec["components"]["examples"].items():
        value = example["value"]
        assert value.get("is_valid") == (False if value["error"]["code"] in verdicts else None), name
