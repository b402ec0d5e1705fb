"""What users install: the wheel and the sdist hold both packages, and work in an empty environment."""

from __future__ import annotations

import email
import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.releasing.distributions import check_metadata
from tools.releasing.environments import WITH_EXTRAS, WITHOUT_EXTRAS, promised_versions

pytestmark = pytest.mark.xdist_group("packaging")

PLANTED = "left behind [1] #.py"
EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run a command, and show what it said when it fails."""
    words = [str(word) for word in command]
    environment = {**os.environ, **(env or {})}
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def distributions(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist made from a clone of this checkout in which untracked files lie, and the wheel made from that sdist."""
    tree = tmp_path_factory.mktemp("tree")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    for name in filter(None, tracked.decode().split("\0")):
        if (source := root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes(source.read_bytes())
    run("git", "init", "--quiet", cwd=tree)
    run("git", "add", "--all", "--force", cwd=tree)
    packed = [path for path in tree.iterdir() if path.is_dir() and path.name != ".git"]
    for folder in (*packed, tree / "overlay" / "jsmskit", tree / "generated" / "jsms_api"):
        (folder / PLANTED).write_text("SECRET = 1\n")
        (folder / "untracked folder").mkdir()
        (folder / "untracked folder" / PLANTED).write_text("SECRET = 1\n")
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, cwd=tree, env=EPOCH)
    (sdist,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    return sdist, wheel


def test_the_wheel_holds_what_git_tracks_of_both_packages_and_nothing_else(distributions: tuple[Path, Path]) -> None:
    """Typed, with the spec as data; keys and notes that lie in a checkout, one in every folder, are not published."""
    with tarfile.open(distributions[0]) as archive:
        sources = [name.partition("/")[2] for name in archive.getnames()]
    names = zipfile.ZipFile(distributions[1]).namelist()
    packaged = {
        name.partition("/")[2]
        for name in sources
        if name.startswith(("overlay/jsmskit/", "generated/jsms_api/")) and "." in name.rpartition("/")[2]
    }

    assert {name for name in names if ".dist-info/" not in name} == packaged
    assert packaged >= {"jsms_api/py.typed", "jsmskit/py.typed", "jsms_api/openapi.json"}
    assert "jsmskit/mock/control/static/swagger-ui/LICENSE.txt" in packaged
    assert [name for name in sources if "left behind" in name or "untracked folder" in name] == []


def test_the_metadata_is_what_an_index_takes(distributions: tuple[Path, Path], root: Path) -> None:
    """Readme that renders, licence, extras, commands, Pythons: as pyproject.toml has them."""
    sdist, wheel = distributions
    check_metadata(sdist, wheel)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (place,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(place))
        commands = archive.read(place.replace("METADATA", "entry_points.txt")).decode()
    assert (metadata["Name"], metadata["Version"]) == (project["name"], project["version"])
    assert (metadata["Requires-Python"], metadata["License-Expression"]) == (">=3.11", "MIT")
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert set(metadata.get_all("Provides-Extra", [])) == set(project["optional-dependencies"])
    assert "jsms = jsmskit.cli:main" in commands
    assert promised_versions(project)[0] == metadata["Requires-Python"].removeprefix(">=")


def test_another_place_time_zone_and_hash_seed_make_the_same_wheel(
    distributions: tuple[Path, Path], tmp_path: Path
) -> None:
    """So anybody can check that a distribution comes from the commit that it names."""
    with tarfile.open(distributions[0]) as archive:
        archive.extractall(tmp_path / "tree", filter="data")
    (tree,) = (tmp_path / "tree").iterdir()
    other = {**EPOCH, "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "42", "LC_ALL": "C"}
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=tree, env=other)
    (again,) = tmp_path.glob("*.whl")
    assert again.read_bytes() == distributions[1].read_bytes()


def test_the_wheel_sends_a_code_from_an_empty_environment(
    distributions: tuple[Path, Path], root: Path, tmp_path: Path
) -> None:
    """Installed with nothing but its own requirements, it imports and does the main job against the mock."""
    home = tmp_path / "empty"
    venv.create(home)
    python = home / "bin" / "python"
    # The suite's own pip: putting one into the environment would take longer than all the rest.
    pip = [sys.executable, "-m", "pip", "--python", python]
    install = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-compile"]

    run(*install, "--require-hashes", "-r", root / "locks" / "run.txt")
    run(*install, "--no-deps", "--no-index", distributions[1])

    # What a release runs, and nothing else would before that day.
    run(python, "-I", "-c", WITH_EXTRAS, cwd=tmp_path)
    run(python, "-I", "-W", "error", "-c", WITHOUT_EXTRAS, cwd=tmp_path)
