"""Receives what the service calls back: delivery reports, replies, reviews of templates and signs.

**The vendor's signature does not cover the payload.** It is made of the keys, a nonce and a timestamp; `type`
and `data` are not signed. Anyone who sees one callback can send another one with the same signature and other
data. Age window and nonce store make that hard, but they cannot make it impossible. Therefore:

- serve the address over HTTPS only, so that callbacks cannot be read on the way;
- put a secret of at least 128 bits into its path, and keep it out of access logs
  (`python -c "import secrets; print(secrets.token_urlsafe(24))"` makes one);
- treat an event as evidence, never as an order: it may mark a message as delivered; it must not make you send,
  pay or unsubscribe a number without a look at your own records.

In three steps:

    verifier = CallbackVerifier(app_key, master_secret, store=SqliteNonceStore("callbacks.db"))
    endpoint = CallbackEndpoint(verifier, handle)  # handle(event) stores the event, then returns
    app = AsgiCallbacks(endpoint)  # or WsgiCallbacks(endpoint); mount it under the secret path

The service repeats a callback that was not answered with 200 after 3 minutes, 1 hour and 12 hours, then gives
up. The endpoint answers 200 only after `handle` has returned, so store the event before returning.
"""

from __future__ import annotations

from .. import show_public_path
from ..results.reports import DeliveryReport, Reply
from ._endpoint import AsgiCallbacks, CallbackEndpoint, CallbackResponse, WsgiCallbacks
from ._events import CallbackEvent, SignReview, TemplateReview, UnknownEvent
from ._verifier import (
    DEFAULT_MAX_AGE,
    STRICT_MAX_AGE,
    CallbackVerifier,
    MemoryNonceStore,
    NonceState,
    NonceStore,
    SqliteNonceStore,
)

__all__ = [
    "DEFAULT_MAX_AGE",
    "STRICT_MAX_AGE",
    "AsgiCallbacks",
    "CallbackEndpoint",
    "CallbackEvent",
    "CallbackResponse",
    "CallbackVerifier",
    "DeliveryReport",
    "MemoryNonceStore",
    "NonceState",
    "NonceStore",
    "Reply",
    "SignReview",
    "SqliteNonceStore",
    "TemplateReview",
    "UnknownEvent",
    "WsgiCallbacks",
]

for _name in __all__:
    show_public_path(globals()[_name], __name__, _name)
