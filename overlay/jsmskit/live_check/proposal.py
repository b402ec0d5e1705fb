"""Turns a report into a patch for a checkout: what was observed, for `spec/openapi.yaml`, and examples of answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import Any, Final

from .probes import PROBES, Probe
from .run import FORM, THE_SERVICE

_SPEC: Final = "spec/openapi.yaml"
_FOUND: Final = re.compile(r"[\w ;/=-]{1,60}", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OBSERVED: Final = re.compile(r"    observed: \{date: '(.*?)', what: '(.*)'\}\n")
_LONGEST_EXAMPLE: Final = 4000


class ReportError(ValueError):
    """The report is none, or holds what no report holds."""


def observations(report: Mapping[str, Any]) -> dict[str, str]:
    """Return what a report says about each open question. Raises `ReportError`."""
    said: dict[str, list[str]] = {}
    for probe, entry in _asked(report):
        for finding in entry.get("findings", ()):
            fact = next((one for one in probe.facts if one.what == finding.get("what")), None)
            found = finding.get("found")
            if fact is None or not isinstance(found, str) or not _FOUND.fullmatch(found):
                raise ReportError(f"{probe.name}: this is no finding of the probe")
            verdict = "as chosen" if found in fact.taken else f"not as chosen, which is {' or '.join(fact.taken)}"
            for doubt in fact.doubts if fact.decides(found) else ():
                said.setdefault(doubt, []).append(f"{probe.name}: {fact.describe(found)} ({verdict})")
    return {doubt: "; ".join(words) for doubt, words in sorted(said.items(), key=lambda one: _order(one[0]))}


def patch(report: Mapping[str, Any], spec: str) -> str:
    """Return the proposal as a patch that `git apply` takes.

    Args:
        report: as `jsms live-check` wrote it.
        spec: the text of `spec/openapi.yaml`.

    Raises:
        ReportError: it is no report.
    """
    date = report.get("date")
    if report.get("form") != FORM or not isinstance(date, str) or not _DATE.fullmatch(date):
        raise ReportError("the file is no report of jsms live-check")
    if report.get("address") != THE_SERVICE:
        raise ReportError("the report is about a mock or another address, not about the service")
    changed = spec
    for doubt, words in observations(report).items():
        changed = _with_observation(changed, doubt, date, words)
    examples = [
        {"id": f"{date} {probe.name}", "source": f"jsms live-check, {date}", **_example(entry)}
        for probe, entry in _asked(report)
    ]
    place = f"tests/contract/captures/live-{date}.json"
    text = json.dumps(examples, ensure_ascii=False, indent=2) + "\n"
    return "".join(_diff(f"a/{_SPEC}", f"b/{_SPEC}", spec, changed)) + "".join(
        _diff("/dev/null", f"b/{place}", "", text)
    )


def _asked(report: Mapping[str, Any]) -> Iterator[tuple[Probe, dict[str, Any]]]:
    by_name = {probe.name: probe for probe in PROBES}
    entries: list[dict[str, Any]] = report.get("probes", [])
    for entry in entries:
        if entry.get("probe") not in by_name:
            raise ReportError("it names a probe that this version does not have")
        if entry.get("asked"):
            yield by_name[entry["probe"]], entry


def _example(entry: Mapping[str, Any]) -> dict[str, Any]:
    example: dict[str, Any] = entry.get("example", {})
    if len(json.dumps(example)) > _LONGEST_EXAMPLE:
        raise ReportError(f"{entry['probe']}: this is no example")
    return {"request": example["request"], "response": example["response"]}


def _with_observation(spec: str, doubt: str, date: str, words: str) -> str:
    found = re.search(rf"^  - id: {doubt}\n(    .*\n)+", spec, re.MULTILINE)
    if found is None:
        raise ReportError(f"{_SPEC} has no open question {doubt}")
    block = found[0]
    before = _OBSERVED.search(block)
    words = words.replace("'", "''")
    if before is not None:
        words = f"{before[2]} ({before[1]}). {words}"
        block = block.replace(before[0], "")
    return spec.replace(found[0], f"{block}    observed: {{date: '{date}', what: '{words}'}}\n")


def _diff(before_name: str, after_name: str, before: str, after: str) -> Iterator[str]:
    return unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), before_name, after_name)


def _order(doubt: str) -> tuple[str, int]:
    return doubt[0], int(doubt[1:])
