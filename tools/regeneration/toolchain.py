"""The two tools whose versions decide the bytes of generated/: their pins, their presence, and running ruff.

The pins stand once, in the dependency group `codegen` of pyproject.toml. Ruff is run by its full path and
isolated from every configuration file: the generator's own hooks take whatever ruff and whatever settings lie
around, and go on without a word when there is none.
"""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tools.regeneration.problem import problem

GENERATOR = "openapi-python-client"
RUFF = "ruff"
SET_UP = "run scripts/setup dev, which installs the locked versions into .venv"

_ISOLATED = ["--isolated", "--no-cache", "--target-version", "py311", "--line-length", "120"]


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The tools that were found, at exactly the pinned versions."""

    generator_version: str
    ruff_version: str
    ruff: Path

    def tidy(self, folder: Path) -> None:
        """Sort imports, drop unused ones and format all Python files below `folder`; raise if what remains is
        no sound Python.
        """
        self._run(["check", *_ISOLATED, "--select", "F,I,UP", "--fix-only"], folder)
        self._run(["format", *_ISOLATED], folder)
        self._run(["check", *_ISOLATED, "--select", "F", "--output-format", "concise"], folder)

    def _run(self, arguments: list[str], folder: Path) -> None:
        done = subprocess.run(
            [str(self.ruff), *arguments, "."], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
        )
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()
            raise problem(
                f"ruff {arguments[0]} on the made code",
                "; ".join(said[:3]),
                "correct the mend or the table writer in tools/regeneration that makes this",
            )


def read_pins(pyproject: Path) -> dict[str, str]:
    """Return the exact versions that the dependency group `codegen` names, by tool."""
    try:
        group = tomllib.loads(pyproject.read_text(encoding="utf-8"))["dependency-groups"]["codegen"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise problem("pyproject.toml", f"has no readable dependency group codegen ({error})", "restore it") from None
    pins = dict(entry.split("==", 1) for entry in group if isinstance(entry, str) and "==" in entry)
    for tool in (GENERATOR, RUFF):
        if tool not in pins:
            raise problem(
                "pyproject.toml",
                f"the dependency group codegen does not pin {tool} with ==",
                "pin it exactly: the bytes of generated/ depend on it",
            )
    return pins


def find_toolchain(pyproject: Path) -> Toolchain:
    """Find generator and ruff in the running environment and compare them with the pins of `pyproject`."""
    pins = read_pins(pyproject)
    try:
        found = version(GENERATOR)
    except PackageNotFoundError:
        raise problem(GENERATOR, "is not installed in this environment", SET_UP) from None
    if found != pins[GENERATOR]:
        raise problem(GENERATOR, f"is version {found}, but pyproject.toml pins {pins[GENERATOR]}", SET_UP)
    ruff, found = _find_ruff()
    if found != pins[RUFF]:
        raise problem(str(ruff), f"is ruff {found}, but pyproject.toml pins {pins[RUFF]}", SET_UP)
    return Toolchain(pins[GENERATOR], pins[RUFF], ruff)


def _find_ruff() -> tuple[Path, str]:
    beside_python = shutil.which(RUFF, path=sysconfig.get_path("scripts"))
    path = beside_python or shutil.which(RUFF)
    if path is None:
        raise problem(RUFF, "is neither in this environment nor on PATH", SET_UP)
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise problem(path, f"does not run ({error})", SET_UP) from None
    return Path(path), said.removeprefix(RUFF).strip()
