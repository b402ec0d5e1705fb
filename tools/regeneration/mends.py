"""The list of mends: what is wrong in the generator's templates, and the exact replacement for it.

It may only shrink; a mend that the generator has taken over is deleted here. Longer than other modules,
because both sides of every replacement are quoted in full.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mend:
    """Replace `old` by `new` in one template; `old` must stand there exactly `times` times."""

    template: str
    reason: str
    old: str
    new: str
    times: int = 1


_BOUNDARY = "a fixed boundary lets an uploaded picture forge form fields; without the header httpx draws a random one"
_SECRETS = "credentials must not show in repr"
_STATUS = "a status that HTTPStatus does not know (520, 599) must not raise ValueError"
_OPERATION = "the typed OPERATION object: build a request and read a success without any HTTP object"
_CLASH = "a local variable named like the module clashes with a property of the same name (upstream #1117)"
_SINGLETON = "UNSET must stay the same object through copy and pickle, or an Unset object is sent as a value"
_LAZY = "importing one name must not load httpx, nor all models"
_PERSONAL = "reprs end in logs, and models hold phone numbers and codes: they name their fields and never a value"
_TIMEOUT = "without a default httpx waits for ever: its None means no timeout"

_MULTIPART = '"multipart/form-data; boundary=+++"'

MENDS: tuple[Mend, ...] = (
    Mend(
        "endpoint_module.py.jinja",
        _BOUNDARY,
        f"""        {{%- if body.content_type == "multipart/form-data" %}}
        headers["Content-Type"] = {_MULTIPART}
        {{% else %}}""",
        """        {%- if body.content_type != "multipart/form-data" %}
""",
    ),
    Mend(
        "endpoint_module.py.jinja",
        _BOUNDARY,
        f"""    {{%- if body.content_type == "multipart/form-data" %}}
    headers["Content-Type"] = {_MULTIPART}
    {{% else %}}""",
        """    {%- if body.content_type != "multipart/form-data" %}
""",
    ),
    Mend(
        "endpoint_module.py.jinja",
        _STATUS,
        "status_code=HTTPStatus(response.status_code)",
        "status_code=response.status_code",
    ),
    Mend(
        "endpoint_module.py.jinja",
        _LAZY,
        """from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

{% for relative in endpoint.relative_imports | sort %}
{{ relative }}
{% endfor %}
""",
        """from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from ...types import Operation, Response, UNSET
from ... import errors

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
{% for relative in endpoint.relative_imports | sort %}
    {{ relative }}
{% endfor %}
""",
    ),
    Mend(
        "endpoint_module.py.jinja",
        _LAZY,
        """-> {{return_type}}:
    {% for response in endpoint.responses.patterns %}
""",
        """-> {{return_type}}:
    {% for relative in endpoint.relative_imports | sort %}
    {{ relative }}
    {% endfor %}

    {% for response in endpoint.responses.patterns %}
""",
    ),
    Mend(
        "endpoint_module.py.jinja",
        _LAZY,
        """) -> dict[str, Any]:
    {{ header_params(endpoint) | indent(4) }}
""",
        """) -> dict[str, Any]:
    {% for relative in endpoint.relative_imports | sort %}
    {{ relative }}
    {% endfor %}

    {{ header_params(endpoint) | indent(4) }}
""",
    ),
    Mend(
        "endpoint_module.py.jinja",
        _OPERATION,
        """def _build_response(*, client:""",
        """{% set operation_id = (endpoint.name | pascalcase)[0] | lower + (endpoint.name | pascalcase)[1:] %}
{% set successes = [] %}
{% set success_types = [] %}
{% for response in endpoint.responses.patterns if response.status_code.range[0] // 100 == 2 %}
    {% set _ = successes.append(response) %}
    {% if response.source.return_type == "None" %}
        {% set _ = success_types.append("None") %}
    {% else %}
        {% set _ = success_types.append(response.prop.get_type_string() | as_unembedded_code) %}
    {% endif %}
{% endfor %}

def _read_answer(status: int, answer: Any) -> {{ success_types | unique | join(" | ") }}:
    \"\"\" Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    \"\"\"
    {% for relative in endpoint.relative_imports | sort %}
    {{ relative }}
    {% endfor %}

    {% for response in successes %}
    {% set code_range = (200, 299) if successes | length == 1 else response.status_code.range %}
    if {{ code_range[0] }} <= status <= {{ code_range[1] }}:
        {% if response.source.return_type == "None" %}
        return None
        {% else %}
        {% import "property_templates/" + response.prop.template as prop_template %}
        {% if prop_template.construct %}
        if not {{ prop_template.check_type_for_construct(response.prop, "answer") }}:
            raise TypeError(f"{{ operation_id }} does not answer with {type(answer).__name__}")
        {{ prop_template.construct(response.prop, "answer") | indent(8) }}
        return {{ response.prop.python_name }}
        {% else %}
        return cast({{ response.prop.get_type_string() | as_unembedded_code }}, answer)
        {% endif %}
        {% endif %}
    {% endfor %}
    raise ValueError(f"{{ operation_id }} knows no success with status {status}")


OPERATION: Final = Operation(operation_id="{{ operation_id }}", build=_get_kwargs, read=_read_answer)
{% if endpoint.summary %}
\"\"\" {{ endpoint.summary | safe_for_docstring }} \"\"\"
{% endif %}


def _build_response(*, client:""",
    ),
    Mend(
        "types.py.jinja",
        _LAZY,
        """from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from typing import BinaryIO, Generic, TypeVar, Literal, IO

from attrs import define
""",
        """from collections.abc import Callable, Mapping, MutableMapping
from typing import IO, Any, BinaryIO, Final, Generic, Literal, ParamSpec, TypeVar

from attrs import define, field, fields, frozen
""",
    ),
    Mend(
        "types.py.jinja",
        _SINGLETON,
        """class Unset:
    def __bool__(self) -> Literal[False]:
        return False


UNSET: Unset = Unset()
""",
        '''class Unset:
    """ The type of UNSET, which marks a property that is not sent """

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        """ Copy and pickle by name, so that there is only one """
        return "UNSET"


UNSET: Final = Unset()


def describe(model: Any) -> str:
    """ Return the repr of a model: the fields that are set; values may be secret or personal """
    names = [item.name for item in fields(type(model)) if getattr(model, item.name) not in (UNSET, {})]
    return f"{type(model).__name__}({', '.join(name + '=...' for name in names)})"
''',
    ),
    Mend(
        "types.py.jinja",
        "a line break in the type of a file would become a header of its part",
        """        return self.file_name, self.payload, self.mime_type
""",
        """        if self.mime_type is not None and not self.mime_type.isprintable():
            raise ValueError("the mime type of a file must not hold control characters")
        return self.file_name, self.payload, self.mime_type
""",
    ),
    Mend(
        "types.py.jinja",
        _STATUS,
        """    status_code: HTTPStatus
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None
""",
        """    status_code: int
    content: bytes = field(repr=False)
    headers: MutableMapping[str, str] = field(repr=False)
    parsed: T | None
""",
    ),
    Mend(
        "types.py.jinja",
        _OPERATION,
        """__all__ = ["UNSET", "File", "FileTypes", "RequestFiles", "Response", "Unset"]""",
        '''P = ParamSpec("P")


@frozen(eq=False)
class Operation(Generic[P, T]):
    """ One operation: how to build its request and how to read its answer, without any way to send """

    operation_id: str
    build: Callable[P, dict[str, Any]] = field(repr=False)
    """ Takes the path parameters and the body; returns method, url (below the base URL), and what of headers,
    json and files it needs """
    read: Callable[[int, Any], T] = field(repr=False)
    """ Takes the status and the decoded JSON (None for an empty body) of a success; returns the typed result.
    Raises KeyError, TypeError or ValueError if there is none to be had """


__all__ = ["UNSET", "File", "FileTypes", "Operation", "RequestFiles", "Response", "Unset", "describe"]''',
    ),
    Mend("model.py.jinja", _CLASH, "{{ module_name }} = cls(", "_parsed = cls("),
    Mend(
        "model.py.jinja",
        _CLASH,
        "{{ module_name }}.additional_properties = ",
        "_parsed.additional_properties = ",
        times=2,
    ),
    Mend("model.py.jinja", _CLASH, "return {{ module_name }}\n", "return _parsed\n"),
    Mend("model.py.jinja", _PERSONAL, "@_attrs_define\n", "@_attrs_define(repr=False)\n"),
    Mend(
        "model.py.jinja",
        _PERSONAL,
        "from ..types import UNSET, Unset\n",
        "from ..types import UNSET, Unset, describe as _describe\n",
    ),
    Mend(
        "model.py.jinja",
        _PERSONAL,
        "    def to_dict(self) -> dict[str, Any]:\n",
        """    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
""",
    ),
    Mend(
        "models_init.py.jinja",
        _LAZY,
        """{% for import in imports | sort %}
{{ import }}
{% endfor %}
""",
        """from typing import TYPE_CHECKING

if TYPE_CHECKING:
    {% for import in imports | sort %}
    {{ import }}
    {% endfor %}
else:
    _MODULES = {
        {% for import in imports | sort %}
        "{{ import.split()[3] }}": "{{ import.split()[1] }}",
        {% endfor %}
    }

    def __getattr__(name):
        from importlib import import_module

        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found = getattr(import_module(_MODULES[name], __name__), name)
        return found

    def __dir__():
        return sorted({*globals(), *_MODULES})
""",
    ),
    Mend(
        "package_init.py.jinja",
        _LAZY,
        "from .client import AuthenticatedClient, Client\n",
        """from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client
else:

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import client

        globals()[name] = found = getattr(client, name)
        return found
""",
    ),
    Mend(
        "errors.py.jinja",
        _PERSONAL,
        "{status_code}\\n\\nResponse content:\\n{content.decode(errors='ignore')}",
        "{status_code} ({len(content)} bytes of content)",
    ),
    Mend(
        "client.py.jinja",
        _TIMEOUT,
        "_timeout: httpx.Timeout | None = field(default=None, kw_only",
        "_timeout: httpx.Timeout | None = field(default=httpx.Timeout(30.0, connect=5.0), kw_only",
    ),
    Mend(
        "client.py.jinja",
        _TIMEOUT,
        "        httpx.TimeoutException if this is exceeded.\n",
        "        httpx.TimeoutException if this is exceeded. Default: 5 seconds to connect, 30 for all\n"
        "        else; None waits for ever.\n",
    ),
    Mend(
        "client.py.jinja",
        _SECRETS,
        'namespace(type="str", default="", ',
        'namespace(type="str", default="field(repr=False)", ',
    ),
    Mend("client.py.jinja", _SECRETS, 'kw_only=True, alias="cookies")', 'kw_only=True, alias="cookies", repr=False)'),
    Mend("client.py.jinja", _SECRETS, 'kw_only=True, alias="headers")', 'kw_only=True, alias="headers", repr=False)'),
    Mend(
        "client.py.jinja",
        _SECRETS,
        'kw_only=True, alias="httpx_args")',
        'kw_only=True, alias="httpx_args", repr=False)',
    ),
    Mend(
        "client.py.jinja",
        "the service knows HTTP Basic only, and the generator knows no other way to say so",
        """default='"Bearer"', docstring="The prefix to use for the Authorization header")""",
        """default='"Basic"', docstring="The prefix to use; the token is base64 of key:secret")""",
    ),
)
