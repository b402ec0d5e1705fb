"""A twin of Jiguang SMS for tests and for people without an account.

    from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock

    with JsmsMock() as mock, mock.serve() as server:
        ...  # point a client at server.url, then read mock.messages()

Of the generated code it uses the tables and the spec document, of the overlay nothing: if it shared the
client's code, both could be wrong together. Names are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import Clock as Clock
    from .clock import ClockMode as ClockMode
    from .faults import Fault as Fault
    from .faults import FaultError as FaultError
    from .faults import FaultKind as FaultKind
    from .inbox import NoMessageError as NoMessageError
    from .jsms_mock import JsmsMock as JsmsMock
    from .jsms_mock import UnknownApplicationError as UnknownApplicationError
    from .postman import CallbackAddressError as CallbackAddressError
    from .records import Account as Account
    from .records import Application as Application
    from .records import AuditStatus as AuditStatus
    from .records import Balances as Balances
    from .records import CallbackType as CallbackType
    from .records import Delivery as Delivery
    from .records import Message as Message
    from .records import Sign as Sign
    from .records import Switches as Switches
    from .records import Template as Template
    from .records import TemplateType as TemplateType
    from .seeds import APP_KEY as APP_KEY
    from .seeds import DEFAULT_SEED as DEFAULT_SEED
    from .seeds import DEV_KEY as DEV_KEY
    from .seeds import DEV_SECRET as DEV_SECRET
    from .seeds import MASTER_SECRET as MASTER_SECRET
    from .seeds import SECOND_APP_KEY as SECOND_APP_KEY
    from .seeds import SECOND_MASTER_SECRET as SECOND_MASTER_SECRET
    from .seeds import ApplicationSeed as ApplicationSeed
    from .seeds import Seed as Seed
    from .seeds import sample_application as sample_application
    from .server import ServeError as ServeError
    from .settings import Audit as Audit
    from .settings import Settings as Settings
    from .store.database import DatabaseError as DatabaseError

_HOMES = {
    "clock": ("Clock", "ClockMode"),
    "faults": ("Fault", "FaultError", "FaultKind"),
    "inbox": ("NoMessageError",),
    "jsms_mock": ("JsmsMock", "UnknownApplicationError"),
    "postman": ("CallbackAddressError",),
    "records": (
        "Account",
        "Application",
        "AuditStatus",
        "Balances",
        "CallbackType",
        "Delivery",
        "Message",
        "Sign",
        "Switches",
        "Template",
        "TemplateType",
    ),
    "seeds": (
        "APP_KEY",
        "DEFAULT_SEED",
        "DEV_KEY",
        "DEV_SECRET",
        "MASTER_SECRET",
        "SECOND_APP_KEY",
        "SECOND_MASTER_SECRET",
        "ApplicationSeed",
        "Seed",
        "sample_application",
    ),
    "server": ("ServeError",),
    "settings": ("Audit", "Settings"),
    "store.database": ("DatabaseError",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]  # the same names as above


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
