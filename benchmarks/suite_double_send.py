"""The scenes of double_send, played to every candidate in the environment of the peers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

from benchmarks import peers
from benchmarks.harness import Measured, Row, Settings


def measure(settings: Settings) -> Iterator[Measured]:
    """POSTs for one call whose request was read whole and not answered."""
    del settings
    said = subprocess.run(
        [peers.PYTHON, "-W", "ignore", "-m", "benchmarks.double_send"],
        cwd=peers.ROOT, env=peers.environment(), check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for seen in json.loads(said):
        posts = float(seen["lost_posts"])
        yield Row(
            id=f"double-send-{seen['name']}",
            work=f"requests for one call that was read and not answered; it says {seen['lost_name']}",
            against=f"one. After an idle connection was closed: {seen['idle_name'] or 'another connection'}",
            unit="requests",
            subject=seen["name"],
            subject_value=posts,
            against_value=1,
            ratio=posts,
            low=posts,
            high=posts,
            rounds=1,
        )
