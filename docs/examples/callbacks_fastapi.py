"""Receive the callbacks of the service in FastAPI (Starlette works the same way).

    export JSMS_APP_KEY=... JSMS_MASTER_SECRET=...
    export CALLBACK_SECRET=$(python -c "import secrets; print(secrets.token_urlsafe(24))")
    uvicorn --factory callbacks_fastapi:create_app

Register https://your.host/jsms/<CALLBACK_SECRET> in the console, without a slash at the end. HTTPS in front
is not optional: the vendor's signature does not cover the payload.
"""

import json
import os
import sqlite3
from contextlib import closing

from fastapi import FastAPI
from jsmskit.callbacks import (
    AsgiCallbacks,
    CallbackEndpoint,
    CallbackEvent,
    CallbackVerifier,
    SqliteNonceStore,
)
from starlette.routing import Route


def create_app() -> FastAPI:
    database = os.environ.get("CALLBACK_DATABASE", "callbacks.db")
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("CREATE TABLE IF NOT EXISTS inbox (identity TEXT PRIMARY KEY, raw TEXT NOT NULL)")

    def keep(event: CallbackEvent) -> None:
        """Commit the event, then return: only then is the service told 200. The work on it is done later,
        from the table. A plain function runs in a thread; `async def` is welcome, too.
        """
        with closing(sqlite3.connect(database)) as db, db:
            db.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?)", (json.dumps(event.identity), event.raw))

    verifier = CallbackVerifier(
        os.environ["JSMS_APP_KEY"], os.environ["JSMS_MASTER_SECRET"], store=SqliteNonceStore(database)
    )
    app = FastAPI()
    # A route, not a mount: a mount would redirect an address without a slash at its end, and the service may
    # not follow.
    app.router.routes.append(
        Route(f"/jsms/{os.environ['CALLBACK_SECRET']}", AsgiCallbacks(CallbackEndpoint(verifier, keep)))
    )
    return app
