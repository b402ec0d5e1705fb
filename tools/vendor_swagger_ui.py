"""Swagger UI inside the package: fetch the pinned version, or check that what is there is that version.

The API page of the mock works without the network, so its script and style sheet travel in the wheel. They
lie there compressed (458 KB instead of 1.7 MB) and are served as they are. `record.json` beside them names
version, licence and checksums: of the package as the registry signs it, and of each file before compression.

    python -m tools.vendor_swagger_ui            fetch with npm, compare with the pin, write
    python -m tools.vendor_swagger_ui --check    no network: the files are what the record says
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "swagger-ui-dist"
VERSION = "5.35.0"
INTEGRITY = "sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ=="
LICENCE = "Apache-2.0"

#: Only what the page loads, and what the licence asks for. The two large ones are compressed.
PACKED = ("swagger-ui-bundle.js", "swagger-ui.css")
PLAIN = {"LICENSE": "LICENSE.txt", "NOTICE": "NOTICE.txt", "swagger-ui-bundle.js.LICENSE.txt": "bundled-licences.txt"}

FOLDER = Path(__file__).resolve().parent.parent / "overlay/jsmskit/mock/control/static/swagger-ui"


def digest(content: bytes) -> str:
    """Give the checksum of a file's content."""
    return hashlib.sha256(content).hexdigest()


def fetch() -> dict[str, bytes]:
    """Fetch the package, hold it against the pin, and give its files.

    Raises:
        SystemExit: it is not what was pinned.
    """
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True)
        (archive,) = Path(folder).glob("*.tgz")
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != INTEGRITY:
            raise SystemExit(f"vendor_swagger_ui: {archive.name} is {found}, pinned is {INTEGRITY}")
        with tarfile.open(archive) as tar:
            files = {}
            for name in (*PACKED, *PLAIN):
                member = tar.extractfile(f"package/{name}")
                assert member is not None, name
                files[name] = member.read()
            return files


def write(files: dict[str, bytes]) -> None:
    """Write files and record."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    sums = {}
    for name, content in files.items():
        if name in PACKED:
            (FOLDER / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
            sums[name] = digest(content)
        else:
            (FOLDER / PLAIN[name]).write_bytes(content)
            sums[PLAIN[name]] = digest(content)
    record = {"package": PACKAGE, "version": VERSION, "integrity": INTEGRITY, "licence": LICENCE, "sha256": sums}
    (FOLDER / "record.json").write_text(json.dumps(record, indent=2) + "\n")


def troubles(folder: Path = FOLDER) -> list[str]:
    """Say in which way the files are not what the record and this tool say; empty if they are."""
    record = json.loads((folder / "record.json").read_text())
    wanted = {"package": PACKAGE, "version": VERSION, "integrity": INTEGRITY, "licence": LICENCE}
    found = [f"record.json: {key} is {record.get(key)}" for key in wanted if record.get(key) != wanted[key]]
    expected = {*PACKED, *PLAIN.values()}
    if set(record["sha256"]) != expected:
        found.append(f"record.json: lists {sorted(record['sha256'])}")
    for name, checksum in record["sha256"].items():
        path = folder / (f"{name}.gz" if name in PACKED else name)
        if not path.is_file():
            found.append(f"{path.name}: is missing")
            continue
        content = path.read_bytes()
        if digest(gzip.decompress(content) if name in PACKED else content) != checksum:
            found.append(f"{path.name}: is not what the record says")
    known = {"record.json", *(f"{name}.gz" if name in PACKED else name for name in expected)}
    found += [f"{path.name}: unknown file" for path in sorted(folder.iterdir()) if path.name not in known]
    return found


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only, without the network")
    if not parser.parse_args().check:
        write(fetch())
    found = troubles()
    for trouble in found:
        print(f"vendor_swagger_ui: {trouble}; run python -m tools.vendor_swagger_ui", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
