"""Login by SMS with FastAPI: enter a number, get a code, type it.

    JSMS_APP_KEY=... JSMS_MASTER_SECRET=... uvicorn --factory login:create_app

What is worth copying: `router`, `verifications`, and the two handlers of errors.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from jsmskit import AsyncJsmsClient
from jsmskit.verification import (
    Advice,
    AdviceKind,
    AsyncPhoneVerification,
    Channel,
    CheckReason,
    MemoryStore,
    RedisStore,
    TooManyRequestsError,
    VerificationStoreError,
)
from pydantic import BaseModel


class Purpose(StrEnum):
    """What a code opens. A code for one purpose never opens another."""

    LOGIN = "login"
    CHANGE_PASSWORD = "change-password"


class Number(BaseModel):
    """Where to send the code, and how."""

    phone: str
    channel: Channel = Channel.TEXT


class Typed(BaseModel):
    """The number again, and what the user typed."""

    phone: str
    code: str


def verifications(request: Request) -> AsyncPhoneVerification:
    """Return the verification of the application."""
    return request.app.state.verifications


def words(request: Request, advice: Advice | None) -> str:
    """Return what to tell the user, in Chinese if the browser asks for it."""
    chinese = request.headers.get("accept-language", "").startswith("zh")
    return "" if advice is None else advice.text("zh" if chinese else "en")


Verifications = Annotated[AsyncPhoneVerification, Depends(verifications)]
router = APIRouter()


@router.post("/{purpose}/code", status_code=202)
async def send_code(
    purpose: Purpose, number: Number, request: Request, verifications: Verifications
) -> dict[str, object]:
    """Send a code. The answer is the same whether or not the number has an account here."""
    address = request.client.host if request.client else None
    started = await verifications.start(number.phone, purpose=purpose, ip=address, channel=number.channel)
    if not started:
        status = 422 if started.advice.kind is AdviceKind.CORRECT_NUMBER else 503
        raise HTTPException(status, words(request, started.advice))
    return {"detail": words(request, started.advice), "voice_offered": started.voice_offered}


@router.post("/{purpose}")
async def check_code(purpose: Purpose, typed: Typed, request: Request, verifications: Verifications) -> dict[str, str]:
    """Check a code. Only now look up whose number it is."""
    checked = await verifications.check(typed.phone, typed.code, purpose=purpose)
    if not checked:
        status = 503 if checked.reason is CheckReason.UNAVAILABLE else 401
        raise HTTPException(status, words(request, checked.advice))
    return {"token": secrets.token_urlsafe(), "purpose": purpose}


async def too_many_requests(request: Request, error: TooManyRequestsError) -> JSONResponse:
    """Tell the user how long to wait."""
    headers = {"Retry-After": str(error.retry_after)}
    content = {"detail": words(request, error.advice), "voice_offered": error.voice_offered}
    return JSONResponse(content, 429, headers)


async def store_failed(request: Request, error: VerificationStoreError) -> JSONResponse:
    """Send nothing and let no one in while limits and sessions cannot be counted."""
    return JSONResponse({"detail": words(request, Advice(AdviceKind.TRY_LATER))}, 503)


def create_app(verifications: AsyncPhoneVerification | None = None) -> FastAPI:
    """Make the application; keys and the address of Redis come from the environment unless a test gives its own."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if verifications is not None:
            yield
            return
        url = os.environ.get("REDIS_URL")
        store = RedisStore(url) if url else MemoryStore()  # in memory: for one process
        async with AsyncJsmsClient.from_env() as client:
            app.state.verifications = AsyncPhoneVerification(client, store=store)
            yield

    app = FastAPI(lifespan=lifespan)
    app.state.verifications = verifications
    app.include_router(router)
    # Starlette types a handler as one of Exception; these take the one class that they are given.
    app.add_exception_handler(TooManyRequestsError, too_many_requests)  # type: ignore[arg-type]
    app.add_exception_handler(VerificationStoreError, store_failed)  # type: ignore[arg-type]
    return app
