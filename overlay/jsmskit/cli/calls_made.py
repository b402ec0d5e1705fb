"""What the calls of a command did, so that no command says that nothing was sent after something was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import click

if TYPE_CHECKING:
    from jsms_api.operations import Effect

    from jsmskit import CallFinished, CallStarted

_KEY: Final = "jsmskit.cli.calls_made"


class CallMade(NamedTuple):
    """A call that was carried out, or of which that is not known."""

    operation: str
    effect: Effect
    is_known: bool

    @property
    def details(self) -> dict[str, str]:
        """What programs are told of it."""
        return {"operation": self.operation, "outcome": "accepted" if self.is_known else "unknown"}


class CallsMade:
    """The observer of a command's client. It may be told by many threads, and interrupted anywhere."""

    def __init__(self) -> None:
        self._begun: dict[object, str] = {}
        self._carried_out: dict[str, None] = {}

    def __call__(self, started: CallStarted, /) -> Callable[[CallFinished], None]:
        """Note a call that begins; what is returned notes how it ended."""
        call, operation = object(), started.operation
        self._begun[call] = operation

        def finish(finished: CallFinished) -> None:
            # In this order: an interruption between the two leaves one that may have been carried out.
            if finished.outcome is None:
                self._carried_out[operation] = None
            if finished.outcome != "unknown":
                del self._begun[call]

        return finish

    @property
    def weightiest(self) -> CallMade | None:
        """The call that matters most: a send before all others, and what is not known before what is."""
        from jsms_api.operations import OPERATIONS, Effect

        calls = [(name, False) for name in list(self._begun.values())]
        calls += [(name, True) for name in list(self._carried_out)]
        for effect in (Effect.SEND, Effect.DESTRUCTIVE_READ, Effect.CHANGE):
            for name, is_known in calls:
                if OPERATIONS[name].effect is effect:
                    return CallMade(name, effect, is_known)
        return None

    @property
    def may_have_sent(self) -> bool:
        """Whether a message may have been sent."""
        call = self.weightiest
        return call is not None and call.effect == "send"


def calls_made() -> CallsMade:
    """Return the record of the command that runs."""
    context = click.get_current_context(silent=True)
    record: object = None if context is None else context.meta.setdefault(_KEY, CallsMade())
    return record if isinstance(record, CallsMade) else CallsMade()
