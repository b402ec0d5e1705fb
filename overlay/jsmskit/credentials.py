"""The two pairs of keys: of an application and of an account. They are never shown.

Knows what a pair looks like, which pairs the vendor prints in public, how HTTP Basic is written. Must not
know operations (the spec says which pair each of them takes), nor where settings come from.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final, final

from jsms_api import limits
from jsms_api.operations import Credential

from ._hidden import Hidden
from ._masking import Secret
from .errors import ConfigurationError

__all__ = ["SAMPLE_KEYS", "Credentials", "KeyPair"]

_LENGTH: Final = limits.CREDENTIAL_LENGTH
_SHOWN_OF_KEY: Final = 4
_PART: Final = re.compile(f"[0-9A-Za-z]{{{_LENGTH}}}")

SAMPLE_KEYS: Final = frozenset(
    {"7d431e42dfa6a6d693ac2d04", "4c6921c9b20b2fd9bcd8ca3d", "7e503edcb0cb725e331b0311"}
)
"""Keys that the vendor's documentation prints in its samples. The mock knows them; the service does not."""


@final
class KeyPair:
    """A key and its secret. Both have 24 letters and digits (seen in all samples, checked by a vendor's
    SDK).
    """

    __slots__ = ("_authorization", "_fingerprint", "_is_sample")

    def __init__(self, key: Hidden[object], secret: Hidden[object], *, names: tuple[str, str]) -> None:
        """`names` are what the caller calls the two parts; an error says the name, never the value."""
        for name, part in zip(names, (key, secret), strict=True):
            problem = _problem(name, part.value)
            if problem:
                raise ConfigurationError(problem, field=name)
        pair = f"{_text(key.value)}:{_text(secret.value)}".encode("ascii")
        self._authorization = Secret("Basic " + base64.b64encode(pair).decode("ascii"))
        self._is_sample = _text(key.value) in SAMPLE_KEYS
        digest = hashlib.sha256(str(_text(key.value)).encode("ascii")).hexdigest()
        self._fingerprint = f"{str(_text(key.value))[:_SHOWN_OF_KEY]}-{digest[:12]}"

    @property
    def fingerprint(self) -> str:
        """What tells one key from another without being one: its first characters and a digest, `7d43-0a1b2c3d4e5f`."""
        return self._fingerprint

    @property
    def authorization(self) -> Secret:
        """The value of the Authorization header."""
        return self._authorization

    @property
    def is_sample(self) -> bool:
        """Whether the key is one that the vendor's documentation prints."""
        return self._is_sample

    def __repr__(self) -> str:
        return "KeyPair(hidden)"


def _text(part: object) -> object:
    return part.reveal() if isinstance(part, Secret) else part


def _problem(name: str, part: object) -> str:
    """What is wrong with one half of a pair; empty if nothing is. Raises nothing, so no traceback shows the
    value.
    """
    rule = f"It must be {_LENGTH} letters and digits, copied from the console."
    text = _text(part)
    if not isinstance(text, str):
        return f"{name} is {type(text).__name__}, not text. {rule}"
    if not text:
        return f"{name} is empty. {rule}"
    if _PART.fullmatch(text):
        return ""
    blank = " It begins or ends with a blank." if text.strip() != text else ""
    return f"{name} is malformed: it has {len(text)} characters.{blank} {rule}"


@final
class Credentials:
    """What a client may sign requests with."""

    __slots__ = ("app", "dev")

    def __init__(self, app: KeyPair, dev: KeyPair | None = None) -> None:
        self.app = app
        self.dev = dev

    def pair_for(self, kind: Credential) -> KeyPair | None:
        """The pair for a kind of call; None if this client was not given one."""
        return self.app if kind is Credential.APP else self.dev

    @property
    def any_sample(self) -> bool:
        """Whether one of the keys is printed in the vendor's documentation."""
        return self.app.is_sample or (self.dev is not None and self.dev.is_sample)

    def __repr__(self) -> str:
        return f"Credentials(app=hidden, dev={'none' if self.dev is None else 'hidden'})"
