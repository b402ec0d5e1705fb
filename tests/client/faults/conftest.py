"""Certificates for the TLS rows; made once, since keys take a while."""

from __future__ import annotations

import pytest

from tests.client.faults.matrix import Certificates


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority of our own and servers with its certificates."""
    return Certificates(tmp_path_factory.mktemp("certificates"))
