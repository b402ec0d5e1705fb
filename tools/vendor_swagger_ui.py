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
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
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
        record["sha256"] = {}
        with tarfile.open(archive) as tar:
            for source, target in FILES.items():
                member = tar.extractfile(f"package/{source}")
                assert member is not None, source
                content = member.read()
                packed = target.endswith(".gz")
                (FOLDER / target).write_bytes(gzip.compress(content, 9, mtime=0) if packed else content)
                record["sha256"][target.removesuffix(".gz")] = hashlib.sha256(content).hexdigest()
    (FOLDER / "record.json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def troubles(folder: Path = FOLDER) -> Iterator[str]:
    """Say in which way the files are not what the record says."""
    record = json.loads((folder / "record.json").read_text("utf-8"))
    if set(record["sha256"]) != {target.removesuffix(".gz") for target in FILES.values()}:
        yield f"record.json: lists {sorted(record['sha256'])}"
    for target in FILES.values():
        path = folder / target
        if not path.is_file():
            yield f"{target}: is missing"
            continue
        content = gzip.decompress(path.read_bytes()) if target.endswith(".gz") else path.read_bytes()
        if hashlib.sha256(content).hexdigest() != record["sha256"].get(target.removesuffix(".gz")):
            yield f"{target}: is not what the record says"
    for path in sorted(folder.iterdir()):
        if path.name not in {"record.json", *FILES.values()}:
            yield f"{path.name}: unknown file"


def main() -> int:
    """Fetch, or only check; return 1 if something is wrong."""
    if "--check" not in sys.argv[1:]:
        fetch()
    found = list(troubles())
    for trouble in found:
        print(f"vendor_swagger_ui: {trouble}; run python -m tools.vendor_swagger_ui", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
