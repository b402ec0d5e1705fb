"""Receive the callbacks of the service in Flask.

    export JSMS_APP_KEY=... JSMS_MASTER_SECRET=...
    export CALLBACK_SECRET=$(python -c "import secrets; print(secrets.token_urlsafe(24))")
    flask --app callbacks_flask run

Register https://your.host/jsms/<CALLBACK_SECRET> in the console. HTTPS in front is not optional: the vendor's
signature does not cover the payload.
"""

import json
import os
import sqlite3
from contextlib import closing

from flask import Flask
from jsmskit.callbacks import (
    CallbackEndpoint,
    CallbackEvent,
    CallbackVerifier,
    SqliteNonceStore,
    WsgiCallbacks,
)
from werkzeug.middleware.dispatcher import DispatcherMiddleware


def create_app() -> Flask:
    database = os.environ.get("CALLBACK_DATABASE", "callbacks.db")
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("CREATE TABLE IF NOT EXISTS inbox (identity TEXT PRIMARY KEY, raw TEXT NOT NULL)")

    def keep(event: CallbackEvent) -> None:
        """Commit the event, then return: only then is the service told 200. The work on it is done later,
        from the table.
        """
        with closing(sqlite3.connect(database)) as db, db:
            db.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?)", (json.dumps(event.identity), event.raw))

    verifier = CallbackVerifier(
        os.environ["JSMS_APP_KEY"], os.environ["JSMS_MASTER_SECRET"], store=SqliteNonceStore(database)
    )
    callbacks = WsgiCallbacks(CallbackEndpoint(verifier, keep))
    app = Flask(__name__)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {f"/jsms/{os.environ['CALLBACK_SECRET']}": callbacks})
    return app
