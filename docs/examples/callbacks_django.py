"""Receive the callbacks of the service in Django: a view over the endpoint. (In a project: settings.py,
urls.py, views.py.)

    export JSMS_APP_KEY=... JSMS_MASTER_SECRET=...
    export CALLBACK_SECRET=$(python -c "import secrets; print(secrets.token_urlsafe(24))")
    gunicorn "callbacks_django:create_app()"

Register https://your.host/jsms/<CALLBACK_SECRET> in the console. HTTPS in front is not optional: the vendor's
signature does not cover the payload.
"""

import json
import os
import sqlite3
from contextlib import closing

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from jsmskit.callbacks import CallbackEndpoint, CallbackEvent, CallbackVerifier, SqliteNonceStore

urlpatterns = []  # filled by create_app


def create_app() -> WSGIHandler:
    database = os.environ.get("CALLBACK_DATABASE", "callbacks.db")
    with closing(sqlite3.connect(database)) as db, db:  # in a project: a model, and its migration
        db.execute("CREATE TABLE IF NOT EXISTS inbox (identity TEXT PRIMARY KEY, raw TEXT NOT NULL)")

    def keep(event: CallbackEvent) -> None:
        """Commit the event, then return: only then is the service told 200. The work on it is done later,
        from the table.
        """
        with closing(sqlite3.connect(database)) as db, db:  # in a project: Inbox.objects.get_or_create(...)
            db.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?)", (json.dumps(event.identity), event.raw))

    verifier = CallbackVerifier(
        os.environ["JSMS_APP_KEY"], os.environ["JSMS_MASTER_SECRET"], store=SqliteNonceStore(database)
    )
    endpoint = CallbackEndpoint(verifier, keep)

    @csrf_exempt  # the service has no token of ours; its signature is checked instead
    def jsms_callback(request: HttpRequest) -> HttpResponse:
        answer = endpoint.respond(request.method or "", request.META["QUERY_STRING"], request.headers, request.body)
        return HttpResponse(answer.body, status=answer.status, headers=answer.headers)

    urlpatterns[:] = [path(f"jsms/{os.environ['CALLBACK_SECRET']}", jsms_callback)]
    if not settings.configured:
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY=os.urandom(16).hex())
        django.setup()
    return get_wsgi_application()
