"""Login by SMS with Flask.

    JSMS_APP_KEY=... JSMS_MASTER_SECRET=... SECRET_KEY=... flask --app login run

What is worth copying: the blueprint and its two handlers of errors.
"""

from __future__ import annotations

import os

from flask import Blueprint, Flask, current_app, request, session
from flask.typing import ResponseReturnValue
from jsmskit import JsmsClient
from jsmskit.verification import (
    Advice,
    AdviceKind,
    CheckReason,
    MemoryStore,
    PhoneVerification,
    RedisStore,
    TooManyRequestsError,
    VerificationStoreError,
)

sms_login = Blueprint("sms_login", __name__)


def verifications() -> PhoneVerification:
    """Return the verification of the application."""
    return current_app.extensions["verifications"]


def words(advice: Advice | None) -> str:
    """Return what to tell the user, in Chinese if the browser prefers it."""
    chinese = request.accept_languages.best_match(["en", "zh"]) == "zh"
    return "" if advice is None else advice.text("zh" if chinese else "en")


def typed(field: str) -> str:
    """Return a field of the form; an empty text if it is missing."""
    return request.form.get(field, "")


@sms_login.post("/login/code")
def send_code() -> ResponseReturnValue:
    """Send a code. The answer is the same whether or not the number has an account here."""
    # Behind a proxy, wrap the application in werkzeug's ProxyFix, so that this is the user's address.
    started = verifications().start(typed("phone"), purpose="login", ip=request.remote_addr)
    status = 202 if started else 422 if started.advice.kind is AdviceKind.CORRECT_NUMBER else 503
    return {"detail": words(started.advice), "voice_offered": started.voice_offered}, status


@sms_login.post("/login")
def log_in() -> ResponseReturnValue:
    """Check a code. Only now look up whose number it is."""
    checked = verifications().check(typed("phone"), typed("code"), purpose="login")
    if not checked:
        return {"detail": words(checked.advice)}, 503 if checked.reason is CheckReason.UNAVAILABLE else 401
    session.clear()  # a new session for a user who just logged in
    session["phone"] = checked.phone
    return {"phone": checked.phone}


@sms_login.app_errorhandler(TooManyRequestsError)
def too_many_requests(error: TooManyRequestsError) -> ResponseReturnValue:
    """Tell the user how long to wait."""
    told = {"detail": words(error.advice), "voice_offered": error.voice_offered}
    return told, 429, {"Retry-After": str(error.retry_after)}


@sms_login.app_errorhandler(VerificationStoreError)
def store_failed(error: VerificationStoreError) -> ResponseReturnValue:
    """Send nothing and let no one in while limits and sessions cannot be counted."""
    return {"detail": words(Advice(AdviceKind.TRY_LATER))}, 503


def create_app(verifications: PhoneVerification | None = None) -> Flask:
    """Make the application; keys and the address of Redis come from the environment unless a test gives its own."""
    app = Flask(__name__)
    app.secret_key = os.environ.get("SECRET_KEY") or os.urandom(32)
    if verifications is None:
        url = os.environ.get("REDIS_URL")
        store = RedisStore(url) if url else MemoryStore()  # in memory: for one process
        verifications = PhoneVerification(JsmsClient.from_env(), store=store)
    app.extensions["verifications"] = verifications
    app.register_blueprint(sms_login)
    return app
