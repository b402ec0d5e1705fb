"""The contract for other languages and tools: the spec in five forms, as files inside this package.

Knows the names of the files and how to find them, nothing of what is in them. Must not import anything heavy:
other tools run it only to learn a path. The files are made from `spec/openapi.yaml` and travel in the wheel.

    >>> from jsmskit import spec
    >>> spec.load(spec.Form.ERRORS)["errors"][1]["name"]
    'MISSING_AUTH'
"""

from __future__ import annotations

import enum
import json
from contextlib import AbstractContextManager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_PACKAGE: Final = "jsms_api"


class Form(enum.StrEnum):
    """The forms of the spec; each value is the word for it on a command line.

    OPENAPI: OpenAPI 3.1 as JSON, the contract itself. YAML: the same as it is written, with its comments. OPENAPI_30:
    the same as OpenAPI 3.0.3, for tools that do not read 3.1; callbacks stand under `x-webhooks`. STRICT: OpenAPI 3.1
    with the error codes of every answer closed. For fuzzers and validators only: a client
        made from it breaks at the first new code.
    ERRORS: the return codes and delivery statuses as two lists, with titles and remedies in two languages.
    FIXTURES: every named example of a request, an answer and a callback.
    """

    OPENAPI = "3.1"
    YAML = "yaml"
    OPENAPI_30 = "3.0"
    STRICT = "strict"
    ERRORS = "errors"
    FIXTURES = "fixtures"

    @property
    def file_name(self) -> str:
        """Return the name of the file inside the package."""
        return _FILES[self]


_FILES: Final = {
    Form.OPENAPI: "openapi.json",
    Form.YAML: "openapi.yaml",
    Form.OPENAPI_30: "openapi-3.0.json",
    Form.STRICT: "openapi.strict.json",
    Form.ERRORS: "errors.json",
    Form.FIXTURES: "fixtures.json",
}


def resource(form: Form | str = Form.OPENAPI) -> Traversable:
    """Return the file of a form as an `importlib.resources` object. Raises ValueError for an unknown form."""
    return resources.files(_PACKAGE) / Form(form).file_name


def path(form: Form | str = Form.OPENAPI) -> AbstractContextManager[Path]:
    """Return a context manager with a real path to the file of a form, for tools that want one.

    The path is good inside the `with` block only: a package inside a zip archive is unpacked for that time.
    """
    return resources.as_file(resource(form))


def read_text(form: Form | str = Form.OPENAPI) -> str:
    """Return the text of a form: JSON, or YAML for `YAML`."""
    return resource(form).read_text(encoding="utf-8")


def load(form: Form | str = Form.OPENAPI) -> dict[str, Any]:
    """Return the content of a form, as values of your own: you may change them."""
    # YAML and JSON say the same, and only JSON has a reader in the standard library.
    content: dict[str, Any] = json.loads(read_text(Form.OPENAPI if Form(form) is Form.YAML else form))
    return content
