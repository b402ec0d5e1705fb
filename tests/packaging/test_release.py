"""The release script says no when it must. Its long steps (three Pythons, two builds) run with it, not here."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools import release, surface_changes
from tools.releasing import announcement, contract_files, distributions, environments
from tools.releasing.announcement import ReleaseError

CHANGELOG = """# Changelog

Words.

## 0.2.0 (2026-11-22)

- **[breaking]** `codes.send` is gone.

## 0.1.0 (2026-01-01)

- First.
"""


SECTION = announcement.newest_section(CHANGELOG)


class TestAnnouncement:
    """The changelog, the version and the breaks must tell one story."""

    @pytest.mark.parametrize(
        ("changelog", "words"),
        [
            ("# Changelog\n", "no section"),
            ("## 1.0.0 - 2026\n\n- x", "no section"),
            ("## 1.0.0 (unreleased)\n\n## 0.1.0 (2026-01-01)\n\n- x", "says nothing about 1.0.0"),
        ],
    )
    def test_a_changelog_that_says_nothing_is_refused(self, changelog: str, words: str) -> None:
        assert SECTION == ("0.2.0", "2026-11-22", "- **[breaking]** `codes.send` is gone.")
        with pytest.raises(ReleaseError, match=words):
            announcement.newest_section(changelog)

    @pytest.mark.parametrize(
        ("packaging", "module", "released", "words"),
        [
            ("0.2.1", "0.2.0", None, "one version"),
            ("0.2.0", "0.1.0", None, "one version"),
            ("0.2.0", "0.2.0", "0.2.0", "does not follow"),
            ("0.2.0", "0.2.0", "0.10.0", "does not follow"),
            ("0.2.0", "0.2.0", "nonsense", "a version is 1.2.3"),
        ],
    )
    def test_three_places_name_one_version_that_follows_the_last(
        self, packaging: str, module: str, released: str | None, words: str
    ) -> None:
        announcement.check_version(SECTION, packaging="0.2.0", module="0.2.0", released="0.1.9")
        with pytest.raises(ReleaseError, match=words):
            announcement.check_version(SECTION, packaging=packaging, module=module, released=released)

    @pytest.mark.parametrize(
        ("version", "released", "marked", "fits"),
        [
            ("0.2.0", "0.1.5", True, True),
            ("0.1.6", "0.1.5", True, False),
            ("0.2.0", "0.1.5", False, False),
            ("1.0.0", "0.9.0", True, True),
            ("2.0.0", "1.9.0", True, True),
            ("1.10.0", "1.9.0", True, False),
        ],
    )
    def test_a_break_needs_a_mark_and_a_number(self, version: str, released: str, marked: bool, fits: bool) -> None:
        """Before 1.0.0 the second number announces it, after it the first one."""
        section = announcement.Section(version, "2026-11-22", announcement.BREAKING if marked else "- better words")
        announcement.check_breaks(section, [], released=released)
        with nullcontext() if fits else pytest.raises(ReleaseError, match="x: is gone"):
            announcement.check_breaks(section, ["x: is gone"], released=released)

    def test_our_own_changelog_can_be_read(self, root: Path) -> None:
        section = announcement.newest_section((root / "CHANGELOG.md").read_text(encoding="utf-8"))
        version = (root / "overlay/jsmskit/_version.py").read_text(encoding="utf-8")
        assert f'"{section.version}"' in version


def change(root: Path, name: str, old: str, new: str) -> None:
    """Plant a change; the place must be there."""
    path = root / "overlay" / "jsmskit" / name
    text = path.read_text(encoding="utf-8")
    assert old in text, (name, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_planted_break_is_found_and_nothing_else(root: Path, tmp_path: Path) -> None:
    """Also in what only a client hands out, which stands in private modules; additions are no breaks."""
    for folder in ("overlay", "generated"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    change(tmp_path, "_sync/codes.py", "template_id: int =", "template: int =")
    change(tmp_path, "_async/accounts.py", "def app_balance(", "def application_balance(")
    change(tmp_path, "_sync/client.py", "max_connections: int = 100,", "max_connections: int,")
    change(tmp_path, "_async/client.py", "timeout: float = 10.0,", "timeout: float = 11.0,")
    change(tmp_path, "__init__.py", "    from .recipients import Recipient as Recipient\n", "")
    change(tmp_path, "results/reviews.py", "    in_use: bool\n", "")
    change(tmp_path, "errors.py", "class APITimeoutError(APIConnectionError)", "class APITimeoutError(JsmsError)")
    change(tmp_path, "errors.py", '    NOT_SENT = "not_sent"', '    UNSENT = "not_sent"')
    # No breaks: a new argument with a default, a new name, another version, a private name.
    change(tmp_path, "_sync/messages.py", "tag: str | None = None", "tag: str | None = None, more: int = 1")
    change(tmp_path, "_version.py", ' = "', ' = "1')
    change(tmp_path, "_calls/failures.py", "def build_error(", "def write(")

    found = surface_changes.breaking_changes(root, tmp_path)

    expected = [
        r"AsyncJsmsClient\.__init__.*timeout.*default was changed",
        r"Accounts.*app_balance.*removed",
        r"JsmsClient\.__init__.*max_connections.*now required",
        r"Codes\.send\(template_id\).*removed",
        r"jsmskit\.Recipient: .*removed",
        r"Sign\..*in_use.*removed",
        r"errors\.APITimeoutError: is no longer a APIConnectionError",
        r"Outcome\.NOT_SENT.*removed",
    ]
    unexplained = [one for one in found if not any(re.search(pattern, one) for pattern in expected)]
    assert unexplained == []
    assert [pattern for pattern in expected if not any(re.search(pattern, one) for one in found)] == []


def test_a_reference_that_git_does_not_have_is_an_error() -> None:
    """A clone without history cannot be compared, and says so."""
    with pytest.raises(SystemExit, match=r"git has no v0\.0\.0-none here"):
        surface_changes.main(["--against", "v0.0.0-none"])


class TestInterpreters:
    """Where the wheel is tried, and with which versions."""

    def test_the_lock_is_taken_over_pin_by_pin(self, root: Path) -> None:
        lock = "a-b==1.0 \\\n    --hash=sha256:00\nc==2.1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
        assert environments.pins(lock) == "a-b==1.0\nc==2.1 ; sys_platform == 'win32'\n"
        real = (root / "locks" / "dev.txt").read_text(encoding="utf-8")
        assert environments.pins(real).count("\n") == len(re.findall("^[a-z0-9]", real, re.MULTILINE)) > 50

    def test_an_interpreter_is_taken_by_what_it_says_of_itself(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ours = "{}.{}".format(*sys.version_info[:2])
        shim = tmp_path / "python3.99"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        shim.chmod(0o755)
        (tmp_path / f"python{ours}").symlink_to(sys.executable)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert environments.find_interpreter(ours) is not None
        assert environments.find_interpreter("3.99") is None


class TestFloors:
    """The lowest versions that are allowed."""

    def test_every_declared_floor_is_pinned(self, root: Path) -> None:
        """locks/floors.txt was made from the pyproject.toml of today: each `>=` stands in it as `==`."""
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        declared = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
        pinned = dict(
            pin.partition(" ;")[0].split("==")
            for pin in environments.pins((root / "locks" / "floors.txt").read_text()).splitlines()
        )
        floors_of = {
            canonicalize_name(one.name): min(bound.version for bound in one.specifier if bound.operator == ">=")
            for one in map(Requirement, declared)
            if one.name != "jsmskit"
        }
        assert {name: Version(pinned[name]) for name in floors_of} == {
            name: Version(bound) for name, bound in floors_of.items()
        }


def test_a_finding_is_told_from_an_audit_that_could_not_be_made() -> None:
    """pip-audit ends both with 1; a package that it had to skip was not audited."""
    finding = "Found 1 known vulnerability in 1 package\na 1 PYSEC-1 1.1"
    assert environments.read_audit(0, "No known vulnerabilities found\n") == "No known vulnerabilities found"
    with pytest.raises(ReleaseError, match="PYSEC-1") as refused:
        environments.read_audit(1, f"WARNING\n{finding}\n")
    assert not isinstance(refused.value, environments.UnreachableError)
    with pytest.raises(environments.UnreachableError, match="b: not found"):
        environments.read_audit(1, "ERROR: b: not found on PyPI")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository with what the script reads; the long steps are played."""
    root = tmp_path / "house"
    files = {
        "CHANGELOG.md": CHANGELOG,
        "pyproject.toml": '[project]\nversion = "0.2.0"\nclassifiers = ["Programming Language :: Python :: 3.99"]\n',
        "overlay/jsmskit/_version.py": '"""Words."""\n\nVERSION = "0.2.0"\n',
        "spec/openapi.yaml": "same",
        "spec/released/openapi.yaml": "same",
        "locks/dev.txt": "httpx==0.28.1 \\\n    --hash=x\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    commit(root)

    def build(root: Path, commit: str, folder: Path) -> tuple[Path, Path]:
        made = (folder / "x-1.tar.gz", folder / "x-1-py3-none-any.whl")
        for path in made:
            path.write_bytes(b"")
        return made

    def bill(python: Path, project: Path, target: Path, epoch: str) -> int:
        return target.write_text("{}")

    monkeypatch.setattr(release, "ROOT", root)
    monkeypatch.setattr(surface_changes, "ROOT", root)
    monkeypatch.setattr(surface_changes, "breaks_since", lambda reference: [])
    monkeypatch.setattr(distributions, "build_twice", build)
    monkeypatch.setattr(distributions, "check_metadata", lambda *files: None)
    monkeypatch.setattr(distributions, "export", lambda root, commit, tree: None)
    monkeypatch.setattr(distributions, "write_bill", bill)
    monkeypatch.setattr(environments, "find_interpreter", lambda version: Path(sys.executable))
    monkeypatch.setattr(environments, "check_wheel", lambda *arguments: Path(sys.executable))
    monkeypatch.setattr(environments, "check_floors", lambda *arguments: "9 passed")
    monkeypatch.setattr(environments, "check_advisories", lambda lock: "none known")
    monkeypatch.setattr(contract_files, "write_contract_files", lambda tree, out: [])
    return root


def commit(root: Path) -> None:
    """Commit all that lies there."""
    who = {"NAME": "x", "EMAIL": "x@example.org"}
    names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run(["git", *words], cwd=root, check=True, env={**os.environ, **names})


class TestScript:
    """The order of the steps, and what stops them."""

    def test_a_release_leaves_four_files_and_publishes_nothing(self, house: Path, capsys: Any) -> None:
        assert release.main([]) == 0
        made = sorted(path.name for path in (house / "dist").iterdir())
        assert made == ["SHA256SUMS", "jsmskit-0.2.0.cdx.json", "x-1-py3-none-any.whl", "x-1.tar.gz"]
        sums = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=house / "dist", check=False)
        assert sums.returncode == 0
        told = capsys.readouterr().out
        assert "git tag -a v0.2.0" in told
        assert "nothing was published" in told

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (lambda root: (root / "new.txt").write_text(""), "not committed:\n?? new.txt"),
            (lambda root: edit(root, "CHANGELOG.md", "(2026-11-22)", "(unreleased)"), "write the day"),
            (lambda root: edit(root, "pyproject.toml", "0.2.0", "0.3.0"), "must name one version"),
            (lambda root: edit(root, "spec/openapi.yaml", "same", "new"), "contract_changes --release"),
            (lambda root: (root / "dist").mkdir() or edit(root, "dist/old.whl", "", ""), "is not empty"),
        ],
        ids=["dirty", "undated", "version", "contract", "dist"],
    )
    def test_what_stands_against_it_stops_it(
        self, house: Path, capsys: Any, spoil: Callable[[Path], object], words: str
    ) -> None:
        spoil(house)
        assert release.main([]) == 1
        told = capsys.readouterr()
        assert words in told.err
        assert "built twice" not in told.out

    def test_a_tagged_version_cannot_be_released_again(self, house: Path, capsys: Any) -> None:
        subprocess.run(["git", "tag", "v0.2.0"], cwd=house, check=True)
        assert release.main([]) == 1
        assert "does not follow the released 0.2.0" in capsys.readouterr().err

    def test_a_break_without_a_mark_stops_it(self, house: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        subprocess.run(["git", "tag", "v0.1.0"], cwd=house, check=True)
        monkeypatch.setattr(surface_changes, "breaks_since", lambda reference: ["jsmskit.Recipient: is gone"])
        assert release.main(["--rehearsal", "--out", str(house / "one")]) == 0
        edit(house, "CHANGELOG.md", "- **[breaking]** ", "- ")
        assert release.main(["--rehearsal", "--out", str(house / "two")]) == 1
        assert "jsmskit.Recipient: is gone" in capsys.readouterr().err

    def test_a_rehearsal_needs_no_day_and_no_clean_tree(self, house: Path, capsys: Any) -> None:
        """So that the day of the release brings no surprise."""
        edit(house, "CHANGELOG.md", "(2026-11-22)", "(unreleased)")
        (house / "new.txt").write_text("")
        assert release.main(["--rehearsal"]) == 0
        assert "git tag" not in capsys.readouterr().out

    def test_advisories_that_cannot_be_read_are_an_error_unless_it_is_allowed(
        self, house: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """They are named either way; a finding is never allowed."""

        def refuse(error: Exception) -> Callable[[Path], str]:
            def check(lock: Path) -> str:
                raise error

            return check

        monkeypatch.setattr(environments, "check_advisories", refuse(environments.UnreachableError("no network")))
        assert release.main([]) == 1
        assert release.main(["--allow-missing"]) == 0
        assert "NOT CHECKED: no network" in capsys.readouterr().out
        monkeypatch.setattr(environments, "check_advisories", refuse(ReleaseError("PYSEC-1")))
        assert release.main(["--allow-missing", "--out", str(house / "two")]) == 1

    def test_a_missing_interpreter_is_an_error_unless_it_is_allowed(
        self, house: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is named either way; and with none at all nothing was tried."""
        monkeypatch.setattr(environments, "find_interpreter", lambda version: None)
        assert release.main([]) == 1
        assert "There is no Python 3.99 on PATH" in capsys.readouterr().err
        assert release.main(["--allow-missing"]) == 1
        told = capsys.readouterr()
        assert "NOT CHECKED: there is no Python 3.99" in told.out
        assert "tried nowhere" in told.err


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Change a file of the house and commit it."""
    path = root / name
    path.write_text((path.read_text(encoding="utf-8") if path.exists() else "").replace(old, new) or "x")
    commit(root)
