"""Run the generator over the spec with patched templates, and check that nothing was left out.

The generator is called in this process, which hands its complaints over as objects; every one of them, warning or
error, is an error here, because a warning of the generator means a dropped schema or endpoint. The templates are those
of the installed generator: after an upgrade that moves a patched line, the patch does not apply, and its file says what
it is for. The patches may only shrink; one that the generator has taken over is deleted.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openapi_python_client
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError, ParseError
from pydantic import ValidationError

from tools.regeneration.document import Finding, RegenerationError, Source, problem

TEMPLATES = Path(openapi_python_client.__file__).parent / "templates"
PATCHES = Path(__file__).with_name("patches")
_NOTHING_DROPPED = "describe this part in a way that it understands; nothing may be dropped"


class _Options(ConfigFile, extra="forbid"):
    """The generator itself ignores an option that it does not know."""


def read_options(source: Source) -> ConfigFile:
    """Return the generator's options. Raises RegenerationError if one is unknown or of a wrong type."""
    try:
        return _Options(**source.document)
    except ValidationError as error:
        raise RegenerationError(
            [source.finding(tuple(item["loc"]), item["msg"], "correct it") for item in error.errors()]
        ) from None


def patch_templates(folder: Path) -> None:
    """Copy the generator's templates into a folder and apply the patches. Raise with the first that does not fit."""
    shutil.copytree(TEMPLATES, folder)
    # Inside of a repository, git would take the names in the patch for files of that one.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent), "LC_ALL": "C"}
    for patch in sorted(PATCHES.glob("*.patch")):
        done = subprocess.run(
            ["git", "apply", patch], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            reason = patch.read_text("utf-8").splitlines()[0]
            what = f"does not fit the generator's templates: {done.stderr.strip()} ({reason})"
            raise problem(patch.name, what, "adapt the patch, or delete it if it is mended upstream")


def write_client(spec: Source, options: ConfigFile, package: Path, workshop: Path, made: str) -> None:
    """Write the client into `package`, which must not exist yet; `workshop` is for intermediate files.

    Every file begins with the line `made`. Raises RegenerationError if the generator complains, or if a schema of the
    spec has no class of its name.
    """
    patch_templates(workshop / "templates")
    document = workshop / "openapi.json"
    document.write_text(json.dumps(_reflowed(spec.document), ensure_ascii=False), encoding="utf-8")
    config = Config.from_sources(options, MetaType.NONE, document, "utf-8", overwrite=False, output_path=package)
    with contextlib.redirect_stdout(io.StringIO()):
        complaints = openapi_python_client.generate(config=config, custom_template_path=workshop / "templates")
    if complaints:
        raise RegenerationError(_causes(spec, complaints))
    _check_names(spec, package)
    for path in sorted(package.rglob("*.py")):
        path.write_text(f"{made}\n{path.read_text(encoding='utf-8')}", encoding="utf-8", newline="\n")


def _causes(spec: Source, complaints: Sequence[GeneratorError]) -> list[Finding]:
    """Return a finding for each complaint that is no consequence of another one."""
    causes = [item for item in complaints if "Could not find reference" not in (item.detail or "")] or complaints
    findings = []
    for item in causes:
        data = item.data if isinstance(item, ParseError) else None
        place = "" if data is None else f"at {data.model_dump_json(exclude_unset=True, by_alias=True)[:200]}"
        what = f"the generator fails: {item.header.strip()} {item.detail or ''} {place}"
        findings.append(Finding(spec.name, what, _NOTHING_DROPPED))
    return findings


def _reflowed(node: Any) -> Any:
    """Return the document with the lines of its descriptions joined, since docstrings wrap them again."""
    if isinstance(node, list):
        return [_reflowed(item) for item in node]
    if isinstance(node, dict):
        return {
            key: _paragraphs(value) if key == "description" and isinstance(value, str) else _reflowed(value)
            for key, value in node.items()
        }
    return node


def _paragraphs(text: str) -> str:
    return re.sub(r"(?<=\S)\n(?![ ]*(?:[-|*]|[0-9]+\.|\n|$))[ ]*", " ", text.strip())


def _check_names(spec: Source, package: Path) -> None:
    """The generator renames a class in silence; what it drops it complains about."""
    code = "".join(path.read_text(encoding="utf-8") for path in (package / "models").glob("*.py"))
    made = set(re.findall(r"^class (\w+)", code, re.MULTILINE))
    findings = [
        spec.finding(("components", "schemas", name), f"there is no class {name} in the made code", _NOTHING_DROPPED)
        for name, schema in spec.document["components"]["schemas"].items()
        if ("enum" in schema or schema.get("type") == "object") and name not in made
    ]
    if findings:
        raise RegenerationError(findings)
