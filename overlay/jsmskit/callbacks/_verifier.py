"""Decides whether a callback is to be believed, and makes an event of it.

Knows the signature recipe, the age window and the rules about nonces. Must not know HTTP or frameworks; the
clock and the store come in by the door.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from .._masking import Secret
from .._times import from_millis
from ..errors import (
    ConfigurationError,
    InvalidCallbackSignatureError,
    MalformedCallbackError,
    ReplayedCallbackError,
    StaleCallbackError,
)
from ._events import CallbackEvent, Envelope, read_event
from ._form import CallbackForm, echo_of, read_form
from ._nonces import MemoryNonceStore, NonceState, NonceStore

__all__ = ["DEFAULT_MAX_AGE", "STRICT_MAX_AGE", "CallbackVerifier"]

DEFAULT_MAX_AGE: Final = timedelta(hours=14)
"""Longer than all repeats of the service together (3 minutes, 1 hour, 12 hours): whether a repeat is signed
anew is not documented, and with a shorter window the last ones could be refused.
"""
STRICT_MAX_AGE: Final = timedelta(minutes=5)
"""For those who have seen that repeats are signed anew, or who would rather miss a repeat than take an old
callback.
"""

_CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the service's clock may be ahead of ours."""
_LONGEST_AGE: Final = timedelta(days=366)
# All keys have 24 letters and digits. Here the point is to notice a line break that was read from a file.
_KEY: Final = re.compile(r"[0-9A-Za-z_-]+")


class CallbackVerifier:
    """Verifies callbacks of one application.

    Signature, age and nonce are checked; **the vendor's signature does not cover `type` and `data`**, so
    serve the address over HTTPS under a secret path (see `jsmskit.callbacks`).

    `max_age`: how old a signed timestamp may be (`DEFAULT_MAX_AGE` 14 hours, `STRICT_MAX_AGE` 5 minutes, or
    your own). `store`: remembers nonces; in memory unless given, which is right for one process only.
    `clock`: gives the present as an aware datetime; for tests.

    May be used by several threads.
    """

    def __init__(
        self,
        app_key: str,
        master_secret: str | Secret,
        *,
        max_age: timedelta = DEFAULT_MAX_AGE,
        store: NonceStore | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        secret = master_secret if isinstance(master_secret, Secret) else Secret(master_secret)
        if not _KEY.fullmatch(app_key) or not _KEY.fullmatch(secret.reveal()):
            raise ConfigurationError(
                "app_key and master_secret of a callback verifier are letters and digits."
            )
        if not timedelta(0) < max_age <= _LONGEST_AGE:
            raise ConfigurationError("max_age of a callback verifier is more than zero and at most a year.")
        self._app_key: Final = app_key
        self._secret: Final = secret
        self._max_age: Final = max_age
        self._store: Final[NonceStore] = MemoryNonceStore() if store is None else store
        self._clock: Final = clock

    def __repr__(self) -> str:
        return f"CallbackVerifier(max_age={self._max_age}, store={type(self._store).__name__})"

    def echo(self, query: Mapping[str, object] | bytes | str) -> bytes:
        """Answer the check of the address: the service calls `GET <address>?echostr=...` once and wants the
        value back.

        `query` is the raw query string or a mapping of it. The check is not signed, so only 1 to 64 letters
        and digits are given back; anything else raises `MalformedCallbackError`. Send it as `text/plain` with
        status 200.
        """
        return echo_of(query)

    def parse(self, form: Mapping[str, object] | bytes | str, *, settle: bool = True) -> CallbackEvent:
        """Verify one callback and give its event.

        `form` is the raw body (best: nothing was lost on the way), or the mapping a framework made of it.

        The same callback once more (same nonce, type and data) gives an event with `duplicate` true. With
        `settle=True` a callback counts as handled as soon as it was parsed. Pass `settle=False`, and call
        `settle(event)` after your work is done, if a failed attempt is to be tried again when the service
        repeats the callback; the endpoint does so.

        Raises, and nothing else for any input:
            MalformedCallbackError: no form, a field missing or doubled, `data` unreadable, an unknown `type`.
                Answer 400.
            InvalidCallbackSignatureError: other keys, or not from the service. Answer 403.
            StaleCallbackError: older than `max_age`, or more than 5 minutes in the future. Answer 403.
            ReplayedCallbackError: the nonce came before with other data; somebody forges. Answer 409, and
                look into it.

        What the store raises (a locked file) goes through: answer 503.
        """
        received = read_form(form)
        self._check_signature(received)
        try:
            sent_at = from_millis(int(received.timestamp))
        except ValueError:
            raise MalformedCallbackError("The timestamp lies outside of the calendar.") from None
        now = self._clock()
        if now - sent_at > self._max_age:
            raise StaleCallbackError(f"The callback was signed more than {self._max_age} ago.")
        if sent_at - now > _CLOCK_SKEW:
            raise StaleCallbackError("The callback was signed in the future; compare the clocks.")
        event = read_event(received.type, Envelope(received.nonce, sent_at, received.data))
        return self._bound(event, received, now, settle=settle)

    def settle(self, event: CallbackEvent) -> None:
        """Note that an event of `parse(..., settle=False)` was handled: the same callback is a duplicate from
        now on.
        """
        self._store.settle(self._nonce_key(event.nonce))

    def _check_signature(self, received: CallbackForm) -> None:
        signed = (
            f"appKey={self._app_key}&appMasterSecret={self._secret.reveal()}"
            f"&nonce={received.nonce}&timestamp={received.timestamp}"
        )
        # SHA-1 is the vendor's choice, not ours.
        expected = hashlib.sha1(signed.encode("utf-8"), usedforsecurity=False).hexdigest()
        given = received.signature.lower().encode("utf-8", "replace")
        if not hmac.compare_digest(expected.encode("ascii"), given):
            raise InvalidCallbackSignatureError("The signature of the callback does not match the keys.")

    def _bound(
        self, event: CallbackEvent, received: CallbackForm, now: datetime, *, settle: bool
    ) -> CallbackEvent:
        key = self._nonce_key(received.nonce)
        payload = hashlib.sha256(f"{received.type}\0{received.data}".encode()).digest()
        keep_until = event.sent_at + self._max_age
        state = self._store.bind(key, payload, now=now.timestamp(), keep_until=keep_until.timestamp())
        if state is NonceState.TAKEN:
            raise ReplayedCallbackError("The nonce of the callback came before with another payload.")
        if state is NonceState.HANDLED:
            return replace(event, duplicate=True)
        if settle:
            self._store.settle(key)
        return event

    def _nonce_key(self, nonce: str) -> str:
        # One store may serve several applications.
        return f"{self._app_key}:{nonce}"
