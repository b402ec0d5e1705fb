# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.

"""A client library for accessing JSMS REST API (Jiguang SMS, unofficial description)"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client
else:

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import client

        globals()[name] = found = getattr(client, name)
        return found


__all__ = (
    "AuthenticatedClient",
    "Client",
)
