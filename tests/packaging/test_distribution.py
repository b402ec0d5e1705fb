"""What users install: the wheel and the sdist hold both packages, and work in an empty environment."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("packaging")

STORY = """
import jsmskit, jsms_api
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock

assert "site-packages" in jsmskit.__file__ and "site-packages" in jsms_api.__file__, jsmskit.__file__
with JsmsMock() as mock, mock.serve() as server:
    with jsmskit.JsmsClient(APP_KEY, MASTER_SECRET, base_url=server.url) as client:
        sent = client.codes.send("13800138000", template_id=1)
        code = mock.messages("13800138000")[-1].code
        assert client.codes.verify(sent.msg_id, code)
print("sent, received, verified")
"""


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command, and show what it said when it fails."""
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def distributions(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist made from the tracked files of this checkout, and the wheel made from that sdist."""
    tree = tmp_path_factory.mktemp("tree")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    for name in filter(None, tracked.decode().split("\0")):
        if (source := root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes(source.read_bytes())
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, cwd=tree)
    (sdist,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    return sdist, wheel


def test_the_wheel_holds_both_packages_and_both_type_markers(distributions: tuple[Path, Path]) -> None:
    """The generated and the handwritten package travel together, typed, with the spec as data and no tests."""
    names = set(zipfile.ZipFile(distributions[1]).namelist())

    assert {"jsms_api/py.typed", "jsmskit/py.typed", "jsms_api/openapi.json", "jsmskit/__init__.py"} <= names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"jsms_api", "jsmskit"}


def test_the_sdist_holds_what_the_wheel_is_made_from(distributions: tuple[Path, Path]) -> None:
    """Whoever gets the source archive can regenerate and test."""
    with tarfile.open(distributions[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    expected = {
        "spec/openapi.yaml",
        "generated/jsms_api/py.typed",
        "overlay/jsmskit/py.typed",
        "tools/regenerate.py",
    }
    assert expected | {"scripts/test", "locks/dev.txt", "LICENSE", "README.md"} <= names


def test_the_wheel_sends_a_code_from_an_empty_environment(
    distributions: tuple[Path, Path], root: Path, tmp_path: Path
) -> None:
    """Installed with nothing but its own requirements, it imports and does the main job against the mock."""
    home = tmp_path / "empty"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]

    run(*install, "--require-hashes", "-r", root / "locks" / "run.txt")
    run(*install, "--no-deps", "--no-index", distributions[1])

    assert run(python, "-c", STORY, cwd=tmp_path).strip() == "sent, received, verified"
