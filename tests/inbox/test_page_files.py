"""The files of the pages: under a strict policy, from a list, and Swagger UI as it was pinned."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from jsmskit.mock import JsmsMock
from jsmskit.mock.control.document import document_bytes
from jsmskit.mock.server.uvicorn_server import ServerThread

from tools import vendor_swagger_ui


@pytest.fixture(scope="module")
def served() -> Iterator[ServerThread]:
    with JsmsMock() as mock, mock.serve() as server:
        yield server


@pytest.fixture(scope="module")
def client(served: ServerThread) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.origin, trust_env=False, verify=False) as one:
        yield one


@pytest.mark.parametrize("path", ["/_mock/", "/docs", "/_mock/page/main.js", "/_mock/page/page.css"])
def test_every_page_forbids_scripts_and_styles_in_line_and_everything_from_elsewhere(
    client: httpx.Client, path: str
) -> None:
    """No source but the mock itself; no frame around it, so that nobody can borrow a click."""
    answer = client.get(path, headers={"accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert ("trusted-types 'none'" in policy) is (path != "/docs")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_is_compressed_for_whoever_reads_that_and_not_sent_again_unchanged(client: httpx.Client) -> None:
    """Swagger UI travels as 458 KB; without gzip it is unpacked on the way."""
    path = "/_mock/page/swagger-ui/swagger-ui-bundle.js"
    packed = client.get(path)
    plain = client.get(path, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert client.get(path, headers={"if-none-match": packed.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "name",
    ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "%2e%2e%2fapp.py", "//etc/passwd", "index.html.gz", "nothing", ""],
)
def test_only_files_of_the_page_are_served(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/_mock/page/{name}")
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_the_api_page_knows_no_server_but_this(client: httpx.Client) -> None:
    """A try-out can't reach the real service."""
    spec = client.get("/docs/openapi.json").json()
    assert [server["url"] for server in spec["servers"]] == ["/v1"]
    control = client.get("/docs/control.json")
    assert control.content == document_bytes()
    assert [server["url"] for server in control.json()["servers"]] == ["/_mock"]


def test_pages_make_no_markup_of_texts() -> None:
    """The browser would refuse it; here it is refused before."""
    ours = {file.name: file.read_text("utf-8") for file in vendor_swagger_ui.FOLDER.parent.glob("*.js")}
    assert len(ours) > 15
    for name, text in ours.items():
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "http://",
            "https://",
        ):
            harmless = text.replace("http://127.0.0.1", "").replace("http://www.w3.org/2000/svg", "")
            assert forbidden not in harmless, f"{name}: {forbidden}"


def test_swagger_ui_is_what_was_pinned(tmp_path: Path) -> None:
    """Checked without the network; a changed, a missing and an unknown file are each found."""
    assert vendor_swagger_ui.wrong_files() == []
    folder = tmp_path / "swagger-ui"
    shutil.copytree(vendor_swagger_ui.FOLDER, folder)
    (folder / "swagger-ui.css.gz").write_bytes(gzip.compress(b"other"))
    (folder / "NOTICE.txt").unlink()
    (folder / "more.js").write_text("alert(1)")
    assert vendor_swagger_ui.wrong_files(folder) == ["NOTICE.txt", "more.js", "swagger-ui.css.gz"]
