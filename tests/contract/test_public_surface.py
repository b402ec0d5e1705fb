"""What users may import: listed, sorted, light, documented, and free of types of the HTTP library."""

from __future__ import annotations

import ast
import importlib
import inspect
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import jsmskit
import pytest

HTTP_LIBRARIES = ("httpx", "httpcore", "h11", "anyio", "certifi")
SURFACE = {
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AcceptedMessage",
    "AsyncJsmsClient",
    "AsyncTransport",
    "AuthenticationError",
    "Balance",
    "BatchResult",
    "CallStarted",
    "CallFinished",
    "CallObserver",
    "CallbackError",
    "CodeReceipt",
    "ConfigurationError",
    "ContentRejectedError",
    "DeliveryReport",
    "ErrorCategory",
    "ErrorCode",
    "ErrorInfo",
    "InsufficientBalanceError",
    "InvalidCallbackSignatureError",
    "InvalidRequestError",
    "JsmsClient",
    "JsmsError",
    "MalformedCallbackError",
    "MaskPhones",
    "MessageReceipt",
    "OnlyTo",
    "Outcome",
    "PartialFailureError",
    "RateLimitError",
    "Recipient",
    "RecipientError",
    "RecipientGuard",
    "RedirectTo",
    "RejectedMessage",
    "ReplayedCallbackError",
    "Reply",
    "ReplyPage",
    "ReportPage",
    "ReportStatus",
    "ReportStatusInfo",
    "RetryAdvice",
    "RetryPolicy",
    "ReviewStatus",
    "Schedule",
    "ScheduleBatchResult",
    "ScheduleError",
    "ScheduleReceipt",
    "ScheduledMessage",
    "Secret",
    "ServerError",
    "Sign",
    "SignError",
    "SignReceipt",
    "SignType",
    "StaleCallbackError",
    "SyncTransport",
    "Template",
    "TemplateError",
    "TemplatePreview",
    "TemplateReceipt",
    "TemplateType",
    "TransportRequest",
    "UnexpectedResponseError",
    "Verification",
    "VerificationError",
    "VerificationReason",
    "VoiceLanguage",
    "WithheldError",
    "__version__",
    "is_mobile_phone",
    "mask_phones",
    "normalize_phone",
}
RESOURCES = ("codes", "messages", "schedules", "templates", "signs", "accounts", "reports", "replies")


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_surface_is_this_list() -> None:
    """A name that comes or goes is a decision; here it is written down."""
    assert set(jsmskit.__all__) == SURFACE
    assert list(jsmskit.__all__) == sorted(jsmskit.__all__)


@pytest.mark.parametrize("name", sorted(SURFACE))
def test_every_name_can_be_imported_and_explains_itself(name: str) -> None:
    found = getattr(jsmskit, name)
    assert found is getattr(jsmskit, name)
    assert name in dir(jsmskit)
    if inspect.isclass(found):
        assert inspect.getdoc(found)


def test_results_are_listed_and_nothing_else_is_made_up() -> None:
    """Their package loads each from the module of its part of the service, and shows all of them before."""
    results = importlib.import_module("jsmskit.results")
    assert set(results.__all__) <= set(dir(results))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = results.Nothing


def test_what_type_checkers_see_is_what_is_there(root: Path) -> None:
    """`python -m tools.exports` makes the imports of the table; a stale one would hide a name."""
    tree = ast.parse((root / "overlay/jsmskit/__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen: dict[str, set[str]] = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        home = "." * node.level + (node.module or "")
        seen.setdefault(home, set()).update(alias.name for alias in node.names)
        assert all(alias.name == alias.asname for alias in node.names)
    assert {home: set(names.split()) for home, names in jsmskit._EXPORTS.items()} == seen


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
    """Counted, not timed. The bare interpreter's are not counted; whoever needs more changes the number here."""
    code = (
        "import sys; before = set(sys.modules); import jsmskit\n"
        "client = jsmskit.JsmsClient('7d431e42dfa6a6d693ac2d04', '5e987ac6d2e04d95a9d8f0d1', "
        "base_url='http://127.0.0.1:9/v1', retry=jsmskit.RetryPolicy(max_attempts=1))\n"
        "made = len(set(sys.modules) - before)\n"
        "try: client.codes.send('13800138000')\n"
        "except jsmskit.APIConnectionError: print(made, len(set(sys.modules) - before))"
    )
    made, called = map(int, run(code).split())
    assert made <= MOST_MODULES_OF_A_CLIENT
    assert called <= MOST_MODULES_OF_A_CALL


def test_errors_and_credentials_load_no_http_library() -> None:
    """Whoever only catches errors does not pay for the transport; neither does a client that has made no
    call.
    """
    code = (
        "import sys, jsmskit; jsmskit.JsmsError; "
        "client = jsmskit.JsmsClient('a' * 24, 'b' * 24); "
        "client.codes; client.messages; client.accounts; client.close(); "
        "print(*sorted({m.split('.')[0] for m in sys.modules}))"
    )
    assert not {"httpx", "httpcore", "h11", "anyio"} & set(run(code).split())


def test_the_default_transport_does_without_an_http_library() -> None:
    code = (
        "import sys, jsmskit; "
        "client = jsmskit.JsmsClient('7d431e42dfa6a6d693ac2d04', '5e987ac6d2e04d95a9d8f0d1', "
        "base_url='http://127.0.0.1:9/v1', retry=jsmskit.RetryPolicy(max_attempts=1))\n"
        "try: client.codes.send('13800138000')\n"
        "except jsmskit.APIConnectionError: print(*sorted({m.split('.')[0] for m in sys.modules}))"
    )
    assert not {"httpx", "httpcore", "h11", "anyio"} & set(run(code).split())


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
    for name in sorted(SURFACE - {"__version__"}):
        found.append((name, getattr(jsmskit, name)))
    return [(label, member) for label, member in found if callable(member)]


@pytest.mark.parametrize(
    ("label", "member"), public_callables(), ids=lambda part: part if isinstance(part, str) else ""
)
def test_no_public_signature_names_a_type_of_the_http_library(label: str, member: Any) -> None:
    """Otherwise the change to its successor would be a new major version."""
    try:
        hints = get_type_hints(member.__init__ if inspect.isclass(member) else member)
    except (NameError, TypeError):
        hints = dict(getattr(member, "__annotations__", {}))
    for hint in hints.values():
        assert not any(library in str(hint) for library in HTTP_LIBRARIES), (label, hint)


def test_only_the_seam_imports_the_http_library(root: Path) -> None:
    package = root / "overlay" / "jsmskit"
    importers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        if name.split(".")[0] in ("httpx", "httpcore", "httpx2", "httpcore2", "certifi")
    }
    client = {name for name in importers if not name.startswith(("mock/", "cli/"))}
    assert client == {"_http/config.py"}  # for certifi: whom to trust


def test_the_version_is_that_of_the_packaging(root: Path) -> None:
    """One number, in two places that must agree."""
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert jsmskit.__version__ == project["version"]


def test_enums_and_values_of_the_surface_survive_pickle() -> None:
    """Lazily imported names must be found again by their home."""
    for value in (
        jsmskit.Outcome.UNKNOWN,
        jsmskit.ReviewStatus.APPROVED,
        jsmskit.TemplateType.NOTICE,
        jsmskit.RetryPolicy(),
    ):
        assert pickle.loads(pickle.dumps(value)) == value
