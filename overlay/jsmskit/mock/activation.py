"""`activate`: an application that makes its clients from the environment talks to a mock, without being changed."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Any, Final, TypeVar, cast

from .jsms_mock import JsmsMock
from .model.settings import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET
from .server.uvicorn_server import ServerThread

_F = TypeVar("_F", bound=Callable[..., Any])

_KEYS: Final = {
    "JSMS_APP_KEY": APP_KEY,
    "JSMS_MASTER_SECRET": MASTER_SECRET,
    "JSMS_DEV_KEY": DEV_KEY,
    "JSMS_DEV_SECRET": DEV_SECRET,
}


class activate:  # noqa: N801  # used as a function: `with activate() as mock`, `@activate()`
    """Serve a mock on this machine, and point the environment of this process at it.

        with activate() as mock:
            my_application.send_code("13800138000")  # uses JsmsClient.from_env() somewhere inside
            mock.assert_sent("13800138000")

    Also a decorator, of functions and of coroutine functions. Clients that are made inside, with
    `JsmsClient.from_env()`, `AsyncJsmsClient.from_env()` or the command line, use the mock; clients that exist
    already keep their service. Processes started inside inherit it. Not for several threads at once.

    Args:
        mock: to be used; None: a fresh one for each entry.
    """

    def __init__(self, mock: JsmsMock | None = None) -> None:
        self._given = mock
        self._entered: list[tuple[JsmsMock, ServerThread, dict[str, str | None]]] = []

    def __enter__(self) -> JsmsMock:
        mock = self._given or JsmsMock()
        server = mock.serve().start()
        wanted: dict[str, str | None] = {**_KEYS, "JSMS_BASE_URL": server.url}
        wanted |= {f"{name}_FILE": None for name in tuple(wanted)}
        before = {name: os.environ.get(name) for name in wanted}
        _set_environment(wanted)
        self._entered.append((mock, server, before))
        return mock

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        mock, server, before = self._entered.pop()
        _set_environment(before)
        server.stop()
        if self._given is None:
            mock.close()

    def __call__(self, function: _F) -> _F:
        """Decorate a function: each call has its own mock, unless one was given."""
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def in_async(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return cast("_F", in_async)

        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return cast("_F", wrapped)


def _set_environment(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
