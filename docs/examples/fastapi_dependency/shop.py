"""A client as a dependency of FastAPI: one for the application, handed to whoever asks, replaced in tests.

    JSMS_APP_KEY=... JSMS_MASTER_SECRET=... uvicorn --factory shop:create_app

What is yours: the routes. What is worth copying: `lifespan`, `jsms`, `Jsms` and `tell`.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from jsmskit import AsyncJsmsClient, JsmsError, Outcome, RateLimitError, RecipientError

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One client for the life of the process: it holds the connections. Wrong settings end the start."""
    async with AsyncJsmsClient.from_env() as client:
        app.state.jsms = client
        yield


def jsms(request: Request) -> AsyncJsmsClient:
    """The application's client. In tests: `app.dependency_overrides[jsms] = lambda: async_jsms_client`."""
    return request.app.state.jsms


Jsms = Annotated[AsyncJsmsClient, Depends(jsms)]


async def tell(request: Request, error: JsmsError) -> JSONResponse:
    """One answer for every failure of the service: what the caller can do, and nothing of ours."""
    if isinstance(error, RecipientError):
        return JSONResponse({"detail": "No message can be sent to this number."}, 422)
    if isinstance(error, RateLimitError):
        return JSONResponse({"detail": "Too often. Please wait."}, 429)
    logger.error("%s", error)  # holds no key and no whole number
    if error.outcome is Outcome.UNKNOWN:
        return JSONResponse({"detail": "The message may have been sent. Do not ask for it again."}, 502)
    return JSONResponse({"detail": "No message can be sent now."}, 503)


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(JsmsError, tell)  # type: ignore[arg-type]  # Starlette's signature names Exception

    @app.post("/orders/{number}/shipped", status_code=202)
    async def shipped(number: int, phone: str, jsms: Jsms) -> dict[str, str]:
        receipt = await jsms.messages.send(phone, template_id=1, params={"code": str(number)})
        return {"msg_id": receipt.msg_id}

    return app
