"""A worker of Celery with one task, which calls a server that never answers: python celery_worker.py FOLDER BASE_URL.

The task writes how its call ended into FOLDER/told.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from celery import Celery
from jsmskit import JsmsClient

FOLDER, BASE_URL = Path(sys.argv[1]), sys.argv[2]
PLACES = {f"{name}_folder{end}": str(FOLDER) for name, end in (("data", "_in"), ("data", "_out"), ("control", ""))}
queue = Celery("queue", broker="filesystem://")
queue.conf.update(broker_transport_options=PLACES, task_ignore_result=True)


@queue.task(name="send", soft_time_limit=0.2)
def send() -> None:
    try:
        with JsmsClient("7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1", base_url=BASE_URL) as client:
            client.codes.send("13800138000")
    except Exception as error:  # noqa: BLE001  # whatever comes out is told
        told = type(error).__name__, getattr(error, "__notes__", [])
        (FOLDER / "told").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    send.delay()
    quietly = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    queue.worker_main(["worker", "--pool=prefork", "--concurrency=1", *quietly])
