"""Login by SMS: give a number, get a code, type it.

Of every failure a person is told what they can do, and nothing else: whether to correct the number, to wait,
or to try again. What the operator must do (pay, renew keys) goes to the log.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import jsmskit
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

logger = logging.getLogger(__name__)

#: Wrong codes that one text may cost; the service itself does not count them.
ATTEMPTS = 5


class Number(BaseModel):
    """Where the code shall go."""

    phone: str


class Login(BaseModel):
    """The number again, and what the person typed."""

    phone: str
    code: str


class Waiting:
    """A code that was sent and not yet used. A real application keeps this in its session store."""

    def __init__(self, msg_id: str) -> None:
        self.msg_id = msg_id
        self.attempts = 0


def create_app(client: jsmskit.AsyncJsmsClient | None = None) -> FastAPI:
    """Make the application; the keys come from the environment unless a client is given."""
    jsms = jsmskit.AsyncJsmsClient.from_env() if client is None else client
    waiting: dict[str, Waiting] = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await jsms.aclose()

    app = FastAPI(lifespan=lifespan)

    @app.post("/login/code", status_code=202)
    async def send_code(number: Number) -> dict[str, str]:
        try:
            receipt = await jsms.codes.send(number.phone, template_id=1)
        except jsmskit.RecipientError as error:
            raise HTTPException(422, "This is not a mobile number of mainland China.") from error
        except jsmskit.RateLimitError as error:
            raise HTTPException(429, "Too many codes were sent to this number. Please wait.") from error
        except jsmskit.JsmsError as error:
            logger.warning("%s", error)  # says what happened and what to do; holds no secret and no number
            if error.outcome is jsmskit.Outcome.UNKNOWN:
                # A code may arrive, but nobody knows its msg_id, so it could not be verified.
                raise HTTPException(503, "If a code arrives, ignore it, and ask for another one.") from error
            raise HTTPException(503, "No code can be sent now. Please try again later.") from error
        waiting[number.phone] = Waiting(receipt.msg_id)
        return {"told": "A code is on its way."}

    @app.post("/login")
    async def login(typed: Login) -> dict[str, str]:
        sent = waiting.get(typed.phone)
        if sent is None or sent.attempts >= ATTEMPTS:
            raise HTTPException(401, "Please ask for a new code.")
        sent.attempts += 1
        try:
            verdict = await jsms.codes.verify(sent.msg_id, typed.code)
        except jsmskit.JsmsError as error:
            # No verdict is not a right code.
            logger.warning("%s", error)
            raise HTTPException(503, "The code cannot be checked now. Please try again.") from error
        if verdict:
            del waiting[typed.phone]
            return {"token": secrets.token_urlsafe()}
        if verdict.reason is jsmskit.VerificationReason.EXPIRED:
            raise HTTPException(401, "The code is too old. Please ask for a new one.")
        raise HTTPException(401, "This is not the code.")

    return app
