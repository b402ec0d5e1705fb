"""The two pairs of keys, of an application and of an account, as HTTP Basic credentials."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final, final

from jsms_api import limits
from jsms_api.operations import Credential

from .._privacy import Hidden, Secret
from ..errors import ConfigurationError

_LENGTH: Final = limits.CREDENTIAL_LENGTH
_PART: Final = re.compile(f"[0-9A-Za-z]{{{_LENGTH}}}")

_SHOWN: Final = 4
SAMPLE_KEYS: Final = frozenset({"7d431e42dfa6a6d693ac2d04", "4c6921c9b20b2fd9bcd8ca3d", "7e503edcb0cb725e331b0311"})
"""Keys that the vendor's documentation prints in its samples. The mock accepts them; the service does not."""


@final
class BasicCredentials(Hidden):
    """A key and its secret, as the value of an Authorization header."""

    __slots__ = ("authorization", "fingerprint", "is_sample")

    def __init__(self, key: str, secret: str) -> None:
        pair = f"{key}:{secret}".encode("ascii")
        self.authorization: Final = Secret("Basic " + base64.b64encode(pair).decode("ascii"))
        self.is_sample: Final = key in SAMPLE_KEYS
        """Whether the vendor's documentation prints the key."""
        digest = hashlib.sha256(key.encode("ascii")).hexdigest()
        self.fingerprint: Final = f"{key[:_SHOWN]}-{digest[:12]}"
        """Tells one key from another without being one: its first characters and a digest, `7d43-0a1b2c3d4e5f`."""


@final
class Credentials(Hidden):
    """What a client may sign requests with."""

    __slots__ = ("pairs",)

    def __init__(self, app: BasicCredentials, dev: BasicCredentials | None = None) -> None:
        self.pairs: Final = {Credential.APP: app} if dev is None else {Credential.APP: app, Credential.DEV: dev}

    @property
    def any_sample(self) -> bool:
        return any(pair.is_sample for pair in self.pairs.values())

    @property
    def only_samples(self) -> bool:
        return all(pair.is_sample for pair in self.pairs.values())


def build_credentials(
    app_key: object, master_secret: object, dev_key: object, dev_secret: object
) -> Credentials | ConfigurationError:
    """Validate the four values; the last two may both be None. Return the error instead of raising it: while the
    values are in a frame, nothing may be raised.
    """
    app = _build_pair("app_key", app_key, "master_secret", master_secret)
    if isinstance(app, ConfigurationError):
        return app
    if dev_key is None and dev_secret is None:
        return Credentials(app)
    if dev_key is None or dev_secret is None:
        missing = "dev_key" if dev_key is None else "dev_secret"
        return ConfigurationError(
            f"{missing} is missing: dev_key and dev_secret belong together.",
            field=missing,
            remedy="Pass both or neither. Only account_balance needs them.",
        )
    dev = _build_pair("dev_key", dev_key, "dev_secret", dev_secret)
    return dev if isinstance(dev, ConfigurationError) else Credentials(app, dev)


def _build_pair(key_name: str, key: object, secret_name: str, secret: object) -> BasicCredentials | ConfigurationError:
    key, secret = _reveal(key), _reveal(secret)
    for name, part in ((key_name, key), (secret_name, secret)):
        problem = _problem(name, part)
        if problem:
            return ConfigurationError(problem, field=name)
    return BasicCredentials(str(key), str(secret))


def _reveal(part: object) -> object:
    return part.reveal() if isinstance(part, Secret) else part


def _problem(name: str, part: object) -> str:
    """Return what is wrong with one half of a pair; empty if nothing is."""
    rule = f"It must be {_LENGTH} letters and digits, copied from the console."
    if not isinstance(part, str):
        return f"{name} is {type(part).__name__}, not text. {rule}"
    if not part:
        return f"{name} is empty. {rule}"
    if _PART.fullmatch(part):
        return ""
    blank = " It begins or ends with a blank." if part.strip() != part else ""
    return f"{name} is malformed: it has {len(part)} characters.{blank} {rule}"
