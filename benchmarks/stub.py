"""A service that answers at once: nginx on loopback, plain and with TLS, with answers of the real shape.

It validates and stores nothing, so that what is measured is the client. Each of its answers costs a fourth of the CPU
of our call, or less. An operation is answered by its path.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from benchmarks.contenders import EXPECTED
from benchmarks.harness import SERVER_CORE

FIRST = 13_800_000_000
"""The number of the first recipient of a canned batch answer; the others follow it."""
SIZES = (1, 10, 100, 1000)


@dataclass(frozen=True)
class Stub:
    """Where it listens. `ca_file` is what a client has to trust."""

    plain: str
    secure: str
    ca_file: str


def batch_answer(size: int) -> bytes:
    """The answer to a batch whose recipients were all accepted."""
    entries = [{"msg_id": str(int(EXPECTED) + each), "mobile": str(FIRST + each)} for each in range(size)]
    answer = {"success_count": size, "failure_count": 0, "recipients": entries}
    return json.dumps(answer, separators=(",", ":")).encode()


_CONFIG = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;
worker_cpu_affinity {core};
events {{ worker_connections 4096; multi_accept on; }}
http {{
    access_log off; keepalive_requests 100000000; keepalive_timeout 3600s; client_max_body_size 8m;
    client_body_buffer_size 1m; tcp_nodelay on; open_file_cache max=100 inactive=1h;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    types {{ application/json json; }} default_type application/json;
    ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key; ssl_session_cache off;
    server {{
        listen 127.0.0.1:{plain} backlog=4096; listen 127.0.0.1:{secure} ssl backlog=4096;
        root {folder}/answers;
        error_page 405 =200 $uri;
        location /batch- {{ internal; }}
        location = /status {{ stub_status; }}
        location ~ /valid$ {{ return 200 '{{"is_valid":true}}'; }}
        location / {{ return 200 '{receipt}'; }}
        # A static file wants a GET: the error page of "method not allowed" is the file itself.
        location ~ "^/([0-9]+)/v1/messages/batch$" {{ try_files /batch-$1.json =500; }}
    }}
}}
"""


@contextlib.contextmanager
def running() -> Iterator[Stub]:
    """Run it until the block ends, on the server's core."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if nginx is None:
        raise SystemExit("bench: nginx is needed as the stub (Debian: apt-get install nginx-light)")
    with tempfile.TemporaryDirectory() as folder:
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost", "127.0.0.1")
        ca_file = Path(folder, "ca.pem")
        authority.cert_pem.write_to_path(str(ca_file))
        certificate.private_key_pem.write_to_path(str(Path(folder, "server.key")))
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(str(Path(folder, "server.pem")), append=True)
        answers = Path(folder, "answers")
        answers.mkdir()
        for size in SIZES:
            (answers / f"batch-{size}.json").write_bytes(batch_answer(size))
        plain, secure = _free_port(), _free_port()
        receipt = json.dumps({"msg_id": EXPECTED})
        core = f"{1 << SERVER_CORE:b}"
        text = _CONFIG.format(folder=folder, core=core, plain=plain, secure=secure, receipt=receipt)
        Path(folder, "nginx.conf").write_text(text)
        os.chmod(folder, 0o755)
        command = [nginx, "-p", folder, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
        process = subprocess.Popen(command)
        try:
            _until_it_listens(process, plain)
            yield Stub(f"http://127.0.0.1:{plain}", f"https://localhost:{secure}", str(ca_file))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit(f"bench: nginx ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit("bench: nginx does not listen")
