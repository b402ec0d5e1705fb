"""A wrong edit of the spec is refused with its line. That the spec itself is clean is a step of scripts/check."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tools.house_rules import broken_house_rules
from tools.lint_spec import main
from tools.regeneration.document import Source, read_source
from tools.spec_linters import LINT, SPEC, spectral_json

pytestmark = pytest.mark.xdist_group("spec-linters")


class WrongEdit(NamedTuple):
    """One edit that must not pass: what is replaced, by what, and which line has to be named."""

    what: str
    old: str
    new: str
    named: str


WRONG_EDITS = [
    WrongEdit(
        "a field renamed",
        "    CodeReceipt:\n(.*?)        msg_id:\n",
        "    CodeReceipt:\n\\1        message_id:\n",
        "msg_id",
    ),
    WrongEdit(
        "a required field added",
        "    SendCodeRequest:\n(.*?)      required: \\[mobile, temp_id\\]\n",
        "    SendCodeRequest:\n\\1      required: [mobile, temp_id, sign_id]\n",
        "required: [mobile, temp_id, sign_id]",
    ),
    WrongEdit(
        "an enum value removed",
        "enum: \\[0, 1, 2\\](.*?)\\[CHINESE, ENGLISH, MIXED\\]",
        "enum: [0, 1]\\1[CHINESE, ENGLISH]",
        "enum: [0, 1]",
    ),
    WrongEdit(
        "an example that no longer fits",
        "value: \\{msg_id: '288193860302'\\}(.*?)links:",
        "value: {msg_id: 288193860302}\\1links:",
        "value: {msg_id: 288193860302}",
    ),
    WrongEdit(
        "a code without an example",
        "(x-error-codes: \\[50006, 50007, 50008, 50009, 50013.*?)                invalid_mobile: .*?\n",
        "\\1",
        "x-error-codes: [50006, 50007, 50008, 50009, 50013",
    ),
]


def test_wrong_edits_are_refused_and_their_lines_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever made the mistakes is told where each stands, by the command that scripts/check runs."""
    text = SPEC.read_text(encoding="utf-8")
    wrong = text
    for edit in WRONG_EDITS:
        wrong, count = re.subn(edit.old, edit.new, wrong, count=1, flags=re.DOTALL)
        assert count == 1, edit.what
    path = tmp_path / "wrong.yaml"
    path.write_text(wrong, encoding="utf-8")

    assert main([str(path)]) == 1
    findings = capsys.readouterr().err
    lines, old_lines = wrong.splitlines(), text.splitlines()
    named = [lines[int(number) - 1] for number in re.findall(r"wrong\.yaml:(\d+):", findings)]
    named += [old_lines[int(number) - 1] for number in re.findall(r"released/openapi\.yaml:(\d+):", findings)]
    unnamed = [edit.what for edit in WRONG_EDITS if not any(edit.named in line for line in named)]
    assert not unnamed, findings


SMALL = """
openapi: 3.1.0
info: {title: t, version: 1.0.0}
paths:
  /things:
    post:
      operationId: makeThing
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Thing'}
            examples: {minimal: {value: {name: a}}, limits: {value: {name: aa}}}
      responses:
        '403':
          x-error-codes: [50006]
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Envelope'}
              examples: {bad: {value: {error: {code: 50006}}}}
components:
  schemas:
    Envelope: {type: object}
    Kind: {type: integer, enum: [1], x-enum-varnames: [ONE]}
    Thing:
      type: object
      additionalProperties: false
      properties:
        name: {type: string, minLength: 1, maxLength: 2, pattern: '^[a-z]+$'}
"""

#: What is replaced by what, the line that must be named, and what must be said.
BROKEN_HABITS = [
    ("limits: {", "other: {", 12, "no example `examples.limits`"),
    ("additionalProperties: false", "title: open", 24, "without additionalProperties: false"),
    ("minLength: 1, ", "", 28, 'must have required property "minLength"'),
    ("minLength: 1, ", "", 28, "a pattern without name.minLength"),
    ("maxLength: 2, ", "default: a, maxLength: 2, ", 28, "a default in a request"),
    ("schema: {$ref: '#/components/schemas/Envelope'}", "schema: {type: object}", 18, "a schema without a name"),
    ("pattern: '^[a-z]+$'}", "pattern: '^[a-z]+$'}\n        nest: {type: object}", 29, "a schema without a name"),
    ("Envelope: {type: object}", "Envelope: {oneOf: [{type: object}]}", 22, "oneOf breaks clients"),
    ("Envelope: {type: object}", "Envelope: {type: string, format: date-time}", 22, "no date-time"),
    ("Envelope: {type: object}", "Envelope: {type: [string, integer]}", 22, "loses values in Go and PHP"),
    (", x-enum-varnames: [ONE]", "", 23, "an enum without x-enum-varnames"),
    ("x-enum-varnames: [ONE]", "x-enum-varnames: [one]", 23, "no UPPER_SNAKE name"),
    ("'^[a-z]+$'", "'^\\d+$'", 28, "a class that differs elsewhere"),
    ("'^[a-z]+$'", "'[a-z]+'", 28, "also matches inside a text"),
    ("'^[a-z]+$'", "'^[a-z]{1,2}$'", 28, "holds the length"),
    ("'^[a-z]+$'", "'^[^【】]+$'", 28, "excludes characters beyond ASCII"),
    ("operationId: makeThing", f"operationId: makeThing\n      description: {'long ' * 201}", 8, "more than 1000"),
]


def test_spectral_knows_our_habits(tmp_path: Path) -> None:
    """A rule that never fires is no rule: each is shown its own mistake, and names the line."""
    texts = [SMALL]
    for old, new, _, _ in BROKEN_HABITS:
        assert SMALL.count(old) == 1
        texts.append(SMALL.replace(old, new))
    paths = [tmp_path / f"{index:02}.yaml" for index in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")

    told: dict[str, list[tuple[int, str]]] = {path.name: [] for path in paths}
    for found in spectral_json(*paths, "--ruleset", LINT / ".spectral.yaml"):
        if found["code"].startswith("jsms-"):
            told[Path(found["source"]).name].append((found["range"]["start"]["line"] + 1, found["message"]))

    assert told[paths[0].name] == []
    for path, (_, new, line, said) in zip(paths[1:], BROKEN_HABITS, strict=True):
        assert any((line, True) == (at, said in message) for at, message in told[path.name]), (new, told[path.name])


BROKEN_RULES = [
    ("x-error-codes: [50006]", "x-error-codes: [50006, 50007]", 15, "lists 50007 without an example"),
    ("x-error-codes: [50006]", "x-error-codes: [50007]", 19, "shows 50006, which x-error-codes does not list"),
    ("enum: [1], x-enum-varnames: [ONE]", "enum: [1, 2], x-enum-varnames: [ONE, ONE]", 23, "is also a name in"),
    ("title: t,", "title: t, x-secret: 1,", 3, "x-secret is not explained"),
]


def findings_of(text: str) -> list[str]:
    """Return what the house rules say of a document, keys that only the real spec uses left out."""
    raw = text.encode()
    found = broken_house_rules(Source("small.yaml", raw, yaml.safe_load(raw)))
    return [str(finding) for finding in found if "is explained but nowhere used" not in str(finding)]


@pytest.mark.parametrize(("old", "new", "line", "said"), BROKEN_RULES, ids=[rule[3] for rule in BROKEN_RULES])
def test_every_house_rule_refuses_what_it_is_there_for(old: str, new: str, line: int, said: str) -> None:
    """Each is shown its own mistake, and names the line."""
    assert findings_of(SMALL) == []
    assert SMALL.count(old) == 1

    found = findings_of(SMALL.replace(old, new))

    assert any(finding.startswith(f"small.yaml:{line}: ") and said in finding for finding in found), found


def test_every_key_of_our_own_is_explained_and_every_explained_key_is_used() -> None:
    """spec/extensions.md and the spec name the same `x-` keys."""
    assert [str(f) for f in broken_house_rules(read_source(SPEC, "spec/openapi.yaml"))] == []
