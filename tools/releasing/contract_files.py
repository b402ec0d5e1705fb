"""The contract as files beside a release: its forms and a Postman collection, for teams without Python.

The collection has a pair of credentials for each security scheme, an example of each request, each documented
response, and scripts that keep the ids which the links of the spec hand on.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tools.regeneration.derived_forms import FILES
from tools.regeneration.document import SpecOperation, operations, parameters, responses

COLLECTION = "jsms.postman_collection.json"
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
#: The variables that hold each pair.
_PAIRS = {"appCredential": ("appKey", "masterSecret"), "devCredential": ("devKey", "devSecret")}
Json = dict[str, Any]


def write_contract_files(tree: Path, folder: Path) -> list[Path]:
    """Write the forms and the collection of a source tree into a folder; return the files."""
    package = tree / "generated" / "jsms_api"
    written = [Path(shutil.copyfile(package / name, folder / name)) for name in FILES]
    collection = postman_collection(json.loads((package / "openapi.json").read_text("utf-8")))
    (folder / COLLECTION).write_text(json.dumps(collection, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return [*written, folder / COLLECTION]


def postman_collection(document: Json) -> Json:
    """Return a Postman collection (format 2.1.0): a folder for each tag, an entry for each operation."""
    folders: dict[str, Json] = {
        tag["name"]: {"name": tag["name"], "description": tag["description"], "item": []} for tag in document["tags"]
    }
    ids = {}
    for operation in operations(document):
        folders[operation.data["tags"][0]]["item"].append(_entry(document, operation))
        ids.update({one["name"]: str(one["example"]) for one, _ in parameters(document, operation)})
    values = {"baseUrl": document["servers"][0]["url"], **dict.fromkeys(sum(_PAIRS.values(), ()), ""), **ids}
    return {
        "info": {
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "version": document["info"]["version"],
            "schema": _SCHEMA,
        },
        "auth": _auth("appCredential"),
        "variable": [{"key": key, "value": value, "type": "string"} for key, value in values.items()],
        "item": [folder for folder in folders.values() if folder["item"]],
    }


def _auth(scheme: str) -> Json:
    username, password = ({"value": f"{{{{{name}}}}}", "type": "string"} for name in _PAIRS[scheme])
    return {"type": "basic", "basic": [{"key": "username", **username}, {"key": "password", **password}]}


def _entry(document: Json, operation: SpecOperation) -> Json:
    (scheme,) = operation.data["security"][0]
    steps = operation.path.strip("/").split("/")
    path = [re.sub(r"\{(\w+)\}", r":\1", step) for step in steps]
    url: Json = {"raw": "/".join(["{{baseUrl}}", *path]), "host": ["{{baseUrl}}"], "path": path}
    names = [one["name"] for one, _ in parameters(document, operation)]
    if names:
        url["variable"] = [{"key": name, "value": f"{{{{{name}}}}}"} for name in names]
    request: Json = {
        "method": operation.method.upper(),
        "header": [],
        "url": url,
        "description": operation.data["description"],
        **({} if scheme == "appCredential" else {"auth": _auth(scheme)}),
        **_body(operation),
    }
    entry: Json = {"name": operation.data["summary"], "request": request, "response": []}
    for status, response, _ in responses(document, operation):
        entry["response"] += _saved_responses(document, int(status), response)
    kept = sorted(_kept_ids(operation))
    if kept:
        lines = ["if (pm.response.code === 200) {", "  const body = pm.response.json();"]
        lines += [f'  pm.collectionVariables.set("{name}", body.{name});' for name in kept] + ["}"]
        entry["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": lines}}]
    return entry


def _body(operation: SpecOperation) -> Json:
    if "requestBody" not in operation.data:
        return {}
    ((media_type, media),) = operation.data["requestBody"]["content"].items()
    value = media["examples"]["minimal"]["value"]
    if media_type == "application/json":
        raw = json.dumps(value, ensure_ascii=False, indent=2)
        return {"body": {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}}
    return {
        "body": {"mode": "formdata", "formdata": [{"key": k, "value": v, "type": "text"} for k, v in value.items()]}
    }


def _saved_responses(document: Json, status: int, response: Json) -> Iterator[Json]:
    phrase = HTTPStatus(status).phrase
    if not response.get("content"):
        yield {"name": response["description"], "status": phrase, "code": status, "header": [], "body": ""}
    for media_type, media in response.get("content", {}).items():
        for name, example in media.get("examples", {}).items():
            shared = document["components"]["examples"].get(name) if "$ref" in example else example
            yield {
                "name": shared["summary"],
                "status": phrase,
                "code": status,
                "header": [{"key": "Content-Type", "value": media_type}],
                "body": json.dumps(shared["value"], ensure_ascii=False, indent=2),
            }


def _kept_ids(operation: SpecOperation) -> Iterator[str]:
    """Yield the fields of a success that other operations take as the id in their path."""
    for link in operation.data["responses"].get("200", {}).get("links", {}).values():
        for name, source in link.get("parameters", {}).items():
            if source == f"$response.body#/{name}":
                yield name
