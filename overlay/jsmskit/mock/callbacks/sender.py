"""What the mock says to a callback receiver, and how it judges the answer.

Signs with its own few lines: the overlay's verifier is judged by this code and must not share any
with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from .http_client import Answer, OutgoingError, Target, TargetError, exchange, parse_target

#: Beside the documented form, so that a receiver can tell the mock from the service.
_MARK = {"X-Mock": "jsmskit", "User-Agent": "jsmskit-mock"}

#: The status that a receiver gives the echo with; not documented in so many words (callback page).
_ECHO_STATUS = 200


class CallbackAddressError(ValueError):
    """An address that cannot be used for callbacks. The text says why and what to do."""


class Exchange(Protocol):
    """How a request leaves: `http_client.exchange`, or a stand-in that needs no network."""

    def __call__(
        self,
        target: Target,
        method: str,
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        allow_remote: bool = False,
    ) -> Answer:
        """Make one request; raises `OutgoingError` when no answer comes."""
        ...


def sign(app_key: str, master_secret: str, nonce: int, timestamp: int) -> str:
    """Sign a callback: SHA-1, lower-case hexadecimal, over the pair, the nonce and the time (7.4).

    The type and the data are not covered. That is the service's recipe, and a receiver must know it.
    """
    text = f"appKey={app_key}&appMasterSecret={master_secret}&nonce={nonce}&timestamp={timestamp}"
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324  # the service's recipe


def event_form(
    app_key: str, master_secret: str, *, nonce: int, timestamp: int, kind: str, data: str
) -> bytes:
    """Make the form body of an event, in the documented order of fields (7.3).

    Args:
        app_key: of the application that the event belongs to.
        master_secret: of the same application.
        nonce: a signed 64-bit integer.
        timestamp: milliseconds since 1970.
        kind: SMS_REPORT, SMS_REPLY, SMS_TEMPLATE or SMS_SIGN.
        data: the event as JSON text.
    """
    signature = sign(app_key, master_secret, nonce, timestamp)
    fields = {"nonce": nonce, "timestamp": timestamp, "signature": signature, "type": kind, "data": data}
    return urlencode(fields).encode("ascii")


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What one attempt to deliver came to.

    Attributes:
        status: the receiver's HTTP status; None when none came.
        problem: why no status came, in a few words; None otherwise.
    """

    status: int | None
    problem: str | None = None

    @property
    def delivered(self) -> bool:
        """Any 2xx is success: what the vendor counts is not documented (gap G13)."""
        return self.status is not None and 200 <= self.status <= 299

    @property
    def detail(self) -> str:
        """A few words for the delivery log."""
        return self.problem or f"HTTP {self.status}"


@dataclass(frozen=True, slots=True)
class CallbackSender:
    """Carries callbacks to receivers over HTTP.

    Attributes:
        allow_remote: also to other machines. Off by default: a mock must not post into a network by mistake.
        exchange: makes the request.
    """

    allow_remote: bool = False
    exchange: Exchange = exchange

    def check_form(self, url: str) -> None:
        """Check the form of an address, without asking it anything.

        Raises:
            CallbackAddressError: the address cannot be.
        """
        try:
            parse_target(url)
        except TargetError as error:
            raise CallbackAddressError(str(error)) from None

    def check_address(self, url: str, echo: str) -> None:
        """Check an address as the console does: it must answer the text it was asked with (7.2).

        Raises:
            CallbackAddressError: the address cannot be, does not answer, or does not echo.
        """
        query = urlencode({"echostr": echo})
        try:
            answer = self.exchange(
                parse_target(url), "GET", query=query, headers=_MARK, allow_remote=self.allow_remote
            )
        except TargetError as error:
            raise CallbackAddressError(str(error)) from None
        except OutgoingError as error:
            raise CallbackAddressError(f"{url} was asked for its echo: {error}") from error
        if answer.status != _ECHO_STATUS or answer.body != echo.encode():
            got = answer.body[:40].decode("utf-8", "replace")
            raise CallbackAddressError(
                f"{url} must answer ?{query} with status {_ECHO_STATUS} and the body {echo!r};"
                f" it answered {answer.status} and {got!r}"
            )

    def send(self, url: str, form: bytes) -> AttemptResult:
        """Post one event and judge the answer."""
        headers = {**_MARK, "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        try:
            target = parse_target(url)
            answer = self.exchange(target, "POST", headers=headers, body=form, allow_remote=self.allow_remote)
        except (TargetError, OutgoingError) as error:
            return AttemptResult(None, str(error))
        return AttemptResult(answer.status)
