"""Swagger UI inside the package: fetch the pinned version, or check that what is there is that version.

The API page of the mock works without the network, so its script and style sheet travel in the wheel. They lie there
compressed (458 KB instead of 1.7 MB) and are served as they are. `record.json` beside them pins version and checksum of
the package as the registry signs it, and holds the checksum of each file before compression.

    python -m tools.vendor_swagger_ui            fetch with npm, compare with the pin, write
    python -m tools.vendor_swagger_ui --check    no network: the files are what the record says
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "overlay/jsmskit/mock/control/static/swagger-ui"
#: Only what the page loads, and what the licence asks for. The two large ones are compressed.
FILES = {
    "swagger-ui-bundle.js": "swagger-ui-bundle.js.gz",
    "swagger-ui.css": "swagger-ui.css.gz",
    "LICENSE": "LICENSE.txt",
    "NOTICE": "NOTICE.txt",
    "swagger-ui-bundle.js.LICENSE.txt": "bundled-licences.txt",
}


def fetch() -> None:
    """Fetch the package, hold it against the pin, and write its files and their checksums. Raises SystemExit."""
    record = json.loads((FOLDER / "record.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{record['package']}@{record['version']}"], cwd=folder, check=True)
        (archive,) = Path(folder).glob("*.tgz")
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != record["integrity"]:
            raise SystemExit(f"vendor_swagger_ui: {archive.name} is {found}, pinned is {record['integrity']}")
        shutil.unpack_archive(archive, folder, filter="data")
        for source, target in FILES.items():
            content = Path(folder, "package", source).read_bytes()
            packed = target.endswith(".gz")
            (FOLDER / target).write_bytes(gzip.compress(content, 9, mtime=0) if packed else content)
    record["sha256"] = checksums(FOLDER)
    (FOLDER / "record.json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def checksums(folder: Path) -> dict[str, str]:
    """Return the checksum of each file, before compression."""
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "record.json"}
    return {
        name: hashlib.sha256(gzip.decompress(content) if name.endswith(".gz") else content).hexdigest()
        for name, content in files.items()
    }


def wrong_files(folder: Path = FOLDER) -> list[str]:
    """Return the files that are missing, unknown, or not what the record says."""
    recorded, found = json.loads((folder / "record.json").read_text("utf-8"))["sha256"], checksums(folder)
    return sorted(name for name in recorded.keys() | found.keys() if recorded.get(name) != found.get(name))


if __name__ == "__main__":
    if "--check" not in sys.argv[1:]:
        fetch()
    if wrong := wrong_files():
        raise SystemExit(f"not as the record says: {', '.join(wrong)}; run python -m tools.vendor_swagger_ui")
