"""Who may use the control API: this machine, no foreign page, and with a token where others can reach it.

A page on the internet can make a browser post to a port of this machine,
and can give itself a host name that points here; so Host and Origin are checked, and no CORS header is sent.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .document import ControlProblem

#: Names by which this machine calls itself; the last two are those of in-process clients of the ASGI app.
LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver", "mock"})


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides whether a control call may pass.

    Attributes:
        token: what a caller must show; None where only this machine can reach the mock.
        hosts: names that Host may carry, without port. Not looked at where a token is asked for: a page that
            rebinds a name does not know it.
    """

    token: str | None = None
    hosts: frozenset[str] = LOCAL_HOSTS

    def check(self, headers: Mapping[str, str]) -> None:
        """Let a control call pass.

        Args:
            headers: names in lower case.

        Raises:
            ControlProblem: it may not.
        """
        self.check_host(headers)
        if self.token is not None:
            self._check_token(headers.get("authorization", ""), self.token)
        self.check_page(headers)

    def check_page(self, headers: Mapping[str, str]) -> None:
        """Let every request pass but that of another site's page. The service has no other guard than its pairs.

        Args:
            headers: names in lower case.

        Raises:
            ControlProblem: it may not.
        """
        self.check_host(headers)
        host = headers.get("host", "")
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            raise ControlProblem(
                403, f"a page of {origin!r} may not call", "header/origin", "call from a program, not from a page"
            )
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise ControlProblem(
                403, "a page of another site may not call", "header/sec-fetch-site", "open the mock's own page"
            )

    def check_host(self, headers: Mapping[str, str]) -> None:
        """Let the files of a page pass, which hold no secret and ask for a token themselves.

        Args:
            headers: names in lower case.

        Raises:
            ControlProblem: they may not.
        """
        host = headers.get("host", "")
        if self.token is None and _without_port(host) not in self.hosts:
            raise ControlProblem(403, f"{host!r} is not this mock", "header/host", "call it as 127.0.0.1 or localhost")

    def _check_token(self, shown: str, token: str) -> None:
        scheme, _, value = shown.partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(
            value.strip().encode("utf-8", "surrogateescape"), token.encode()
        ):
            raise ControlProblem(
                401,
                "the token is missing or wrong",
                "header/authorization",
                "send Authorization: Bearer with the token that the mock was started with",
            )


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()
