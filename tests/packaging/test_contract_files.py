"""What a release gives to teams without Python: the forms of the spec, and a Postman collection that works as it is."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsms_api.operations import OPERATIONS
from jsmskit import spec
from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET, JsmsMock

from tests.debian import leave_out
from tools.consumers import LANGUAGES
from tools.releasing.contract_files import COLLECTION, write_contract_files
from tools.spec_linters import environment

pytestmark = pytest.mark.xdist_group("consumer-axios")


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, written once."""
    made = tmp_path_factory.mktemp("dist")
    write_contract_files(root, made)
    return made


def entries(collection: dict[str, Any]) -> list[dict[str, Any]]:
    """The requests of a collection."""
    return [entry for folder in collection["item"] for entry in folder["item"]]


def test_the_collection_has_every_operation_and_no_secret(folder: Path) -> None:
    """Beside it lies every form. The account's balance alone has the other pair; every documented code is shown."""
    assert {path.name for path in folder.iterdir()} == {form.file_name for form in spec.Form} | {COLLECTION}
    text = (folder / COLLECTION).read_text(encoding="utf-8")
    collection = json.loads(text)
    requests = [entry["request"] for entry in entries(collection)]
    called = [
        (one["method"], re.sub(r":(\w+)", r"{\1}", one["url"]["raw"].removeprefix("{{baseUrl}}"))) for one in requests
    ]
    shown = {int(code) for code in re.findall(r'\\"code\\": (5\d{4})', text)}

    assert sorted(called) == sorted((info.method, info.path) for info in OPERATIONS.values())
    assert [one["url"]["raw"] for one in requests if "auth" in one] == ["{{baseUrl}}/accounts/dev"]
    assert shown == {code for info in OPERATIONS.values() for codes in info.codes.values() for code in codes}
    values = {one["key"]: one["value"] for one in collection["variable"]}
    assert [values[name] for name in ("appKey", "masterSecret", "devKey", "devSecret")] == [""] * 4


def test_postman_s_own_runner_sends_every_request(folder: Path, tmp_path: Path) -> None:
    """With values for the variables and nothing else: no request is misunderstood, and each id reaches its reader."""
    newman = LANGUAGES["axios"].sources / "node_modules" / ".bin" / "newman"
    if not newman.exists():
        leave_out("newman", "its npm packages")
    report = tmp_path / "report.json"
    with JsmsMock() as mock, mock.serve() as server:
        pairs = {"appKey": APP_KEY, "masterSecret": MASTER_SECRET, "devKey": DEV_KEY, "devSecret": DEV_SECRET}
        given = [f"{key}={value}" for key, value in {"baseUrl": server.url, **pairs}.items()]
        done = subprocess.run(
            [
                *("node", newman, "run", folder / COLLECTION, "--reporters", "json", "--reporter-json-export", report),
                *[word for value in given for word in ("--env-var", value)],
            ],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = json.loads(report.read_text(encoding="utf-8"))["run"]
    codes = {one["item"]["name"]: one["response"]["code"] for one in told["executions"]}

    assert told["failures"] == []
    assert len(codes) == len(OPERATIONS)
    assert set(codes.values()) <= {200, 403}
    assert codes["Read the shared balance of the account"] == 200
    assert codes["Delete a sign"] == codes["Read a template and its review status"] == 200
