"""`activate`: an application that makes its own clients talks to a mock, unchanged."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from contextlib import ContextDecorator, ExitStack
from functools import wraps
from typing import Any, TypeVar, cast

from .jsms_mock import JsmsMock
from .model.settings import SAMPLE_ENVIRONMENT

_F = TypeVar("_F", bound=Callable[..., Any])


class activate(ContextDecorator):  # noqa: N801  # used as a function: `with activate() as mock`, `@activate()`
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
        self._entered: list[ExitStack] = []

    def __enter__(self) -> JsmsMock:
        with ExitStack() as stack:
            mock = stack.enter_context(JsmsMock()) if self._given is None else self._given
            server = stack.enter_context(mock.serve())
            wanted: dict[str, str | None] = {**SAMPLE_ENVIRONMENT, "JSMS_BASE_URL": server.url}
            wanted |= {f"{name}_FILE": None for name in tuple(wanted)}
            stack.callback(_set_environment, {name: os.environ.get(name) for name in wanted})
            _set_environment(wanted)
            self._entered.append(stack.pop_all())
        return mock

    def __exit__(self, *raised: object) -> None:
        self._entered.pop().close()

    def __call__(self, function: _F) -> _F:
        """Decorate a function: each call has its own mock, unless one was given."""
        if not inspect.iscoroutinefunction(function):
            return super().__call__(function)

        @wraps(function)
        async def in_async(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await function(*args, **kwargs)

        return cast("_F", in_async)


def _set_environment(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
