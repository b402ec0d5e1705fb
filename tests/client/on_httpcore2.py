"""A pytest plugin: the suite on the successor of the HTTP library (`-p tests.client.on_httpcore2`). One line is the
switch.
"""

from __future__ import annotations

import importlib
import sys

sys.modules["httpcore"] = importlib.import_module("httpcore2")
