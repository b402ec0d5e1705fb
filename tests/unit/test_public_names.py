"""Where public names say that they are from: the package that exports them."""

from __future__ import annotations

import pickle
from dataclasses import is_dataclass
from importlib import import_module
from types import FunctionType
from typing import Any, get_type_hints

import pytest

PACKAGES = ("jsmskit", "jsmskit.callbacks", "jsmskit.campaigns", "jsmskit.results", "jsmskit.verification")
PUBLIC = [
    (package, name, found)
    for package in PACKAGES
    for name in import_module(package).__all__
    if isinstance(found := getattr(import_module(package), name), type | FunctionType)
    and found.__module__.startswith("jsmskit")
]


@pytest.mark.parametrize(("package", "name", "found"), PUBLIC, ids=[f"{one[0]}.{one[1]}" for one in PUBLIC])
def test_a_public_name_shows_a_public_path(package: str, name: str, found: Any) -> None:
    """It can be imported from there and pickled, and its annotations can still be read."""
    if found.__qualname__ != name:
        return  # the asyncio form of a function that is written once
    assert "._" not in found.__module__
    assert getattr(import_module(found.__module__), name) is found
    assert pickle.loads(pickle.dumps(found)) is found
    if is_dataclass(found):
        get_type_hints(found)
