"""A keyring in a plain file, for tests only: what it holds must outlive a process."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    """The file is named by FILE_KEYRING."""

    priority = 1
    name = "a file"

    def _all(self) -> dict[str, str]:
        place = Path(os.environ["FILE_KEYRING"])
        return dict(json.loads(place.read_text())) if place.exists() else {}

    def _write(self, values: dict[str, str]) -> None:
        Path(os.environ["FILE_KEYRING"]).write_text(json.dumps(values))

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._all(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        values = self._all()
        if values.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError
        self._write(values)
