"""The workflows of spec/workflows are no prose: each runs against the mock, its answers checked by the spec."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock

from tools.spec_linters import LINT, ROOT, SPEC, redocly_json, run, spectral_json

pytestmark = pytest.mark.xdist_group("spec-linters")

WORKFLOWS = sorted((ROOT / "spec" / "workflows").glob("*.arazzo.yaml"))


def execute(mock: JsmsMock, workflows: list[Path], report: Path) -> tuple[dict[str, str], str]:
    """Run workflows with Redocly's respect: the verdict on each by its name, and all that was printed."""
    with mock.serve() as server:
        done = run(
            *("redocly", "respect", *workflows, "--json-output", report),
            *("--server", f"jsms={server.url}", "--server", f"mock={server.control_url}"),
            *("--input", f"app_key={APP_KEY}", "--input", f"master_secret={MASTER_SECRET}"),
        )
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    verdicts = {
        workflow["workflowId"]: workflow["status"] for told in files.values() for workflow in told["executedWorkflows"]
    }
    return verdicts, done.stdout


def test_every_workflow_passes_against_the_mock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Send and verify, a schedule's life, a batch with failures, an audit, an empty balance: 5 of 5."""
    with JsmsMock() as mock:
        verdicts, said = execute(mock, WORKFLOWS, tmp_path / "report.json")

    checks = sum(int(number) for number in re.findall(r"Checks: (\d+) passed, \d+ total", said))
    with capsys.disabled():
        print(f"\n{len(verdicts)} of {len(WORKFLOWS)} workflows pass, {checks} checks")
    assert verdicts == {path.name.removesuffix(".arazzo.yaml"): "success" for path in WORKFLOWS}
    assert len(WORKFLOWS) == 5


def test_a_workflow_fails_when_the_service_answers_otherwise(tmp_path: Path) -> None:
    """An executed document that cannot fail proves nothing: here the right code is refused as too late."""
    with JsmsMock() as mock:
        mock.fail_next(50011, operation="verifyCode")
        verdicts, said = execute(
            mock, [ROOT / "spec/workflows/send-and-verify-a-code.arazzo.yaml"], tmp_path / "report.json"
        )

    assert verdicts == {"send-and-verify-a-code": "error"}
    assert "$response.body#/error/code == 50010" in said


def spectral_problems(*paths: Path) -> list[str]:
    """What Spectral says about workflows."""
    return [one["message"] for one in spectral_json(*paths, "--ruleset", LINT / "arazzo.yaml")]


def test_the_schemas_of_two_engines_take_the_workflows(tmp_path: Path) -> None:
    """Redocly and Spectral have a schema of Arazzo each; both refuse a document with a planted mistake."""
    wrong = tmp_path / "wrong.arazzo.yaml"
    text = WORKFLOWS[0].read_text(encoding="utf-8").replace("../openapi.yaml", str(SPEC))
    wrong.write_text(text.replace("successCriteria", "successCriterion", 1), encoding="utf-8")

    judge = ("--config", LINT / "redocly.yaml")
    assert run("redocly", "lint", *WORKFLOWS, *judge).returncode == 0
    assert spectral_problems(*WORKFLOWS) == []
    (problem,) = redocly_json("lint", wrong, *judge)["problems"]
    assert problem["message"] == "Property `successCriterion` is not expected here."
    assert spectral_problems(wrong) == ['"0" property must not have unevaluated properties']


def test_conditions_and_extensions_are_portable() -> None:
    """Text in a condition is in single quotes, as Arazzo says; keys that it does not know are listed as extensions."""
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    listed = (ROOT / "spec" / "extensions.md").read_text(encoding="utf-8").partition("## In the workflows")[2]

    assert re.findall(r'condition: .*".*', text) == []
    assert set(re.findall(r"\b(x-[\w-]+):", text)) == set(re.findall(r"`(x-[\w-]+)`", listed))
