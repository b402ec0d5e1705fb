"""Runs the generator over the spec with mended templates and checks that nothing was left out.

The generator is called in this process, which hands its complaints over as objects; every one of them,
warning or error, is an error here, because a warning of the generator means a dropped schema or endpoint.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openapi_python_client
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError, ParseError
from pydantic import ValidationError

from tools.regeneration.document import operations
from tools.regeneration.problem import Finding, RegenerationError
from tools.regeneration.python_text import MADE
from tools.regeneration.sources import Source
from tools.regeneration.template_patches import write_mended_templates

TEMPLATES = Path(openapi_python_client.__file__).parent / "templates"


def read_options(source: Source) -> ConfigFile:
    """Return the generator's options; raise if a key is unknown (the generator would ignore it) or a value is
    of the wrong type.
    """
    findings = [
        source.finding((key,), "the generator knows no such option", f"use one of {', '.join(ConfigFile.model_fields)}")
        for key in source.document.keys() - ConfigFile.model_fields.keys()
    ]
    if findings:
        raise RegenerationError(findings)
    try:
        return ConfigFile(**source.document)
    except ValidationError as error:
        raise RegenerationError(
            [source.finding(tuple(item["loc"]), item["msg"], "correct the value") for item in error.errors()]
        ) from None


def write_client(spec: Source, options: ConfigFile, package: Path, workshop: Path) -> int:
    """Write the client into `package`, which must not exist yet; `workshop` is an empty folder for
    intermediate files.

    Returns how many template replacements were made. Raises RegenerationError if the generator complains,
    or if an operation or a schema of the spec is missing in what it made.
    """
    templates = workshop / "templates"
    templates.mkdir()
    mended = write_mended_templates(TEMPLATES, templates)
    document = workshop / "openapi.json"
    document.write_text(json.dumps(_reflowed(spec.document), ensure_ascii=False), encoding="utf-8")
    config = Config.from_sources(options, MetaType.NONE, document, "utf-8", overwrite=False, output_path=package)
    with contextlib.redirect_stdout(io.StringIO()):
        complaints = openapi_python_client.generate(config=config, custom_template_path=templates)
    if complaints:
        raise RegenerationError(_causes(spec, complaints))
    _check_complete(spec, package)
    for path in sorted(package.rglob("*.py")):
        path.write_text(f"{MADE}\n{path.read_text(encoding='utf-8')}", encoding="utf-8", newline="\n")
    return mended


def _causes(spec: Source, complaints: Sequence[GeneratorError]) -> list[Finding]:
    """Return a finding for each complaint that is no consequence of another one."""
    causes = [item for item in complaints if "Could not find reference" not in (item.detail or "")] or complaints
    and_more = f" (and {len(complaints) - len(causes)} parts that need it)" if len(causes) < len(complaints) else ""
    return [
        Finding(
            spec.name,
            f"the generator fails: {item.header.strip()} {item.detail or ''} {_excerpt(item)}{and_more}",
            "describe this part in a way that it understands; nothing may be dropped",
        )
        for item in causes
    ]


def _excerpt(complaint: GeneratorError) -> str:
    data = complaint.data if isinstance(complaint, ParseError) else None
    return "" if data is None else "at " + data.model_dump_json(exclude_unset=True, by_alias=True)[:200]


def _reflowed(node: Any) -> Any:
    """Return the document with the lines of its descriptions joined to paragraphs, since they will be wrapped
    again in docstrings.
    """
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


def _check_complete(spec: Source, package: Path) -> None:
    remedy = "rename it, or describe it in a way that the generator understands; nothing may be dropped"
    made_operations = _found(package / "api", r'Operation\(operation_id="(\w+)"')
    made_models = _found(package / "models", r"^class (\w+)")
    findings = [
        spec.finding(
            (*operation.location, "operationId"), f"{operation.operation_id} is missing in the made code", remedy
        )
        for operation in operations(spec.document)
        if operation.operation_id not in made_operations
    ]
    for name, schema in spec.document["components"]["schemas"].items():
        if ("enum" in schema or schema.get("type") == "object") and name not in made_models:
            findings.append(
                spec.finding(("components", "schemas", name), f"there is no class {name} in the made code", remedy)
            )
    if findings:
        raise RegenerationError(findings)


def _found(folder: Path, pattern: str) -> set[str]:
    return {
        match
        for path in folder.rglob("*.py")
        for match in re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    }
