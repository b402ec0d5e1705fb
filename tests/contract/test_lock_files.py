"""Lock files hold versions and hashes; where a package is fetched from is the business of whoever installs it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

LOCKS = ("locks/*.txt", "*package-lock.json")
ADDRESS = re.compile(r"[a-z]+://\S+", re.IGNORECASE)


def test_no_lock_file_holds_an_address(root: Path) -> None:
    """Neither of a registry nor of a sponsor. `npm install` writes both: take `resolved` and `funding` out."""
    asked = ["git", "ls-files", "-z", "--", *LOCKS]
    names = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    files = [root / name for name in names if name]
    assert len(files) >= 6
    found = {str(file.relative_to(root)): ADDRESS.findall(file.read_text(encoding="utf-8")) for file in files}
    assert {name: addresses[:3] for name, addresses in found.items() if addresses} == {}


@pytest.mark.parametrize("line", ['"url": "https://example.org/x"', '"resolved": "HTTP://example.org/a.tgz"'])
def test_an_address_would_be_seen(line: str) -> None:
    assert ADDRESS.search(line)
