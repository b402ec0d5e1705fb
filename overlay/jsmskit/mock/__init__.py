"""Jiguang SMS, simulated: for tests, and for development without an account.

    from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock

    with JsmsMock() as mock, mock.serve() as server:
        ...  # point a client at server.url, then read mock.messages()

Of the generated code it uses the tables and the spec document, of the overlay nothing: if it shared the
client's code, both could be wrong together. Names are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import export_lazily

if TYPE_CHECKING:
    from .activation import activate as activate
    from .callbacks.sender import CallbackAddressError as CallbackAddressError
    from .faults import Fault as Fault
    from .faults import FaultError as FaultError
    from .faults import FaultKind as FaultKind
    from .jsms_mock import JsmsMock as JsmsMock
    from .model.clock import Clock as Clock
    from .model.clock import ClockMode as ClockMode
    from .model.records import AccessFlags as AccessFlags
    from .model.records import Account as Account
    from .model.records import Application as Application
    from .model.records import Balances as Balances
    from .model.records import CallbackType as CallbackType
    from .model.records import Delivery as Delivery
    from .model.records import Message as Message
    from .model.records import ReviewStatus as ReviewStatus
    from .model.records import Sign as Sign
    from .model.records import Template as Template
    from .model.records import TemplateType as TemplateType
    from .model.settings import APP_KEY as APP_KEY
    from .model.settings import DEFAULT_SEED as DEFAULT_SEED
    from .model.settings import DEV_KEY as DEV_KEY
    from .model.settings import DEV_SECRET as DEV_SECRET
    from .model.settings import MASTER_SECRET as MASTER_SECRET
    from .model.settings import SECOND_APP_KEY as SECOND_APP_KEY
    from .model.settings import SECOND_MASTER_SECRET as SECOND_MASTER_SECRET
    from .model.settings import ApplicationSeed as ApplicationSeed
    from .model.settings import Reading as Reading
    from .model.settings import Review as Review
    from .model.settings import Seed as Seed
    from .model.settings import Settings as Settings
    from .model.settings import sample_application as sample_application
    from .server.uvicorn_server import ServeError as ServeError
    from .state.applications import UnknownApplicationError as UnknownApplicationError
    from .state.database import DatabaseError as DatabaseError
    from .state.inbox import NoMessageError as NoMessageError

_EXPORTS = {
    ".activation": "activate",
    ".callbacks.sender": "CallbackAddressError",
    ".faults": "Fault FaultError FaultKind",
    ".jsms_mock": "JsmsMock",
    ".model.clock": "Clock ClockMode",
    ".model.records": (
        "AccessFlags Account Application Balances CallbackType Delivery Message ReviewStatus Sign Template TemplateType"
    ),
    ".model.settings": (
        "APP_KEY DEFAULT_SEED DEV_KEY DEV_SECRET MASTER_SECRET SECOND_APP_KEY SECOND_MASTER_SECRET "
        "ApplicationSeed Reading Review Seed Settings sample_application"
    ),
    ".server.uvicorn_server": "ServeError",
    ".state.applications": "UnknownApplicationError",
    ".state.database": "DatabaseError",
    ".state.inbox": "NoMessageError",
}

#: Modules that the extra `mock` brings.
LIBRARIES = {
    "jsonschema_rs": "jsonschema-rs",
    "multipart": "python-multipart",
    "orjson": "orjson",
    "python_multipart": "python-multipart",
    "starlette": "starlette",
    "uvicorn": "uvicorn",
}
"""What the mock needs beside the core, by the name of the module; the values are what pip calls it."""
INSTALL = "pip install " + " ".join(sorted(set(LIBRARIES.values())))

_get, __dir__, __all__ = export_lazily(__name__, _EXPORTS)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    try:
        return _get(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in LIBRARIES:
            raise
        raise ModuleNotFoundError(
            f"jsmskit.mock needs {error.name}; install it with: {INSTALL}", name=error.name
        ) from None
