"""How a fault is planted in the mock of this process: in its rules, operations, responses and the spec it reads."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, NoReturn

from jsmskit.mock.model.http import Request, Response
from jsmskit.mock.model.settings import Settings
from jsmskit.mock.service import dispatcher, request_schemas
from jsmskit.mock.service.context import CallContext
from jsmskit.mock.service.rules import Refusal, Rule

Plant = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that can be planted.

    Attributes:
        kind: the class of faults that it belongs to.
        plant: puts it into the mock of this process, before a mock is made.
    """

    kind: str
    plant: Plant


FAULTS: Final[dict[str, Fault]] = {}


def fault(kind: str, says: str, plant: Callable[..., None], *args: Any, **keywords: Any) -> None:
    """List a fault: a function that plants it, and its arguments.

    Raises:
        ValueError: two faults say the same.
    """
    if says in FAULTS:
        raise ValueError(f"the fault {says!r} is listed twice")
    FAULTS[says] = Fault(kind, partial(plant, *args, **keywords))


def faulty(kind: str, says: str) -> Callable[[Plant], Plant]:
    """List the function below as a fault."""

    def listed(plant: Plant) -> Plant:
        fault(kind, says, plant)
        return plant

    return listed


# Answers.


@dataclass(slots=True)
class Said:
    """An answer on its way out, open to change.

    Attributes:
        operation: operationId; None for unknown paths and methods.
        status: HTTP status.
        told: the decoded body; None if there is none.
        headers: names in lower case.
        request: what is answered.
    """

    operation: str | None
    status: int
    told: Any
    headers: dict[str, str]
    request: Request

    @property
    def code(self) -> int | None:
        """The return code of the envelope."""
        return self.told["error"]["code"] if isinstance(self.told, dict) and "error" in self.told else None


def answers(change: Callable[[Said], object]) -> None:
    """Change answers before they leave the mock."""
    original = dispatcher.Dispatcher.handle

    def handle(self: dispatcher.Dispatcher, request: Request) -> Response:
        reply = original(self, request)
        told = json.loads(reply.body) if reply.body else None
        said = Said(reply.operation, reply.status, told, dict(reply.headers), request)
        change(said)
        body = b"" if said.told is None else json.dumps(said.told, ensure_ascii=False).encode()
        return replace(reply, status=said.status, headers=said.headers, body=body)

    dispatcher.Dispatcher.handle = handle  # type: ignore[method-assign]


def requests(change: Callable[[Request], Request]) -> None:
    """Change requests before the mock reads them."""
    original = dispatcher.Dispatcher.handle

    def handle(self: dispatcher.Dispatcher, request: Request) -> Response:
        return original(self, change(request))

    dispatcher.Dispatcher.handle = handle  # type: ignore[method-assign]


def entries(said: Said) -> list[dict[str, Any]]:
    """List the entries of a batch answer; empty for all others."""
    told: Mapping[str, Any] = said.told if isinstance(said.told, dict) else {}
    return list(told.get("recipients") or []) + list(told.get("failure_recipients") or [])


# Rules and operations.


def rule(identity: str) -> Rule[Any]:
    """Find a rule of the mock by its id."""
    for name, module in list(sys.modules.items()):
        if name.startswith("jsmskit.mock.service.rules."):
            for value in vars(module).values():
                if isinstance(value, Rule) and value.info.id == identity:
                    return value
    raise LookupError(f"the mock has no rule {identity}")


def breaks(identity: str, decide: Callable[[Callable[[Any], bool], Any], bool]) -> None:
    """Let a rule decide otherwise; `decide` gets the original decision and the subject."""
    found = rule(identity)
    original = found.breaks
    object.__setattr__(found, "breaks", lambda subject: decide(original, subject))


def never(identity: str) -> None:
    """Let nothing break a rule."""
    rule(identity)
    breaks(identity, lambda _, __: False)


def code_of(identity: str, code: int) -> None:
    """Let a rule answer another code."""
    object.__setattr__(rule(identity), "code", code)


def operation(*names: str) -> Callable[[Callable[[Callable[[CallContext], Any], CallContext], Any]], None]:
    """Wrap operations: the function below gets the original one and the call."""

    def wrap(around: Callable[[Callable[[CallContext], Any], CallContext], Any]) -> None:
        table: Any = dispatcher._OPERATIONS
        for name in names:
            original = table[name]
            table[name] = lambda call, original=original: around(original, call)

    return wrap


def refuse(code: int) -> NoReturn:
    """Refuse the call at hand."""
    raise Refusal(code, "planted")


def spec_field(schema: str, field: str, **keywords: Any) -> None:
    """Let the mock read another bound of a field in the spec."""
    rules = request_schemas.document()["components"]["schemas"][schema]["properties"][field]
    for keyword, value in keywords.items():
        if keyword not in rules:
            raise LookupError(f"{schema}.{field} has no {keyword}")
        rules[keyword] = value
    request_schemas.request_schema.cache_clear()  # a mock that was used before has compiled the old one


def refusal_code(field: str, wrong: Mapping[int, int]) -> None:
    """Let a field's defects bring other codes than the spec says."""
    original = request_schemas.RequestSchema._code

    def code(self: Any, name: str, keyword: str, *, within_params: bool) -> int:
        found = original(self, name, keyword, within_params=within_params)
        return wrong.get(found, found) if name == field else found

    patched(request_schemas.RequestSchema, "_code", lambda _: code)


def patched(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replace an attribute by what `make` makes of it."""
    setattr(owner, name, make(getattr(owner, name)))


def setting(name: str, value: object) -> None:
    """Fix a switch of the mock at a value, whatever it is told."""
    if name not in Settings.__slots__:
        raise LookupError(f"the mock has no setting {name}")
    setattr(Settings, name, property(lambda _: value, lambda _, __: None))
