"""Run the core of the suite on the lowest versions that pyproject.toml allows, as locks/floors.txt pins them."""

from __future__ import annotations

import re
from pathlib import Path

from tools.releasing.interpreters import pins, run

__all__ = ["CORE", "check_floors"]

#: Client, callbacks and mock: what stands on libraries of other people.
CORE = ("tests/unit", "tests/client", "tests/callbacks", "tests/mock")
#: What those folders import of the `test` group; at the versions of locks/dev.txt.
TEST_TOOLS = [
    *("celery", "django", "fastapi", "flask", "h11", "hypothesis", "jsms", "jsonschema", "openapi-core"),
    *("opentelemetry-sdk", "pytest-xdist", "pyyaml", "structlog", "sybil", "trustme", "unasync"),
]


def check_floors(wheel: Path, python: Path, tree: Path, folder: Path) -> str:
    """Install the floors and the wheel into an empty environment, run the core there; pytest's last line.

    `tree` holds the tests and the locks. Raises `ReleaseError` with what failed.
    """
    run(python, "-m", "venv", folder, cwd=tree)
    inside = folder / "bin" / "python"
    install = (inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    floors = tree / "locks" / "floors.txt"
    run(*install, "--require-hashes", "--no-deps", "-r", floors, cwd=tree)
    constraints = folder / "constraints.txt"
    constraints.write_text(
        merge_pins(floors.read_text(encoding="utf-8"), (tree / "locks" / "dev.txt").read_text(encoding="utf-8"))
    )
    run(*install, "-c", constraints, *TEST_TOOLS, cwd=tree)
    run(*install, "--no-deps", wheel, cwd=tree)
    run(inside, "-m", "pip", "check", cwd=tree)
    told = run(inside, "-m", "pytest", "-q", "-n", "2", "-W", "default", "-p", "no:cacheprovider", *CORE, cwd=tree)
    return told.strip().splitlines()[-1]


#: In the versions of locks/dev.txt these refuse the lowest of what they stand on; pip chooses the newest that take it.
_CHOSEN_BY_PIP = re.compile("fastapi|flask|opentelemetry-.*|celery|kombu|billiard|vine|amqp")


def merge_pins(floors: str, others: str) -> str:
    """Return the pins of `floors`, and those of `others` for everything that `floors` does not name."""
    named = set(re.findall(r"^([^=\s]+)==", pins(floors), re.MULTILINE))
    rest = [
        line
        for line in pins(others).splitlines()
        if line.partition("==")[0] not in named and not _CHOSEN_BY_PIP.match(line)
    ]
    return pins(floors) + "\n".join(rest) + "\n"
