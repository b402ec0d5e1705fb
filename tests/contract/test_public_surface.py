"""What users may import: listed, sorted, light, documented, and free of types of the HTTP library."""

from __future__ import annotations

import importlib
import inspect
import pickle
import subprocess
import sys
from typing import Any, get_type_hints

import jsmskit
import pytest

HTTP_LIBRARIES = ("httpx", "httpcore", "h11", "anyio", "certifi")
SURFACE = list(jsmskit.__all__)
RESOURCES = ("codes", "messages", "schedules", "templates", "signs", "accounts", "reports", "replies")


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_every_name_can_be_imported_and_explains_itself() -> None:
    assert sorted(SURFACE) == SURFACE
    for name in SURFACE:
        found = getattr(jsmskit, name)
        assert found is getattr(jsmskit, name)
        assert name in dir(jsmskit)
        if inspect.isclass(found):
            assert inspect.getdoc(found), name


def test_results_are_listed_and_nothing_else_is_made_up() -> None:
    """Their package loads each from the module of its part of the service, and shows all of them before."""
    results = importlib.import_module("jsmskit.results")
    assert set(results.__all__) <= set(dir(results))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = results.Nothing


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        jsmskit.nonsense  # noqa: B018  # type: ignore[attr-defined]


def test_importing_the_package_loads_next_to_nothing() -> None:
    """No HTTP library, no models, no TLS: a command line or a task queue that imports it should not
    notice.
    """
    loaded = run(
        "import sys; before = set(sys.modules); import jsmskit; print(*sorted(set(sys.modules) - before))"
    ).split()
    assert set(loaded) <= {"__future__", "jsmskit", "jsmskit._version"}


MOST_MODULES_OF_A_CLIENT = 140
MOST_MODULES_OF_A_CALL = 180  # httptools is seven of them


def test_the_budget_of_modules_for_a_client_and_for_its_first_call() -> None:
    """Counted, not timed, and without an HTTP library. The bare interpreter's are not counted."""
    code = (
        "import sys; before = set(sys.modules); import jsmskit\n"
        "client = jsmskit.JsmsClient('7d431e42dfa6a6d693ac2d04', '5e987ac6d2e04d95a9d8f0d1', "
        "base_url='http://127.0.0.1:9/v1', retry=jsmskit.RetryPolicy(max_attempts=1))\n"
        "made = len(set(sys.modules) - before)\n"
        "try: client.codes.send('13800138000')\n"
        "except jsmskit.APIConnectionError: print(made, *(set(sys.modules) - before))"
    )
    made, *called = run(code).split()
    assert int(made) <= MOST_MODULES_OF_A_CLIENT
    assert len(called) <= MOST_MODULES_OF_A_CALL
    assert not {"httpx", "httpcore", "h11", "anyio"} & set(called)


def public_callables() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for client in (jsmskit.JsmsClient, jsmskit.AsyncJsmsClient):
        owners: list[tuple[str, Any]] = [(client.__name__, client)]
        made = client("a" * 24, "b" * 24, transport=object())  # type: ignore[arg-type]
        owners += [(f"{client.__name__}.{name}", type(getattr(made, name))) for name in RESOURCES]
        for label, owner in owners:
            found += [
                (f"{label}.{name}", member)
                for name, member in inspect.getmembers(owner, callable)
                if not name.startswith("_") or name == "__init__"
            ]
    for name in set(SURFACE) - {"__version__"}:
        found.append((name, getattr(jsmskit, name)))
    return [(label, member) for label, member in found if callable(member)]


def test_no_public_signature_names_a_type_of_the_http_library() -> None:
    """Otherwise the change to its successor would be a new major version."""
    for label, member in public_callables():
        try:
            hints = get_type_hints(member.__init__ if inspect.isclass(member) else member)
        except (NameError, TypeError):
            hints = dict(getattr(member, "__annotations__", {}))
        for hint in hints.values():
            assert not any(library in str(hint) for library in HTTP_LIBRARIES), (label, hint)


def test_enums_and_values_of_the_surface_survive_pickle() -> None:
    """Lazily imported names must be found again by their home."""
    for value in (
        jsmskit.Outcome.UNKNOWN,
        jsmskit.ReviewStatus.APPROVED,
        jsmskit.TemplateType.NOTICE,
        jsmskit.RetryPolicy(),
    ):
        assert pickle.loads(pickle.dumps(value)) == value
