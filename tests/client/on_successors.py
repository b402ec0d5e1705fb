"""A pytest plugin: the suite on the successors of the HTTP libraries (`-p tests.client.on_successors`). One line is the
switch.
"""

from __future__ import annotations

import importlib
import sys

sys.modules |= {name: importlib.import_module(f"{name}2") for name in ("httpcore", "httpx")}
