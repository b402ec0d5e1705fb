"""Runs `jsms` as many processes as tests want, each a fork of this one, which has imported everything.

Run as a program, with the number of a connected Unix socket; each request is a JSON line with the descriptors to use.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback
from importlib import import_module
from typing import Any, NoReturn


def main() -> None:
    """Serve requests until the other side goes away."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    for name in ("rich.table", "rich.progress", "jsmskit.campaigns.planning", "jsmskit._http._sync.transport"):
        import_module(name)
    from jsmskit.cli.root import COMMANDS

    for spec in COMMANDS.values():
        spec.load()
    while True:
        content, given, _, _ = socket.recv_fds(connection, 1 << 20, 3)
        if not content:
            return
        request: dict[str, Any] = json.loads(content)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            connection.sendall(json.dumps({"code": os.waitstatus_to_exitcode(status)}).encode())
            continue
        child = os.fork()
        if not child:
            connection.close()
            become(request, given)
        for descriptor in given:
            os.close(descriptor)
        connection.sendall(json.dumps({"pid": child}).encode())


def become(request: dict[str, Any], given: list[int]) -> NoReturn:
    """Be the command, with these descriptors as standard streams."""
    code = 99
    try:
        if len(given) == 1:
            os.login_tty(given[0])
        else:
            os.setsid()
            for number, descriptor in enumerate(given):
                os.dup2(descriptor, number)
                os.close(descriptor)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["folder"])
        sys.argv = ["jsms", *request["words"]]
        # They live as long as the process.
        sys.stdin = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
        sys.stdout = os.fdopen(1, "w", encoding=request["encoding"], closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding=request["encoding"], errors="backslashreplace", closefd=False)
        from jsmskit.cli import main as command

        command()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:  # noqa: BLE001  # shown, so that the test sees it
        traceback.print_exc()
    os._exit(code)


if __name__ == "__main__":
    main()
